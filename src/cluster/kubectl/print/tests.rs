use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-01-01T00:01:00Z";

fn now() -> Timestamp {
    serde_json::from_value(json!(NOW)).unwrap()
}

fn row(resource: Resource, wide: bool, json: Value) -> Vec<String> {
    let object = Object::from_json(resource, json).unwrap();
    rows::cells(&object, wide, now())
}

fn pod(spec: Value, status: Value) -> Vec<String> {
    let json = json!({"metadata": {"name": "p"}, "spec": spec, "status": status});
    row(Resource::Pods, false, json)
}

fn names(count: usize) -> Value {
    (0..count)
        .map(|at| json!({"name": at.to_string()}))
        .collect()
}

/// Facts of `pkg/printers/internalversion/printers_test.go`, TestPrintPod.
/// C69
#[test]
fn pods_show_what_holds_their_containers_up() {
    let running = json!({"running": {}});
    let restarted = json!({"terminated": {"exitCode": 1, "finishedAt": "2026-01-01T00:00:50Z"}});
    let two = json!({"containers": names(2)});
    let with_init = json!({"containers": names(1), "initContainers": names(2)});
    let ready = json!([{"type": "Ready", "status": "True"}]);
    for (spec, status, expected) in [
        (
            two.clone(),
            json!({"phase": "Running", "containerStatuses": [
                {"name": "0", "ready": true, "restartCount": 3, "state": running},
                {"name": "1", "restartCount": 3, "state": running},
            ]}),
            ["1/2", "Running", "6"],
        ),
        (
            two.clone(),
            json!({"phase": "Running", "containerStatuses": [
                {"name": "0", "ready": true, "restartCount": 3, "state": running},
                {"name": "1", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
            ]}),
            ["1/2", "CrashLoopBackOff", "6"],
        ),
        (
            two.clone(),
            json!({"phase": "Running", "containerStatuses": [
                {"name": "0", "ready": true, "restartCount": 3, "state": running, "lastState": restarted},
                {"name": "1", "ready": true, "restartCount": 0, "state": running},
            ]}),
            ["2/2", "Running", "3 (10s ago)"],
        ),
        // Terminated by signal, without a reason.
        (
            two.clone(),
            json!({"phase": "Running", "containerStatuses": [
                {"name": "0", "restartCount": 3, "state": {"terminated": {"exitCode": 137, "signal": 9}}},
            ]}),
            ["0/2", "Signal:9", "3"],
        ),
        // One is done and one runs: as ready as the Pod is.
        (
            two.clone(),
            json!({"phase": "Running", "containerStatuses": [
                {"name": "0", "restartCount": 3, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
                {"name": "1", "ready": true, "restartCount": 3, "state": running},
            ]}),
            ["1/2", "NotReady", "6"],
        ),
        (
            two.clone(),
            json!({"phase": "Running", "conditions": ready, "containerStatuses": [
                {"name": "0", "restartCount": 3, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
                {"name": "1", "ready": true, "restartCount": 3, "state": running},
            ]}),
            ["1/2", "Running", "6"],
        ),
        (
            two.clone(),
            json!({"phase": "Failed", "reason": "Evicted"}),
            ["0/2", "Evicted", "0"],
        ),
        (
            two,
            json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]}),
            ["0/2", "SchedulingGated", "0"],
        ),
        (
            with_init.clone(),
            json!({"phase": "Pending",
                "initContainerStatuses": [{"name": "0", "restartCount": 0, "state": running}],
                "containerStatuses": [{"name": "0", "state": {"waiting": {"reason": "PodInitializing"}}}]}),
            ["0/1", "Init:0/2", "0"],
        ),
        (
            with_init.clone(),
            json!({"phase": "Pending", "initContainerStatuses": [
                {"name": "0", "restartCount": 0, "state": {"terminated": {"exitCode": 0}}},
                {"name": "1", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": restarted},
            ]}),
            ["0/1", "Init:CrashLoopBackOff", "3 (10s ago)"],
        ),
        (
            with_init,
            json!({"phase": "Pending", "initContainerStatuses": [
                {"name": "0", "restartCount": 0, "state": {"terminated": {"exitCode": 1}}},
            ]}),
            ["0/1", "Init:ExitCode:1", "0"],
        ),
    ] {
        assert_eq!(pod(spec, status.clone())[1..4], expected, "{status}");
    }
}

#[test]
fn pods_being_deleted_say_so_until_they_have_ended() {
    let told = |status: Value| {
        let metadata = json!({"name": "p", "deletionTimestamp": NOW});
        let json =
            json!({"metadata": metadata, "spec": {"containers": names(1)}, "status": status});
        row(Resource::Pods, false, json)[2].clone()
    };
    assert_eq!(told(json!({"phase": "Running"})), "Terminating");
    assert_eq!(told(json!({"phase": "Pending"})), "Terminating");
    assert_eq!(
        told(json!({"phase": "Running", "reason": "NodeLost"})),
        "Unknown"
    );
    let ended = json!({"terminated": {"exitCode": 0, "reason": "Completed"}});
    let ended = json!({"phase": "Succeeded", "containerStatuses": [{"name": "0", "state": ended}]});
    assert_eq!(told(ended), "Completed");
}

/// Facts of `printers_test.go`, TestPrintServiceLoadBalancer and TestPrintService.
/// C69
#[test]
fn services_show_their_addresses_and_ports() {
    for (spec, expected) in [
        (
            json!({"type": "ClusterIP", "clusterIPs": ["10.9.8.7"], "ports": [{"port": 2233, "protocol": "TCP"}], "selector": {"foo": "bar"}}),
            [
                "s",
                "ClusterIP",
                "10.9.8.7",
                "<none>",
                "2233/TCP",
                "<unknown>",
                "foo=bar",
            ],
        ),
        (
            json!({"type": "NodePort", "clusterIPs": ["10.9.8.7"], "ports": [{"port": 8888, "nodePort": 9999, "protocol": "TCP"}]}),
            [
                "s",
                "NodePort",
                "10.9.8.7",
                "<none>",
                "8888:9999/TCP",
                "<unknown>",
                "<none>",
            ],
        ),
        (
            json!({"type": "LoadBalancer", "clusterIPs": ["10.9.8.7"], "ports": [{"port": 8888, "protocol": "TCP"}]}),
            [
                "s",
                "LoadBalancer",
                "10.9.8.7",
                "<pending>",
                "8888/TCP",
                "<unknown>",
                "<none>",
            ],
        ),
        (
            json!({"type": "ExternalName", "externalName": "db.example.com"}),
            [
                "s",
                "ExternalName",
                "<none>",
                "db.example.com",
                "<none>",
                "<unknown>",
                "<none>",
            ],
        ),
    ] {
        let json = json!({"metadata": {"name": "s"}, "spec": spec});
        assert_eq!(row(Resource::Services, true, json), expected);
    }
}

/// `printers.go`, formatEndpoints and formatDiscoveryEndpoints: three are shown, the rest are counted.
#[test]
fn endpoints_show_three_and_count_the_rest() {
    let ips = |count: usize| (1..=count).map(|at| json!({"ip": format!("10.0.0.{at}")}));
    let told = |count: usize| {
        let addresses: Value = ips(count).collect();
        let subsets = json!([{"addresses": addresses, "ports": [{"port": 80}]}]);
        row(
            Resource::Endpoints,
            false,
            json!({"metadata": {"name": "e"}, "subsets": subsets}),
        )[1]
        .clone()
    };
    assert_eq!(told(2), "10.0.0.1:80,10.0.0.2:80");
    assert_eq!(told(5), "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...");
    let none = row(
        Resource::Endpoints,
        false,
        json!({"metadata": {"name": "e"}}),
    );
    assert_eq!(none[1], "<none>");
    let slice = json!({"metadata": {"name": "e"}, "addressType": "IPv4"});
    let slice = row(Resource::EndpointSlices, false, slice);
    assert_eq!(slice, ["e", "IPv4", "<unset>", "<unset>", "<unknown>"]);
}

/// Facts of `printers_test.go`, TestPrintNodeStatus and TestPrintNodeRole.
/// C69
#[test]
fn nodes_show_whether_pods_can_go_there() {
    for (unschedulable, ready, expected) in [
        (false, Some("True"), "Ready"),
        (true, Some("True"), "Ready,SchedulingDisabled"),
        (false, Some("False"), "NotReady"),
        (false, Some("Unknown"), "NotReady"),
        (true, None, "Unknown,SchedulingDisabled"),
    ] {
        let conditions: Value = ready
            .into_iter()
            .map(|ready| json!({"type": "Ready", "status": ready}))
            .collect();
        let labels = json!({"node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/control-plane": ""});
        let json = json!({"metadata": {"name": "n", "labels": labels}, "spec": {"unschedulable": unschedulable}, "status": {"conditions": conditions}});
        let cells = row(Resource::Nodes, false, json);
        assert_eq!(cells[1..3], [expected, "control-plane,worker"]);
    }
}

/// Facts of `printers_test.go`, TestPrintDeployment, TestPrintReplicationController, TestPrintEvent and
/// TestPrintResourceQuota.
#[test]
fn workloads_events_and_quotas_show_their_numbers() {
    let containers = json!([{"name": "a", "image": "i:1"}, {"name": "b", "image": "i:2"}]);
    let template = json!({"spec": {"containers": containers}});
    let created = json!({"name": "x", "creationTimestamp": NOW});
    let deployment = json!({"metadata": created, "spec": {"replicas": 5, "template": template, "selector": {"matchLabels": {"foo": "bar"}}},
        "status": {"replicas": 10, "updatedReplicas": 2, "availableReplicas": 1}});
    assert_eq!(
        row(Resource::Deployments, true, deployment),
        ["x", "0/5", "2", "1", "0s", "a,b", "i:1,i:2", "foo=bar"]
    );
    let rc = json!({"metadata": created, "spec": {"replicas": 5, "template": template, "selector": {"a": "1", "b": "2"}}, "status": {"replicas": 3, "readyReplicas": 1}});
    assert_eq!(
        row(Resource::ReplicationControllers, true, rc),
        ["x", "5", "3", "1", "0s", "a,b", "i:1,i:2", "a=1,b=2"]
    );
    let event = json!({"metadata": {"name": "e"}, "involvedObject": {"kind": "Pod", "name": "p", "fieldPath": "spec.containers{a}"},
        "type": "Normal", "reason": "Pulled", "message": " m\n", "count": 6, "source": {"component": "kubelet", "host": "n"},
        "firstTimestamp": "2025-12-29T00:01:00Z", "lastTimestamp": "2025-12-31T00:01:00Z"});
    assert_eq!(
        row(Resource::Events, true, event),
        [
            "24h",
            "Normal",
            "Pulled",
            "pod/p",
            "spec.containers{a}",
            "kubelet, n",
            "m",
            "3d",
            "6",
            "e"
        ]
    );
    let hard = json!({"pods": "10", "limits.cpu": "2", "requests.cpu": "1"});
    let quota = json!({"metadata": created, "status": {"hard": hard, "used": {"pods": "1"}}});
    assert_eq!(
        row(Resource::ResourceQuotas, false, quota),
        [
            "x",
            "pods: 1/10, requests.cpu: 0/1",
            "limits.cpu: 0/2",
            "0s"
        ]
    );
}

#[test]
fn columns_can_be_more_than_the_types_own() {
    let object = Object::from_json(
        Resource::Namespaces,
        json!({"metadata": {"name": "n", "labels": {"a": "1"}}, "status": {"phase": "Active"}}),
    )
    .unwrap();
    let columns = Columns {
        resource: Resource::Namespaces,
        wide: false,
        with_namespace: true,
        with_kind: true,
        with_labels: true,
        label_columns: vec!["x/a".into(), "a".into()],
    };
    assert_eq!(columns.header(), "NAME\tSTATUS\tAGE\tA\tA\tLABELS\n");
    assert_eq!(
        columns.row(&object, now()),
        "namespace/n\tActive\t<unknown>\t\t1\ta=1\n"
    );
    let json = object.to_json();
    assert_eq!(json_path(&json, "{.metadata.name}{\"\\n\"}"), "n\n");
    assert_eq!(cell(&json, ".metadata.none"), "<none>");
}
