use std::{
    fmt::{Display, Write},
    rc::Rc,
};

use super::{fields, form, heard, names, sentence_among, told};
use crate::{
    cluster::{
        CommandOutput, Moment,
        trace::{Step, StepId, StepKind},
    },
    ids::Lang,
    locale::Locale,
    walkthrough::Run,
};

/// Where the lines below a step's first begin.
const INDENT: usize = 20;

/// From how many seconds on a time without anything to tell is told of.
const LONG: u64 = 5;

/// A run as a text to read: when, who, did what to what, why, and what changed by it; the commands and
/// what they printed where it happened. Steps that differ only in who hears are told as one.
pub fn story(run: &Run, lang: Lang, locale: &Locale) -> String {
    story_in_parts(run, lang, locale, &[]).concat()
}

/// The same text in parts: a new one begins with each of these steps, in order; one that is not reached
/// ends up with an empty part.
pub fn story_in_parts(run: &Run, lang: Lang, locale: &Locale, begins: &[StepId]) -> Vec<String> {
    let mut parts = Vec::with_capacity(begins.len() + 1);
    let mut text = format!("{}\n", run.scenario().title.text(lang));
    let chapters = run.chapters();
    let mut terminal = Terminal::of(run.outputs());
    let mut steps = run.steps();
    let mut told_until = None;
    while let Some(first) = steps.first() {
        terminal.show(&mut text, |line| line.is_before(first.at));
        while begins.get(parts.len()).is_some_and(|at| *at <= first.id) {
            parts.push(std::mem::take(&mut text));
        }
        let begun = run.scenario().chapters.iter().zip(&chapters);
        for (chapter, _) in begun.filter(|(_, begin)| **begin == Some(first.id)) {
            let (title, about) = (chapter.title.text(lang), chapter.text.text(lang));
            let _ = write!(text, "\n── {title}\n{about}\n\n");
        }
        terminal.show(&mut text, |line| line.is_at(first.at));
        let more = &steps[1..];
        let alike = more
            .iter()
            .take_while(|step| are_alike(first, step) && !chapters.contains(&Some(step.id)))
            .take_while(|step| !begins.contains(&step.id));
        let (together, rest) = steps.split_at(1 + alike.count());
        if let Some(pause) = told_until.and_then(|at| pause(at, first.at, locale)) {
            let _ = writeln!(text, "{:INDENT$} {pause}", "");
        }
        told_until = together.last().map(|step| step.at);
        entry(&mut text, together, run.steps(), locale);
        steps = rest;
    }
    terminal.show(&mut text, |_| true);
    parts.push(text);
    parts.resize(begins.len() + 1, String::new());
    parts
}

/// What is typed and what is printed.
struct Terminal {
    lines: std::vec::IntoIter<Shown>,
}

struct Shown {
    at: Moment,
    is_command: bool,
    text: String,
}

impl Shown {
    fn is_before(&self, moment: Moment) -> bool {
        !self.is_command && self.at < moment
    }

    fn is_at(&self, moment: Moment) -> bool {
        self.is_command && self.at <= moment
    }
}

impl Terminal {
    fn of(outputs: &[CommandOutput]) -> Terminal {
        let end = Moment::from_millis(u64::MAX / 1_000);
        let mut lines = Vec::new();
        for output in outputs {
            lines.push(Shown {
                at: output.started,
                is_command: true,
                text: format!("$ {}\n", output.line),
            });
            let printed = output.stdout.lines().chain(output.stderr.lines());
            lines.push(Shown {
                at: output.ended.unwrap_or(end),
                is_command: false,
                text: printed.fold(String::new(), |text, line| text + "  " + line + "\n"),
            });
        }
        lines.sort_by_key(|shown| shown.at);
        Terminal {
            lines: lines.into_iter(),
        }
    }

    fn show(&mut self, text: &mut String, due: impl Fn(&Shown) -> bool) {
        while self.lines.as_slice().first().is_some_and(&due) {
            let shown = self.lines.next();
            text.push_str(&shown.map(|shown| shown.text).unwrap_or_default());
        }
    }
}

/// A watch that is opened and stays open.
fn is_opening(step: &Step) -> bool {
    &*step.verb == "watch" && step.code == 200
}

/// What concerns a watch, and no single object.
fn is_wholesale(step: &Step) -> bool {
    matches!(&*step.verb, "closed" | "initial")
}

/// Whether two steps that follow each other are told as one: the same change heard by another, another
/// watch of the same component that opens, begins or breaks, another gate that lets a read pass.
fn are_alike(one: &Step, other: &Step) -> bool {
    if one.kind != other.kind {
        return false;
    }
    match one.kind {
        StepKind::Request => {
            is_opening(one)
                && is_opening(other)
                && (&one.from, one.cause) == (&other.from, other.cause)
        }
        StepKind::Watch if is_wholesale(one) => one.verb == other.verb && one.to == other.to,
        StepKind::Watch => {
            !one.name.is_empty()
                && (one.cause, one.revision, &one.verb, &one.name)
                    == (other.cause, other.revision, &other.verb, &other.name)
        }
        StepKind::Gate => {
            let read = matches!(&*one.verb, "get" | "list" | "watch");
            read && one.code == 0 && other.code == 0
        }
        _ => false,
    }
}

fn entry(text: &mut String, together: &[Rc<Step>], all: &[Rc<Step>], locale: &Locale) {
    let [first, .., last] = together else {
        if let [step] = together {
            let number = format!("#{}", step.id.0);
            line(text, &number, step, &sentence_among(all, step, locale));
        }
        return;
    };
    let number = format!("#{}–{}", first.id.0, last.id.0);
    let list = |name: fn(&Step) -> String| {
        let names: Vec<String> = together.iter().map(|step| name(step)).collect();
        names.join(locale.text("story.and"))
    };
    let said = match first.kind {
        StepKind::Request => {
            let resources = list(|step| step.resource.to_owned());
            let verb = super::verb(first, locale);
            let places: [(&str, &dyn Display); 5] = [
                ("from", &names::actor(first, locale)),
                ("to", &names::who(&first.to, locale)),
                ("verb", &verb),
                ("object", &resources),
                ("code", &first.code),
            ];
            locale.fill("story.request", &places)
        }
        StepKind::Watch if is_wholesale(first) => {
            let name = match &*first.verb {
                "closed" => "story.watch-closed",
                _ => "story.watch-initial",
            };
            let resources = list(|step| match step.message.split_once(" objects") {
                Some((count, _)) => format!("{} {count}", step.resource),
                None => step.resource.to_owned(),
            });
            let to = names::who(&first.to, locale);
            let places: [(&str, &dyn Display); 2] = [("to", &to), ("object", &resources)];
            locale.fill(name, &places)
        }
        StepKind::Watch => {
            let each = together.iter().map(|step| names::who(&step.to, locale));
            let who = each.collect::<Vec<_>>().join(locale.text("story.and"));
            let from = names::who(&first.from, locale);
            let heard: Vec<&Step> = together.iter().map(|step| &**step).collect();
            told(first, form(first), (&from, &who), locale)
                + &heard::without_use(all, &heard, locale)
        }
        _ => {
            let gates: Vec<String> = together
                .iter()
                .map(|step| super::gate_name(&step.reason, locale))
                .collect();
            let gates = gates.join(locale.text("story.and"));
            let from = names::who(&first.from, locale);
            let places: [(&str, &dyn Display); 2] = [("from", &from), ("gate", &gates)];
            locale.fill("story.gates", &places)
        }
    };
    line(text, &number, first, &capital(said));
}

fn line(text: &mut String, number: &str, step: &Step, told: &str) {
    let _ = write!(text, "{number:>8} {:>10}  {told}", seconds(step.at));
    if step.cause != StepId::NONE {
        let _ = write!(text, "  ← #{}", step.cause.0);
    }
    text.push('\n');
    let (shown, more) = fields::shown(step);
    for field in shown {
        let _ = writeln!(text, "{:INDENT$} {field}", "");
    }
    if more > 0 {
        let _ = writeln!(text, "{:INDENT$} … +{more}", "");
    }
}

/// What to say of a time in which nothing is told, if it is a long one.
pub fn pause(before: Moment, now: Moment, locale: &Locale) -> Option<String> {
    let seconds = now.millis().saturating_sub(before.millis()) / 1000;
    (seconds >= LONG).then(|| locale.fill("story.pause", &[("n", &seconds)]))
}

fn seconds(moment: Moment) -> String {
    let millis = moment.millis();
    format!("{}.{:03} s", millis / 1000, millis % 1000)
}

/// A sentence begins with a capital.
fn capital(said: String) -> String {
    match said.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => said,
    }
}
