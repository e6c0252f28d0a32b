use std::fmt;

use serde::{Deserialize, Deserializer, de::Error};

use crate::cluster::{
    Cluster,
    api::{Labels, Object, Resource},
};

/// What must hold when a story has ended: how many objects there are of those it names.
#[derive(Clone, PartialEq, Debug)]
pub struct Expect {
    get: String,
    resource: Resource,
    name: Option<String>,
    labels: Labels,
    namespace: String,
    count: usize,
    phase: Option<String>,
    ready: Option<bool>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    get: String,
    count: usize,
    phase: Option<String>,
    ready: Option<bool>,
    reason: Option<String>,
}

/// An expectation that did not hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Unmet {
    what: String,
    expected: usize,
    found: usize,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected {} of `{}` at the end, found {}",
            self.expected, self.what, self.found
        )
    }
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Expect, D::Error> {
        let written = Written::deserialize(from)?;
        let mut expect = Expect {
            get: written.get.clone(),
            resource: Resource::Pods,
            name: None,
            labels: Labels::default(),
            namespace: "default".to_owned(),
            count: written.count,
            phase: written.phase,
            ready: written.ready,
            reason: written.reason,
        };
        expect.read(&written.get).map_err(D::Error::custom)?;
        Ok(expect)
    }
}

impl Expect {
    /// Reads `TYPE [NAME] [-l KEY=VALUE,…] [-n NAMESPACE | -A]`.
    fn read(&mut self, get: &str) -> Result<(), String> {
        let mut words = get.split_whitespace();
        let kind = words.next().unwrap_or_default();
        self.resource = Resource::named(kind).ok_or_else(|| format!("no resource \"{kind}\""))?;
        while let Some(word) = words.next() {
            match word {
                "-A" => self.namespace.clear(),
                "-n" => words
                    .next()
                    .unwrap_or_default()
                    .clone_into(&mut self.namespace),
                "-l" => {
                    for label in words.next().unwrap_or_default().split(',') {
                        let (key, value) = label
                            .split_once('=')
                            .ok_or_else(|| format!("\"{label}\" is not KEY=VALUE"))?;
                        self.labels.set(key, value);
                    }
                }
                name if !name.starts_with('-') && self.name.is_none() => {
                    self.name = Some(name.to_owned());
                }
                other => return Err(format!("\"{other}\" is not understood in \"{get}\"")),
            }
        }
        if !self.resource.is_namespaced() {
            self.namespace.clear();
        }
        Ok(())
    }

    /// Whether it holds of this cluster.
    ///
    /// # Errors
    /// What was found instead.
    pub fn check(&self, cluster: &Cluster) -> Result<(), Unmet> {
        let objects = cluster.objects(self.resource, &self.namespace);
        let found = objects
            .iter()
            .filter(|object| self.includes(object))
            .count();
        if found == self.count {
            return Ok(());
        }
        let mut what = self.get.clone();
        if let Some(phase) = &self.phase {
            what.push_str(&format!(" in phase {phase}"));
        }
        if let Some(ready) = self.ready {
            what.push_str(if ready {
                " that are ready"
            } else {
                " that are not ready"
            });
        }
        if let Some(reason) = &self.reason {
            what.push_str(&format!(" waiting with {reason}"));
        }
        Err(Unmet {
            what,
            expected: self.count,
            found,
        })
    }

    fn includes(&self, object: &Object) -> bool {
        let meta = object.metadata();
        let named = self.name.as_deref().is_none_or(|name| *meta.name == *name);
        named
            && self.labels.all_in(&meta.labels)
            && self
                .phase
                .as_deref()
                .is_none_or(|phase| phase_of(object) == phase)
            && self.ready.is_none_or(|ready| is_ready(object) == ready)
            && self
                .reason
                .as_deref()
                .is_none_or(|reason| waits_with(object, reason))
    }
}

fn phase_of(object: &Object) -> &str {
    match object {
        Object::Pod(pod) => pod.status.phase.as_str(),
        Object::Namespace(namespace) => &namespace.status.phase,
        _ => "",
    }
}

fn is_ready(object: &Object) -> bool {
    let conditions = match object {
        Object::Pod(pod) => &pod.status.conditions,
        Object::Node(node) => &node.status.conditions,
        _ => return false,
    };
    conditions
        .iter()
        .any(|condition| &*condition.kind == "Ready" && condition.status.as_str() == "True")
}

/// Whether a container of the Pod waits for this reason, or its status or a condition gives it.
fn waits_with(object: &Object, reason: &str) -> bool {
    let Object::Pod(pod) = object else {
        return false;
    };
    let status = &pod.status;
    let waiting = |state: &crate::cluster::api::ContainerState| matches!(state, crate::cluster::api::ContainerState::Waiting { reason: why, .. } if **why == *reason);
    *status.reason == *reason
        || status.conditions.iter().any(|one| *one.reason == *reason)
        || status
            .container_statuses
            .iter()
            .any(|one| waiting(&one.state))
}
