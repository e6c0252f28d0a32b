//! `podlings walk` without a screen: the list, the trace as rows, the story, the terminal.

use serde_json::Value;

use crate::program::Home;

fn rows(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a row is JSON"))
        .collect()
}

fn ran(arguments: &[&str]) -> String {
    let ran = Home::new().run(arguments);
    assert_eq!(ran.code(), 0, "{}", ran.stderr());
    ran.stdout()
}

#[test]
fn the_list_names_every_scenario_with_its_lesson_and_steps() {
    let text = ran(&["walk", "--list", "--format", "json"]);
    let listed: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(listed["version"], 1);
    let scenarios = listed["scenarios"].as_array().expect("a list");
    assert_eq!(scenarios.len(), 11);
    assert_eq!(scenarios[0]["id"], "rc-create");
    assert_eq!(scenarios[0]["lesson"], "k14");
    assert!(scenarios.iter().all(|it| it["steps"].as_u64() > Some(50)));
    let chinese = ran(&["walk", "--list", "--lang", "zh"]);
    assert!(chinese.contains("从 kubectl 到 kubelet"), "{chinese}");
}

#[test]
fn rc_create_shows_the_whole_way_from_kubectl_to_kubelet() {
    let rows = rows(&ran(&["walk", "rc-create", "--print", "--format", "jsonl"]));
    let first = |holds: &dyn Fn(&Value) -> bool| rows.iter().position(holds).expect("it happens");
    let is = |row: &Value, key: &str, value: &str| row[key] == value;
    let request = first(&|row| is(row, "kind", "request") && is(row, "from", "kubectl"));
    let gates: Vec<&str> = rows
        .iter()
        .filter(|row| is(row, "kind", "gate"))
        .filter_map(|row| row["reason"].as_str())
        .collect();
    for gate in [
        "authentication",
        "authorization",
        "mutating admission",
        "validating admission",
    ] {
        assert!(gates.contains(&gate), "{gate} is not among {gates:?}");
    }
    let stored =
        first(&|row| is(row, "kind", "store") && is(row, "resource", "replicationcontrollers"));
    let heard = first(&|row| is(row, "kind", "watch") && is(row, "to", "kube-controller-manager"));
    let created = first(&|row| is(row, "kind", "request") && is(row, "resource", "pods"));
    let bound = first(&|row| is(row, "kind", "store") && is(row, "subresource", "binding"));
    let calls: Vec<usize> = [
        "RunPodSandbox",
        "PullImage",
        "CreateContainer",
        "StartContainer",
    ]
    .map(|call| first(&|row| is(row, "kind", "runtime") && is(row, "verb", call)))
    .into();
    let running = first(&|row| {
        let changes = row["changes"].as_array().expect("a list");
        is(row, "kind", "store")
            && changes
                .iter()
                .any(|it| it["path"] == "status.phase" && it["after"] == "Running")
    });
    assert!(request < stored && stored < heard && heard < created && created < bound);
    assert!(bound < calls[0] && calls.is_sorted() && calls[3] < running);
    let binding = rows[bound]["changes"].as_array().expect("a list");
    for path in [
        "spec.nodeName",
        "status.conditions[type=PodScheduled].status",
    ] {
        assert!(binding.iter().any(|it| it["path"] == path), "{path}");
    }
    assert_eq!(rows[request]["code"], 201);
    assert_eq!(rows[stored]["revision"], rows[request]["revision"]);
}

#[test]
fn service_create_leads_down_to_the_rules_on_every_node() {
    let rows = rows(&ran(&[
        "walk",
        "service-create",
        "--print",
        "--format",
        "jsonl",
    ]));
    for node in ["node-1", "node-2", "node-3"] {
        let from = format!("kube-proxy@{node}");
        let written = rows
            .iter()
            .filter(|row| row["kind"] == "rules" && row["from"] == *from);
        let lines: Vec<String> = written
            .filter_map(|row| row["changes"].as_array())
            .flatten()
            .map(|change| change["after"].to_string())
            .collect();
        assert!(
            lines.iter().any(|line| line.contains("--probability")),
            "{node}: {lines:?}"
        );
    }
}

#[test]
fn commands_and_faults_are_given_at_their_steps() {
    let rows = rows(&ran(&[
        "walk",
        "rc-create",
        "--print",
        "--format",
        "jsonl",
        "--fault",
        "stop kube-scheduler",
        "--at",
        "5",
        "--command",
        "kubectl scale rc web --replicas=1",
        "--at",
        "20",
    ]));
    let fault = rows
        .iter()
        .position(|row| row["kind"] == "fault")
        .expect("the fault");
    assert!(fault >= 5);
    assert!(rows.iter().all(|row| row["subresource"] != "binding"));
    let scaled = rows
        .iter()
        .position(|row| row["from"] == "kubectl" && row["subresource"] == "scale");
    assert!(scaled.is_some_and(|at| at >= 20));
}

#[test]
fn the_terminals_view_is_what_kubectl_prints() {
    let text = ran(&["walk", "rc-create", "--print", "--format", "kubectl"]);
    assert!(
        text.starts_with("$ kubectl create -f rc.yaml\nreplicationcontroller/web created\n"),
        "{text}"
    );
}

#[test]
fn a_run_can_be_cut_off_and_shown_with_its_routine() {
    let short = ran(&[
        "walk",
        "rc-create",
        "--print",
        "--format",
        "jsonl",
        "--until",
        "20",
    ]);
    let whole = ran(&["walk", "rc-create", "--print", "--format", "jsonl"]);
    let routine = ran(&[
        "walk",
        "rc-create",
        "--print",
        "--format",
        "jsonl",
        "--routine",
    ]);
    assert!(short.lines().count() < whole.lines().count());
    assert!(routine.lines().count() > whole.lines().count());
    assert!(
        rows(&short)
            .iter()
            .all(|row| row["at_ms"].as_u64() <= Some(20))
    );
}

#[test]
fn what_cannot_be_played_is_told_in_two_lines() {
    let home = Home::new();
    home.file("broken.toml", "format = 1\nid = \n");
    for (arguments, code, said) in [
        (
            &["walk", "nothing", "--print"][..],
            1,
            "there is no scenario \"nothing\"",
        ),
        (
            &["walk", "missing.toml", "--print"],
            1,
            "cannot read the scenario",
        ),
        (&["walk", "broken.toml", "--print"], 1, "broken.toml:2"),
        (&["walk", "--print"], 2, "needs a scenario"),
        (&["walk", "rc-create", "--print", "--at", "3"], 2, "--at"),
        (
            &["walk", "rc-create", "--print", "--fault", "explode etcd"],
            2,
            "\"explode etcd\" is no fault",
        ),
        (
            &[
                "walk",
                "rc-create",
                "--print",
                "--command",
                "kubectl get pods",
                "--at",
                "9999",
            ],
            1,
            "there is no step 9999",
        ),
    ] {
        let ran = home.run(arguments);
        assert_eq!(ran.code(), code, "{arguments:?}: {}", ran.stderr());
        let error = ran.stderr();
        assert!(error.contains(said), "{arguments:?}: {error}");
        assert_eq!(error.lines().count(), 2, "{error}");
        assert!(error.starts_with("podlings: error: "), "{error}");
    }
}
