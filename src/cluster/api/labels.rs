use std::{collections::BTreeMap, ops::Deref, rc::Rc};

use serde::{Deserialize, Serialize};

use super::{Absent, Str};

/// Labels, annotations, a plain selector: a map that is shared until it is changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(Rc<BTreeMap<Str, Str>>);

impl Labels {
    /// The value of this key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| &**value)
    }

    /// Sets a key; true if that changed something.
    pub fn set(&mut self, key: impl Into<Str>, value: impl Into<Str>) -> bool {
        let (key, value) = (key.into(), value.into());
        if self.0.get(&key) == Some(&value) {
            return false;
        }
        Rc::make_mut(&mut self.0).insert(key, value);
        true
    }

    /// Takes a key away; true if it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        self.0.contains_key(key) && Rc::make_mut(&mut self.0).remove(key).is_some()
    }

    /// Whether both are one and the same map in memory.
    pub(crate) fn is(&self, other: &Labels) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Whether every key of this one stands in `labels` with the same value.
    pub fn all_in(&self, labels: &Labels) -> bool {
        Rc::ptr_eq(&self.0, &labels.0)
            || self
                .0
                .iter()
                .all(|(key, value)| labels.0.get(key) == Some(value))
    }
}

/// All that are empty share one map: most objects have no annotations, and there are many objects.
impl Default for Labels {
    fn default() -> Labels {
        thread_local! {
            static EMPTY: Rc<BTreeMap<Str, Str>> = Rc::default();
        }
        Labels(EMPTY.with(Rc::clone))
    }
}

impl Deref for Labels {
    type Target = BTreeMap<Str, Str>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Absent for Labels {
    fn absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<Str>, V: Into<Str>> FromIterator<(K, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        Labels(Rc::new(
            entries
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        ))
    }
}
