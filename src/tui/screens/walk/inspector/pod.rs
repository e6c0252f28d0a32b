use std::rc::Rc;

use super::{
    Source,
    page::{Block, Cell, Mood, Section},
};
use crate::cluster::{
    api::{ConditionStatus, ContainerState, Object, Pod, Resource},
    yaml,
};

impl Source<'_> {
    /// A Pod by its name; of several in different namespaces the first.
    pub(super) fn pod(&self, name: &str) -> Vec<Section> {
        let mut pods = self.cluster.objects(Resource::Pods, "").into_iter();
        let found = pods.find_map(|pod| match pod {
            Object::Pod(pod) if *pod.metadata.name == *name => Some(pod),
            _ => None,
        });
        let events = self.events(Resource::Pods, name);
        let Some(pod) = found else {
            let gone = Section {
                title: self.text("inspect.status"),
                blocks: vec![Block::Nothing(self.text("inspect.no-pod"))],
            };
            return vec![gone, events];
        };
        vec![
            self.status(&pod),
            events,
            self.logs(&pod),
            Section {
                title: self.text("inspect.yaml"),
                blocks: vec![Block::Text(
                    yaml(&Object::Pod(pod)).lines().map(str::to_owned).collect(),
                )],
            },
        ]
    }

    fn status(&self, pod: &Rc<Pod>) -> Section {
        let status = &pod.status;
        let or_dash = |text: &str| match text {
            "" => Cell::text("-").mood(Mood::Quiet),
            text => Cell::text(text),
        };
        let owner = pod.metadata.controller();
        let owner = owner.map(|owner| format!("{}/{}", owner.kind, owner.name));
        let labels = serde_json::to_value(&pod.metadata.labels).unwrap_or_default();
        let labels = labels
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
        let labels: Vec<String> = labels.collect();
        let facts = vec![
            ("phase".to_owned(), Cell::text(status.phase.as_str())),
            ("nodeName".to_owned(), or_dash(&pod.spec.node_name)),
            ("podIP".to_owned(), or_dash(&status.pod_ip)),
            ("qosClass".to_owned(), or_dash(&status.qos_class)),
            ("owner".to_owned(), or_dash(&owner.unwrap_or_default())),
            ("labels".to_owned(), or_dash(&labels.join(" "))),
        ];
        let conditions = status.conditions.iter().map(|condition| {
            let mood = match condition.status {
                ConditionStatus::True => Mood::Good,
                _ => Mood::Warn,
            };
            vec![
                Cell::text(&condition.kind),
                Cell::text(condition.status.as_str()).mood(mood),
                Cell::text(&condition.reason).mood(Mood::Quiet),
            ]
        });
        let conditions = Block::Table {
            head: [
                self.text("inspect.condition"),
                self.text("inspect.state"),
                self.text("inspect.reason"),
            ]
            .to_vec(),
            rows: conditions.collect(),
        };
        let all = status
            .init_container_statuses
            .iter()
            .chain(&status.container_statuses);
        let containers = all.map(|container| {
            let (state, mood) = match &container.state {
                ContainerState::Waiting { reason, .. } => (reason.to_string(), Mood::Warn),
                ContainerState::Running { .. } => ("Running".to_owned(), Mood::Good),
                ContainerState::Terminated {
                    exit_code, reason, ..
                } => {
                    let mood = if *exit_code == 0 {
                        Mood::Quiet
                    } else {
                        Mood::Bad
                    };
                    (format!("{reason} ({exit_code})"), mood)
                }
            };
            vec![
                Cell::text(&container.name),
                Cell::text(state).mood(mood),
                Cell::number(container.restart_count.0),
                Cell::text(&container.image).mood(Mood::Quiet),
            ]
        });
        let containers = Block::Table {
            head: [
                self.text("inspect.container"),
                self.text("inspect.state"),
                self.text("inspect.restarts"),
                self.text("inspect.image"),
            ]
            .to_vec(),
            rows: containers.collect(),
        };
        Section {
            title: self.text("inspect.status"),
            blocks: vec![Block::Facts(facts), conditions, containers],
        }
    }

    fn logs(&self, pod: &Rc<Pod>) -> Section {
        let mut blocks = Vec::new();
        let key = pod.metadata.key();
        let spec = &pod.spec;
        for container in spec.init_containers.iter().chain(&spec.containers) {
            let name = &container.name;
            blocks.push(Block::Heading(name.to_string()));
            let lines = self.cluster.printed(&spec.node_name, &key, name);
            blocks.push(match lines.is_empty() {
                true => Block::Nothing(self.text("inspect.no-log")),
                false => Block::Text(lines),
            });
        }
        Section {
            title: self.text("inspect.logs"),
            blocks,
        }
    }
}
