use super::{
    Source,
    page::{Block, Cell, Mood, Section},
};
use crate::cluster::{
    ContainerLife,
    api::{ConditionStatus, Node, Object, Pod, PodPhase, Resource},
    yaml,
};
use std::rc::Rc;

impl Source<'_> {
    fn titled(&self, title: &str, blocks: Vec<Block>) -> Section {
        Section {
            title: self.text(title),
            blocks,
        }
    }

    fn head(&self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.text(name)).collect()
    }

    fn own_pods(&self, node: &str) -> Vec<Rc<Pod>> {
        let pods = self.cluster.objects(Resource::Pods, "").into_iter();
        pods.filter_map(|pod| match pod {
            Object::Pod(pod) if *pod.spec.node_name == *node => Some(pod),
            _ => None,
        })
        .collect()
    }

    /// The Pods bound to a node, as the API server has them.
    pub(super) fn pods_on(&self, node: &str) -> Section {
        let rows = self.own_pods(node).into_iter().map(|pod| {
            let status = &pod.status;
            let (phase, mood) = match status.phase {
                _ if pod.metadata.is_deleting() => ("Terminating", Mood::Quiet),
                PodPhase::Failed => ("Failed", Mood::Bad),
                PodPhase::Running if status.is_ready() => ("Running", Mood::Good),
                phase => (phase.as_str(), Mood::Warn),
            };
            let restarts: i32 = status
                .container_statuses
                .iter()
                .map(|container| container.restart_count.0)
                .sum();
            vec![
                Cell::text(&pod.metadata.name),
                Cell::text(phase).mood(mood),
                Cell::number(restarts),
                Cell::text(&status.pod_ip).mood(Mood::Quiet),
            ]
        });
        let head = self.head(&[
            "inspect.pod",
            "inspect.phase",
            "inspect.restarts",
            "inspect.ip",
        ]);
        let rows = rows.collect();
        self.titled("inspect.pods", vec![Block::Table { head, rows }])
    }

    /// What a node's runtime has, whatever the API server says.
    pub(super) fn containers(&self, node: &str) -> Section {
        let mut rows = Vec::new();
        for pod in self.cluster.runs_on(node) {
            let (state, mood) = match pod.sandbox {
                Some(true) => ("running".to_owned(), Mood::Good),
                Some(false) => ("stopped".to_owned(), Mood::Quiet),
                None => (String::new(), Mood::Quiet),
            };
            rows.push(vec![
                Cell::text(&pod.key.name),
                Cell::text("pause"),
                Cell::text(state).mood(mood),
                Cell::text(&pod.ip).mood(Mood::Quiet),
            ]);
            for container in &pod.containers {
                let (state, mood) = match container.state {
                    ContainerLife::Created => ("created".to_owned(), Mood::Quiet),
                    ContainerLife::Running => ("running".to_owned(), Mood::Good),
                    ContainerLife::Exited(0) => ("exited 0".to_owned(), Mood::Quiet),
                    ContainerLife::Exited(code) => (format!("exited {code}"), Mood::Bad),
                };
                let id: String = container.id.chars().take(12).collect();
                rows.push(vec![
                    Cell::text(""),
                    Cell::text(&container.name),
                    Cell::text(state).mood(mood),
                    Cell::text(format!("{id} {}", container.image)).mood(Mood::Quiet),
                ]);
            }
        }
        let head = self.head(&[
            "inspect.pod",
            "inspect.container",
            "inspect.state",
            "inspect.details",
        ]);
        self.titled("inspect.containers", vec![Block::Table { head, rows }])
    }

    pub(super) fn images(&self, node: &str) -> Section {
        let rows = self
            .cluster
            .images_on(node)
            .into_iter()
            .map(|(name, bytes)| {
                let megabytes = bytes as f64 / 1e6;
                vec![Cell::number(format!("{megabytes:.1} MB")), Cell::text(name)]
            });
        let head = self.head(&["inspect.size", "inspect.image"]);
        let rows = rows.collect();
        self.titled("inspect.images", vec![Block::Table { head, rows }])
    }

    /// By which the node says that it lives.
    pub(super) fn lease(&self, node: &str) -> Section {
        let leases = self.cluster.objects(Resource::Leases, "kube-node-lease");
        let own = leases.iter().find_map(|lease| match lease {
            Object::Lease(lease) if *lease.metadata.name == *node => Some(lease),
            _ => None,
        });
        let Some(lease) = own else {
            let nothing = Block::Nothing(self.text("inspect.no-lease"));
            return self.titled("inspect.lease", vec![nothing]);
        };
        let spec = &lease.spec;
        let holder = spec.holder_identity.as_deref().unwrap_or_default();
        let seconds = spec.lease_duration_seconds.unwrap_or_default();
        let renewed = serde_json::to_value(spec.renew_time).unwrap_or_default();
        let facts = vec![
            ("holderIdentity".to_owned(), Cell::text(holder)),
            ("leaseDurationSeconds".to_owned(), Cell::text(seconds)),
            (
                "renewTime".to_owned(),
                Cell::text(renewed.as_str().unwrap_or_default()),
            ),
        ];
        let note = Block::Nothing(self.text("inspect.note-lease"));
        self.titled("inspect.lease", vec![Block::Facts(facts), note])
    }

    /// kube-proxy's rules, as iptables-save prints them.
    pub(super) fn rules(&self, node: &str) -> Section {
        let rules = self.cluster.rules(node);
        self.titled("inspect.rules", vec![Block::Text(rules)])
    }

    fn node_object(&self, name: &str) -> Option<Rc<Node>> {
        let mut nodes = self.cluster.objects(Resource::Nodes, "").into_iter();
        nodes.find_map(|node| match node {
            Object::Node(node) if *node.metadata.name == *name => Some(node),
            _ => None,
        })
    }

    /// A node's conditions, taints and size.
    pub(super) fn node(&self, name: &str) -> Section {
        let Some(node) = self.node_object(name) else {
            let nothing = Block::Nothing(self.text("inspect.no-node"));
            return self.titled("inspect.node", vec![nothing]);
        };
        let conditions = node.status.conditions.iter().map(|condition| {
            let is_good =
                (&*condition.kind == "Ready") == (condition.status == ConditionStatus::True);
            let mood = if is_good { Mood::Good } else { Mood::Bad };
            vec![
                Cell::text(&condition.kind),
                Cell::text(condition.status.as_str()).mood(mood),
                Cell::text(&condition.reason).mood(Mood::Quiet),
            ]
        });
        let conditions = Block::Table {
            head: self.head(&["inspect.condition", "inspect.state", "inspect.reason"]),
            rows: conditions.collect(),
        };
        let mut facts: Vec<(String, Cell)> = Vec::new();
        let size = serde_json::to_value(&node.status.allocatable).unwrap_or_default();
        for (resource, amount) in size.as_object().into_iter().flatten() {
            facts.push((
                resource.clone(),
                Cell::text(amount.as_str().unwrap_or_default()),
            ));
        }
        facts.push(("podCIDR".to_owned(), Cell::text(&node.spec.pod_cidr)));
        let taints = node.spec.taints.iter().map(|taint| {
            let value = match &*taint.value {
                "" => String::new(),
                value => format!("={value}"),
            };
            Cell::text(format!("{}{value}:{}", taint.key, taint.effect.as_str())).mood(Mood::Warn)
        });
        facts.extend(taints.map(|taint| ("taint".to_owned(), taint)));
        self.titled("inspect.node", vec![conditions, Block::Facts(facts)])
    }

    pub(super) fn node_yaml(&self, name: &str) -> Section {
        let text = self.node_object(name).map(|node| yaml(&Object::Node(node)));
        let lines = text
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect();
        self.titled("inspect.yaml", vec![Block::Text(lines)])
    }
}
