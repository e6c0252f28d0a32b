use super::{names, said, sentence, told};
use crate::{
    cluster::trace::{Actor, Step, StepKind},
    locale::Locale,
};

/// Why a step followed from the one that caused it, in a sentence for somebody who does not know yet how
/// the parts of a cluster hear of each other.
pub fn because(step: &Step, cause: &Step, locale: &Locale) -> String {
    if let Some(form) = of_its_own(step, cause) {
        return locale.text(form).to_owned();
    }
    let form = match (cause.kind, step.kind) {
        // What is read brings no object: authorization is the last gate.
        (StepKind::Gate, StepKind::Gate) if is_last_of_read(step) => "story.why-read",
        (StepKind::Request, StepKind::Gate) => "story.why-arrived",
        (StepKind::Gate, StepKind::Gate) => "story.why-passed",
        (StepKind::Gate, StepKind::Store) => "story.why-all-passed",
        (StepKind::Request, StepKind::Store) => "story.why-asked",
        (StepKind::Store, StepKind::Watch) => "story.why-written",
        (StepKind::Watch, _) if !cause.name.is_empty() => "story.why-heard",
        (StepKind::Decision, _) if cause.from == step.from => {
            let message = said::said(&cause.message, locale);
            let message = message.trim_end_matches(['.', '。']);
            return locale.fill("story.why-decided", &[("message", &message)]);
        }
        _ => return sentence(cause, locale),
    };
    let (from, to) = (names::actor(cause, locale), names::who(&cause.to, locale));
    told(cause, form, (&from, &to), locale)
}

/// A read passes no admission.
fn is_last_of_read(step: &Step) -> bool {
    matches!(&*step.verb, "get" | "list" | "watch") && &*step.reason == "authorization"
}

/// Why a step that comes of the way a component works is taken, whatever set it going.
fn of_its_own(step: &Step, cause: &Step) -> Option<&'static str> {
    if step.kind != StepKind::Request {
        return None;
    }
    let counts = matches!(step.resource, "replicationcontrollers" | "replicasets");
    match (&step.from, &*step.verb, step.subresource) {
        // `pkg/kubelet/status/status_manager.go`: a Get, then a patch of the difference.
        (Actor::Kubelet(_), "get", "") if step.resource == "pods" => {
            Some("story.why-kubelet-reads")
        }
        // `pkg/controller/replication/replication_controller_utils.go`.
        (Actor::ControllerManager, "update", "status") if &*cause.verb == "get" => {
            Some("story.why-again")
        }
        (Actor::ControllerManager, "update", "status") if counts => Some("story.why-counted"),
        _ => None,
    }
}
