use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    time::Duration,
};

use super::{Common, Errand, backoff::Backoff};
use crate::cluster::{
    api::{Container, Pod, Str, Uid},
    machinery::Turn,
    moment::Moment,
    runtime::{Cri, CriError, CriReply, ImageName, LocalImage},
    trace::{Actor, Step, StepId, StepKind},
};

/// The images of the node, as far as the runtime has told, and the pulls that wait: one at a time is
/// pulled (`serializeImagePulls`, true by default; `pkg/kubelet/images/image_manager.go`).
#[derive(Clone, Debug, Default)]
pub(super) struct Images {
    there: Rc<BTreeMap<Str, LocalImage>>,
    /// The one that is pulled now, and the moment it began.
    pulling: Option<Moment>,
    waiting: VecDeque<Waiting>,
    last: Duration,
}

/// A pull that waits for the one before it.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    uid: Uid,
    pod: Rc<Pod>,
    image: Str,
    cause: StepId,
}

/// What is to be done about an image.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Presence {
    There,
    Pull,
    Refused(Refusal),
}

/// Why an image is not even tried for.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Refusal {
    /// The event that tells it: whether a warning, and the reason.
    pub(super) event: Option<(bool, &'static str)>,
    pub(super) told: String,
    /// The container's waiting reason and message.
    pub(super) reason: &'static str,
    pub(super) message: String,
}

/// When an image is pulled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
}

impl PullPolicy {
    /// The policy of a container; without one, by the tag (`pkg/apis/core/v1/defaults.go`).
    pub(super) fn of(container: &Container) -> PullPolicy {
        match &*container.image_pull_policy {
            "Always" => PullPolicy::Always,
            "Never" => PullPolicy::Never,
            "IfNotPresent" => PullPolicy::IfNotPresent,
            _ => match ImageName::in_full(&container.image) {
                Ok(full) if full.name.tag == "latest" => PullPolicy::Always,
                _ => PullPolicy::IfNotPresent,
            },
        }
    }
}

/// What went wrong with a Pod's pulls, by image.
#[derive(Clone, Debug, Default)]
pub(super) struct PullTroubles(BTreeMap<Str, (Backoff, String)>);

impl PullTroubles {
    pub(super) fn failed(&mut self, image: &Str, error: String, now: Moment) {
        let before = self.0.get(image).map(|(backoff, _)| *backoff);
        let next = Backoff::next(before, now, now);
        self.0.insert(image.clone(), (next, error));
    }

    pub(super) fn succeeded(&mut self, image: &Str) {
        self.0.remove(image);
    }
}

impl Images {
    /// The runtime has said which there are.
    pub(super) fn learn(&mut self, images: Vec<LocalImage>) {
        let there = Rc::make_mut(&mut self.there);
        there.extend(images.into_iter().map(|image| (image.name.clone(), image)));
    }

    /// All that are known to be there.
    pub(super) fn list(&self) -> impl Iterator<Item = &LocalImage> {
        self.there.values()
    }

    pub(super) fn count(&self) -> usize {
        self.there.len()
    }

    /// Whether a container's image is there, is to be pulled, or cannot be had now (EnsureImageExists).
    pub(super) fn presence(
        &self,
        container: &Container,
        troubles: &PullTroubles,
        now: Moment,
    ) -> Presence {
        let image = &container.image;
        let full = match ImageName::in_full(image) {
            Ok(full) => full,
            Err(error) => {
                let message = format!(
                    "Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {error}"
                );
                return Presence::Refused(Refusal {
                    event: Some((true, "InspectFailed")),
                    told: message.clone(),
                    reason: "InvalidImageName",
                    message,
                });
            }
        };
        let policy = PullPolicy::of(container);
        let there = self.there.contains_key(&full.text);
        match policy {
            PullPolicy::IfNotPresent | PullPolicy::Never if there => return Presence::There,
            PullPolicy::Never => {
                let message =
                    format!("Container image \"{image}\" is not present with pull policy of Never");
                return Presence::Refused(Refusal {
                    event: Some((true, "ErrImageNeverPull")),
                    told: message.clone(),
                    reason: "ErrImageNeverPull",
                    message,
                });
            }
            _ => {}
        }
        if let Some((backoff, error)) = troubles.0.get(image)
            && backoff.holds(now)
        {
            let told = format!("Back-off pulling image \"{image}\"");
            return Presence::Refused(Refusal {
                event: Some((false, "BackOff")),
                message: format!("{told}: ErrImagePull: {error}"),
                told,
                reason: "ImagePullBackOff",
            });
        }
        Presence::Pull
    }

    /// Asks for an image; true if nothing else is being pulled and it may begin at once.
    pub(super) fn queue(
        &mut self,
        uid: &Uid,
        pod: &Rc<Pod>,
        image: &Str,
        (now, cause): (Moment, StepId),
    ) -> bool {
        if self.pulling.is_none() {
            self.pulling = Some(now);
            return true;
        }
        self.waiting.push_back(Waiting {
            uid: uid.clone(),
            pod: pod.clone(),
            image: image.clone(),
            cause,
        });
        false
    }

    /// A pull is over; the next one that waits.
    pub(super) fn pulled(
        &mut self,
        result: &Result<CriReply, CriError>,
        now: Moment,
    ) -> Option<Waiting> {
        self.last = self
            .pulling
            .map_or(Duration::ZERO, |since| now.since(since));
        if let Ok(CriReply::Pulled(image)) = result {
            Rc::make_mut(&mut self.there).insert(image.name.clone(), image.clone());
        }
        let next = self.waiting.pop_front();
        self.pulling = next.as_ref().map(|_| now);
        next
    }

    /// How long the pull that has just ended took, without waiting.
    pub(super) fn last_pull(&self) -> Duration {
        self.last
    }
}

/// Begins a pull that has waited.
pub(super) fn begin(next: Waiting, common: &Common, turn: &mut Turn<'_>) {
    turn.because(next.cause);
    let now = turn.now();
    let meta = &next.pod.metadata;
    let mark = turn.record(StepKind::Runtime, now, |actor| Step {
        to: Actor::Containerd(common.facts.name.clone()),
        verb: "PullImage".into(),
        resource: "pods",
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        message: format!(
            "Pulls the image {}, which waited for the pull before it.",
            next.image
        ),
        ..Step::new(StepKind::Runtime, actor)
    });
    turn.because(mark.step);
    let what = Cri::PullImage { image: next.image };
    common.ask(Errand::Pull(next.uid), what, turn);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pkg/apis/core/v1/defaults_test.go`: `:latest` or no tag means Always.
    /// C44
    #[test]
    fn pull_policy_follows_the_tag() {
        for (image, policy, meant) in [
            ("nginx", "", PullPolicy::Always),
            ("nginx:latest", "", PullPolicy::Always),
            ("nginx:1.27", "", PullPolicy::IfNotPresent),
            ("localhost:5000/nginx", "", PullPolicy::Always),
            ("nginx", "IfNotPresent", PullPolicy::IfNotPresent),
            ("nginx:1.27", "Always", PullPolicy::Always),
            ("nginx", "Never", PullPolicy::Never),
        ] {
            let container = Container {
                image: image.into(),
                image_pull_policy: policy.into(),
                ..Container::default()
            };
            assert_eq!(PullPolicy::of(&container), meant, "{image}");
        }
    }
}
