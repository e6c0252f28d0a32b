use std::time::Duration;

use super::Timer;
use crate::cluster::{
    machinery::{TimerId, Turn},
    moment::Moment,
    trace::StepId,
};

/// At least so long lies between two syncs (`pkg/proxy/apis/config/v1alpha1/defaults.go`, minSyncPeriod).
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// Decides when to sync: at once, unless the last one was just now; then once, when the interval is over,
/// for all that changed meanwhile (`pkg/proxy/runner/bounded_frequency_runner.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Runner {
    /// When the last run ended.
    ended: Option<Moment>,
    waiting: Option<TimerId>,
    /// The step that last gave reason to run.
    reason: StepId,
}

impl Runner {
    /// There is reason to run; true if that should be now.
    pub(crate) fn ask(&mut self, turn: &mut Turn<'_>) -> bool {
        self.reason = turn.cause();
        if self.waiting.is_some() {
            return false;
        }
        let next = self.ended.map_or(turn.now(), |ended| ended + MIN_INTERVAL);
        if next <= turn.now() {
            return true;
        }
        let wait = next.since(turn.now());
        self.waiting = Some(turn.timer(wait, Timer::Sync));
        false
    }

    /// The wait is over: the run is caused by what last gave reason for it.
    pub(crate) fn fire(&mut self, turn: &mut Turn<'_>) {
        self.waiting = None;
        turn.because(self.reason);
    }

    /// A run ends at this moment.
    pub(crate) fn ran(&mut self, end: Moment) {
        self.ended = Some(end);
    }
}
