use std::time::Duration;

/// The clock of an interview. It counts by a clock that never jumps, runs and stands still, and stops
/// for good at its limit.
#[derive(Clone, Debug)]
pub struct Clock {
    limit: Duration,
    /// Counted before it was started last.
    before: Duration,
    /// When it was started, by the measuring clock; None while it stands still.
    since: Option<Duration>,
}

/// How little time is left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Warning {
    /// A quarter or less.
    Quarter,
    /// A tenth or less.
    Tenth,
}

impl Warning {
    /// The share of the limit that is left when it is given.
    fn share(self, limit: Duration) -> Duration {
        match self {
            Warning::Quarter => limit / 4,
            Warning::Tenth => limit / 10,
        }
    }
}

impl Clock {
    /// A clock that stands still at what it has counted.
    pub fn new(limit: Duration, counted: Duration) -> Clock {
        Clock {
            limit,
            before: counted.min(limit),
            since: None,
        }
    }

    /// All the time there is.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Lets it run; nothing if it does.
    pub fn start(&mut self, mono: Duration) {
        self.since.get_or_insert(mono);
    }

    /// Lets it stand still.
    pub fn stop(&mut self, mono: Duration) {
        self.before = self.counted(mono);
        self.since = None;
    }

    /// Whether it runs.
    pub fn runs(&self) -> bool {
        self.since.is_some()
    }

    /// What it has counted, at most its limit.
    pub fn counted(&self, mono: Duration) -> Duration {
        let since = self
            .since
            .map_or(Duration::ZERO, |since| mono.saturating_sub(since));
        (self.before + since).min(self.limit)
    }

    /// The time that is left.
    pub fn left(&self, mono: Duration) -> Duration {
        self.limit - self.counted(mono)
    }

    /// How little is left, if it is little.
    pub fn warning(&self, mono: Duration) -> Option<Warning> {
        let left = self.left(mono);
        [Warning::Tenth, Warning::Quarter]
            .into_iter()
            .find(|warning| left <= warning.share(self.limit))
    }

    /// The moment of the next warning, or of the end; None while it stands still.
    pub fn next_change(&self, mono: Duration) -> Option<Duration> {
        self.since?;
        let left = self.left(mono);
        let next = [Warning::Quarter, Warning::Tenth]
            .into_iter()
            .map(|warning| warning.share(self.limit))
            .find(|share| *share < left)
            .unwrap_or_default();
        Some(mono + (left - next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_counts_while_it_runs_and_not_beyond_its_limit() {
        let mut clock = Clock::new(100 * SECOND, 10 * SECOND);
        assert_eq!(clock.left(50 * SECOND), 90 * SECOND);
        clock.start(50 * SECOND);
        clock.start(70 * SECOND);
        assert_eq!(clock.counted(80 * SECOND), 40 * SECOND);
        clock.stop(80 * SECOND);
        assert_eq!(clock.counted(500 * SECOND), 40 * SECOND);
        clock.start(500 * SECOND);
        assert_eq!(clock.left(9_000 * SECOND), Duration::ZERO);
    }

    #[test]
    fn it_warns_at_a_quarter_and_at_a_tenth_and_says_when_it_next_will() {
        let mut clock = Clock::new(100 * SECOND, Duration::ZERO);
        assert_eq!(clock.next_change(Duration::ZERO), None);
        clock.start(Duration::ZERO);
        assert_eq!(clock.next_change(Duration::ZERO), Some(75 * SECOND));
        assert_eq!(clock.warning(74 * SECOND), None);
        assert_eq!(clock.warning(75 * SECOND), Some(Warning::Quarter));
        assert_eq!(clock.next_change(75 * SECOND), Some(90 * SECOND));
        assert_eq!(clock.warning(90 * SECOND), Some(Warning::Tenth));
        assert_eq!(clock.next_change(95 * SECOND), Some(100 * SECOND));
        assert_eq!(clock.warning(200 * SECOND), Some(Warning::Tenth));
    }

    #[test]
    fn a_measuring_clock_that_goes_back_takes_no_time_away() {
        let mut clock = Clock::new(100 * SECOND, 5 * SECOND);
        clock.start(50 * SECOND);
        assert_eq!(clock.counted(20 * SECOND), 5 * SECOND);
    }
}
