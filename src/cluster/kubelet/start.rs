use std::time::Duration;

use super::{
    Common, Timer,
    backoff::Backoff,
    flow::{Doing, Retry},
    images::Presence,
    sources::{Lack, PATIENCE},
    worker::{Trouble, Worker},
};
use crate::cluster::{
    api::{Container, Pod, Str},
    machinery::Turn,
    moment::Moment,
    runtime::{Cri, CriError, CriReply, Place},
    trace::Mark,
};

/// Starting one container: wait if it has just failed, have its image, create it, start it
/// (`pkg/kubelet/kuberuntime/kuberuntime_container.go`, startContainer).
impl Worker {
    /// Starts a container, unless it must wait; true if the runtime was called.
    pub(super) fn start(&mut self, place: Place, common: &mut Common, turn: &mut Turn<'_>) -> bool {
        let pod = self.pod.clone();
        let Some(container) = place.of(&pod.spec) else {
            return false;
        };
        if self.holds_back(place, container, common, turn) {
            return false;
        }
        match common.images.presence(container, &self.pulls, turn.now()) {
            Presence::There => {
                let message = format!(
                    "Container image \"{}\" already present on machine and can be accessed by the pod",
                    container.image
                );
                self.tell_container(place, (false, "Pulled"), message, common, turn);
                self.create(place, common, turn)
            }
            Presence::Pull => {
                let message = format!("Pulling image \"{}\"", container.image);
                self.tell_container(place, (false, "Pulling"), message, common, turn);
                let since = turn.now();
                let image = container.image.clone();
                if common
                    .images
                    .queue(&self.uid, &pod, &image, (since, turn.cause()))
                {
                    let what = Cri::PullImage { image };
                    self.call(Doing::Pull { place, since }, what, common, turn);
                } else if let Some(flow) = &mut self.flow {
                    flow.doing = Doing::Pull { place, since };
                    flow.call = Mark::default();
                }
                true
            }
            Presence::Refused(refusal) => {
                if let Some((warning, reason)) = refusal.event {
                    let text = refusal.told.clone();
                    self.tell_container(place, (warning, reason), text, common, turn);
                }
                self.image_failed(place, refusal.reason, refusal.message, common, turn);
                false
            }
        }
    }

    /// A container that ended a short while ago waits (doBackOff).
    fn holds_back(
        &mut self,
        place: Place,
        container: &Container,
        common: &Common,
        turn: &mut Turn<'_>,
    ) -> bool {
        let ended = self.seen.containers.iter().rev();
        let ended = ended
            .filter(|one| one.name == container.name)
            .find_map(|one| one.finished());
        let Some(ended) = ended else {
            return false;
        };
        let now = turn.now();
        let before = self.backoffs.get(&container.name).copied();
        if let Some(backoff) = before.filter(|backoff| backoff.holds_since(ended, now)) {
            let pod = describe(&self.pod);
            let name = &container.name;
            let message = format!("Back-off restarting failed container {name} in pod {pod}");
            self.tell_container(place, (true, "BackOff"), message, common, turn);
            let message = format!(
                "back-off {} restarting failed container={name} pod={pod}",
                go_duration(backoff.wait)
            );
            self.fail(
                name,
                "CrashLoopBackOff",
                message,
                Retry::At(ended + backoff.wait),
            );
            if matches!(place, Place::Init(_))
                && let Some(flow) = &mut self.flow
            {
                flow.left.clear();
            }
            return true;
        }
        let next = Backoff::next(before, ended, now);
        self.backoffs.insert(container.name.clone(), next);
        false
    }

    fn fail(&mut self, container: &Str, reason: &'static str, message: String, retry: Retry) {
        self.reasons
            .insert(container.clone(), Trouble { reason, message });
        if let Some(flow) = &mut self.flow {
            flow.trouble = Some(match (flow.trouble, retry) {
                (Some(Retry::At(one)), Retry::At(other)) => Retry::At(one.min(other)),
                (Some(Retry::At(one)), Retry::Usual) | (_, Retry::At(one)) => Retry::At(one),
                _ => Retry::Usual,
            });
        }
    }

    /// An image could not be had: the container waits, and after an init container all others do.
    fn image_failed(
        &mut self,
        place: Place,
        reason: &'static str,
        message: String,
        common: &Common,
        turn: &mut Turn<'_>,
    ) {
        let text = format!("Error: {reason}");
        self.tell_container(place, (true, "Failed"), text, common, turn);
        self.start_failed(place, reason, message);
    }

    fn start_failed(&mut self, place: Place, reason: &'static str, message: String) {
        let pod = self.pod.clone();
        let Some(container) = place.of(&pod.spec) else {
            return;
        };
        self.fail(&container.name, reason, message, Retry::Usual);
        if matches!(place, Place::Init(_))
            && !super::actions::is_sidecar(container)
            && let Some(flow) = &mut self.flow
        {
            flow.left.clear();
        }
    }

    /// Creates a container, if its environment can be made; true if something is waited for
    /// (generateContainerConfig).
    fn create(&mut self, place: Place, common: &Common, turn: &mut Turn<'_>) -> bool {
        let pod = self.pod.clone();
        let Some(container) = place.of(&pod.spec) else {
            return false;
        };
        match common.sources.environment(&pod, container) {
            Ok(()) => {}
            Err(Lack::Unknown(_)) => {
                if let Some(flow) = &mut self.flow {
                    flow.doing = Doing::Environment(place);
                    flow.call = Mark::default();
                }
                turn.timer(PATIENCE, Timer::Environment(self.uid.clone()));
                return true;
            }
            Err(Lack::Missing(lack)) => {
                self.config_failed(place, lack, common, turn);
                return false;
            }
        }
        let before = self.seen.latest(&container.name);
        let what = Cri::CreateContainer {
            uid: self.uid.clone(),
            spec: self.pod.spec.clone(),
            place,
            restart_count: before.map_or(0, |one| one.restart_count + 1),
        };
        self.call(Doing::Create(place), what, common, turn);
        true
    }

    fn config_failed(&mut self, place: Place, lack: String, common: &Common, turn: &mut Turn<'_>) {
        let message = format!("Error: {lack}");
        self.tell_container(place, (true, "Failed"), message, common, turn);
        self.start_failed(place, "CreateContainerConfigError", lack);
    }

    /// What the environment is made from may be known now; if it is not, and has been waited for long
    /// enough, the container cannot be made.
    pub(super) fn environment_waited(
        &mut self,
        long: bool,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        let Some(Doing::Environment(place)) = self.flow.as_ref().map(|flow| &flow.doing) else {
            return;
        };
        let (place, pod) = (*place, self.pod.clone());
        let found = place
            .of(&pod.spec)
            .map(|container| common.sources.environment(&pod, container));
        let waits = match found {
            Some(Err(Lack::Unknown(_))) if !long => return,
            Some(Err(Lack::Unknown(lack))) => {
                self.config_failed(place, lack, common, turn);
                false
            }
            _ => self.create(place, common, turn),
        };
        if !waits {
            self.advance(common, turn);
        }
    }

    pub(super) fn cri_failed(
        &mut self,
        place: Place,
        reason: &'static str,
        error: &CriError,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        let message = format!("Error: {}", error.message);
        self.tell_container(place, (true, "Failed"), message, common, turn);
        if let Some(flow) = &mut self.flow {
            flow.acted = true;
        }
        self.start_failed(place, reason, error.message.clone());
        self.advance(common, turn);
    }

    pub(super) fn pulled(
        &mut self,
        place: Place,
        since: Moment,
        result: Result<CriReply, CriError>,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        let pod = self.pod.clone();
        let Some(container) = place.of(&pod.spec) else {
            return self.advance(common, turn);
        };
        match result {
            Ok(CriReply::Pulled(image)) => {
                let waited = turn.now().since(since);
                let message = format!(
                    "Successfully pulled image \"{}\" in {} ({} including waiting). Image size: {} bytes.",
                    container.image,
                    go_duration(common.images.last_pull()),
                    go_duration(waited),
                    image.bytes
                );
                self.pulls.succeeded(&container.image);
                self.tell_container(place, (false, "Pulled"), message, common, turn);
                if !self.create(place, common, turn) {
                    self.advance(common, turn);
                }
            }
            Ok(_) => self.advance(common, turn),
            Err(error) => {
                let message = format!("Failed to pull image \"{}\": {error}", container.image);
                self.tell_container(place, (true, "Failed"), message, common, turn);
                let now = turn.now();
                self.pulls.failed(&container.image, error.to_string(), now);
                self.image_failed(place, "ErrImagePull", error.to_string(), common, turn);
                self.advance(common, turn);
            }
        }
    }
}

/// `NAME_NAMESPACE(UID)` (`pkg/kubelet/util/format/pod.go`).
pub(super) fn describe(pod: &Pod) -> String {
    let meta = &pod.metadata;
    format!("{}_{}({})", meta.name, meta.namespace, meta.uid)
}

/// As Go prints a length of time, to the millisecond: `850ms`, `1.234s`, `1m20s`, `5m0s`.
pub(super) fn go_duration(length: Duration) -> String {
    let millis = length.as_millis();
    if millis < 1000 {
        return if millis == 0 {
            "0s".to_owned()
        } else {
            format!("{millis}ms")
        };
    }
    let (minutes, rest) = (millis / 60_000, millis % 60_000);
    let fraction = match rest % 1000 {
        0 => String::new(),
        part => format!(".{part:03}").trim_end_matches('0').to_owned(),
    };
    let seconds = format!("{}{fraction}s", rest / 1000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => seconds,
        (0, minutes) => format!("{minutes}m{seconds}"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Go's time.Duration.String.
    #[test]
    fn durations_print_as_go_prints_them() {
        for (millis, text) in [
            (0, "0s"),
            (850, "850ms"),
            (1_234, "1.234s"),
            (10_000, "10s"),
            (80_000, "1m20s"),
            (300_000, "5m0s"),
            (2_100, "2.1s"),
        ] {
            assert_eq!(go_duration(Duration::from_millis(millis)), text);
        }
    }
}
