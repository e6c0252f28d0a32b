use std::rc::Rc;

use podlings::{
    cluster::{
        Cluster,
        trace::{Step, StepId},
    },
    walkthrough::{Act, Run, Scenario, Variation, built_in},
};

/// The trace as `walk --format jsonl` prints it.
fn rows(steps: &[Rc<Step>]) -> String {
    let mut text = String::new();
    for step in steps {
        text.push_str(&serde_json::to_string(&**step).expect("a step is JSON"));
        text.push('\n');
    }
    text
}

fn scenario(id: &str) -> Rc<Scenario> {
    let found = built_in().into_iter().find(|scenario| scenario.id == id);
    found.expect("a built-in scenario")
}

/// C63
#[test]
fn the_same_seed_gives_the_same_trace_byte_for_byte() {
    for scenario in built_in() {
        let once = rows(Run::new(&scenario, 7, false).steps());
        let twice = rows(Run::new(&scenario, 7, false).steps());
        assert!(once == twice, "{}", scenario.id);
    }
}

/// C64
#[test]
fn a_snapshot_goes_on_exactly_as_the_straight_run_did() {
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        let straight = rows(run.steps());
        let steps = run.steps().len();
        for at in [0, 1, steps / 3, steps / 2, steps - 1] {
            let step = StepId(u32::try_from(at).expect("few steps"));
            let there = run.at(step);
            assert!(there.steps().len() >= at, "{} {at}", scenario.id);
            // What had happened by then is what the straight run had done; requests under way still lack
            // their answers.
            let known = |cluster: &Cluster, at: usize| cluster.steps()[..at].to_vec();
            for (one, other) in known(&there, at).iter().zip(run.steps()) {
                if other.done <= there.now() {
                    assert_eq!(one, other, "{} at {at}", scenario.id);
                }
            }
        }
        assert!(
            rows(run.at(StepId(u32::MAX)).steps()) == straight,
            "{}",
            scenario.id
        );
    }
}

/// C64
#[test]
fn a_branch_from_a_snapshot_is_the_run_one_would_have_had_from_the_start() {
    let scenario = scenario("rc-create");
    let run = Run::new(&scenario, 3, false);
    for at in [1, 10, run.steps().len() / 2, run.steps().len()] {
        let at = StepId(u32::try_from(at).expect("few steps"));
        let act = Act::Command("kubectl scale rc web --replicas=5".to_owned());
        let branch = run.branch(at, act.clone());
        let whole = Run::with(&scenario, (3, false), vec![Variation { at, act }], None);
        assert!(rows(branch.steps()) == rows(whole.steps()), "from {at:?}");
    }
}

/// C62
#[test]
fn every_step_has_its_keys_in_order_and_a_cause_that_came_before() {
    const KEYS: [&str; 17] = [
        "step",
        "at_ms",
        "done_ms",
        "kind",
        "from",
        "to",
        "verb",
        "resource",
        "subresource",
        "namespace",
        "name",
        "code",
        "revision",
        "cause",
        "changes",
        "reason",
        "message",
    ];
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        for (number, step) in (1..).zip(run.steps()) {
            let row = serde_json::to_string(&**step).expect("a step is JSON");
            let mut rest = row.as_str();
            for key in KEYS {
                let at = rest
                    .find(&format!("\"{key}\":"))
                    .unwrap_or_else(|| panic!("{key} in {row}"));
                rest = &rest[at..];
            }
            assert_eq!(step.id, StepId(number));
            assert!(step.cause < step.id, "{} {row}", scenario.id);
            assert!(step.done >= step.at, "{} {row}", scenario.id);
        }
    }
}

/// C62
#[test]
fn every_chain_of_causes_ends_at_a_command_a_fault_or_a_start() {
    let run = Run::new(&scenario("rc-create"), 1, false);
    let steps = run.steps();
    let running = steps.iter().rfind(|step| {
        step.from.to_string().starts_with("kubelet@")
            && step.resource == "pods"
            && step.subresource == "status"
    });
    let mut step = running.expect("a status written by a kubelet").clone();
    let mut passed = vec![step.from.to_string()];
    while step.cause != StepId::NONE {
        step = steps[step.cause.0 as usize - 1].clone();
        passed.push(step.from.to_string());
    }
    assert_eq!(step.from.to_string(), "kubectl");
    for who in [
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
    ] {
        assert!(
            passed.iter().any(|one| one == who),
            "{who} is in no chain: {passed:?}"
        );
    }
}

/// C66
#[test]
fn two_seeds_differ_only_where_kubernetes_is_free() {
    let shape = |seed| {
        let run = Run::new(&scenario("rc-create"), seed, false);
        let mut shape: Vec<String> = run
            .steps()
            .iter()
            .filter(|step| {
                step.resource == "pods" && matches!(step.kind.as_str(), "request" | "event")
            })
            .map(|step| {
                let from = step.from.to_string();
                let from = from.split('@').next().unwrap_or_default().to_owned();
                format!(
                    "{from} {} {} {} {}",
                    step.verb, step.subresource, step.reason, step.code
                )
            })
            .collect();
        shape.sort();
        shape
    };
    let names = |seed| {
        let run = Run::new(&scenario("rc-create"), seed, false);
        let pods = run
            .end()
            .objects(podlings::cluster::api::Resource::Pods, "default");
        pods.iter().map(|pod| pod.key().name).collect::<Vec<_>>()
    };
    assert_eq!(shape(1), shape(2));
    assert_ne!(names(1), names(2));
}
