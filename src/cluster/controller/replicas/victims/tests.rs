use super::*;
use crate::cluster::api::{Condition, Container, ContainerStatus, PodSpec, RestartCount};

/// A Pod as a table writes it.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    node: &'static str,
    phase: PodPhase,
    /// Ready since so many seconds.
    ready: Option<u64>,
    /// Created so many seconds ago.
    age: u64,
    cost: &'static str,
    restarts: i32,
}

const ROW: Row = Row {
    name: "",
    node: "node-1",
    phase: PodPhase::Running,
    ready: Some(100),
    age: 200,
    cost: "",
    restarts: 0,
};

const NOW: Moment = Moment::from_millis(10_000_000);

fn ago(seconds: u64) -> Timestamp {
    Moment::from_millis(NOW.millis() - seconds * 1000).timestamp()
}

fn pod(row: &Row) -> Rc<Pod> {
    let mut pod = Pod::default();
    pod.metadata.name = row.name.into();
    pod.metadata.uid = Uid(row.name.into());
    pod.metadata.creation_timestamp = Some(ago(row.age));
    if !row.cost.is_empty() {
        let cost = "controller.kubernetes.io/pod-deletion-cost";
        pod.metadata.annotations.set(cost, row.cost);
    }
    pod.spec = Rc::new(PodSpec {
        node_name: row.node.into(),
        ..PodSpec::default()
    });
    pod.status.phase = row.phase;
    pod.status.container_statuses = vec![ContainerStatus {
        restart_count: RestartCount(row.restarts),
        ..ContainerStatus::default()
    }]
    .into();
    pod.status.conditions = vec![Condition {
        kind: "Ready".into(),
        status: row.ready.is_some().into(),
        last_transition_time: row.ready.map(ago),
        ..Condition::default()
    }]
    .into();
    Rc::new(pod)
}

/// The first victim of two, and why.
fn first(rows: [Row; 2], related: &[Row]) -> (String, Option<Rule>) {
    let pods = rows.map(|row| pod(&row));
    let related: Vec<_> = related.iter().map(pod).collect();
    let found = victims(&pods, related.iter(), 1, NOW);
    let victim = &found[0];
    (victim.pod.metadata.name.to_string(), victim.because)
}

/// `pkg/controller/controller_utils_test.go`, TestSortingActivePodsWithRanks: in each row `b` goes first,
/// by this rule and by none before it.
/// C25
#[test]
fn victims_go_in_upstreams_order() {
    let a = Row { name: "a", ..ROW };
    let b = Row { name: "b", ..ROW };
    for (a, b, rule) in [
        (
            Row {
                phase: PodPhase::Pending,
                ready: None,
                ..a
            },
            Row {
                phase: PodPhase::Pending,
                ready: None,
                node: "",
                ..b
            },
            Rule::Unassigned,
        ),
        (
            a,
            Row {
                phase: PodPhase::Pending,
                cost: "9",
                ..b
            },
            Rule::Phase,
        ),
        (
            a,
            Row {
                phase: PodPhase::Unknown,
                ..b
            },
            Rule::Phase,
        ),
        (
            Row {
                phase: PodPhase::Unknown,
                ..a
            },
            Row {
                phase: PodPhase::Pending,
                ..b
            },
            Rule::Phase,
        ),
        (
            a,
            Row {
                ready: None,
                cost: "9",
                ..b
            },
            Rule::NotReady,
        ),
        (
            Row {
                cost: "1",
                ready: Some(1),
                ..a
            },
            Row { cost: "-1", ..b },
            Rule::DeletionCost,
        ),
        (Row { cost: "1", ..a }, b, Rule::DeletionCost),
        (
            Row {
                ready: Some(1000),
                ..a
            },
            Row { restarts: 0, ..b },
            Rule::ReadyForLess,
        ),
        (
            Row { restarts: 1, ..a },
            Row { restarts: 2, ..b },
            Rule::Restarts,
        ),
        (Row { age: 1000, ..a }, b, Rule::Newer),
    ] {
        assert_eq!(first([a, b], &[]), ("b".into(), Some(rule)), "{rule:?}");
        assert_eq!(
            first([b, a], &[]),
            ("b".into(), Some(rule)),
            "{rule:?}, the other way round"
        );
    }
}

/// `pkg/apis/core/v1/helper/helpers.go`, GetDeletionCostFromPodAnnotations.
#[test]
fn victims_cost_nothing_if_their_cost_is_no_number() {
    for (text, cost) in [
        ("5", 5),
        ("-7", -7),
        ("0", 0),
        ("+5", 0),
        ("05", 0),
        ("x", 0),
        ("1.5", 0),
    ] {
        assert_eq!(
            deletion_cost(&pod(&Row { cost: text, ..ROW })),
            cost,
            "{text}"
        );
    }
}

/// `pkg/controller/replicaset/replica_set_test.go`, TestGetPodsToDelete and
/// TestGetPodsRankedByRelatedPodsOnSameNode.
#[test]
fn victims_stand_where_most_pods_of_the_same_owner_stand() {
    let rows = [
        Row {
            name: "a",
            node: "node-1",
            ready: Some(1),
            ..ROW
        },
        Row {
            name: "b",
            node: "node-2",
            ..ROW
        },
    ];
    let others = [
        Row {
            name: "x",
            node: "node-2",
            ..ROW
        },
        rows[0],
        rows[1],
    ];
    assert_eq!(first(rows, &others), ("b".into(), Some(Rule::Crowded)));
    let finished = [Row {
        phase: PodPhase::Failed,
        ..others[0]
    }];
    assert_eq!(
        first(rows, &finished),
        ("a".into(), Some(Rule::ReadyForLess))
    );
}

/// `pkg/controller/controller_utils.go`, logarithmicRankDiff: 70 s and 100 s are between 2^36 and 2^37 ns,
/// 60 s is less.
/// C25
#[test]
fn victims_of_about_one_age_go_by_uid() {
    let (a, b) = (Row { name: "a", ..ROW }, Row { name: "b", ..ROW });
    let near = [
        Row {
            ready: Some(100),
            ..a
        },
        Row {
            ready: Some(70),
            ..b
        },
    ];
    assert_eq!(first(near, &[]), ("a".into(), Some(Rule::Uid)));
    let far = [
        Row {
            ready: Some(100),
            ..a
        },
        Row {
            ready: Some(60),
            ..b
        },
    ];
    assert_eq!(first(far, &[]), ("b".into(), Some(Rule::ReadyForLess)));
    // The tie ends with the uid: restarts are not looked at.
    let restarts = [
        near[0],
        Row {
            restarts: 9,
            ..near[1]
        },
    ];
    assert_eq!(first(restarts, &[]), ("a".into(), Some(Rule::Uid)));
}

/// `pkg/controller/controller_utils.go`, maxContainerRestarts: sidecars count only when containers tie.
#[test]
fn victims_restarts_of_sidecars_decide_last() {
    let mut pod = (*pod(&Row { restarts: 2, ..ROW })).clone();
    let init = |name: &str, restart_policy| Container {
        name: name.into(),
        restart_policy,
        ..Container::default()
    };
    Rc::make_mut(&mut pod.spec).init_containers = vec![
        init("sidecar", Some(RestartPolicy::Always)),
        init("init", None),
    ]
    .into();
    let status = |name: &str, count| ContainerStatus {
        name: name.into(),
        restart_count: RestartCount(count),
        ..ContainerStatus::default()
    };
    pod.status.init_container_statuses = vec![status("sidecar", 3), status("init", 8)].into();
    assert_eq!(most_restarts(&pod), (2, 3));
}

/// When all must go there is nothing to compare.
#[test]
fn victims_are_all_pods_if_all_must_go() {
    let pods = ["a", "b"].map(|name| pod(&Row { name, ..ROW }));
    let found = victims(&pods, std::iter::empty(), 2, NOW);
    assert!(found.iter().all(|victim| victim.because.is_none()));
    assert_eq!(found.len(), 2);
}
