use std::{rc::Rc, time::Duration};

use rustc_hash::FxHashMap;

use super::{
    Common,
    sources::{Lack, PATIENCE},
};
use crate::cluster::{
    api::{Pod, Str},
    machinery::Turn,
    moment::Moment,
};

/// A Pod whose volumes are not all mounted yet, volume by volume.
#[derive(Clone, Debug, Default)]
pub(super) struct Mounting(FxHashMap<Str, Attempt>);

/// How it stands with one volume.
#[derive(Clone, Copy, Debug, Default)]
struct Attempt {
    mounted: bool,
    /// Since when an attempt has waited for what it needs.
    asking: Option<Moment>,
    /// When the last attempt failed, and how long until the next.
    failed: Option<(Moment, Duration)>,
}

/// `initialDurationBeforeRetry` and `maxDurationBeforeRetry` in
/// `pkg/util/goroutinemap/exponentialbackoff/exponential_backoff.go`.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const MOST_WAIT: Duration = Duration::from_secs(122);

impl Mounting {
    /// Tries what is due; None: all volumes are there, else when to look again
    /// (`pkg/volume/util/operationexecutor/operation_generator.go`, GenerateMountVolumeFunc).
    pub(super) fn go_on(
        &mut self,
        pod: &Rc<Pod>,
        common: &Common,
        turn: &mut Turn<'_>,
    ) -> Option<Moment> {
        let now = turn.now();
        let mut next: Option<Moment> = None;
        for volume in &pod.spec.volumes {
            let attempt = self.0.entry(volume.name.clone()).or_default();
            if attempt.mounted {
                continue;
            }
            let again = match attempt.failed {
                Some((at, wait)) if now < at + wait => at + wait,
                _ => match common.sources.volume(pod, volume) {
                    Ok(()) => {
                        attempt.mounted = true;
                        continue;
                    }
                    Err(lack) => attempt.fails(lack, now, |lack| {
                        let name = &volume.name;
                        let message =
                            format!("MountVolume.SetUp failed for volume \"{name}\" : {lack}");
                        common.tell(pod, None, (true, "FailedMount"), message, turn);
                    }),
                },
            };
            next = Some(next.map_or(again, |next| next.min(again)));
        }
        next
    }
}

impl Attempt {
    /// An attempt came to nothing, or waits; when the next is due.
    fn fails(&mut self, lack: Lack, now: Moment, tell: impl FnOnce(String)) -> Moment {
        let text = match lack {
            Lack::Missing(text) => text,
            Lack::Unknown(text) => {
                let since = *self.asking.get_or_insert(now);
                if now < since + PATIENCE {
                    return since + PATIENCE;
                }
                text
            }
        };
        tell(text);
        self.asking = None;
        let wait = match self.failed {
            Some((_, wait)) => (wait * 2).min(MOST_WAIT),
            None => FIRST_WAIT,
        };
        self.failed = Some((now, wait));
        now + wait
    }
}
