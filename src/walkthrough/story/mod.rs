//! What happened, told in sentences. Look first at [`sentence`]; [`story`] tells a whole run.

mod fields;
mod heard;
mod names;
mod said;
mod telling;
mod why;

use std::{fmt::Display, rc::Rc};

pub use self::{
    said::said,
    telling::{pause, story, story_in_parts},
    why::because,
};
use crate::{
    cluster::trace::{Actor, Step, StepKind},
    locale::Locale,
};

/// What happened in a step of these, in a sentence; of what a watch brings also whether that is of any
/// use to who hears it.
pub fn sentence_among(steps: &[Rc<Step>], step: &Step, locale: &Locale) -> String {
    sentence(step, locale) + &heard::without_use(steps, &[step], locale)
}

/// What happened in a step, in a sentence.
pub(super) fn sentence(step: &Step, locale: &Locale) -> String {
    let to = match step.kind {
        StepKind::Runtime => names::part(&step.to, locale),
        _ => names::who(&step.to, locale),
    };
    told(step, form(step), (&names::actor(step, locale), &to), locale)
}

/// What is asked in a request whose way is told in steps of its own: without the answer.
pub fn question(step: &Step, locale: &Locale) -> String {
    let to = names::who(&step.to, locale);
    let from = names::actor(step, locale);
    told(step, "story.request-sent", (&from, &to), locale)
}

/// A text about a step, with who acts on whom.
fn told(step: &Step, form: &str, (from, to): (&str, &str), locale: &Locale) -> String {
    let object = names::thing(step, locale);
    let verb = verb(step, locale);
    let gate = gate_name(&step.reason, locale);
    let message = said(&step.message, locale);
    let places: [(&str, &dyn Display); 10] = [
        ("from", &from),
        ("to", &to),
        ("verb", &verb),
        ("call", &step.verb),
        ("object", &object),
        ("gate", &gate),
        ("reason", &step.reason),
        ("revision", &step.revision),
        ("code", &step.code),
        // Last: what is said may itself hold braces.
        ("message", &message),
    ];
    let told = locale.fill(form, &places);
    let told = told.trim_end_matches(['：', ':', ' ']);
    // A full-width bracket brings its own space.
    let told = told.replace("） ", "）");
    match told.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => told,
    }
}

/// The name of the sentence's text.
fn form(step: &Step) -> &'static str {
    match step.kind {
        StepKind::Request if is_outdated(step) => "story.request-outdated",
        StepKind::Request if step.code >= 400 => "story.request-refused",
        StepKind::Request if step.code == 0 => "story.request-lost",
        StepKind::Request => "story.request",
        StepKind::Gate if step.code == 0 => "story.gate",
        StepKind::Gate => "story.gate-refused",
        StepKind::Store if step.code >= 400 => "story.store-refused",
        StepKind::Store if step.revision == 0 => "story.store-nothing",
        StepKind::Store if fields::is_gone(step) => "story.store-gone",
        StepKind::Store => "story.store",
        StepKind::Watch if &*step.verb == "closed" => "story.watch-closed",
        StepKind::Watch if step.name.is_empty() => "story.watch-all",
        StepKind::Watch => "story.watch",
        StepKind::Decision if step.reason.is_empty() => "story.decision",
        StepKind::Decision if step.from == Actor::Scheduler => "story.schedule",
        StepKind::Decision if step.name.is_empty() => "story.decision-of",
        StepKind::Decision => "story.decision-about",
        StepKind::Runtime if step.to == Actor::Nobody => "story.runtime-own",
        StepKind::Runtime => "story.runtime",
        StepKind::Rules => "story.rules",
        StepKind::Event => "story.event",
        StepKind::Fault => "story.fault",
        StepKind::Traffic if step.to == Actor::Nobody => "story.traffic-at",
        StepKind::Traffic => "story.traffic",
    }
}

/// Whether a write was refused because another came between its reading and its writing.
fn is_outdated(step: &Step) -> bool {
    step.code == 409 && step.message.contains("the object has been modified")
}

/// What is done, in a word.
pub(super) fn verb(step: &Step, locale: &Locale) -> String {
    let name = match &*step.verb {
        "get" => "story.verb-get",
        "list" => "story.verb-list",
        "watch" => "story.verb-watch",
        "create" => "story.verb-create",
        "update" => "story.verb-update",
        "patch" => "story.verb-patch",
        "delete" => "story.verb-delete",
        "added" => "story.verb-added",
        "modified" => "story.verb-modified",
        "deleted" => "story.verb-deleted",
        other => return other.to_owned(),
    };
    locale.text(name).to_owned()
}

/// One of the API server's gates by its name in a step.
pub fn gate_name(reason: &str, locale: &Locale) -> String {
    let name = match reason {
        "authentication" => "story.gate-authentication",
        "audit" => "story.gate-audit",
        "impersonation" => "story.gate-impersonation",
        "priority and fairness" => "story.gate-fairness",
        "authorization" => "story.gate-authorization",
        "decoding" => "story.gate-decoding",
        "mutating admission" => "story.gate-mutating",
        "validation" => "story.gate-validation",
        "validating admission" => "story.gate-validating",
        other => return other.to_owned(),
    };
    locale.text(name).to_owned()
}
