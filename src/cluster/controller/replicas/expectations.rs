use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::cluster::{api::Key, moment::Moment};

/// After this long a controller no longer waits for what it expected
/// (`pkg/controller/controller_utils.go`, ExpectationsTimeout).
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// What a controller did that its cache has not shown it yet. Until it has, the controller neither creates
/// nor deletes: it would count wrongly (`pkg/controller/controller_utils.go`,
/// UIDTrackingControllerExpectations).
#[derive(Clone, Debug, Default)]
pub(super) struct Expectations {
    of: FxHashMap<Key, Expected>,
}

#[derive(Clone, Debug)]
struct Expected {
    creations: i64,
    /// The Pods whose deletion is still to be seen: by name, so that none is counted twice.
    deletions: FxHashSet<Key>,
    since: Moment,
}

impl Expectations {
    pub(super) fn expect_creations(&mut self, of: &Key, count: usize, now: Moment) {
        let expected = Expected {
            creations: i64::try_from(count).unwrap_or(i64::MAX),
            deletions: FxHashSet::default(),
            since: now,
        };
        self.of.insert(of.clone(), expected);
    }

    pub(super) fn expect_deletions(
        &mut self,
        of: &Key,
        pods: impl Iterator<Item = Key>,
        now: Moment,
    ) {
        let expected = Expected {
            creations: 0,
            deletions: pods.collect(),
            since: now,
        };
        self.of.insert(of.clone(), expected);
    }

    /// A creation was seen, or will never be.
    pub(super) fn creation_observed(&mut self, of: &Key) {
        if let Some(expected) = self.of.get_mut(of) {
            expected.creations -= 1;
        }
    }

    /// A deletion was seen, or will never be.
    pub(super) fn deletion_observed(&mut self, of: &Key, pod: &Key) {
        if let Some(expected) = self.of.get_mut(of) {
            expected.deletions.remove(pod);
        }
    }

    pub(super) fn are_satisfied(&self, of: &Key, now: Moment) -> bool {
        self.of.get(of).is_none_or(|expected| {
            let fulfilled = expected.creations <= 0 && expected.deletions.is_empty();
            fulfilled || now.since(expected.since) > TIMEOUT
        })
    }

    pub(super) fn forget(&mut self, of: &Key) {
        self.of.remove(of);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::new("default", name)
    }

    /// `pkg/controller/controller_utils_test.go`, TestControllerExpectations.
    /// C23
    #[test]
    fn expectations_hold_until_every_creation_was_seen() {
        let (mut expectations, rc) = (Expectations::default(), key("web"));
        assert!(expectations.are_satisfied(&rc, Moment::ZERO));
        expectations.expect_creations(&rc, 2, Moment::ZERO);
        for _ in 0..2 {
            assert!(!expectations.are_satisfied(&rc, Moment::ZERO));
            expectations.creation_observed(&rc);
        }
        assert!(expectations.are_satisfied(&rc, Moment::ZERO));
        assert!(expectations.are_satisfied(&key("other"), Moment::ZERO));
    }

    /// `pkg/controller/controller_utils_test.go`, TestUIDExpectations.
    #[test]
    fn expectations_count_each_deletion_once() {
        let (mut expectations, rc) = (Expectations::default(), key("web"));
        let pods = ["a", "b"].map(key);
        expectations.expect_deletions(&rc, pods.clone().into_iter(), Moment::ZERO);
        expectations.deletion_observed(&rc, &pods[0]);
        expectations.deletion_observed(&rc, &pods[0]);
        expectations.deletion_observed(&rc, &key("stranger"));
        assert!(!expectations.are_satisfied(&rc, Moment::ZERO));
        expectations.deletion_observed(&rc, &pods[1]);
        assert!(expectations.are_satisfied(&rc, Moment::ZERO));
    }

    /// `pkg/controller/controller_utils.go`, isExpired.
    /// C23
    #[test]
    fn expectations_end_after_five_minutes() {
        let (mut expectations, rc) = (Expectations::default(), key("web"));
        expectations.expect_creations(&rc, 1, Moment::ZERO);
        assert!(!expectations.are_satisfied(&rc, Moment::from_millis(300_000)));
        assert!(expectations.are_satisfied(&rc, Moment::from_millis(300_001)));
    }
}
