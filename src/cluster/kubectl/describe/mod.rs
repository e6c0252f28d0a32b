//! `kubectl describe`: an object in full, with what belongs to it. Look first at [`Description`]. After
//! `kubectl/pkg/describe/describe.go`.

mod container;
mod events;
mod node;
mod pod;
mod policy;
mod service;
mod settings;
mod volume;
mod workload;

use super::{age, tabwriter::TabWriter};
use crate::cluster::{
    Timestamp,
    api::{Labels, ObjectMeta, PodTemplateSpec, Toleration},
};

pub(super) use self::{
    events::sorted as sorted_events,
    node::node,
    pod::pod,
    policy::{any, limit_range, namespace, quota},
    service::{endpoints, service},
    settings::{config_map, secret},
    workload::{PodCounts, deployment, replica_set, replication_controller},
};

/// What is being written: lines of cells, aligned when they are done.
#[derive(Debug)]
pub(super) struct Description {
    aligned: String,
    text: String,
    now: Timestamp,
}

/// Annotations longer than this get lines of their own.
const LONGEST_ANNOTATION: usize = 140;

impl Description {
    pub(super) fn new(now: Timestamp) -> Description {
        Description {
            aligned: String::new(),
            text: String::new(),
            now,
        }
    }

    /// Text as it is; its cells are parted by tabs.
    fn put(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
    }

    /// A line, so deep.
    fn line(&mut self, level: usize, line: impl AsRef<str>) {
        self.put("  ".repeat(level));
        self.put(line);
        self.put("\n");
    }

    /// `Title:  value`.
    fn field(&mut self, level: usize, title: &str, value: impl std::fmt::Display) {
        self.line(level, format!("{title}:\t{value}"));
    }

    /// What comes is aligned by itself.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.aligned += &TabWriter::of_description().align(&text);
    }

    fn finish(mut self) -> String {
        self.flush();
        self.aligned
    }

    /// A title, and below each other what follows it.
    fn list(&mut self, title: &str, lines: impl IntoIterator<Item = String>) {
        self.put(format!("{title}:\t"));
        let mut any = false;
        for line in lines {
            if any {
                self.put("\t");
            }
            self.put(line);
            self.put("\n");
            any = true;
        }
        if !any {
            self.put("<none>\n");
        }
    }

    fn labels(&mut self, title: &str, labels: &Labels) {
        let pairs = labels.iter().map(|(key, value)| format!("{key}={value}"));
        self.list(title, pairs);
    }

    fn annotations(&mut self, title: &str, annotations: &Labels) {
        let shown = annotations
            .iter()
            .filter(|(key, _)| &***key != "kubectl.kubernetes.io/last-applied-configuration");
        self.list(title, shown.map(|(key, value)| annotation(key, value)));
    }

    fn tolerations(&mut self, title: &str, tolerations: &[Toleration]) {
        let mut sorted: Vec<&Toleration> = tolerations.iter().collect();
        sorted.sort_by(|one, other| one.key.cmp(&other.key));
        self.list(title, sorted.into_iter().map(toleration));
    }

    /// Who manages the object.
    fn controller(&mut self, meta: &ObjectMeta) {
        if let Some(owner) = meta.controller() {
            self.field(0, "Controlled By", format!("{}/{}", owner.kind, owner.name));
        }
    }

    fn age(&self, then: Option<Timestamp>) -> String {
        age::since(then, self.now)
    }
}

fn annotation(key: &str, value: &str) -> String {
    let value = value.trim_end_matches('\n');
    if value.len() + key.len() + 2 <= LONGEST_ANNOTATION && !value.contains('\n') {
        return format!("{key}: {value}");
    }
    let mut text = format!("{key}:");
    for line in value.split('\n') {
        let short: String = line.chars().take(LONGEST_ANNOTATION - 2).collect();
        let dots = if short.len() < line.len() { "..." } else { "" };
        text += &format!("\n\t  {short}{dots}");
    }
    text
}

fn toleration(toleration: &Toleration) -> String {
    let mut text = toleration.key.to_string();
    if !toleration.value.is_empty() {
        text += &format!("={}", toleration.value);
    }
    if let Some(effect) = toleration.effect {
        text += &format!(":{}", effect.as_str());
    }
    if &*toleration.operator == "Exists" && toleration.value.is_empty() {
        text += if text.is_empty() {
            "op=Exists"
        } else {
            " op=Exists"
        };
    }
    if let Some(seconds) = toleration.toleration_seconds {
        text += &format!(" for {seconds}s");
    }
    text
}

/// A time as descriptions write it.
fn long(time: Option<Timestamp>) -> String {
    // Go's zero time stands for one that is missing.
    time.map_or_else(
        || "Mon, 01 Jan 0001 00:00:00 +0000".to_owned(),
        age::long_form,
    )
}

/// A Pod template by itself, as `rollout history --revision` shows it.
pub(super) fn template(template: &PodTemplateSpec) -> String {
    let mut description = Description::new(crate::cluster::Moment::ZERO.timestamp());
    pod::template(&mut description, Some(template));
    description.finish()
}
