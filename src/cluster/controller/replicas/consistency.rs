use rustc_hash::FxHashMap;

use crate::cluster::api::{Key, Uid};

/// The newest revision a controller has itself written for each of its objects: before it works on one
/// again, its caches must have come as far (`pkg/controller/util/consistency/consistency.go`; for
/// ReplicaSets since 1.36).
#[derive(Clone, Debug, Default)]
pub(super) struct OwnWrites {
    of: FxHashMap<Key, Written>,
}

#[derive(Clone, Debug, Default)]
struct Written {
    uid: Uid,
    pods: u64,
    sets: u64,
}

/// Which cache a write comes back through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Through {
    Pods,
    Sets,
}

impl OwnWrites {
    pub(super) fn wrote(&mut self, of: &Key, uid: &Uid, through: Through, revision: u64) {
        let written = self.of.entry(of.clone()).or_default();
        if written.uid != *uid {
            *written = Written {
                uid: uid.clone(),
                ..Written::default()
            };
        }
        let newest = match through {
            Through::Pods => &mut written.pods,
            Through::Sets => &mut written.sets,
        };
        *newest = revision.max(*newest);
    }

    /// Whether caches that have come to these revisions show all that was written.
    pub(super) fn are_seen(&mut self, of: &Key, pods: u64, sets: u64) -> bool {
        let seen = self
            .of
            .get(of)
            .is_none_or(|written| written.pods <= pods && written.sets <= sets);
        if seen {
            self.of.remove(of);
        }
        seen
    }

    pub(super) fn forget(&mut self, of: &Key) {
        self.of.remove(of);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pkg/controller/util/consistency/consistency_test.go`.
    /// C23
    #[test]
    fn own_writes_must_be_seen_in_the_cache_they_come_back_through() {
        let (mut writes, set) = (OwnWrites::default(), Key::new("default", "web"));
        let (old, new) = (Uid("old".into()), Uid("new".into()));
        assert!(writes.are_seen(&set, 0, 0));
        writes.wrote(&set, &old, Through::Pods, 7);
        writes.wrote(&set, &old, Through::Pods, 5);
        writes.wrote(&set, &old, Through::Sets, 6);
        assert!(!writes.are_seen(&set, 6, 9));
        assert!(!writes.are_seen(&set, 9, 5));
        assert!(writes.are_seen(&set, 7, 6));
        writes.wrote(&set, &old, Through::Pods, 9);
        writes.wrote(&set, &new, Through::Sets, 3);
        assert!(writes.are_seen(&set, 0, 3), "another object of that name");
    }
}
