use std::{collections::BTreeSet, rc::Rc};

use crate::cluster::{
    Cluster, ClusterConfig, Moment,
    api::{Kind, Pod, Resource},
    trace::{Actor, Step, StepKind},
};

const MANIFEST: &str = r#"
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
---
apiVersion: v1
kind: Service
metadata: {name: peers}
spec:
  clusterIP: None
  selector: {app: web}
  ports: [{port: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: wrong-port}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 9999}]
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec:
  selector: {app: nobody}
  ports: [{port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: alias}
spec:
  type: ExternalName
  externalName: web.default.svc.cluster.local
---
apiVersion: v1
kind: Pod
metadata: {name: one, labels: {app: web}}
spec:
  hostname: one
  subdomain: peers
  containers: [{name: c, image: "example.com/app:1", ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: ReplicationController
metadata: {name: web}
spec:
  replicas: 3
  selector: {app: web}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: "example.com/app:1", ports: [{containerPort: 8080}]}]
"#;

struct World(Cluster);

impl World {
    /// Two machines, and three Pods behind a Service: the controller takes up `one`.
    fn new(seed: u64) -> World {
        let mut cluster = Cluster::new(&ClusterConfig::with_nodes(2, seed));
        let files = [("all.yaml".to_owned(), MANIFEST.to_owned())];
        cluster.command("kubectl create -f all.yaml", &Rc::new(files.into()));
        cluster.run_until(Moment::from_millis(60_000));
        World(cluster)
    }

    fn run(&mut self, millis: u64) {
        let until = self.0.now().millis() + millis;
        self.0.run_until(Moment::from_millis(until));
    }

    /// What a command prints, and its exit code.
    fn curl(&mut self, command: &str) -> (String, u8) {
        self.0.command(command, &Default::default());
        let mine = self.0.outputs().len() - 1;
        while self.0.outputs()[mine].ended.is_none() {
            self.0.advance();
        }
        let output = &self.0.outputs()[mine];
        (format!("{}{}", output.stdout, output.stderr), output.exit)
    }

    fn hops(&self) -> Vec<&Step> {
        let steps = self.0.steps().iter().map(|step| &**step);
        steps
            .filter(|step| step.kind == StepKind::Traffic)
            .collect()
    }

    fn pods(&self) -> Vec<Rc<Pod>> {
        let found = self.0.objects(Resource::Pods, "default");
        found.iter().filter_map(Pod::of).cloned().collect()
    }
}

/// A request to a Service, from its name to the answer, each hop caused by the one before.
#[test]
fn request_to_a_service_is_followed_hop_by_hop() {
    let mut world = World::new(5);
    let (printed, exit) = world.curl("curl http://web --from one");
    assert_eq!(exit, 0, "{printed}");
    let hops = world.hops();
    let verbs: Vec<&str> = hops.iter().map(|hop| &*hop.verb).collect();
    let verbs: Vec<&str> = verbs
        .into_iter()
        .filter(|verb| *verb != "mark" && *verb != "masquerade")
        .collect();
    assert_eq!(
        verbs,
        ["lookup", "jump", "choose", "dnat", "deliver", "answer"]
    );
    for pair in hops.windows(2) {
        assert_eq!(pair[1].cause, pair[0].id);
    }
    assert_eq!(hops[0].from, Actor::Pod("one".into()));
    assert_eq!(hops[0].to, Actor::Dns);
    let last = hops.last().unwrap();
    assert_eq!(last.from, Actor::Pod(printed.trim().into()));
    assert_eq!(last.to, Actor::Pod("one".into()));
    assert_eq!(last.code, 200);
}

/// Every ready Pod gets its share, whichever machine is asked.
#[test]
fn requests_reach_all_pods_from_inside_and_outside() {
    let mut world = World::new(6);
    let names: BTreeSet<String> = world
        .pods()
        .iter()
        .map(|pod| pod.metadata.name.to_string())
        .collect();
    assert_eq!(names.len(), 3);
    for url in [
        "web",
        "node-1:30080",
        "node-2:30080",
        "web.default",
        "alias",
        "peers:8080",
    ] {
        let answers: BTreeSet<String> = (0..40)
            .map(|_| world.curl(&format!("curl -s http://{url}")))
            .map(|(printed, _)| printed.trim().to_owned())
            .collect();
        assert_eq!(answers, names, "{url}");
    }
}

/// What goes wrong, in curl's words.
#[test]
fn requests_fail_as_curl_says() {
    let mut world = World::new(7);
    let refused = "Could not connect to server\n";
    let table = [
        ("curl http://web", "", 0),
        ("curl -I http://web", "HTTP/1.1 200 OK\n\n", 0),
        (
            "curl -s -o /dev/null -w '%{http_code}\\n' http://web",
            "200\n",
            0,
        ),
        ("curl http://nobody", refused, 7),
        ("curl http://wrong-port", refused, 7),
        ("curl http://node-1:30099", refused, 7),
        ("curl -s http://nobody", "", 7),
        ("curl http://web:81", refused, 28),
        (
            "curl -m 2 http://web:81",
            "curl: (28) Connection timed out after 2000 milliseconds\n",
            28,
        ),
        (
            "curl http://no-such",
            "curl: (6) Could not resolve host: no-such\n",
            6,
        ),
        (
            "curl http://web --from node-1",
            "curl: (6) Could not resolve host: web\n",
            6,
        ),
        ("curl http://web --from nobody", "", 2),
    ];
    for (command, end, exit) in table {
        let (printed, found) = world.curl(command);
        assert_eq!(found, exit, "{command}: {printed}");
        assert!(printed.ends_with(end), "{command}: {printed}");
    }
}

/// `kubernetes.io/docs/concepts/services-networking/dns-pod-service`: Pods have no names, but an address
/// has one, and so has a hostname within a headless Service.
#[test]
fn names_of_pods_are_those_of_services_and_addresses() {
    let mut world = World::new(8);
    let pods = world.pods();
    let other = pods
        .iter()
        .find(|pod| &*pod.metadata.name != "one")
        .unwrap();
    let dashed = other.status.pod_ip.replace('.', "-");
    let name = other.metadata.name.to_string();
    let table = [
        (format!("{name}:8080"), None),
        ("one:8080".to_owned(), None),
        ("one.peers:8080".to_owned(), Some("one".to_owned())),
        (
            "one.peers.default.svc.cluster.local:8080".to_owned(),
            Some("one".to_owned()),
        ),
        (format!("{dashed}.peers:8080"), Some(name.clone())),
        (
            format!("{dashed}.default.pod.cluster.local:8080"),
            Some(name.clone()),
        ),
        (format!("{dashed}.no-such.pod.cluster.local:8080"), None),
        (format!("{}:8080", other.status.pod_ip), Some(name)),
    ];
    for (host, answer) in table {
        let (printed, exit) = world.curl(&format!("curl -s http://{host}"));
        match answer {
            Some(answer) => assert_eq!((printed.trim(), exit), (&*answer, 0), "{host}"),
            None => assert_eq!(exit, 6, "{host}"),
        }
    }
}

/// What answers is what runs: a machine that is off answers nobody, a Pod that is gone neither.
#[test]
fn requests_reach_only_what_runs() {
    let mut world = World::new(9);
    let pods = world.pods();
    let away = pods
        .iter()
        .find(|pod| &*pod.spec.node_name == "node-2")
        .unwrap();
    let ip = away.status.pod_ip.to_string();
    assert_eq!(world.curl(&format!("curl http://{ip}:8080")).1, 0);
    world.0.fault(&"stop node-2".parse().unwrap()).unwrap();
    assert_eq!(world.curl(&format!("curl -m 3 http://{ip}:8080")).1, 28);
    assert_eq!(world.curl("curl -m 3 http://node-2:30080").1, 28);
    // The rules still name it, until its Pods are no longer ready.
    let codes: BTreeSet<u8> = (0..30)
        .map(|_| world.curl("curl -m 1 http://web").1)
        .collect();
    assert_eq!(codes, [0, 28].into());
    world.run(120_000);
    let codes: BTreeSet<u8> = (0..30)
        .map(|_| world.curl("curl -m 1 http://web").1)
        .collect();
    assert_eq!(codes, [0].into());
}
