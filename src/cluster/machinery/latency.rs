use std::ops::RangeInclusive;

/// How long things take, in microseconds, drawn evenly from each range. Small enough that order is what
/// a person would expect, large enough that two components can be seen to act one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Latency {
    /// One way between a component and the API server.
    pub(crate) hop: RangeInclusive<u64>,
    /// A commit in etcd, written to disk by a majority.
    pub(crate) commit: RangeInclusive<u64>,
    /// From a commit until a watcher hears of it.
    pub(crate) watch: RangeInclusive<u64>,
    /// From a key being queued until a controller's worker takes it.
    pub(crate) work: RangeInclusive<u64>,
    /// What `slow-etcd` adds to a commit.
    pub(crate) extra_commit: u64,
}

impl Default for Latency {
    fn default() -> Self {
        Latency {
            hop: 800..=1_600,
            commit: 1_500..=4_000,
            watch: 700..=2_500,
            work: 200..=900,
            extra_commit: 0,
        }
    }
}
