use std::time::Duration;

/// No answer counts as longer than this (Anki's default): the learner went away.
const LONGEST_ANSWER: Duration = Duration::from_secs(60);

/// The time spent on one card, without pauses.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Stopwatch {
    counted: Duration,
    /// Since when it runs; none while stopped.
    since: Option<Duration>,
}

impl Stopwatch {
    pub(super) fn started(mono: Duration) -> Self {
        Self {
            counted: Duration::ZERO,
            since: Some(mono),
        }
    }

    pub(super) fn stop(&mut self, mono: Duration) {
        self.counted = self.total(mono);
        self.since = None;
    }

    pub(super) fn start(&mut self, mono: Duration) {
        self.since.get_or_insert(mono);
    }

    /// What it shows, at most a minute.
    pub(super) fn milliseconds(&self, mono: Duration) -> u32 {
        let shown = self.total(mono).min(LONGEST_ANSWER).as_millis();
        u32::try_from(shown).unwrap_or(u32::MAX)
    }

    fn total(&self, mono: Duration) -> Duration {
        let running = self
            .since
            .map_or(Duration::ZERO, |since| mono.saturating_sub(since));
        self.counted + running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_do_not_count_and_a_minute_is_the_most() {
        let s = Duration::from_secs;
        let mut watch = Stopwatch::started(s(10));
        assert_eq!(watch.milliseconds(s(13)), 3000);
        watch.stop(s(13));
        watch.stop(s(20));
        assert_eq!(watch.milliseconds(s(50)), 3000);
        watch.start(s(50));
        watch.start(s(51));
        assert_eq!(watch.milliseconds(s(52)), 5000);
        assert_eq!(watch.milliseconds(s(500)), 60_000);
    }
}
