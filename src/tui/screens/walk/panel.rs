//! The text of a walkthrough: what happened, why, what it changed; and what the chapter is about.

use ratatui::text::{Line, Span};
use serde_json::Value;

use super::{
    Walk,
    story::{Answer, printed},
};
use crate::{
    cluster::{
        CommandOutput,
        trace::{Actor, Change, Step, StepId, StepKind},
    },
    tui::{
        shared::Shared,
        text::{autospace, safe, truncate, width, wrap_line},
        theme::Token,
    },
    walkthrough::{Way, because, pause, question, sentence_among},
};

/// How many changed fields are shown of one step, where they fit; else fewer.
const CHANGES: [usize; 4] = [8, 4, 2, 0];
/// How much is shown of a value.
const VALUE: usize = 40;
/// How many lines are shown of what a command printed.
const PRINTED: usize = 6;

/// Lines of a text that is being put together.
pub(super) struct Text<'a> {
    pub(super) lines: Vec<Line<'static>>,
    width: usize,
    shared: &'a Shared,
    /// Whether lines are dear: sections begin with their names instead of standing under them.
    is_dense: bool,
    /// The name of the section that begins with the next line.
    name: Option<Span<'static>>,
}

impl<'a> Text<'a> {
    pub(super) fn new(width: usize, shared: &'a Shared) -> Text<'a> {
        Text {
            lines: Vec::new(),
            width,
            shared,
            is_dense: false,
            name: None,
        }
    }

    fn dense(self, is_dense: bool) -> Text<'a> {
        Text { is_dense, ..self }
    }

    /// A part of what is told, by name.
    pub(super) fn section(&mut self, name: String) {
        if self.is_dense {
            self.name = Some(Span::styled(format!("{name}  "), self.shared.theme.heading));
        } else {
            self.heading(name);
        }
    }

    fn air(&mut self) {
        if !self.is_dense {
            self.lines.push(Line::default());
        }
    }

    /// A heading, with air above it unless it is the first line.
    pub(super) fn heading(&mut self, text: String) {
        if !self.lines.is_empty() {
            self.air();
        }
        self.lines.extend(wrap_line(
            &Line::styled(text, self.shared.theme.heading),
            self.width,
        ));
    }

    pub(super) fn say(&mut self, text: &str, token: Token) {
        let text = autospace(&safe(text)).into_owned();
        self.line(&Line::styled(text, token));
    }

    pub(super) fn line(&mut self, line: &Line<'_>) {
        let mut line = line.clone();
        if let Some(name) = self.name.take() {
            for span in &mut line.spans {
                span.style = line.style.patch(span.style);
            }
            line.spans.insert(0, name);
        }
        self.lines.extend(wrap_line(&line, self.width));
    }

    /// Lines as they are, cut where they are too long: a terminal's.
    pub(super) fn verbatim(&mut self, text: &str, most: usize) {
        let ellipsis = self.shared.glyphs.ellipsis;
        for line in text.lines().take(most) {
            let line = safe(line);
            let cut = truncate(&line, self.width, ellipsis).into_owned();
            let mut line = Line::styled(cut, self.shared.theme.code);
            if let Some(name) = self.name.take() {
                line.spans.insert(0, name);
            }
            self.lines.push(line);
        }
        if text.lines().count() > most {
            self.lines
                .push(Line::styled(ellipsis, self.shared.theme.muted));
        }
    }

    /// A field's path in one line: a condition goes by its type, of what is too long the end counts.
    fn short(&self, path: &str) -> String {
        let path = safe(path);
        let mut short = path.as_ref();
        if let Some((_, condition)) = path.split_once("conditions[type=") {
            let named = condition.replacen(']', "", 1);
            return named.strip_suffix(".status").unwrap_or(&named).to_owned();
        }
        let room = self.width.saturating_sub(2);
        if width(short) <= room {
            return path.into_owned();
        }
        while width(short) > room {
            let next = short
                .char_indices()
                .nth(1)
                .map_or(short.len(), |(at, _)| at);
            short = &short[next..];
        }
        // From a whole name on, where there is one.
        let start = short.find(['.', '[']).map_or(0, |at| at + 1);
        format!("{}{}", self.shared.glyphs.ellipsis, &short[start..])
    }

    pub(super) fn change(&mut self, change: &Change) {
        let theme = &self.shared.theme;
        let arrow = self.shared.signs.arrow;
        let muted = |text: String| Span::styled(text, theme.muted);
        let path = self.short(&change.path);
        let mut values = Vec::with_capacity(2);
        if change.after.is_null() {
            values.push(muted(format!("{} {arrow} ", value(&change.before))));
            values.push(Span::styled("–", theme.bad));
        } else {
            if !change.before.is_null() {
                values.push(muted(format!("{} {arrow} ", value(&change.before))));
            }
            values.push(Span::styled(value(&change.after), theme.good));
        }
        let values = Line::from(values);
        let name = self.name.as_ref().map_or(0, Span::width);
        if name + width(&path) + 2 + values.width() <= self.width {
            let mut line = Line::from(muted(format!("{path}  ")));
            line.spans.extend(values.spans);
            self.line(&line);
            return;
        }
        // What does not fit beside its field stands below it, moved in.
        self.line(&Line::from(muted(path)));
        let room = self.width.saturating_sub(2).max(1);
        for wrapped in wrap_line(&values, room) {
            let mut line = Line::from(Span::raw("  "));
            line.spans.extend(wrapped.spans);
            self.lines.push(line);
        }
    }
}

impl Walk {
    /// What is to be read now, in so much room.
    pub(super) fn text(
        &self,
        (width, room): (usize, usize),
        is_dense: bool,
        shared: &Shared,
    ) -> Vec<Line<'static>> {
        if let Some(asking) = &self.asking {
            let mut lines = asking.lines(width, is_dense, shared);
            self.to_read.set(lines.len());
            if self.story.way == Way::Recount {
                lines.extend(self.told_so_far(width, shared));
            }
            return lines;
        }
        let mut lines = Vec::new();
        for changes in CHANGES {
            lines = self.told(Text::new(width, shared).dense(is_dense), changes, shared);
            if lines.len() <= room {
                break;
            }
        }
        lines
    }

    fn told(&self, mut text: Text<'_>, changes: usize, shared: &Shared) -> Vec<Line<'static>> {
        let begins = self.chapter_to_read();
        if self.is_over() && self.seen.cursor > 0 {
            self.summary(&mut text, shared);
        }
        if self.story.way == Way::Gaps && self.seen.cursor == 0 {
            text.heading(shared.text("walk.way-gaps"));
            text.say(&shared.text("walk.way-gaps-about"), shared.theme.text);
            text.air();
            text.say(&shared.text("walk.start"), shared.theme.muted);
        }
        if let Some(chapter) = begins {
            self.chapter_text(chapter, &mut text, shared);
            let name = match self.seen.cursor {
                0 => "walk.start",
                _ => "walk.chapter-waits",
            };
            text.air();
            text.say(&shared.text(name), shared.theme.muted);
        }
        self.to_read.set(text.lines.len());
        if let Some(step) = self.story.player.step() {
            self.step_text(step, changes, &mut text, shared);
        }
        text.lines
    }

    /// What the chapter one is in is about, for where there is room left.
    pub(super) fn aside(&self, width: usize, shared: &Shared) -> Vec<Line<'static>> {
        let mut text = Text::new(width, shared);
        if self.asking.is_none()
            && self.story.way == Way::Told
            && self.chapter_to_read().is_none()
            && !self.is_at_end()
            && self.seen.cursor > 0
            && let Some(chapter) = self.seen.chapter()
        {
            let chapters = &self.story.player.run().scenario().chapters;
            if let Some(chapter) = chapters.get(chapter) {
                text.say(chapter.title.text(shared.lang), shared.theme.muted);
                text.say(
                    &paragraph(chapter.text.text(shared.lang)),
                    shared.theme.muted,
                );
            }
        }
        text.lines
    }

    /// The chapter whose text is in the light: where one begins, unless the play is on its way.
    pub(super) fn chapter_to_read(&self) -> Option<usize> {
        if self.story.way != Way::Told {
            return None;
        }
        if self.seen.cursor == 0 {
            return Some(0);
        }
        let begins = self.seen.beginning()?;
        // The first one was read before the first step.
        let was_read = begins == 0 && self.seen.cursor == 1;
        (!was_read && !self.story.player.is_playing()).then_some(begins)
    }

    fn chapter_text(&self, at: usize, text: &mut Text<'_>, shared: &Shared) {
        let chapters = &self.story.player.run().scenario().chapters;
        let Some(chapter) = chapters.get(at) else {
            return;
        };
        let title = autospace(&safe(chapter.title.text(shared.lang))).into_owned();
        let places: [(&str, &dyn std::fmt::Display); 3] =
            [("k", &(at + 1)), ("n", &chapters.len()), ("title", &title)];
        text.heading(shared.fill("walk.chapter", &places));
        text.say(
            &paragraph(chapter.text.text(shared.lang)),
            shared.theme.text,
        );
    }

    fn step_text(&self, step: &Step, most: usize, text: &mut Text<'_>, shared: &Shared) {
        let theme = &shared.theme;
        text.section(shared.text("walk.happened"));
        // What becomes of the learner's own request is told gate by gate.
        let is_open = step.kind == StepKind::Request && step.from == Actor::Kubectl;
        let refused = step.code >= 400 && !is_open || step.kind == StepKind::Fault;
        let token = if refused { theme.bad } else { theme.text };
        let said = match is_open {
            true => question(step, shared.locale()),
            false => sentence_among(self.steps(), step, shared.locale()),
        };
        let before = (step.id.0 as usize).checked_sub(2);
        if let Some(before) = before.and_then(|at| self.steps().get(at))
            && let Some(pause) = pause(before.at, step.at, shared.locale())
        {
            text.say(&pause, theme.muted);
        }
        text.say(&said, token);
        text.section(shared.text("walk.why"));
        let (why, from) = self.why(step, shared);
        text.say(&format!("{why}{from}"), theme.text);
        let changes = told_changes(step);
        if !changes.is_empty() && most > 0 {
            text.section(shared.text("walk.changed"));
            let more = changes.len().saturating_sub(most);
            for change in changes.iter().take(most) {
                text.change(change);
            }
            if more > 0 {
                text.say(&shared.fill("walk.more", &[("n", &more)]), theme.muted);
            }
        }
        let next = self.steps().get(self.seen.cursor);
        if let Some(output) = printed(self.story.player.run().end(), step, next) {
            text.section(shared.text("walk.printed"));
            text.verbatim(&format!("$ {}", output.line), 1);
            text.verbatim(&all_of(output), PRINTED);
        }
    }

    /// Why a step happened, and which step that was.
    fn why(&self, step: &Step, shared: &Shared) -> (String, String) {
        let cause = step.cause.0.checked_sub(1);
        if let Some(cause) = cause.and_then(|at| self.steps().get(at as usize)) {
            let number = shared.fill("walk.cause", &[("n", &cause.id.0)]);
            let said = because(step, cause, shared.locale());
            let said = said.trim_end_matches(['.', '。']);
            return (said.to_owned(), number);
        }
        debug_assert_eq!(step.cause, StepId::NONE);
        (self.beginning(step, shared), String::new())
    }

    /// What a chain of causes begins with: a step that no other caused.
    pub(super) fn beginning(&self, step: &Step, shared: &Shared) -> String {
        match (step.kind, &step.from) {
            (StepKind::Fault, _) => shared.text("walk.why-fault"),
            (_, Actor::Kubectl | Actor::Client) => {
                let outputs = self.story.player.run().outputs();
                let given = outputs.iter().rev().find(|one| one.started <= step.at);
                let line = given.map_or("kubectl", |one| &one.line);
                shared.fill("walk.why-command", &[("line", &line)])
            }
            _ => shared.text("walk.why-itself"),
        }
    }

    /// The links told so far, the last one first.
    fn told_so_far(&self, width: usize, shared: &Shared) -> Vec<Line<'static>> {
        let mut text = Text::new(width, shared);
        let before = |answer: &&Answer| {
            let now = self.asking.as_ref().map(|asking| &asking.asked.id);
            now != Some(&answer.asked.id)
        };
        let told = self.story.answers.iter().rev().filter(before);
        for (at, answer) in told.enumerate() {
            if at == 0 {
                text.lines.push(Line::default());
                text.section(shared.text("walk.told-so-far"));
            }
            let (sign, token) = if answer.is_right() {
                (shared.signs.done, shared.theme.muted)
            } else {
                (shared.signs.problem, shared.theme.bad)
            };
            let told = answer.asked.option(answer.asked.answer, shared.lang);
            text.say(&format!("{sign} {told}"), token);
        }
        text.lines
    }

    fn summary(&self, text: &mut Text<'_>, shared: &Shared) {
        let theme = &shared.theme;
        text.heading(shared.text("walk.end"));
        let answered: Vec<_> = self.story.answers.iter().collect();
        let total = self.seen.asks.len().max(answered.len());
        if total > 0 {
            if answered.is_empty() {
                text.say(&shared.text("walk.end-none"), theme.text);
            } else {
                let right = answered.iter().filter(|answer| answer.is_right()).count();
                let token = if right == answered.len() {
                    theme.good
                } else {
                    theme.text
                };
                let places: [(&str, &dyn std::fmt::Display); 2] =
                    [("k", &right), ("n", &answered.len())];
                let name = match self.story.way {
                    Way::Told => "walk.end-score",
                    Way::Gaps => "walk.end-filled",
                    Way::Recount => "walk.end-recounted",
                };
                text.say(&shared.fill(name, &places), token);
            }
            let wrong: Vec<_> = answered
                .iter()
                .filter(|answer| !answer.is_right())
                .collect();
            if !wrong.is_empty() {
                let name = match self.story.way {
                    Way::Told => "walk.end-wrong",
                    Way::Gaps | Way::Recount => "walk.end-look-again",
                };
                text.heading(shared.text(name));
                for answer in wrong {
                    let asked = &answer.asked;
                    let prompt = asked.prompt.text(shared.lang);
                    let right = asked.option(asked.answer, shared.lang);
                    match self.story.way {
                        Way::Recount => {
                            text.say(&format!("{} {right}", shared.signs.dot), theme.text)
                        }
                        Way::Told | Way::Gaps => {
                            text.say(&format!("{} {prompt}", shared.signs.dot), theme.text);
                            text.say(&format!("  {right}"), theme.good);
                        }
                    }
                }
                text.air();
            }
            text.say(&shared.text("walk.end-again"), theme.muted);
        }
        match self.cards_missed(shared) {
            Some((_, n)) => text.say(&shared.fill("walk.end-cards", &[("n", &n)]), theme.text),
            None => {
                let lesson = &self.story.player.run().scenario().lesson;
                let said = shared.fill("walk.no-cards", &[("lesson", lesson)]);
                text.say(&said, theme.muted);
            }
        }
        text.say(&shared.text("walk.end-branch"), theme.muted);
    }
}

/// The changes worth telling, the most telling first. A request's are told where they are stored; of a
/// scheduler's decision the nodes' totals and why a node will not do, the rest is in its table.
fn told_changes(step: &Step) -> Vec<Change> {
    if step.kind == StepKind::Request {
        return Vec::new();
    }
    if step.kind == StepKind::Decision && step.from == Actor::Scheduler {
        let rows = step.changes.iter().filter_map(|change| {
            let (node, what) = change.path.strip_prefix("nodes[")?.split_once("].")?;
            matches!(what, "total" | "filter").then(|| Change {
                path: node.to_owned(),
                ..change.clone()
            })
        });
        return rows.collect();
    }
    let mut changes = step.changes.clone();
    changes.sort_by_key(|change| weight(&change.path));
    changes
}

/// What tells the story of an object comes first, its bookkeeping last.
fn weight(path: &str) -> u8 {
    const TELLING: [&str; 7] = [
        "nodeName",
        "phase",
        "podIP",
        "eplicas",
        "clusterIP",
        "deletionTimestamp",
        "].status",
    ];
    const BOOKKEEPING: [&str; 7] = [
        "Timestamp",
        "Time",
        "uid",
        "eneration",
        "hash",
        "terminationMessagePath",
        "terminationMessagePolicy",
    ];
    let ends = |names: &[&str]| names.iter().any(|name| path.ends_with(name));
    match (ends(&TELLING), ends(&BOOKKEEPING)) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    }
}

/// A text of several lines as one paragraph.
fn paragraph(text: &str) -> String {
    text.trim().replace('\n', " ")
}

/// What a command printed, and what it complained of.
pub(super) fn all_of(output: &CommandOutput) -> String {
    format!("{}{}", output.stdout, output.stderr)
}

fn value(value: &Value) -> String {
    let text = match value {
        Value::Null => return "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    truncate(&safe(&text), VALUE, "…").into_owned()
}
