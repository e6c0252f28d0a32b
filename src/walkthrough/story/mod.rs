//! What happened, told in sentences. Look first at [`sentence`]; [`story`] tells a whole run.

mod fields;
mod said;
mod telling;

use std::fmt::Display;

pub use self::telling::story;
use crate::{
    cluster::trace::{Actor, Step, StepKind},
    locale::Locale,
};

/// What happened in a step, in a sentence.
pub fn sentence(step: &Step, locale: &Locale) -> String {
    if step.kind == StepKind::Request && !step.reason.is_empty() {
        // Which of the controllers asks.
        let places: [(&str, &dyn Display); 2] = [("from", &step.from), ("reason", &step.reason)];
        let from = locale.fill("story.part", &places);
        return with(step, &from, &step.to, locale);
    }
    with(step, &step.from, &step.to, locale)
}

/// The sentence, with somebody else named than the step itself names.
fn with(step: &Step, from: &dyn Display, to: &dyn Display, locale: &Locale) -> String {
    let object = object(step);
    let verb = verb(step, locale);
    let gate = gate(step, locale);
    let message = said::said(&step.message, locale);
    let places: [(&str, &dyn Display); 10] = [
        ("from", from),
        ("to", to),
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
    let told = locale.fill(form(step), &places);
    let told = told.trim_end_matches(['：', ':', ' ']);
    // A full-width bracket brings its own space.
    told.replace("） ", "）")
}

/// The name of the sentence's text.
fn form(step: &Step) -> &'static str {
    match step.kind {
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

/// `pods/web-x7k2p`, `pods/web-x7k2p/binding`.
fn object(step: &Step) -> String {
    let parts = [step.resource, &*step.name, step.subresource];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

fn verb(step: &Step, locale: &Locale) -> String {
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

fn gate(step: &Step, locale: &Locale) -> String {
    let name = match &*step.reason {
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
