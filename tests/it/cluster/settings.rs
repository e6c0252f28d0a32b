use podlings::cluster::api::{ContainerState, Pod, PodPhase};

use super::lab::{Lab, ready};

fn pod(container: &str, rest: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: c\n    \
         image: nginx:1.29\n{container}{rest}"
    )
}

fn env(of: &str, name: &str) -> String {
    format!("    envFrom:\n    - {of}:\n        name: {name}\n")
}

fn key(of: &str, name: &str, rest: &str) -> String {
    format!(
        "    env:\n    - name: A\n      valueFrom:\n        {of}:\n          name: {name}\n          \
         key: a\n{rest}"
    )
}

fn messages(lab: &Lab, reason: &str) -> Vec<String> {
    let events = lab.events(reason);
    events.iter().map(|event| event.message.clone()).collect()
}

fn waiting(pod: &Pod) -> (String, String) {
    match &pod.status.container_statuses[0].state {
        ContainerState::Waiting { reason, message } => (reason.to_string(), message.clone()),
        state => panic!("{state:?}"),
    }
}

/// C71
#[test]
fn a_container_waits_for_what_its_environment_is_made_from() {
    for (container, lack, mend) in [
        (
            env("configMapRef", "x"),
            "configmap \"x\" not found",
            "kubectl create configmap x --from-literal=a=1",
        ),
        (
            env("secretRef", "x"),
            "secret \"x\" not found",
            "kubectl create secret generic x --from-literal=a=1",
        ),
        (
            key("configMapKeyRef", "kube-root-ca.crt", ""),
            "couldn't find key a in ConfigMap default/kube-root-ca.crt",
            "",
        ),
        (
            key("secretKeyRef", "x", ""),
            "secret \"x\" not found",
            "kubectl create secret generic x --from-literal=a=1",
        ),
    ] {
        let mut lab = Lab::new(1).file("pod.yaml", pod(&container, ""));
        lab.runs("kubectl create -f pod.yaml");
        lab.passes(30_000);
        let found = waiting(&lab.pods()[0]);
        assert_eq!(found.0, "CreateContainerConfigError");
        assert_eq!(found.1, lack);
        let failed = messages(&lab, "Failed");
        assert!(failed.len() >= 2, "{failed:?}");
        assert!(failed.iter().all(|text| *text == format!("Error: {lack}")));
        assert!(
            lab.runs("kubectl get pods")
                .contains("CreateContainerConfigError")
        );
        if !mend.is_empty() {
            lab.runs(mend);
            let made = lab.cluster.now().millis();
            let up = lab.until("it runs", |cluster| ready(cluster) == 1);
            assert!(up - made < 20_000, "after {} ms", up - made);
        }
    }
}

/// C71
#[test]
fn what_is_optional_may_be_missing() {
    let optional = key("configMapKeyRef", "x", "          optional: true\n");
    let volume = "    volumeMounts:\n    - {name: v, mountPath: /v}\n  volumes:\n  - name: v\n    \
                  secret:\n      secretName: x\n      optional: true\n";
    let mut lab = Lab::new(1).file("pod.yaml", pod(&optional, volume));
    lab.runs("kubectl create -f pod.yaml");
    lab.settles();
    assert_eq!(ready(&lab.cluster), 1);
    assert!(lab.events("Failed").is_empty() && lab.events("FailedMount").is_empty());
}

/// C72
#[test]
fn a_pod_waits_for_its_volumes() {
    for (source, lack, mend) in [
        (
            "configMap:\n      name: x\n",
            "configmap \"x\" not found",
            "kubectl create configmap x --from-literal=a=1",
        ),
        (
            "secret:\n      secretName: x\n",
            "secret \"x\" not found",
            "kubectl create secret generic x --from-literal=a=1",
        ),
        (
            "projected:\n      sources:\n      - configMap:\n          name: x\n      - secret:\n          \
             name: z\n",
            "[configmap \"x\" not found, secret \"z\" not found]",
            "",
        ),
        (
            "configMap:\n      name: kube-root-ca.crt\n      items:\n      - {key: b, path: b}\n",
            "configmap references non-existent config key: b",
            "",
        ),
    ] {
        let volume = format!(
            "    volumeMounts:\n    - {{name: v, mountPath: /v}}\n  volumes:\n  - name: v\n    {source}"
        );
        let mut lab = Lab::new(1).file("pod.yaml", pod("", &volume));
        assert_eq!(lab.runs("kubectl create -f pod.yaml"), "pod/web created\n");
        lab.passes(10_000);
        let found = &lab.pods()[0];
        assert_eq!(found.status.phase, PodPhase::Pending);
        assert_eq!(waiting(found).0, "ContainerCreating");
        let text = format!("MountVolume.SetUp failed for volume \"v\" : {lack}");
        let told = messages(&lab, "FailedMount");
        assert!(told.iter().all(|one| *one == text), "{told:?}");
        // At once, and after 0.5, 1, 2 and 4 seconds more.
        assert_eq!(told.len(), 5);
        assert!(lab.events("Pulling").is_empty());
        if !mend.is_empty() {
            lab.runs(mend);
            lab.until("it runs", |cluster| ready(cluster) == 1);
        }
    }
}

/// C73
#[test]
fn a_kubelet_may_read_what_its_pods_refer_to_and_nothing_else() {
    let file = pod(&env("configMapRef", "x"), "  nodeName: node-1\n");
    let mut lab = Lab::new(2).file("pod.yaml", file);
    lab.runs("kubectl create configmap x --from-literal=a=1");
    lab.runs("kubectl create -f pod.yaml");
    lab.settles();
    let asks = |node: &str, name: &str| {
        format!("kubectl get configmap {name} --as=system:node:{node} --as-group=system:nodes")
    };
    assert!(lab.runs(&asks("node-1", "x")).contains("NAME"));
    assert_eq!(
        lab.runs(&asks("node-2", "x")),
        "Error from server (Forbidden): configmaps \"x\" is forbidden: User \"system:node:node-2\" cannot get \
         resource \"configmaps\" in API group \"\" in the namespace \"default\": no relationship found between \
         node 'node-2' and this object\n"
    );
    lab.runs("kubectl delete pod web");
    lab.settles();
    assert!(lab.runs(&asks("node-1", "x")).contains("no relationship"));
}

/// C73
#[test]
fn a_kubelet_watches_only_what_its_pods_refer_to() {
    let file = pod(&env("secretRef", "x"), "");
    let mut lab = Lab::new(1).file("pod.yaml", file);
    lab.runs("kubectl create secret generic x --from-literal=a=1");
    lab.runs("kubectl create secret generic y --from-literal=a=1");
    lab.runs("kubectl create -f pod.yaml");
    lab.settles();
    let watches: Vec<String> = lab
        .steps()
        .iter()
        .filter(|step| &*step.verb == "watch" && step.resource == "secrets")
        .filter(|step| step.from.to_string() == "kubelet@node-1")
        .map(|step| step.name.to_string())
        .collect();
    assert_eq!(watches, ["x"]);
    assert_eq!(ready(&lab.cluster), 1);
}

/// C69
#[test]
fn settings_read_as_kubectl_prints_them() {
    let mut lab = Lab::new(1);
    assert_eq!(
        lab.runs("kubectl create configmap app --from-literal=colour=red --from-literal=size=2"),
        "configmap/app created\n"
    );
    assert_eq!(
        lab.runs("kubectl create secret generic key --from-literal=word=sesame"),
        "secret/key created\n"
    );
    assert_eq!(
        lab.runs("kubectl describe configmap app"),
        "Name:         app\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nData\n====\n\
         colour:\n----\nred\n\nsize:\n----\n2\n\n\nBinaryData\n====\n\nEvents:  <none>\n"
    );
    assert_eq!(
        lab.runs("kubectl describe secret key"),
        "Name:         key\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nType:  Opaque\n\n\
         Data\n====\nword:  6 bytes\n"
    );
    assert!(
        lab.runs("kubectl get secret key -o yaml")
            .contains("word: c2VzYW1l")
    );
    assert_eq!(
        lab.runs("kubectl get cm -o name"),
        "configmap/app\nconfigmap/kube-root-ca.crt\n"
    );
    assert_eq!(
        lab.runs("kubectl create cm app --from-literal=a"),
        "error: invalid literal source a, expected key=value\n"
    );
    assert_eq!(
        lab.runs("kubectl delete cm/app secret/key"),
        "configmap \"app\" deleted from default namespace\nsecret \"key\" deleted from default namespace\n"
    );
}
