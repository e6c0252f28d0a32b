//! A question as it stands on screen: what is asked, what can be chosen, what was chosen, and where it
//! was told, whether that was right.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::lines::{Lines, inline};
use crate::{
    history::SelfMark,
    history::{FollowUp, Given},
    ids::{Lang, PointId},
    interview::{
        Ask, Item, Kind, Marked, Question, Scene, Sheet, Stage, Verdict, mark_all, own_words,
        right_words,
    },
    tui::{shared::Shared, text::width},
};

/// What is known besides the question and its answer.
pub(super) struct Look<'a> {
    /// The language the interview is held in.
    pub(super) lang: Lang,
    /// The option, item or point that keys act on.
    pub(super) at: usize,
    /// The points ticked so far, where they are being confirmed.
    pub(super) ticked: &'a [PointId],
}

/// What a question is about: field, difficulty, kind.
pub(super) fn about(question: &Question, lines: &mut Lines<'_>, shared: &Shared) {
    let difficulty = u8::from(question.difficulty);
    let kind = shared.text(kind_name(question.kind()));
    let mut parts = vec![
        kind,
        shared.fill("results.difficulty", &[("n", &difficulty)]),
    ];
    if !question.domain.is_empty() {
        parts.insert(0, shared.locale().field(&question.domain).to_owned());
    }
    let dot = format!(" {} ", shared.signs.dot);
    lines.say(&parts.join(&dot), shared.theme.muted);
}

pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Choice => "interview.kind-choice",
        Kind::Multi => "interview.kind-multi",
        Kind::Cloze => "interview.kind-cloze",
        Kind::Order => "interview.kind-order",
        Kind::Match => "interview.kind-match",
        Kind::Short => "interview.kind-short",
        Kind::Aloud => "interview.kind-aloud",
        Kind::Predict => "interview.kind-predict",
        Kind::Card => "interview.kind-card",
    }
}

/// The question and everything below it that is no line to type in.
pub(super) fn asked(
    item: &Item,
    sheet: &Sheet,
    look: &Look<'_>,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    let question = &item.question;
    about(question, lines, shared);
    lines.air();
    lines.markdown(question.prompt.text(look.lang), shared.theme.title);
    if let Ask::Predict(predict) = &question.ask {
        scene(&predict.scene, lines, shared);
    }
    lines.air();
    let told = (sheet.stage == Stage::Told)
        .then(|| mark_all(question, &sheet.given, sheet.follow_up.as_ref()));
    match &question.ask {
        Ask::Match(_) => pairs(item, sheet, look, lines, shared),
        Ask::Order(_) => order(item, sheet, look, lines, shared),
        Ask::Choice(_) | Ask::Multi(_) | Ask::Predict(_) => {
            options(item, sheet, look, told.as_ref(), lines, shared);
        }
        _ => {}
    }
    match sheet.stage {
        Stage::Shown => to_mark(item, sheet, look, lines, shared),
        Stage::FollowUp | Stage::Locked => written(question, sheet, look, lines, shared),
        Stage::Told => {
            written(question, sheet, look, lines, shared);
            if let Some(marked) = &told {
                verdict(question, marked, look.lang, lines, shared);
                if question.kind() == Kind::Short {
                    confirmation(question, marked, look, lines, shared);
                }
            }
        }
        Stage::Open | Stage::Speaking { .. } => {}
    }
}

fn scene(scene: &Scene, lines: &mut Lines<'_>, shared: &Shared) {
    let theme = &shared.theme;
    if let Some(title) = &scene.title {
        lines.air();
        lines.say(title.text(shared.lang), theme.muted);
    }
    for act in &scene.acts {
        lines.say(&format!("$ {act}"), theme.code);
    }
}

/// The sign before what keys act on, and how it looks.
fn cursor(is_at: bool, shared: &Shared) -> (String, Style) {
    if is_at {
        (
            format!("{} ", shared.signs.selected),
            shared.theme.accent.into(),
        )
    } else {
        ("  ".to_owned(), shared.theme.text.into())
    }
}

fn options(
    item: &Item,
    sheet: &Sheet,
    look: &Look<'_>,
    told: Option<&Marked>,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    let theme = &shared.theme;
    let chosen: &[usize] = match &sheet.given {
        Given::Options(chosen) => chosen,
        _ => &[],
    };
    let brackets = match item.question.kind() {
        Kind::Multi => ["[x]", "[ ]"],
        _ => ["(x)", "( )"],
    };
    for (place, (at, offer)) in item
        .shown
        .iter()
        .zip(item.question.offers(&item.shown))
        .enumerate()
    {
        let is_chosen = chosen.contains(at);
        let is_open = sheet.is_open();
        let (sign, mut style) = cursor(is_open && place == look.at, shared);
        let mut after = "";
        if let Some(Verdict::Options { hit, missed, wrong }) = told.map(|told| &told.verdict) {
            if hit.contains(at) || missed.contains(at) {
                (style, after) = (theme.good.into(), shared.signs.done);
            } else if wrong.contains(at) {
                (style, after) = (theme.bad.into(), shared.signs.problem);
            }
        }
        let bracket = brackets[usize::from(!is_chosen)];
        let line = Line::from(vec![
            Span::styled(sign, style),
            Span::styled(format!("{}  ", place + 1), theme.key),
            Span::styled(format!("{bracket} "), style),
            Span::styled(format!("{} {after}", inline(offer.text(look.lang))), style),
        ]);
        lines.wrapped(&line, 9, Some(place));
        if told.is_some() && is_chosen {
            reason(&item.question, *at, look.lang, lines, shared);
        }
    }
}

/// Why a wrong option is wrong.
fn reason(question: &Question, at: usize, lang: Lang, lines: &mut Lines<'_>, shared: &Shared) {
    let (Ask::Choice(choice) | Ask::Multi(choice)) = &question.ask else {
        return;
    };
    let reason = choice
        .options
        .get(at)
        .and_then(|option| option.reason.as_ref());
    if let Some(reason) = reason {
        let line = Line::from(vec![
            Span::raw(" ".repeat(9)),
            Span::styled(inline(reason.text(lang)), shared.theme.muted),
        ]);
        lines.wrapped(&line, 9, None);
    }
}

/// The items as they stand now: as they were brought, else as they were shown.
pub(super) fn standing(item: &Item, sheet: &Sheet) -> Vec<usize> {
    match &sheet.given {
        Given::Order(items) => items.clone(),
        _ => item.shown.clone(),
    }
}

fn order(item: &Item, sheet: &Sheet, look: &Look<'_>, lines: &mut Lines<'_>, shared: &Shared) {
    let Ask::Order(order) = &item.question.ask else {
        return;
    };
    for (place, at) in standing(item, sheet).into_iter().enumerate() {
        let Some(text) = order.items.get(at) else {
            continue;
        };
        let (sign, style) = cursor(sheet.is_open() && place == look.at, shared);
        let line = Line::from(vec![
            Span::styled(sign, style),
            Span::styled(format!("{}  ", place + 1), shared.theme.key),
            Span::styled(inline(text.text(look.lang)), style),
        ]);
        lines.wrapped(&line, 5, Some(place));
    }
    if sheet.is_open() && !sheet.is_answered() {
        lines.air();
        lines.say(&shared.text("interview.order-help"), shared.theme.muted);
    }
}

fn pairs(item: &Item, sheet: &Sheet, look: &Look<'_>, lines: &mut Lines<'_>, shared: &Shared) {
    let Ask::Match(asked) = &item.question.ask else {
        return;
    };
    let theme = &shared.theme;
    let chosen = |left: usize| match &sheet.given {
        Given::Pairs(pairs) => pairs.get(left).copied().flatten(),
        _ => None,
    };
    let lefts = asked.pairs.iter();
    let lefts = lefts.map(|pair| width(&inline(pair.left.text(look.lang))));
    let column = lefts.max().unwrap_or(0).min(usize::from(lines.width) / 2);
    for (place, pair) in asked.pairs.iter().enumerate() {
        let (sign, style) = cursor(sheet.is_open() && place == look.at, shared);
        let right = chosen(place).and_then(|at| asked.pairs.get(at));
        let right = right.map(|pair| inline(pair.right.text(look.lang)));
        let (right, right_style) = match right {
            Some(right) => (right, Style::from(theme.accent)),
            None => (shared.text("interview.no-partner"), theme.muted.into()),
        };
        let left = inline(pair.left.text(look.lang));
        let pad = column.saturating_sub(width(&left));
        let line = Line::from(vec![
            Span::styled(sign, style),
            Span::styled(format!("{}  ", place + 1), theme.key),
            Span::styled(left, style),
            Span::styled(format!("{:pad$}  {} ", "", shared.signs.arrow), theme.muted),
            Span::styled(right, right_style),
        ]);
        lines.wrapped(&line, 5, Some(place));
    }
    lines.air();
    let rights: Vec<String> = item
        .question
        .offers(&item.shown)
        .into_iter()
        .map(|right| inline(right.text(look.lang)))
        .collect();
    lines.say(
        &rights.join(&format!("  {}  ", shared.signs.dot)),
        theme.muted,
    );
    if sheet.is_open() {
        lines.say(&shared.text("interview.match-help"), theme.muted);
    }
}

/// What was typed, once it stands.
fn written(
    question: &Question,
    sheet: &Sheet,
    look: &Look<'_>,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    let theme = &shared.theme;
    if let Given::Text(text) = &sheet.given {
        lines.say(&shared.text("transcript.answered"), theme.muted);
        said(text, sheet, question, lines, shared);
    }
    if let Some(follow_up) = &sheet.follow_up {
        followed(question, follow_up, look.lang, lines, shared);
        if sheet.stage != Stage::FollowUp {
            text_lines(&follow_up.text, lines, shared);
        }
    }
}

/// What was typed, with the words that made a point in the light once that may be told.
fn said(text: &str, sheet: &Sheet, question: &Question, lines: &mut Lines<'_>, shared: &Shared) {
    if sheet.stage == Stage::Told {
        let marked = mark_all(question, &sheet.given, None);
        spans(text, &marked, lines, shared);
    } else {
        text_lines(text, lines, shared);
    }
}

fn text_lines(text: &str, lines: &mut Lines<'_>, shared: &Shared) {
    for line in text.split('\n') {
        lines.say(line, shared.theme.text);
    }
}

/// A text with its matched spans marked: underlined and in another colour.
pub(super) fn spans(text: &str, marked: &Marked, lines: &mut Lines<'_>, shared: &Shared) {
    let theme = &shared.theme;
    let lit = Style::from(theme.good).add_modifier(ratatui::style::Modifier::UNDERLINED);
    let off = Style::from(theme.warn).add_modifier(ratatui::style::Modifier::UNDERLINED);
    let style_at = |at: usize| {
        let within = |spans: &[std::ops::Range<usize>]| spans.iter().any(|span| span.contains(&at));
        if marked
            .points
            .iter()
            .any(|point| within(&point.cancelled_by))
        {
            off
        } else if marked
            .points
            .iter()
            .any(|point| point.met && within(&point.spans))
        {
            lit
        } else {
            theme.text.into()
        }
    };
    let mut offset = 0;
    for line in text.split('\n') {
        let mut spans: Vec<Span<'static>> = Vec::new();
        for (at, c) in line.char_indices() {
            let style = style_at(offset + at);
            match spans.last_mut() {
                Some(last) if last.style == style => last.content.to_mut().push(c),
                _ => spans.push(Span::styled(c.to_string(), style)),
            }
        }
        lines.wrapped(&Line::from(spans), 0, None);
        offset += line.len() + 1;
    }
}

fn followed(
    question: &Question,
    follow_up: &FollowUp,
    lang: Lang,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    lines.heading(&shared.text("transcript.follow-up"));
    let asked = question.follow_up(&follow_up.point);
    lines.markdown(
        asked.map_or("", |asked| asked.text(lang)),
        shared.theme.title,
    );
}

/// The model answer and the points to be ticked, or the card's back and how well it was known.
fn to_mark(item: &Item, sheet: &Sheet, look: &Look<'_>, lines: &mut Lines<'_>, shared: &Shared) {
    let (question, theme) = (&item.question, &shared.theme);
    lines.markdown(&right_words(question, look.lang), theme.text);
    lines.air();
    if let Ask::Card(_) = question.ask {
        for (place, own) in SelfMark::ALL.into_iter().enumerate() {
            let is_chosen = sheet.given == Given::Own(own);
            let (sign, style) = cursor(place == look.at, shared);
            let bracket = ["(x)", "( )"][usize::from(!is_chosen)];
            let line = Line::from(vec![
                Span::styled(sign, style),
                Span::styled(format!("{}  ", place + 1), theme.key),
                Span::styled(
                    format!("{bracket} {}", own_words(own, shared.locale())),
                    style,
                ),
            ]);
            lines.wrapped(&line, 9, Some(place));
        }
        return;
    }
    lines.say(&shared.text("interview.tick-help"), theme.muted);
    let ticked: &[PointId] = match &sheet.given {
        Given::Points(points) => points,
        _ => &[],
    };
    points(question, ticked, look.at, look.lang, lines, shared);
}

/// Points with what is ticked.
pub(super) fn points(
    question: &Question,
    ticked: &[PointId],
    at: usize,
    lang: Lang,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    for (place, (id, text)) in question.points().into_iter().enumerate() {
        let (sign, style) = cursor(place == at, shared);
        let bracket = ["[x]", "[ ]"][usize::from(!ticked.contains(id))];
        let line = Line::from(vec![
            Span::styled(sign, style),
            Span::styled(format!("{}  ", place + 1), shared.theme.key),
            Span::styled(format!("{bracket} {}", inline(text.text(lang))), style),
        ]);
        lines.wrapped(&line, 9, Some(place));
    }
}

fn confirmation(
    question: &Question,
    marked: &Marked,
    look: &Look<'_>,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    if marked.points.is_empty() {
        return;
    }
    lines.air();
    lines.say(&shared.text("interview.confirm-help"), shared.theme.muted);
    points(question, look.ticked, look.at, look.lang, lines, shared);
}

/// Whether it was right, what would have been, why, and where that can be read.
pub(super) fn verdict(
    question: &Question,
    marked: &Marked,
    lang: Lang,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    let theme = &shared.theme;
    lines.air();
    let (sign, text, style) = if marked.credit >= 1.0 {
        (
            shared.signs.done,
            shared.text("interview.is-right"),
            theme.good,
        )
    } else {
        let credit = (marked.credit * 100.0).round();
        let text = shared.fill("interview.is-worth", &[("n", &credit)]);
        let style = if marked.is_right() {
            theme.warn
        } else {
            theme.bad
        };
        (shared.signs.problem, text, style)
    };
    lines.say(&format!("{sign} {text}"), style);
    explain(question, marked, lang, lines, shared);
}

/// What would have been right, why, and the source.
pub(super) fn explain(
    question: &Question,
    marked: &Marked,
    lang: Lang,
    lines: &mut Lines<'_>,
    shared: &Shared,
) {
    let theme = &shared.theme;
    let is_told_above = matches!(
        question.ask,
        Ask::Choice(_) | Ask::Multi(_) | Ask::Predict(_)
    );
    if marked.credit < 1.0 && !is_told_above {
        let right = shared.text("transcript.right") + &right_words(question, lang);
        lines.markdown(&right, theme.text);
    }
    lines.markdown(question.why.text(lang), theme.text);
    if !question.source.is_empty() {
        lines.say(&question.source, theme.link);
    }
}
