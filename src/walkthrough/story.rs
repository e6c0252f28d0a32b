use std::fmt::Write;

use serde_json::Value;

use super::Run;
use crate::{
    cluster::{
        Moment,
        trace::{Change, Step, StepId, StepKind},
    },
    ids::Lang,
    locale::Locale,
};

/// How many changed fields are shown of one step.
const CHANGES: usize = 8;

/// A run as a text to read: when, who, did what to what, why, and what changed by it.
pub fn story(run: &Run, lang: Lang, locale: &Locale) -> String {
    let scenario = run.scenario();
    let mut text = format!("{}\n", scenario.title.text(lang));
    let chapters = run.chapters();
    for step in run.steps() {
        for (chapter, start) in scenario.chapters.iter().zip(&chapters) {
            if *start == Some(step.id) {
                let _ = write!(
                    text,
                    "\n── {}\n{}\n\n",
                    chapter.title.text(lang),
                    chapter.text.text(lang)
                );
            }
        }
        entry(&mut text, step, locale);
    }
    text
}

fn entry(text: &mut String, step: &Step, locale: &Locale) {
    let number = format!("#{}", step.id.0);
    let _ = write!(
        text,
        "{number:>5}  {:>9}  {}",
        seconds(step.at),
        sentence(step, locale)
    );
    if step.cause != StepId::NONE {
        let _ = write!(text, "  ← #{}", step.cause.0);
    }
    text.push('\n');
    for change in step.changes.iter().take(CHANGES) {
        let _ = writeln!(text, "{:18}{}", "", field(change));
    }
    if step.changes.len() > CHANGES {
        let more = step.changes.len() - CHANGES;
        let _ = writeln!(
            text,
            "{:18}{}",
            "",
            locale.fill("story.more", &[("n", &more)])
        );
    }
}

/// What happened in a step, in a sentence.
pub fn sentence(step: &Step, locale: &Locale) -> String {
    let object = object(step);
    let verb = verb(step, locale);
    let places: [(&str, &dyn std::fmt::Display); 9] = [
        ("from", &step.from),
        ("to", &step.to),
        ("verb", &verb),
        ("call", &step.verb),
        ("object", &object),
        ("reason", &step.reason),
        ("message", &step.message),
        ("revision", &step.revision),
        ("code", &step.code),
    ];
    let name = match step.kind {
        StepKind::Request if step.code >= 400 => "story.request-refused",
        StepKind::Request if step.code == 0 => "story.request-lost",
        StepKind::Request => "story.request",
        StepKind::Gate if step.code == 0 => "story.gate",
        StepKind::Gate => "story.gate-refused",
        StepKind::Store if step.code >= 400 => "story.store-refused",
        StepKind::Store if step.revision == 0 => "story.store-nothing",
        StepKind::Store => "story.store",
        StepKind::Watch if step.name.is_empty() => "story.watch-all",
        StepKind::Watch => "story.watch",
        StepKind::Decision if step.reason.is_empty() => "story.decision",
        StepKind::Decision => "story.decision-of",
        StepKind::Runtime => "story.runtime",
        StepKind::Rules => "story.rules",
        StepKind::Event => "story.event",
        StepKind::Fault => "story.fault",
        StepKind::Traffic => "story.traffic",
    };
    let said = locale.fill(name, &places);
    said.trim_end_matches(['：', ':', ' ']).to_owned()
}

/// `pods/web-x7k2p`, `pods/web-x7k2p/binding`.
fn object(step: &Step) -> String {
    let mut object = step.resource.to_owned();
    for part in [&*step.name, step.subresource] {
        if !part.is_empty() {
            if !object.is_empty() {
                object.push('/');
            }
            object.push_str(part);
        }
    }
    object
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

fn seconds(moment: Moment) -> String {
    let millis = moment.millis();
    format!("{}.{:03} s", millis / 1000, millis % 1000)
}

/// `spec.nodeName  – → node-2`.
fn field(change: &Change) -> String {
    format!(
        "{}  {} → {}",
        change.path,
        value(&change.before),
        value(&change.after)
    )
}

fn value(value: &Value) -> String {
    const LONGEST: usize = 72;
    let text = match value {
        Value::Null => return "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut cut: String = text.chars().take(LONGEST - 1).collect();
    cut.push('…');
    cut
}
