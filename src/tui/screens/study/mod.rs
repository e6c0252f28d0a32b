//! A study session on screen: a question alone, its answer, the grade. What comes next, and what a
//! grade means, is decided by [`crate::memory::Session`].

mod answer;
mod summary;
mod typing;

use ratatui::{
    Frame,
    crossterm::event::KeyEvent,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use self::typing::Typing;
use crate::{
    history::{CardAction, Event, Rating, Row},
    ids::Now,
    memory::{Plan, Session, Stage},
    notes::{Card, Seen, blocks},
    progress::Filter,
    tui::{
        app::{Notice, Step},
        effect::Effect,
        keymap::{Action, Place},
        overlays::Overlay,
        shared::Shared,
        text::{Laid, autospace, layout, safe},
    },
};

/// The widest a card's text is set.
const MEASURE: u16 = 72;

/// A study session.
pub(in crate::tui) struct Study {
    session: Session,
    plan: Plan,
    filter: Filter,
    typing: Option<Typing>,
    /// Lines scrolled down within a long card.
    scroll: u16,
}

impl Study {
    pub(in crate::tui) fn new(plan: Plan, filter: Filter, shared: &Shared, now: &Now) -> Study {
        let candidates = shared.agenda().candidates(&filter);
        Study {
            session: Session::new(plan, &candidates, &shared.memory, &shared.settings, now),
            plan,
            filter,
            typing: None,
            scroll: 0,
        }
    }

    fn card<'a>(&self, shared: &'a Shared) -> Option<&'a Card> {
        shared
            .library
            .card(self.session.current()?.card, shared.lang)
    }

    /// Nothing when the session is over.
    fn stage(&self) -> Option<Stage> {
        self.session.current().map(|prompt| prompt.stage)
    }

    pub(super) fn places(&self) -> Vec<Place> {
        match self.stage() {
            Some(Stage::Question) => vec![Place::Question, Place::Study, Place::List],
            Some(Stage::Answer) => vec![Place::Answer, Place::Study, Place::List],
            None => vec![Place::Summary, Place::List],
        }
    }

    pub(super) fn hints(&self) -> Vec<Action> {
        match self.stage() {
            Some(_) if self.typing.as_ref().is_some_and(Typing::is_open) => Vec::new(),
            Some(Stage::Question) => vec![
                Action::Reveal,
                Action::Type,
                Action::Undo,
                Action::Known,
                Action::Flag,
                Action::Edit,
                Action::Back,
            ],
            Some(Stage::Answer) => vec![
                Action::Good,
                Action::Again,
                Action::Source,
                Action::Undo,
                Action::Flag,
                Action::Edit,
                Action::Back,
            ],
            None => {
                let mut hints = vec![Action::Finish];
                if self.left_out() > 0 {
                    hints.push(Action::AgainToday);
                }
                hints.push(Action::Undo);
                hints
            }
        }
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        match action {
            Action::Reveal => self.session.reveal(),
            Action::Type => self.typing = Some(Typing::default()),
            Action::Again => return self.grade(Rating::Again, shared, now),
            Action::Hard => return self.grade(Rating::Hard, shared, now),
            Action::Good => return self.grade(Rating::Good, shared, now),
            Action::Easy => return self.grade(Rating::Easy, shared, now),
            Action::Undo => match self.session.undo() {
                Some(event) => return vec![save(event, None)],
                None => return say(shared, "study.nothing-to-undo"),
            },
            Action::Suspend => return self.decide(CardAction::Suspend, shared),
            Action::Bury => {
                let until = shared.today(now).plus(1);
                return self.decide(CardAction::Bury { until }, shared);
            }
            Action::Flag => {
                let flagged = self
                    .card(shared)
                    .is_some_and(|card| shared.memory.card(&card.id).flagged);
                let action = if flagged {
                    CardAction::Unflag
                } else {
                    CardAction::Flag
                };
                return self.decide(action, shared);
            }
            Action::Known => return self.decide(CardAction::Known, shared),
            Action::NotACard => return self.decide(CardAction::NotACard, shared),
            Action::Forget => return self.decide(CardAction::Reset, shared),
            Action::Source => {
                if self.stage() == Some(Stage::Answer)
                    && let Some(card) = self.card(shared)
                {
                    return vec![Step::Overlay(Overlay::passage(card, shared))];
                }
            }
            Action::Edit => return self.edit(shared),
            Action::Up => self.scroll = self.scroll.saturating_sub(1),
            Action::Down => self.scroll = self.scroll.saturating_add(1),
            Action::Finish => return vec![Step::Back],
            Action::AgainToday => {
                *self = Study::new(self.plan, self.filter.clone(), shared, now);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Cards a further round would bring.
    fn left_out(&self) -> usize {
        let left_out = self.session.left_out();
        left_out.due + left_out.new
    }

    fn grade(&mut self, rating: Rating, shared: &Shared, now: &Now) -> Vec<Step> {
        let seen = self.card(shared).map(Seen::of);
        match self.session.grade(rating, &shared.memory, now) {
            Some(event) => vec![save(event, seen)],
            None => Vec::new(),
        }
    }

    fn decide(&mut self, action: CardAction, shared: &Shared) -> Vec<Step> {
        let seen = self.card(shared).map(Seen::of);
        match self.session.act(action) {
            Some(event) => {
                let mut steps = vec![save(event, seen)];
                if let Some(name) = said_of(action) {
                    steps.push(Step::Say(Notice::Done(shared.text(name))));
                }
                steps
            }
            None => Vec::new(),
        }
    }

    fn edit(&self, shared: &Shared) -> Vec<Step> {
        let Some(card) = self.card(shared) else {
            return Vec::new();
        };
        super::edit(&card.lesson, &card.file, card.line, shared)
    }

    /// Rows were kept: only now does the session move on.
    pub(super) fn saved(&mut self, rows: &[Row], shared: &Shared, now: &Now) -> Vec<Step> {
        let before = self.session.current().map(|prompt| prompt.card.clone());
        for row in rows {
            self.session.saved(row, &shared.memory, now);
        }
        let after = self.session.current().map(|prompt| prompt.card);
        if after != before.as_ref() || self.stage() == Some(Stage::Question) {
            self.typing = None;
            self.scroll = 0;
        }
        Vec::new()
    }

    pub(super) fn refresh(&mut self, shared: &Shared, now: &Now) {
        self.session.refresh(&shared.memory, now);
        self.session
            .retain(|card| shared.library.card(card, shared.lang).is_some(), now);
    }

    /// Keys while an answer is typed; `None` leaves the key to the key table.
    pub(super) fn typed(&mut self, key: KeyEvent, shared: &Shared) -> Option<Vec<Step>> {
        let typing = self.typing.as_mut().filter(|typing| typing.is_open())?;
        match shared.keymap.action(&[Place::Typing], key) {
            Some(Action::Accept) => {
                typing.close();
                self.session.reveal();
            }
            Some(Action::Cancel) => self.typing = None,
            _ => typing.key(key),
        }
        Some(Vec::new())
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(typing) = self.typing.as_mut().filter(|typing| typing.is_open()) {
            typing.paste(text);
        }
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
        let title = match (&self.filter, &self.plan) {
            (Filter::Lesson(id), _) => {
                let lesson = shared.library.lesson(id, shared.lang);
                let title = lesson.map_or(id.to_string(), |lesson| {
                    autospace(&safe(&lesson.title)).into_owned()
                });
                shared.fill("study.title-lesson", &[("title", &title)])
            }
            (Filter::Tag(tag), _) => shared.fill("study.title-tag", &[("tag", tag)]),
            (Filter::All, Plan::Cram) => shared.text("study.title-cram"),
            (Filter::All, Plan::Ahead { .. }) => shared.text("study.title-ahead"),
            (Filter::All, Plan::Minutes(minutes)) => {
                shared.fill("study.title-minutes", &[("n", minutes)])
            }
            (Filter::All, Plan::New) => shared.text("study.title-new"),
            (Filter::All, _) => shared.text("study.title"),
        };
        (Line::raw(title), self.counts(shared))
    }

    fn counts(&self, shared: &Shared) -> Line<'static> {
        let theme = &shared.theme;
        let left = self.session.counts();
        let mut spans: Vec<Span<'static>> = Vec::new();
        for (count, name, style) in [
            (left.due, "study.left-due", Style::from(theme.accent)),
            (left.new, "study.left-new", theme.text.into()),
            (left.again, "study.left-again", theme.warn.into()),
        ] {
            if count > 0 {
                if !spans.is_empty() {
                    spans.push(Span::raw("  "));
                }
                spans.push(Span::styled(shared.fill(name, &[("n", &count)]), style));
            }
        }
        if self.plan == Plan::Cram && self.stage().is_some() {
            spans.push(Span::raw(format!("  {}", shared.text("study.no-schedule"))));
        }
        Line::from(spans)
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared, now: &Now) {
        if self.stage().is_none() {
            summary::draw(&self.session, area, frame, shared, now);
            return;
        }
        let Some(card) = self.card(shared) else {
            return;
        };
        let column = column(area);
        let buttons = answer::BUTTONS_HEIGHT;
        let text = Rect {
            height: column.height.saturating_sub(buttons + 1),
            ..column
        };
        let lines = self.lines(card, text.width, shared);
        let excess = (lines.len() as u16).saturating_sub(text.height);
        let scroll = self.scroll.min(excess);
        let theme = &shared.theme;
        let buffer = frame.buffer_mut();
        for (y, line) in (text.y..text.bottom()).zip(lines.iter().skip(scroll.into())) {
            buffer.set_line(text.x, y, line, text.width);
        }
        if scroll < excess {
            let more = Line::styled(shared.text("study.more-below"), theme.muted);
            buffer.set_line(text.x, text.bottom(), &more, text.width);
        }
        let bottom = Rect {
            y: column.bottom().saturating_sub(buttons),
            height: buttons,
            ..column
        };
        match self.stage() {
            Some(Stage::Answer) => {
                if let Some(choices) = self.session.choices(&shared.memory, now) {
                    answer::draw_buttons(&choices, bottom, frame, shared);
                }
            }
            _ => match &self.typing {
                Some(typing) => typing.draw(bottom, frame, shared),
                None => {
                    let think = Line::styled(shared.text("study.think"), theme.muted);
                    frame
                        .buffer_mut()
                        .set_line(bottom.x, bottom.y, &think, bottom.width);
                }
            },
        }
    }

    fn lines(&self, card: &Card, width: u16, shared: &Shared) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let style = shared.text_style();
        let mut lines = vec![self.about(card, shared), Line::default()];
        let mut question_style = style.clone();
        question_style.text = theme.title.into();
        lines.extend(set(&layout(&blocks(&card.front), width, &question_style)));
        if self.stage() == Some(Stage::Answer) {
            lines.push(Line::default());
            let rule = shared.signs.rule.repeat(usize::from(width.min(24)));
            lines.push(Line::styled(rule, theme.border));
            lines.push(Line::default());
            if let Some(typing) = &self.typing {
                lines.extend(typing.compared(&card.back, usize::from(width), shared));
                lines.push(Line::default());
            }
            lines.extend(set(&layout(&blocks(&card.back), width, &style)));
        }
        lines
    }

    /// Where a card comes from and how it stands.
    fn about(&self, card: &Card, shared: &Shared) -> Line<'static> {
        let theme = &shared.theme;
        let title = shared
            .library
            .lesson(&card.lesson, shared.lang)
            .map_or(card.lesson.as_str(), |lesson| &lesson.title);
        let mut spans = vec![Span::styled(
            autospace(&safe(title)).into_owned(),
            theme.muted,
        )];
        let memory = shared.memory.card(&card.id);
        let mut also = |text: String, style: Style| {
            spans.push(Span::styled(format!(" {} ", shared.signs.dot), theme.muted));
            spans.push(Span::styled(text, style));
        };
        if memory.reps == 0 {
            also(shared.text("study.new-card"), theme.good.into());
        }
        if memory.is_leech(&shared.settings) {
            also(shared.text("study.leech"), theme.warn.into());
        }
        if memory.flagged {
            also(
                format!("{} {}", shared.signs.flag, shared.text("study.flagged")),
                theme.warn.into(),
            );
        }
        Line::from(spans)
    }

    /// A click on a button grades; anywhere else it reveals.
    pub(super) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        match self.stage() {
            Some(Stage::Question) => {
                self.session.reveal();
                Vec::new()
            }
            Some(Stage::Answer) => match answer::button_at(at, column(super::body(size))) {
                Some(rating) => self.grade(rating, shared, now),
                None => Vec::new(),
            },
            None => vec![Step::Back],
        }
    }
}

/// The column a card is set in: centred, a little above the middle on a tall screen.
fn column(area: Rect) -> Rect {
    let width = area.width.saturating_sub(8).min(MEASURE);
    let top = 1 + area.height / 10;
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + top,
        width,
        height: area.height.saturating_sub(top + 1),
    }
}

fn set(laid: &Laid) -> Vec<Line<'static>> {
    laid.lines.iter().map(|line| line.line.clone()).collect()
}

fn save(event: Event, seen: Option<Seen>) -> Step {
    Step::Run(Effect::Save {
        events: vec![event],
        seen: seen.into_iter().collect(),
    })
}

fn say(shared: &Shared, name: &str) -> Vec<Step> {
    vec![Step::Say(Notice::Done(shared.text(name)))]
}

fn said_of(action: CardAction) -> Option<&'static str> {
    Some(match action {
        CardAction::Suspend => "study.suspended",
        CardAction::Bury { .. } => "study.buried",
        CardAction::Known => "study.known",
        CardAction::NotACard => "study.not-a-card",
        CardAction::Reset => "study.forgotten",
        _ => return None,
    })
}
