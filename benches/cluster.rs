//! The cluster model at work: Pods a second from `kubectl create` to Running with all that comes of it,
//! at 10 to 5,000 nodes; one walk from end to end; going to any step of every built-in scenario. Nothing
//! is bypassed: the commands are those `walk` gives, all plugins score, kubelets write each status, events
//! and endpoints are kept. Only the trace is counted rather than kept, and kube-proxy is off, since real
//! clusters of this size do not run it in this mode.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write,
    fs,
    process::Command,
    rc::Rc,
    time::{Duration, Instant},
};

use podlings::{
    cluster::{
        Cluster, ClusterConfig, Recording,
        api::{EndpointSlice, Kind, Pod, PodPhase, Resource},
        trace::{StepId, StepKind},
    },
    walkthrough::{Run, built_in},
};

/// Pods for each node.
const DENSITY: usize = 30;
/// Pods for each controller, and so behind each Service.
const REPLICAS: usize = 150;
const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];
const SIZE: &str = "PODLINGS_BENCH_NODES";

fn main() {
    if let Ok(nodes) = env::var(SIZE) {
        return scale(nodes.parse().expect("a number of nodes"));
    }
    one_walk();
    seeking();
    for nodes in SIZES {
        let status = Command::new(env::current_exe().expect("the path of this program"))
            .env(SIZE, nodes.to_string())
            .status()
            .expect("it runs");
        assert!(status.success());
    }
}

/// Each size is a process of its own, so that its peak memory is its own.
fn scale(nodes: usize) {
    let pods = nodes * DENSITY;
    let controllers = pods.div_ceil(REPLICAS);
    let mut config = ClusterConfig::with_nodes(nodes, 1);
    config.kube_proxy = false;
    config.recording = Recording::Counts;
    for node in &mut config.nodes {
        "32".clone_into(&mut node.cpu);
        "128Gi".clone_into(&mut node.memory);
    }
    let booted = Instant::now();
    let mut cluster = Cluster::new(&config);
    let booted = booted.elapsed();
    let files = Rc::new(BTreeMap::from([(
        "all.yaml".to_owned(),
        manifests(pods, controllers),
    )]));
    let started = Instant::now();
    cluster.command("kubectl create -f all.yaml", &files);
    while !cluster.is_settled() {
        assert!(cluster.advance());
    }
    let took = started.elapsed();
    check(&cluster, pods, controllers);
    println!(
        "{nodes:>5} nodes, {pods:>6} pods: {:>7.0} pods/s (reach at 5,000 nodes: 100000)   {:>5.1} us a pod   peak {:>5.0} MB (reach: 1000)   \
         boot {:>5.2} s   {:>6.1} s of the cluster's time   {} requests, {} watch events",
        pods as f64 / took.as_secs_f64(),
        took.as_secs_f64() * 1e6 / pods as f64,
        peak_megabytes(),
        booted.as_secs_f64(),
        cluster.now().millis() as f64 / 1e3,
        cluster.count(StepKind::Request),
        cluster.count(StepKind::Watch),
    );
}

fn manifests(pods: usize, controllers: usize) -> String {
    let mut text = String::new();
    for number in 0..controllers {
        let replicas = REPLICAS.min(pods - number * REPLICAS);
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: ReplicationController\nmetadata:\n  name: web-{number}\nspec:\n  replicas: {replicas}\n  \
             selector:\n    app: web-{number}\n  template:\n    metadata:\n      labels:\n        app: web-{number}\n    spec:\n      \
             containers:\n      - name: nginx\n        image: nginx:1.29\n        resources:\n          requests:\n            cpu: 100m\n            \
             memory: 64Mi\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web-{number}\nspec:\n  selector:\n    app: web-{number}\n  \
             ports:\n  - port: 80\n"
        );
    }
    text
}

/// That the work was done: every Pod bound and running, told of, and behind its Service.
fn check(cluster: &Cluster, pods: usize, controllers: usize) {
    let objects = cluster.objects(Resource::Pods, "default");
    let running = objects.iter().filter_map(Pod::of).filter(|pod| {
        pod.status.phase == PodPhase::Running
            && pod.status.is_ready()
            && !pod.spec.node_name.is_empty()
    });
    assert_eq!(running.count(), pods, "bound and running");
    let slices = cluster.objects(Resource::EndpointSlices, "default");
    let behind: usize = slices
        .iter()
        .filter_map(EndpointSlice::of)
        .filter(|slice| &*slice.metadata.name != "kubernetes")
        .map(|slice| slice.endpoints.len())
        .sum();
    assert_eq!(behind, pods, "endpoints");
    assert!(
        cluster.count(StepKind::Event) as usize >= pods * 4,
        "events"
    );
    assert_eq!(cluster.count_objects(Resource::Services), controllers + 1);
}

fn one_walk() {
    let scenario = built_in().into_iter().find(|it| it.id == "rc-create");
    let scenario = scenario.expect("a built-in scenario");
    let took = median((0..15).map(|seed| {
        let started = Instant::now();
        let run = Run::new(&scenario, seed, false);
        assert!(run.unmet().is_empty());
        started.elapsed()
    }));
    println!(
        "one walk of rc-create, end to end   {:.2} ms",
        took.as_secs_f64() * 1e3
    );
}

fn seeking() {
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        let steps = run.steps().len();
        let times: Vec<Duration> = (0..=steps)
            .map(|step| {
                let step = StepId(u32::try_from(step).expect("few steps"));
                let started = Instant::now();
                let there = run.at(step);
                let took = started.elapsed();
                assert!(there.steps().len() >= step.0 as usize);
                took
            })
            .collect();
        let most = times.iter().max().copied().unwrap_or_default();
        println!(
            "seek in {:15} {steps:>5} steps   median {:.3} ms, most {:.3} ms (reach: 1 ms)",
            scenario.id,
            median(times.into_iter()).as_secs_f64() * 1e3,
            most.as_secs_f64() * 1e3,
        );
    }
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// Peak resident memory as Linux counts it; 0 elsewhere.
fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0.0);
    kilobytes / 1024.0
}
