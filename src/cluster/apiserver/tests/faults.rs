use std::{rc::Rc, time::Duration};

use crate::cluster::{Cluster, ClusterConfig, Fault, Files, Part};

fn ask(cluster: &mut Cluster, line: &str) -> (u64, String) {
    let before = cluster.now();
    cluster.command(line, &Files::from(Rc::default()));
    let until = before + Duration::from_secs(60);
    while cluster.now() < until {
        cluster.advance();
        if cluster
            .outputs()
            .last()
            .is_some_and(|one| one.ended.is_some())
        {
            break;
        }
    }
    let stderr = cluster.outputs().last().map(|one| one.stderr.clone());
    (
        cluster.now().since(before).as_millis() as u64,
        stderr.unwrap_or_default(),
    )
}

/// Without etcd the API server waits 7 s, then says so; when etcd is back, so is everything else.
#[test]
fn etcd_that_is_gone_is_waited_for() {
    let mut cluster = Cluster::new(&ClusterConfig::with_nodes(1, 1));
    cluster.fault(&Fault::Stop(Part::Etcd)).expect("a fault");
    for line in ["kubectl get pods", "kubectl label node node-1 a=b"] {
        let (millis, stderr) = ask(&mut cluster, line);
        assert!((7_000..8_000).contains(&millis), "{line}: {millis}");
        assert_eq!(
            stderr, "Error from server: etcdserver: request timed out\n",
            "{line}"
        );
    }
    cluster.fault(&Fault::Start(Part::Etcd)).expect("a fault");
    let (millis, stderr) = ask(&mut cluster, "kubectl get pods");
    assert!(millis < 100, "{millis}");
    assert!(!stderr.contains("timed out"), "{stderr}");
}

/// A slow etcd makes each write as much slower.
#[test]
fn etcd_that_is_slow_slows_writes() {
    let mut cluster = Cluster::new(&ClusterConfig::with_nodes(1, 1));
    cluster.fault(&Fault::SlowEtcd(500)).expect("a fault");
    let (millis, stderr) = ask(&mut cluster, "kubectl label node node-1 a=b");
    assert_eq!(stderr, "");
    assert!((500..1_000).contains(&millis), "{millis}");
}
