use std::{collections::BTreeMap, rc::Rc};

use podlings::cluster::{
    Cluster, ClusterConfig, Fault, Files, Moment, NodeConfig,
    api::{Kind, Object, Pod, PodPhase},
    trace::{Step, StepKind},
};

/// A cluster to try things on, with one learner's terminal.
pub(super) struct Lab {
    pub(super) cluster: Cluster,
    files: Files,
}

/// A ReplicationController `web` of nginx Pods labelled `app=web`.
pub(super) fn replication_controller(replicas: u32) -> String {
    format!(
        "apiVersion: v1\nkind: ReplicationController\nmetadata:\n  name: web\nspec:\n  \
         replicas: {replicas}\n  selector:\n    app: web\n  template:\n    metadata:\n      labels:\n        \
         app: web\n    spec:\n      containers:\n      - name: nginx\n        image: nginx:1.29\n        \
         ports:\n        - containerPort: 80\n"
    )
}

/// A Service `web` over Pods labelled `app=web`.
pub(super) fn service(kind: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: {kind}\n  selector:\n    \
         app: web\n  ports:\n  - port: 80\n    targetPort: 80\n"
    )
}

/// How long a lab waits for a cluster to settle, in milliseconds.
const PATIENCE: u64 = 20 * 60 * 1000;

impl Lab {
    /// So many usual machines.
    pub(super) fn new(nodes: usize) -> Lab {
        Lab::seeded(nodes, 1)
    }

    pub(super) fn seeded(nodes: usize, seed: u64) -> Lab {
        Lab::of(&ClusterConfig::with_nodes(nodes, seed))
    }

    pub(super) fn with(nodes: Vec<NodeConfig>) -> Lab {
        let mut config = ClusterConfig::with_nodes(0, 1);
        config.nodes = nodes;
        Lab::of(&config)
    }

    pub(super) fn of(config: &ClusterConfig) -> Lab {
        Lab {
            cluster: Cluster::new(config),
            files: Files::default(),
        }
    }

    /// A file the commands may name.
    pub(super) fn file(mut self, name: &str, text: impl Into<String>) -> Lab {
        let mut files: BTreeMap<String, String> = (*self.files).clone();
        files.insert(name.to_owned(), text.into());
        self.files = Rc::new(files);
        self
    }

    /// Gives a command and goes on at once.
    pub(super) fn types(&mut self, line: &str) {
        self.cluster.command(line, &self.files);
    }

    /// Gives a command, waits until it has ended, and returns what it printed: stdout, then stderr.
    pub(super) fn runs(&mut self, line: &str) -> String {
        self.types(line);
        let at = self.cluster.outputs().len() - 1;
        let late = self.cluster.now().millis() + PATIENCE;
        while self.cluster.outputs()[at].ended.is_none() {
            assert!(self.cluster.advance(), "{line} never ends");
            assert!(self.cluster.now().millis() < late, "{line} takes too long");
        }
        let output = &self.cluster.outputs()[at];
        format!("{}{}", output.stdout, output.stderr)
    }

    /// Breaks or mends something.
    pub(super) fn fault(&mut self, fault: &str) {
        let fault: Fault = fault.parse().expect("a fault");
        self.cluster.fault(&fault).expect("it can be");
    }

    /// Lets everything happen that comes of what was done.
    pub(super) fn settles(&mut self) -> &mut Lab {
        let late = self.cluster.now().millis() + PATIENCE;
        while !self.cluster.is_settled() {
            assert!(self.cluster.advance(), "nothing happens any more");
            assert!(
                self.cluster.now().millis() < late,
                "it does not come to rest"
            );
        }
        self
    }

    /// Lets so many milliseconds pass.
    pub(super) fn passes(&mut self, millis: u64) -> &mut Lab {
        let until = Moment::from_millis(self.cluster.now().millis() + millis);
        self.cluster.run_until(until);
        self
    }

    /// Waits until this holds, and returns after how many milliseconds of the cluster's clock.
    pub(super) fn until(&mut self, what: &str, holds: impl Fn(&Cluster) -> bool) -> u64 {
        let late = self.cluster.now().millis() + PATIENCE;
        while !holds(&self.cluster) {
            assert!(self.cluster.advance(), "never: {what}");
            assert!(self.cluster.now().millis() < late, "not in time: {what}");
        }
        self.cluster.now().millis()
    }

    /// All objects of a kind, in the order of their keys.
    pub(super) fn all<K: Kind>(&self) -> Vec<Rc<K>> {
        all(&self.cluster)
    }

    /// The Pods of the namespace `default`.
    pub(super) fn pods(&self) -> Vec<Rc<Pod>> {
        pods(&self.cluster)
    }

    pub(super) fn steps(&self) -> &[Rc<Step>] {
        self.cluster.steps()
    }

    /// The events of this reason, oldest first.
    pub(super) fn events(&self, reason: &str) -> Vec<Rc<Step>> {
        let events = self.steps().iter();
        let events = events.filter(|step| step.kind == StepKind::Event && *step.reason == *reason);
        events.cloned().collect()
    }
}

pub(super) fn all<K: Kind>(cluster: &Cluster) -> Vec<Rc<K>> {
    let objects = cluster.objects(K::RESOURCE, "");
    objects.iter().filter_map(K::of).cloned().collect()
}

pub(super) fn pods(cluster: &Cluster) -> Vec<Rc<Pod>> {
    let objects: Vec<Object> = cluster.objects(Pod::RESOURCE, "default");
    objects.iter().filter_map(Pod::of).cloned().collect()
}

/// How many Pods of `default` run and are ready.
pub(super) fn ready(cluster: &Cluster) -> usize {
    let pods = pods(cluster);
    let is_up = |pod: &&Rc<Pod>| {
        pod.status.phase == PodPhase::Running
            && pod.status.is_ready()
            && !pod.metadata.is_deleting()
    };
    pods.iter().filter(is_up).count()
}
