use std::time::Duration;

use crate::cluster::moment::Moment;

/// A wait that doubles with each failure (`client-go/util/flowcontrol/backoff.go`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Backoff {
    pub(super) wait: Duration,
    updated: Moment,
}

/// `imageBackOffPeriod` and `backOffPeriod` in `pkg/kubelet/kubelet.go`.
pub(super) const FIRST: Duration = Duration::from_secs(10);
/// `MaxContainerBackOff` in `pkg/kubelet/apis/config/v1beta1/defaults.go`.
const MOST: Duration = Duration::from_secs(300);
/// After so long without trouble it begins anew.
const FORGIVEN: Duration = Duration::from_secs(600);

impl Backoff {
    /// Something failed, or ended, at `event`; the next wait is longer.
    pub(super) fn next(before: Option<Backoff>, event: Moment, now: Moment) -> Backoff {
        let wait = match before {
            Some(before) if !before.is_forgiven(event) => (before.wait * 2).min(MOST),
            _ => FIRST,
        };
        Backoff { wait, updated: now }
    }

    fn is_forgiven(self, event: Moment) -> bool {
        event.since(self.updated) > FORGIVEN
    }

    /// Whether it is too early to try again what ended at `event`.
    pub(super) fn holds_since(self, event: Moment, now: Moment) -> bool {
        !self.is_forgiven(event) && now.since(event) < self.wait
    }

    /// Whether it is too early to try again what failed last.
    pub(super) fn holds(self, now: Moment) -> bool {
        !self.is_forgiven(now) && now.since(self.updated) < self.wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `client-go/util/flowcontrol/backoff.go`: doubled up to five minutes, forgotten after ten.
    /// C45, C48
    #[test]
    fn backoff_doubles_to_five_minutes() {
        let mut now = Moment::ZERO;
        let mut backoff = None;
        let mut waits = Vec::new();
        for _ in 0..8 {
            let next = Backoff::next(backoff, now, now);
            waits.push(next.wait.as_secs());
            now = now + next.wait;
            backoff = Some(next);
        }
        assert_eq!(waits, [10, 20, 40, 80, 160, 300, 300, 300]);
        let later = now + Duration::from_secs(601);
        assert_eq!(Backoff::next(backoff, later, later).wait.as_secs(), 10);
        let held = backoff.unwrap();
        assert!(!held.holds_since(later, later));
    }

    /// `pkg/kubelet/kuberuntime/kuberuntime_manager.go`, doBackOff: counted from when the container ended.
    #[test]
    fn backoff_holds_from_the_end_of_the_container() {
        let ended = Moment::from_millis(50_000);
        let backoff = Backoff::next(None, ended, Moment::from_millis(50_500));
        let again = Moment::from_millis(60_000);
        assert!(backoff.holds_since(again, Moment::from_millis(69_999)));
        assert!(!backoff.holds_since(again, Moment::from_millis(70_000)));
    }
}
