use std::{collections::VecDeque, hash::Hash, time::Duration};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::cluster::trace::StepId;

/// A controller's work queue: a key waits in it once however often it is added, and is not worked on twice
/// at a time (`client-go/util/workqueue/queue.go`). A key that failed comes back after 5 ms, doubling up to
/// 1,000 s (`default_rate_limiters.go`).
#[derive(Clone, Debug)]
pub(crate) struct WorkQueue<K> {
    waiting: VecDeque<K>,
    /// Keys that need work, with the step that last said so.
    dirty: FxHashMap<K, StepId>,
    working: FxHashSet<K>,
    failures: FxHashMap<K, u32>,
}

impl<K> Default for WorkQueue<K> {
    fn default() -> Self {
        WorkQueue {
            waiting: VecDeque::new(),
            dirty: FxHashMap::default(),
            working: FxHashSet::default(),
            failures: FxHashMap::default(),
        }
    }
}

impl<K: Clone + Eq + Hash> WorkQueue<K> {
    /// Adds a key; true if a worker should now be woken for it.
    pub(crate) fn add(&mut self, key: K, cause: StepId) -> bool {
        if self.dirty.insert(key.clone(), cause).is_some() || self.working.contains(&key) {
            return false;
        }
        self.waiting.push_back(key);
        true
    }

    /// Takes the key that waited longest, and the step that last asked for it.
    pub(crate) fn take(&mut self) -> Option<(K, StepId)> {
        let key = self.waiting.pop_front()?;
        let cause = self.dirty.remove(&key).unwrap_or_default();
        self.working.insert(key.clone());
        Some((key, cause))
    }

    /// The work on a key is over; true if it was added again meanwhile and a worker should be woken.
    pub(crate) fn done(&mut self, key: &K) -> bool {
        self.working.remove(key);
        if !self.dirty.contains_key(key) {
            return false;
        }
        self.waiting.push_back(key.clone());
        true
    }

    /// Counts a failure; after how long the key should be added again.
    pub(crate) fn failed(&mut self, key: &K) -> Duration {
        let failures = self.failures.entry(key.clone()).or_insert(0);
        let wait = Duration::from_millis(5)
            .saturating_mul(2_u32.saturating_pow(*failures))
            .min(Duration::from_secs(1000));
        *failures += 1;
        wait
    }

    /// How often in a row the key failed.
    pub(crate) fn failures(&self, key: &K) -> u32 {
        self.failures.get(key).copied().unwrap_or(0)
    }

    /// The key was worked on without failure.
    pub(crate) fn forget(&mut self, key: &K) {
        self.failures.remove(key);
    }

    /// The keys that wait, the first first.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &K> {
        self.waiting.iter()
    }

    /// The keys that are worked on, in no order.
    pub(crate) fn working(&self) -> impl Iterator<Item = &K> {
        self.working.iter()
    }

    /// How many keys wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `client-go/util/workqueue/queue_test.go`, TestAddWhileProcessing and TestReinsert.
    #[test]
    fn a_key_waits_once_and_is_not_worked_on_twice_at_a_time() {
        let mut queue = WorkQueue::default();
        assert!(queue.add("a", StepId(1)));
        assert!(!queue.add("a", StepId(2)));
        assert_eq!(queue.take(), Some(("a", StepId(2))));
        assert!(!queue.add("a", StepId(3)), "it is being worked on");
        assert_eq!(queue.take(), None);
        assert!(queue.done(&"a"), "it was added meanwhile");
        assert_eq!(queue.take(), Some(("a", StepId(3))));
        assert!(!queue.done(&"a"));
    }

    /// C19: `default_rate_limiters_test.go`, TestItemExponentialFailureRateLimiter.
    #[test]
    fn a_key_that_failed_comes_back_later_and_later() {
        let mut queue = WorkQueue::default();
        let waits: Vec<u128> = (0..6).map(|_| queue.failed(&"a").as_millis()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160]);
        for _ in 0..40 {
            queue.failed(&"a");
        }
        assert_eq!(queue.failed(&"a"), Duration::from_secs(1000));
        queue.forget(&"a");
        assert_eq!(queue.failed(&"a"), Duration::from_millis(5));
    }
}
