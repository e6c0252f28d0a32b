use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cluster::{
    Cluster, ClusterConfig, Fault, Moment,
    api::{Object, Resource, Str},
    machinery::{DeleteOptions, Request, User},
    trace::{Actor, Step, StepKind},
};

/// A cluster with two machines, in which Services and slices are made by hand.
struct World {
    cluster: Cluster,
    user: User,
}

impl World {
    fn new() -> World {
        World::of_seed(3)
    }

    fn of_seed(seed: u64) -> World {
        let mut cluster = Cluster::new(&ClusterConfig::with_nodes(2, seed));
        // Slices that belong to no controller stay as they are made.
        cluster
            .fault(&"stop kube-controller-manager".parse::<Fault>().unwrap())
            .unwrap();
        World {
            cluster,
            user: User::admin(),
        }
    }

    fn fault(&mut self, fault: &str) {
        self.cluster.fault(&fault.parse().unwrap()).unwrap();
    }

    fn run(&mut self, millis: u64) {
        let until = self.cluster.now().millis() + millis;
        self.cluster.run_until(Moment::from_millis(until));
    }

    fn create(&mut self, resource: Resource, json: Value) {
        let object = Object::from_json(resource, json).unwrap();
        self.cluster.ask(Request::create(&self.user, object));
    }

    /// A Service `web` of type NodePort.
    fn create_service(&mut self) {
        let spec = json!({
            "type": "NodePort",
            "clusterIP": "10.96.0.50",
            "selector": {"app": "web"},
            "ports": [{"port": 80, "targetPort": 8080, "nodePort": 30080, "protocol": "TCP"}],
        });
        let metadata = json!({"namespace": "default", "name": "web"});
        let service = json!({"metadata": metadata, "spec": spec});
        self.create(Resource::Services, service);
    }

    /// A slice of `web`: each address with whether it is ready.
    fn create_slice(&mut self, name: &str, addresses: &[(&str, bool)]) {
        let endpoint = |(address, ready): &(&str, bool)| {
            let conditions = json!({"ready": ready, "serving": true, "terminating": !ready});
            json!({"addresses": [address], "conditions": conditions, "nodeName": "node-1"})
        };
        let endpoints: Vec<Value> = addresses.iter().map(endpoint).collect();
        let labels = json!({"kubernetes.io/service-name": "web"});
        self.create(
            Resource::EndpointSlices,
            json!({
                "metadata": {"namespace": "default", "name": name, "labels": labels},
                "addressType": "IPv4",
                "endpoints": endpoints,
                "ports": [{"name": "", "port": 8080, "protocol": "TCP"}],
            }),
        );
    }

    fn delete(&mut self, resource: Resource, name: &str) {
        let (namespace, name): (Str, Str) = ("default".into(), name.into());
        let options = DeleteOptions::default();
        let request = Request::delete(&self.user, resource, &namespace, &name, options);
        self.cluster.ask(request);
    }

    /// The steps in which a machine's rules changed.
    fn rules(&self, node: &str) -> Vec<&Step> {
        let steps = self.cluster.steps().iter().map(|step| &**step);
        steps
            .filter(|step| step.kind == StepKind::Rules && step.to == Actor::Kernel(node.into()))
            .collect()
    }

    fn messages(&self, node: &str) -> Vec<String> {
        let rules = self.rules(node).into_iter();
        rules.map(|step| step.message.clone()).collect()
    }

    /// The lines about `web` on a machine.
    fn lines(&self, node: &str) -> Vec<String> {
        let mut lines = self.cluster.rules(node);
        lines.retain(|line| line.starts_with("-A") && line.contains("default/web"));
        lines
    }

    fn last_output(&mut self, command: &str) -> (String, String, u8) {
        self.cluster.command(command, &Default::default());
        self.run(140_000);
        let output = self.cluster.outputs().last().unwrap();
        (output.stdout.clone(), output.stderr.clone(), output.exit)
    }
}

/// `pkg/proxy/runner/bounded_frequency_runner.go`: the first change at once, later ones together.
#[test]
fn kube_proxy_syncs_at_most_once_a_second() {
    let mut world = World::new();
    world.create_service();
    world.run(100);
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(100);
    world.create_slice("web-2", &[("10.244.0.10", true)]);
    world.run(3000);
    let steps = world.rules("node-1");
    let [first, second] = steps[..] else {
        panic!("{steps:?}");
    };
    assert_eq!(
        world.messages("node-1"),
        [
            "default/web: no endpoints behind 10.96.0.50:80 and node port 30080, so connections are refused",
            "default/web: 2 endpoints behind 10.96.0.50:80 and node port 30080",
        ]
    );
    assert!(first.at.millis() < 50);
    assert!((1000..1100).contains(&second.at.since(first.at).as_millis()));
}

/// `pkg/proxy/iptables/proxier.go`: what led to a sync is the last change it takes in.
#[test]
fn kube_proxy_names_the_watch_that_led_to_its_rules() {
    let mut world = World::new();
    world.create_service();
    world.run(100);
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(3000);
    for node in ["node-1", "node-2"] {
        let steps = world.rules(node);
        let causes = steps.iter().map(|step| {
            let cause = world
                .cluster
                .steps()
                .get(step.cause.0 as usize - 1)
                .unwrap();
            assert_eq!(cause.to, Actor::KubeProxy(node.into()));
            (cause.kind, cause.resource)
        });
        let causes: Vec<_> = causes.collect();
        assert_eq!(
            causes,
            [
                (StepKind::Watch, "services"),
                (StepKind::Watch, "endpointslices")
            ]
        );
    }
}

/// `pkg/proxy/iptables/proxier.go`, syncProxyRules: rules are the same on every node but for what is
/// local, and a step says what changed.
#[test]
fn kube_proxy_tells_what_changed_rule_by_rule() {
    let mut world = World::new();
    world.create_service();
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(3000);
    world.create_slice("web-2", &[("10.244.0.8", true)]);
    world.run(3000);
    let step = *world.rules("node-1").last().unwrap();
    assert_eq!(step.changes, world.rules("node-2").last().unwrap().changes);
    let told: Vec<(String, bool, bool)> = step
        .changes
        .iter()
        .map(|change| {
            let path = change.path.split('-').take(2).collect::<Vec<_>>().join("-");
            let place = change.path.split('[').nth(1).unwrap_or_default();
            let path = format!("{path}[{place}");
            (path, change.before.is_null(), change.after.is_null())
        })
        .collect();
    let told: Vec<_> = told
        .iter()
        .map(|(path, new, gone)| (path.as_str(), *new, *gone))
        .collect();
    assert_eq!(
        told,
        [
            ("nat/KUBE-SVC[1]", false, false),
            ("nat/KUBE-SVC[2]", true, false),
            ("nat/KUBE-SEP[0]", true, false),
            ("nat/KUBE-SEP[1]", true, false),
        ]
    );
    world.delete(Resource::Services, "web");
    world.run(3000);
    let step = *world.rules("node-1").last().unwrap();
    assert_eq!(step.message, "default/web: its rules are gone");
    assert!(step.changes.iter().all(|change| change.after.is_null()));
    assert!(world.lines("node-1").is_empty());
}

/// `pkg/proxy/servicechangetracker.go` and `endpointslicecache.go`: what changes no rule is no news.
#[test]
fn kube_proxy_is_silent_when_nothing_changes() {
    let mut world = World::new();
    world.create_service();
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(3000);
    let before = world.rules("node-1").len();
    let found = world.cluster.objects(Resource::Services, "default");
    let mut service = found
        .into_iter()
        .find(|object| &*object.metadata().name == "web")
        .unwrap();
    service.metadata_mut().labels.set("tier", "front");
    service.metadata_mut().resource_version = 0;
    world.cluster.ask(Request::update(&world.user, service));
    world.fault("drop-watch kube-proxy@node-1");
    // A full sync every hour writes the same again.
    world.run(2 * 60 * 60 * 1000);
    assert_eq!(world.rules("node-1").len(), before);
    assert!(world.cluster.is_settled());
}

/// The kernel follows its rules whether or not kube-proxy runs; a new one writes what changed meanwhile.
#[test]
fn kernel_keeps_its_rules_while_kube_proxy_is_stopped() {
    let mut world = World::new();
    world.create_service();
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(3000);
    world.fault("stop kube-proxy@node-1");
    let stale = world.lines("node-1");
    assert!(stale.iter().any(|line| line.contains("10.244.0.7")));
    world.delete(Resource::EndpointSlices, "web-1");
    world.create_slice("web-2", &[("10.244.0.9", true)]);
    world.run(5000);
    assert_eq!(world.lines("node-1"), stale);
    assert_ne!(world.lines("node-2"), stale);
    world.fault("start kube-proxy@node-1");
    world.run(5000);
    assert_eq!(world.lines("node-1"), world.lines("node-2"));
    let last = *world.rules("node-1").last().unwrap();
    assert_eq!(
        last.message,
        "default/web: 1 endpoint behind 10.96.0.50:80 and node port 30080"
    );
}

/// Rules are in memory: a machine that was off has none until its kube-proxy has started.
#[test]
fn kernel_loses_its_rules_with_the_machine() {
    let mut world = World::new();
    world.create_service();
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(3000);
    world.fault("stop node-1");
    assert!(world.lines("node-1").is_empty());
    world.run(3000);
    world.fault("start node-1");
    world.run(5000);
    assert_eq!(world.lines("node-1"), world.lines("node-2"));
    let last = world.messages("node-1").pop().unwrap();
    assert!(
        last.starts_with("the chains of kube-proxy are made; "),
        "{last}"
    );
}

/// `pkg/proxy/topology.go`, CategorizeEndpoints, in a cluster: the last endpoints that still serve.
/// C55
#[test]
fn kube_proxy_falls_back_to_endpoints_that_are_ending() {
    let mut world = World::new();
    world.create_service();
    world.create_slice("web-1", &[("10.244.0.7", true), ("10.244.0.8", false)]);
    world.run(3000);
    assert!(
        !world
            .lines("node-1")
            .iter()
            .any(|line| line.contains("10.244.0.8"))
    );
    world.delete(Resource::EndpointSlices, "web-1");
    world.create_slice("web-2", &[("10.244.0.8", false)]);
    world.run(3000);
    assert_eq!(
        world.messages("node-1").pop().unwrap(),
        "default/web: 1 endpoint that is ending but still serves, behind 10.96.0.50:80 and node port 30080"
    );
}

/// A snapshot goes on exactly as the original, rules and all.
#[test]
fn kube_proxy_goes_on_the_same_in_a_copy() {
    let mut world = World::new();
    world.create_service();
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(15);
    let mut copy = world.cluster.clone();
    world.run(5000);
    copy.run_until(world.cluster.now());
    assert_eq!(copy.steps(), world.cluster.steps());
    assert_eq!(copy.rules("node-1"), world.cluster.rules("node-1"));
}

/// Nobody has the address of an endpoint that is none: the connection does not come about.
#[test]
fn traffic_to_a_stale_endpoint_fails() {
    let mut world = World::new();
    world.create_service();
    world.create_slice("web-1", &[("10.244.0.7", true)]);
    world.run(3000);
    let (stdout, stderr, exit) = world.last_output("curl http://web");
    assert_eq!((stdout.as_str(), exit), ("", 7));
    let start = "curl: (7) Failed to connect to web port 80 after ";
    assert!(stderr.starts_with(start), "{stderr}");
}

/// What may be done to the Services and slices of a cluster.
#[derive(Clone, Debug)]
enum Act {
    Slice(usize, Vec<(usize, bool)>),
    Unslice(usize),
    Service(bool),
    Stop(bool),
    Drop,
    Wait(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let endpoints = proptest::collection::vec((2..9_usize, any::<bool>()), 0..4);
    let act = prop_oneof![
        4 => (0..3_usize, endpoints).prop_map(|(slice, of)| Act::Slice(slice, of)),
        2 => (0..3_usize).prop_map(Act::Unslice),
        2 => any::<bool>().prop_map(Act::Service),
        1 => any::<bool>().prop_map(Act::Stop),
        1 => Just(Act::Drop),
        4 => (1..1500_u64).prop_map(Act::Wait),
    ];
    proptest::collection::vec(act, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Rules that were changed bit by bit are those a new kube-proxy writes.
    #[test]
    fn kube_proxy_changes_rules_to_what_it_would_write_anew(acts in acts()) {
        let mut world = World::new();
        for act in acts {
            match act {
                Act::Slice(slice, of) => {
                    let of: Vec<(String, bool)> = of
                        .into_iter()
                        .map(|(host, ready)| (format!("10.244.0.{host}"), ready))
                        .collect();
                    let of: Vec<(&str, bool)> =
                        of.iter().map(|(address, ready)| (&**address, *ready)).collect();
                    world.create_slice(&format!("web-{slice}"), &of);
                }
                Act::Unslice(slice) => {
                    world.delete(Resource::EndpointSlices, &format!("web-{slice}"));
                }
                Act::Service(true) => world.create_service(),
                Act::Service(false) => world.delete(Resource::Services, "web"),
                Act::Stop(true) => world.fault("stop kube-proxy@node-1"),
                Act::Stop(false) => world.fault("start kube-proxy@node-1"),
                Act::Drop => world.fault("drop-watch kube-proxy@node-1"),
                Act::Wait(millis) => world.run(millis),
            }
        }
        world.fault("start kube-proxy@node-1");
        world.run(10_000);
        prop_assert_eq!(world.cluster.rules("node-1"), world.cluster.rules("node-2"));
        let (rules, steps) = (world.cluster.rules("node-1"), world.rules("node-1").len());
        world.fault("stop kube-proxy@node-1");
        world.fault("start kube-proxy@node-1");
        world.run(10_000);
        prop_assert_eq!(world.cluster.rules("node-1"), rules);
        prop_assert_eq!(world.rules("node-1").len(), steps);
    }
}
