//! How what came of an interview looks.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    asked::{explain, points, spans},
    clock,
    lines::{Lines, inline},
    preset_name,
    results::{Confirming, Outcome},
    sheet_area,
};
use crate::{
    history::{Answer, BreakKind, Certainty, End, Format, Given},
    ids::{Lang, Now},
    interview::{Ask, Question, Results, Tally, answers_nothing, given_words, mark_all},
    tui::shared::Shared,
};

/// Columns of a bar.
const BAR: usize = 16;

impl Outcome {
    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
    ) -> (Line<'static>, Line<'static>) {
        let attempt = &self.record.attempt;
        let format = shared.text(match attempt.blueprint.format {
            Format::Exam => "interview.exam",
            Format::Practice => "interview.practice",
        });
        let name = shared.text(preset_name(attempt.blueprint.preset));
        let spent = clock(std::time::Duration::from_millis(attempt.spent_ms));
        (
            Line::raw(shared.fill("results.title", &[("name", &name), ("format", &format)])),
            Line::raw(spent),
        )
    }

    pub(in crate::tui::screens) fn draw(
        &self,
        area: Rect,
        frame: &mut Frame,
        shared: &Shared,
        now: &Now,
    ) {
        let sheet = sheet_area(area);
        let mut lines = Lines::new(sheet.width, shared);
        match &self.confirming {
            Some(confirming) => self.confirmation(confirming, &mut lines, shared),
            None => self.all(&mut lines, shared, now),
        }
        let excess = (lines.lines.len() as u16).saturating_sub(sheet.height);
        self.drawn.set((excess, sheet.height));
        let scroll = self.shown_from(&lines, sheet.height, excess);
        let shown = lines.lines.iter().skip(scroll.into());
        for (y, line) in (sheet.y..sheet.bottom()).zip(shown) {
            frame.buffer_mut().set_line(sheet.x, y, line, sheet.width);
        }
        if scroll < excess {
            let more = Line::styled(shared.text("study.more-below"), shared.theme.muted);
            frame
                .buffer_mut()
                .set_line(sheet.x, sheet.bottom(), &more, sheet.width);
        }
    }

    /// As scrolled; just after an answer was chosen, with its first line on top.
    fn shown_from(&self, lines: &Lines<'_>, height: u16, excess: u16) -> u16 {
        if self.scroll != u16::MAX || self.confirming.is_some() {
            return self.scroll.min(excess);
        }
        let first = lines
            .rows
            .iter()
            .position(|row| row.is_some() && *row == self.selected);
        let first = first.unwrap_or(0) as u16;
        first.saturating_sub(height / 4).min(excess)
    }

    fn all(&self, lines: &mut Lines<'_>, shared: &Shared, now: &Now) {
        let (results, theme) = (&self.results, &shared.theme);
        lines.say(&results.sentence(shared.locale()), theme.title);
        if results.answered > 0 && results.score.count > 0 && results.own.count > 0 {
            let percent = results.own.percent().unwrap_or_default();
            let places: [(&str, &dyn std::fmt::Display); 2] =
                [("n", &percent), ("count", &results.own.count)];
            lines.say(&shared.fill("results.own", &places), theme.text);
        }
        self.how_it_went(lines, shared);
        if !results.to_confirm.is_empty() {
            lines.air();
            let count = results.to_confirm.len();
            lines.say(
                &shared.fill("results.to-confirm", &[("n", &count)]),
                theme.warn,
            );
        }
        self.answers(lines, shared);
        shares(results, lines, shared);
        calibration(results, lines, shared);
        self.earlier(lines, shared, now);
    }

    /// The end, and what interrupted it.
    fn how_it_went(&self, lines: &mut Lines<'_>, shared: &Shared) {
        let attempt = &self.record.attempt;
        if attempt.end == End::Time {
            lines.say(&shared.text("interview.time-over"), shared.theme.warn);
        }
        let count = |kind| attempt.breaks.iter().filter(|one| one.why == kind).count();
        let (pauses, interruptions) = (count(BreakKind::Pause), count(BreakKind::Interruption));
        if attempt.blueprint.format == Format::Exam && pauses + interruptions > 0 {
            let places: [(&str, &dyn std::fmt::Display); 2] =
                [("p", &pauses), ("i", &interruptions)];
            lines.say(&shared.fill("results.breaks", &places), shared.theme.warn);
        }
    }

    fn answers(&self, lines: &mut Lines<'_>, shared: &Shared) {
        let results = &self.results;
        let groups = [
            ("results.certain-and-wrong", results.certain_and_wrong.len()),
            ("results.wrong", results.wrong.len()),
            ("results.partly", results.partly.len()),
            ("results.blank", results.blank.len()),
        ];
        let mut place = 0;
        for (name, count) in groups {
            if count > 0 {
                lines.heading(&shared.text(name));
                for _ in 0..count {
                    self.answer(place, lines, shared);
                    place += 1;
                }
            }
        }
        if place < self.listed.len() {
            lines.heading(&shared.text("results.right"));
            for place in place..self.listed.len() {
                self.answer(place, lines, shared);
            }
        }
    }

    fn answer(&self, place: usize, lines: &mut Lines<'_>, shared: &Shared) {
        let theme = &shared.theme;
        let at = self.listed[place];
        let (_, answer) = &self.record.answers[at];
        let lang = self.record.attempt.lang;
        let Some(question) = self.record.question(at) else {
            return;
        };
        let is_open = self.selected == Some(place);
        let prompt = inline(question.prompt.text(lang));
        let sign = if is_open { shared.signs.selected } else { " " };
        let style: Style = if is_open {
            theme.accent.into()
        } else {
            theme.text.into()
        };
        let (mark, mark_style): (_, Style) = if answers_nothing(&answer.given) {
            (shared.signs.dot, theme.muted.into())
        } else if self.results.partly.contains(&at) {
            (shared.signs.begun, theme.warn.into())
        } else if answer.is_right() {
            (shared.signs.done, theme.good.into())
        } else {
            (shared.signs.problem, theme.bad.into())
        };
        let time = clock(std::time::Duration::from_millis(answer.duration_ms));
        let head = format!("{:>2}  {prompt}", answer.number);
        let room = usize::from(lines.width).saturating_sub(12);
        let head = crate::tui::text::truncate(&head, room, shared.glyphs.ellipsis).into_owned();
        let pad = room.saturating_sub(crate::tui::text::width(&head));
        let line = Line::from(vec![
            Span::styled(format!("{sign} "), style),
            Span::styled(format!("{mark} "), mark_style),
            Span::styled(head, style),
            Span::styled(format!("{:pad$}{time:>7}", ""), theme.muted),
        ]);
        lines.push(line, Some(place));
        if is_open {
            self.details(at, answer, lines, shared);
        }
    }

    fn details(&self, at: usize, answer: &Answer, lines: &mut Lines<'_>, shared: &Shared) {
        let theme = &shared.theme;
        let lang = self.record.attempt.lang;
        let Some(question) = self.record.question(at) else {
            return;
        };
        lines.air();
        lines.markdown(question.prompt.text(lang), theme.title);
        lines.air();
        let marked = mark_all(&question, &answer.given, answer.follow_up.as_ref());
        let label = shared.text("transcript.answered");
        match (&answer.given, &question.ask) {
            (given, _) if answers_nothing(given) => {
                lines.say(&(label + &shared.text("interview.no-answer")), theme.muted);
            }
            (Given::Text(text), Ask::Short(_)) => {
                lines.say(&label, theme.muted);
                let alone = mark_all(&question, &answer.given, None);
                spans(text, &alone, lines, shared);
            }
            (Given::Points(_), _) => {}
            (given, _) => {
                let words = given_words(&question, given, (lang, shared.locale()));
                lines.markdown(&(label + &words), theme.text);
            }
        }
        followed_up(&question, answer, lang, lines, shared);
        if let Some(certainty) = answer.certainty {
            let name = shared.text(certainty_name(certainty));
            lines.say(
                &shared.fill("results.sure", &[("name", &name)]),
                theme.muted,
            );
        }
        if let (
            crate::interview::Verdict::Options { wrong, .. },
            Ask::Choice(choice) | Ask::Multi(choice),
        ) = (&marked.verdict, &question.ask)
        {
            for option in wrong.iter().filter_map(|at| choice.options.get(*at)) {
                if let Some(reason) = &option.reason {
                    lines.markdown(reason.text(lang), theme.warn);
                }
            }
        }
        let met = answer
            .confirmed
            .as_ref()
            .map_or_else(|| marked.met(), |confirmed| confirmed.points.clone());
        if !question.points().is_empty() && !answers_nothing(&answer.given) {
            points(&question, &met, usize::MAX, lang, lines, shared);
        }
        if marked.credit < 1.0
            && matches!(
                question.ask,
                Ask::Choice(_) | Ask::Multi(_) | Ask::Predict(_)
            )
        {
            let right =
                shared.text("transcript.right") + &crate::interview::right_words(&question, lang);
            lines.markdown(&right, theme.text);
        }
        explain(&question, &marked, lang, lines, shared);
        if let Some(lesson) = shared.library.lesson(&answer.lesson, shared.lang) {
            let places: [(&str, &dyn std::fmt::Display); 2] =
                [("id", &lesson.id), ("title", &lesson.title)];
            lines.say(&shared.fill("results.lesson", &places), theme.link);
        }
        lines.air();
    }

    fn confirmation(&self, confirming: &Confirming, lines: &mut Lines<'_>, shared: &Shared) {
        let theme = &shared.theme;
        let lang = self.record.attempt.lang;
        let (_, answer) = &self.record.answers[confirming.answer];
        let Some(question) = self.record.question(confirming.answer) else {
            return;
        };
        lines.markdown(question.prompt.text(lang), theme.title);
        lines.heading(&shared.text("transcript.answered"));
        if let Given::Text(text) = &answer.given {
            let alone = mark_all(&question, &answer.given, None);
            spans(text, &alone, lines, shared);
        }
        followed_up(&question, answer, lang, lines, shared);
        lines.air();
        lines.say(&shared.text("interview.confirm-help"), theme.muted);
        points(
            &question,
            &confirming.ticked,
            confirming.at,
            lang,
            lines,
            shared,
        );
    }

    fn earlier(&self, lines: &mut Lines<'_>, shared: &Shared, now: &Now) {
        let mut before = self.record.earlier(&self.records).peekable();
        if before.peek().is_none() {
            return;
        }
        lines.heading(&shared.text("results.earlier"));
        for other in before {
            let tally = Results::of(other).headline();
            let when = now.wall_at(other.at_ms).format("%Y-%m-%d").to_string();
            share_line(&when, &tally, lines, shared);
        }
    }
}

/// The question that was asked on top, and what was said to it.
fn followed_up(
    question: &Question,
    answer: &Answer,
    lang: Lang,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    let Some(follow_up) = &answer.follow_up else {
        return;
    };
    let asked = question.follow_up(&follow_up.point);
    let asked = asked.map_or("", |asked| asked.text(lang));
    lines.say(
        &(shared.text("transcript.follow-up") + asked),
        shared.theme.muted,
    );
    if follow_up.text.trim().is_empty() {
        lines.say(&shared.text("interview.no-answer"), shared.theme.muted);
    } else {
        lines.say(&follow_up.text, shared.theme.text);
    }
}

pub(super) fn certainty_name(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Guess => "interview.guess",
        Certainty::Think => "interview.think",
        Certainty::Certain => "interview.certain",
    }
}

fn shares(results: &Results, lines: &mut Lines<'_>, shared: &Shared) {
    if results.domains.is_empty() {
        return;
    }
    lines.heading(&shared.text("results.by-domain"));
    for (domain, tally) in &results.domains {
        share_line(shared.locale().field(domain), tally, lines, shared);
    }
    for (difficulty, tally) in &results.difficulties {
        let name = shared.fill("results.difficulty", &[("n", &u8::from(*difficulty))]);
        share_line(&name, tally, lines, shared);
    }
}

/// A bar, and counts with an interval: never a bare percentage.
fn share_line(name: &str, tally: &Tally, lines: &mut Lines<'_>, shared: &Shared) {
    let theme = &shared.theme;
    let (low, high) = tally.interval().unwrap_or_default();
    let credit = (tally.credit * 10.0).round() / 10.0;
    let places: [(&str, &dyn std::fmt::Display); 4] = [
        ("k", &credit),
        ("n", &tally.count),
        ("low", &low),
        ("high", &high),
    ];
    let share = tally.credit / tally.count.max(1) as f64;
    let [filled, rest] = shared.signs.filled(share, BAR);
    let pad = 18_usize.saturating_sub(crate::tui::text::width(name));
    let line = Line::from(vec![
        Span::styled(format!("  {name}{:pad$} ", ""), theme.text),
        Span::styled(filled, theme.accent),
        Span::styled(rest, theme.border),
        Span::styled(
            format!("  {}", shared.fill("results.share", &places)),
            theme.text,
        ),
    ]);
    lines.push(line, None);
}

fn calibration(results: &Results, lines: &mut Lines<'_>, shared: &Shared) {
    let Some(brier) = results.brier else {
        return;
    };
    lines.heading(&shared.text("results.calibration"));
    for (certainty, tally) in Certainty::ALL.into_iter().zip(&results.calibration) {
        if tally.count > 0 {
            share_line(
                &shared.text(certainty_name(certainty)),
                tally,
                lines,
                shared,
            );
        }
    }
    let brier = format!("{brier:.2}");
    lines.say(
        &shared.fill("results.brier", &[("n", &brier)]),
        shared.theme.muted,
    );
    if let Some((got, could)) = results.with_certainty {
        let places: [(&str, &dyn std::fmt::Display); 2] = [("got", &got), ("could", &could)];
        lines.say(
            &shared.fill("results.with-certainty", &places),
            shared.theme.muted,
        );
    }
    if let Some((same, all)) = results.agreement {
        let places: [(&str, &dyn std::fmt::Display); 2] = [("k", &same), ("n", &all)];
        lines.say(
            &shared.fill("results.agreement", &places),
            shared.theme.muted,
        );
    }
}
