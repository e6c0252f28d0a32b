use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Absent, Labels, List, Str, record};
use crate::cluster::moment::Timestamp;

/// What tells two objects of one name apart.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uid(pub Str);

impl Absent for Uid {
    fn absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an object stands among those of its resource. The namespace is empty for what has none.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Key {
    /// The namespace, or nothing.
    pub namespace: Str,
    /// The name.
    pub name: Str,
}

impl Key {
    /// The key of this name in this namespace.
    pub fn new(namespace: impl Into<Str>, name: impl Into<Str>) -> Key {
        Key {
            namespace: namespace.into(),
            name: name.into(),
        }
    }
}

/// `namespace/name`, or the name alone.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        f.write_str(&self.name)
    }
}

record! {
    /// What every object carries.
    ObjectMeta {
        name: Str,
        generate_name: Str,
        namespace: Str,
        uid: Uid,
        #[serde(with = "revision_text")]
        resource_version: u64,
        generation: i64,
        creation_timestamp: Option<Timestamp>,
        deletion_timestamp: Option<Timestamp>,
        deletion_grace_period_seconds: Option<i64>,
        labels: Labels,
        annotations: Labels,
        owner_references: List<OwnerReference>,
        finalizers: List<Str>,
    }

    /// Who an object belongs to.
    OwnerReference {
        api_version: Str,
        kind: Str,
        name: Str,
        uid: Uid,
        controller: Option<bool>,
        block_owner_deletion: Option<bool>,
    }

    /// A pointer to an object.
    ObjectReference {
        api_version: Str,
        kind: Str,
        namespace: Str,
        name: Str,
        uid: Uid,
        #[serde(with = "revision_text")]
        resource_version: u64,
        field_path: String,
    }

    /// One thing known of an object, and since when.
    Condition {
        #[serde(rename = "type")]
        kind: Str,
        status: ConditionStatus,
        reason: Str,
        message: String,
        last_transition_time: Option<Timestamp>,
        last_heartbeat_time: Option<Timestamp>,
        last_update_time: Option<Timestamp>,
        last_probe_time: Option<Timestamp>,
        observed_generation: i64,
    }
}

/// Whether a condition holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Nobody knows.
    #[default]
    Unknown,
}

impl ConditionStatus {
    /// As Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            ConditionStatus::True => "True",
            ConditionStatus::False => "False",
            ConditionStatus::Unknown => "Unknown",
        }
    }
}

impl From<bool> for ConditionStatus {
    fn from(holds: bool) -> Self {
        if holds {
            ConditionStatus::True
        } else {
            ConditionStatus::False
        }
    }
}

impl Absent for ConditionStatus {
    fn absent(&self) -> bool {
        false
    }
}

impl Absent for u64 {
    fn absent(&self) -> bool {
        *self == 0
    }
}

impl ObjectMeta {
    /// Where the object stands.
    pub fn key(&self) -> Key {
        Key::new(self.namespace.clone(), self.name.clone())
    }

    /// The one owner that manages the object, if any.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references
            .iter()
            .find(|owner| owner.controller == Some(true))
    }

    /// Whether its deletion has begun.
    pub fn is_deleting(&self) -> bool {
        self.deletion_timestamp.is_some()
    }
}

/// resourceVersion: a number that is written as text, and that clients must treat as opaque.
mod revision_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(revision: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(revision)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        let text = String::deserialize(from)?;
        if text.is_empty() {
            return Ok(0);
        }
        text.parse()
            .map_err(|_| D::Error::custom(format!("Invalid value: \"{text}\"")))
    }
}
