use super::lab::{Lab, ready, replication_controller};

fn crashing() -> String {
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: crash\n  labels: {app: crash}\nspec:\n  containers:\n  - name: c\n    image: \
     busybox:1.37\n    command: [sh, -c, \"echo one; echo two; sleep 3; exit 1\"]\n"
        .to_owned()
}

/// C69
#[test]
fn the_log_of_the_instance_before_is_kept() {
    let mut lab = Lab::new(1).file("crash.yaml", crashing());
    lab.runs("kubectl create -f crash.yaml");
    lab.until("it runs", |cluster| ready(cluster) == 1);
    assert_eq!(
        lab.runs("kubectl logs crash -p"),
        "Error from server (BadRequest): previous terminated container \"c\" in pod \"crash\" not found\n"
    );
    lab.until("it runs again", |cluster| {
        ready(cluster) == 1
            && super::lab::pods(cluster)[0].status.container_statuses[0]
                .restart_count
                .0
                > 0
    });
    assert_eq!(lab.runs("kubectl logs crash --previous"), "one\ntwo\n");
    assert_eq!(lab.runs("kubectl logs crash -p --tail=1"), "two\n");
    assert_eq!(lab.runs("kubectl logs -l app=crash --tail=0"), "");
    assert_eq!(
        lab.runs("kubectl logs crash -c other"),
        "error: container other is not valid for pod crash\n"
    );
}

const NEVER: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  \
                     selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    \
                     spec:\n      nodeSelector: {disk: ssd}\n      containers:\n      - {name: c, image: \
                     \"nginx:1.29\"}\n";

/// C69
#[test]
fn a_command_waits_no_longer_than_it_is_told_to() {
    let mut lab = Lab::new(1).file("web.yaml", NEVER);
    lab.runs("kubectl create -f web.yaml");
    let before = lab.cluster.now().millis();
    let told = lab.runs("kubectl rollout status deployment web --timeout=5s");
    assert!(
        told.ends_with("error: timed out waiting for the condition\n"),
        "{told}"
    );
    assert_eq!((lab.cluster.now().millis() - before) / 100, 50);
    assert_eq!(lab.cluster.outputs().last().unwrap().exit, 1);
    lab.runs("kubectl delete deployment web");

    lab.runs("kubectl run slow --image=busybox:1.37 -- sh -c 'trap \"\" TERM; sleep 3600'");
    lab.until("it runs", |cluster| ready(cluster) == 1);
    lab.fault("cut node-1");
    assert_eq!(
        lab.runs("kubectl delete pod slow --timeout=2s"),
        "pod \"slow\" deleted from default namespace\nerror: timed out waiting for the condition on pods/slow\n"
    );
    let before = lab.cluster.now().millis();
    lab.runs("kubectl delete pod slow --wait=false");
    assert!(lab.cluster.now().millis() - before < 100);
    assert!(lab.runs("kubectl delete pod slow --timeout=5").starts_with(
        "error: invalid argument \"5\" for \"--timeout\" flag: time: missing unit in duration \"5\""
    ));
}

/// C69
#[test]
fn wait_ends_when_things_are_so() {
    let mut lab = Lab::new(2).file("rc.yaml", replication_controller(2));
    lab.runs("kubectl create -f rc.yaml");
    lab.until("there are two", |cluster| {
        super::lab::pods(cluster).len() == 2
    });
    let told = lab.runs("kubectl wait --for=condition=Ready pod -l app=web --timeout=60s");
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(
        told.lines()
            .all(|line| line.starts_with("pod/web-") && line.ends_with(" condition met"))
    );
    assert_eq!(ready(&lab.cluster), 2);
    assert_eq!(
        lab.runs("kubectl wait --for=jsonpath='{.status.readyReplicas}'=2 rc/web"),
        "replicationcontroller/web condition met\n"
    );
    assert_eq!(
        lab.runs("kubectl wait --for=jsonpath='{.spec.replicas}'=3 rc/web --timeout=1s"),
        "error: timed out waiting for the condition on replicationcontrollers/web\n"
    );
    assert_eq!(
        lab.runs("kubectl wait --for=condition=Ready pod -l app=none"),
        "error: no matching resources found\n"
    );
    lab.runs("kubectl delete rc web --wait=false");
    assert_eq!(
        lab.runs("kubectl wait --for=delete rc/web --timeout=60s"),
        ""
    );
    assert_eq!(
        lab.runs("kubectl wait --for=half rc/web"),
        "error: unrecognized condition: \"half\"\n"
    );
}
