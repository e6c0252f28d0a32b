use std::time::Duration;

use crate::cluster::moment::Moment;

/// A Pod that failed waits 1 s, then twice as long each time, up to 10 s (`backend/queue/backoff_queue.go`).
const INITIAL: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(10);

/// Backoff ends on whole seconds; those of one second are tried by priority.
pub(super) const WINDOW: Duration = Duration::from_secs(1);

/// How long a Pod waits after so many failures.
pub(super) fn backoff(failures: u32) -> Duration {
    if failures == 0 {
        return Duration::ZERO;
    }
    let factor = 1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX);
    INITIAL.saturating_mul(factor).min(MOST)
}

/// The whole second a moment is in.
pub(super) fn window_of(moment: Moment) -> u64 {
    moment.micros() / 1_000_000
}
