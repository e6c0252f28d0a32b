use std::{fmt::Display, rc::Rc};

use super::names;
use crate::{
    cluster::trace::{Actor, Change, Step, StepId, StepKind},
    locale::Locale,
};

/// Why a component has nothing to do about a change that a watch brings it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Idle {
    /// The scheduler keeps what groups Pods, for when it has one to place.
    Kept,
    /// It wrote this itself.
    Own,
    Nothing,
}

impl Idle {
    const ALL: [(Idle, &'static str); 3] = [
        (Idle::Kept, "story.heard-kept"),
        (Idle::Own, "story.heard-own"),
        (Idle::Nothing, "story.heard-nothing"),
    ];
}

/// Sentences for those who hear of a change by a watch and do nothing about it: empty where all act.
pub(super) fn without_use(steps: &[Rc<Step>], heard: &[&Step], locale: &Locale) -> String {
    let mut text = String::new();
    for (idle, form) in Idle::ALL {
        let who = heard
            .iter()
            .filter(|step| why_idle(step, steps) == Some(idle));
        let who: Vec<String> = who.map(|step| names::who(&step.to, locale)).collect();
        if !who.is_empty() {
            let who = who.join(locale.text("story.and"));
            text += &locale.fill(form, &[("to", &who as &dyn Display)]);
        }
    }
    text
}

fn why_idle(step: &Step, steps: &[Rc<Step>]) -> Option<Idle> {
    if step.kind != StepKind::Watch || step.name.is_empty() || is_cause(step.id, steps) {
        return None;
    }
    let groups = matches!(
        step.resource,
        "services" | "replicationcontrollers" | "replicasets" | "statefulsets"
    );
    if step.to == Actor::Scheduler && groups {
        return Some(Idle::Kept);
    }
    let written = by_id(step.cause, steps)?;
    if asked(written, steps).is_some_and(|request| request.from == step.to) {
        return Some(Idle::Own);
    }
    let changed = &*step.verb == "modified" && step.resource == "pods";
    let idle = match step.to {
        Actor::Scheduler => changed,
        // Two changes may be worked off in one go, of which the trace names one as the cause.
        Actor::ControllerManager => changed && !written.changes.iter().any(matters),
        _ => false,
    };
    idle.then_some(Idle::Nothing)
}

fn is_cause(id: StepId, steps: &[Rc<Step>]) -> bool {
    let later = steps.get(id.0 as usize..).unwrap_or_default();
    later.iter().any(|step| step.cause == id)
}

fn by_id(id: StepId, steps: &[Rc<Step>]) -> Option<&Step> {
    let at = (id.0 as usize).checked_sub(1)?;
    steps.get(at).map(|step| &**step)
}

/// The request by which something came to be written.
fn asked<'a>(written: &'a Step, steps: &'a [Rc<Step>]) -> Option<&'a Step> {
    let mut step = written;
    while step.kind != StepKind::Request {
        step = by_id(step.cause, steps).filter(|cause| cause.id < step.id)?;
    }
    Some(step)
}

/// Whether a controller may count a Pod otherwise by this change.
fn matters(change: &Change) -> bool {
    let path = &*change.path;
    let was_ready = change.before.as_str() == Some("True");
    let is_ready = change.after.as_str() == Some("True");
    path.ends_with("[type=Ready].status") && (was_ready || is_ready)
        || path == "status.podIP"
        || path == "status.phase"
        || path.starts_with("metadata.")
}
