//! A study session on screen: a question alone, its answer, the grade. What comes next, and what a
//! grade means, is decided by [`crate::memory::Session`].

mod answer;
mod face;
mod summary;
mod typing;

use std::cell::Cell;

use ratatui::{
    crossterm::event::KeyEvent,
    layout::Position,
    style::Style,
    text::{Line, Span},
};

use self::{face::column, typing::Typing};
use crate::{
    history::{CardAction, Event, Rating, Row},
    ids::{Now, RowId},
    memory::{Brake, Plan, Session, Stage},
    notes::{Card, Seen},
    progress::{Drill, Filter},
    tui::{
        app::{Notice, Step},
        effect::Effect,
        keymap::{Action, Place},
        overlays::Overlay,
        shared::{Shared, Training},
        task::Task,
        text::{autospace, safe},
        widgets::scrolled,
    },
};

/// A study session.
pub(in crate::tui) struct Study {
    session: Session,
    plan: Plan,
    filter: Filter,
    /// What the cards have in common, where it is no lesson or tag.
    named: Option<String>,
    typing: Option<Typing>,
    /// Lines scrolled down within a long card.
    scroll: u16,
    /// How far the card can be scrolled, and the lines of it on screen, as it was last drawn.
    drawn: Cell<(u16, u16)>,
    /// Whether it was asked, at the end, if other parameters fit better.
    trained: bool,
}

impl Study {
    pub(in crate::tui) fn new(plan: Plan, filter: Filter, shared: &Shared, now: &Now) -> Study {
        let candidates = shared.agenda().candidates(&filter);
        Study {
            session: Session::new(plan, &candidates, &shared.memory, &shared.settings, now),
            plan,
            filter,
            named: None,
            typing: None,
            scroll: 0,
            drawn: Cell::default(),
            trained: false,
        }
    }

    /// On the weakest cards of something with a name.
    pub(in crate::tui) fn drill(name: String, drill: Drill, shared: &Shared, now: &Now) -> Study {
        Study {
            named: Some(name),
            ..Study::new(drill.plan, Filter::Cards(drill.cards), shared, now)
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
        if self.is_typing() {
            return vec![Place::Typing];
        }
        match self.stage() {
            Some(Stage::Question) => vec![Place::Question, Place::Study, Place::List],
            Some(Stage::Answer) => vec![Place::Answer, Place::Study, Place::List],
            None => vec![Place::Summary, Place::List],
        }
    }

    fn is_typing(&self) -> bool {
        self.typing.as_ref().is_some_and(Typing::is_open)
    }

    pub(super) fn hints(&self, shared: &Shared) -> Vec<Action> {
        if self.is_typing() {
            return vec![Action::Accept, Action::Cancel];
        }
        let undo = self.session.undo().map(|_| Action::Undo);
        let edit = self
            .card(shared)
            .filter(|card| super::is_own(&card.lesson, shared))
            .map(|_| Action::Edit);
        let (first, then): (&[Action], &[Action]) = match self.stage() {
            Some(Stage::Question) => (
                &[Action::Reveal, Action::Type],
                &[Action::Back, Action::Known, Action::Flag],
            ),
            Some(Stage::Answer) => (
                // The grades stand above, each with its key.
                &[Action::Source],
                &[Action::Back, Action::Flag, Action::Bury],
            ),
            None if self.left_out() > 0 => (&[Action::Finish, Action::AgainToday], &[]),
            None => (&[Action::Finish], &[]),
        };
        let may_take_back = match shared.training {
            Training::Running(_) => true,
            _ => trained_row(shared).is_some(),
        };
        let take_back = (self.stage().is_none() && may_take_back).then_some(Action::TakeBack);
        first
            .iter()
            .copied()
            .chain(undo)
            .chain(then.iter().copied())
            .chain(edit)
            .chain(take_back)
            .collect()
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        match action {
            Action::Reveal => self.session.reveal(),
            Action::Type => self.typing = Some(Typing::default()),
            Action::Accept => self.accept(),
            Action::Cancel => self.typing = None,
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
            Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Top
            | Action::Bottom => self.scroll(action),
            Action::TakeBack => return take_back(shared),
            Action::Finish => return vec![Step::Back],
            Action::AgainToday => {
                *self = Study::new(self.plan, self.filter.clone(), shared, now);
            }
            _ => {}
        }
        Vec::new()
    }

    fn scroll(&mut self, action: Action) {
        self.scroll = scrolled(self.scroll, action, self.drawn.get());
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

    /// At the end of a session: whether other parameters would fit the learner better.
    pub(super) fn wanted(&mut self, shared: &Shared) -> Option<Task> {
        if self.trained || self.stage().is_some() || self.plan == Plan::Cram {
            return None;
        }
        self.trained = true;
        let graded = self.session.summary(&shared.memory).grades() > 0;
        graded.then(|| Task::Train(shared.memory.clone(), Brake::default()))
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
            Some(Action::Accept) => self.accept(),
            Some(Action::Cancel) => self.typing = None,
            _ => typing.key(key),
        }
        Some(Vec::new())
    }

    /// What was typed is done: now the answer beside it.
    fn accept(&mut self) {
        if let Some(typing) = &mut self.typing {
            typing.close();
        }
        self.session.reveal();
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(typing) = self.typing.as_mut().filter(|typing| typing.is_open()) {
            typing.paste(text);
        }
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
        (Line::raw(self.title(shared)), self.counts(shared))
    }

    fn title(&self, shared: &Shared) -> String {
        if let Some(title) = &self.named {
            return shared.fill("study.title-lesson", &[("title", title)]);
        }
        match (&self.filter, &self.plan) {
            (Filter::Lesson(id), _) => {
                let lesson = shared.library.lesson(id, shared.lang);
                let title = lesson.map_or(id.to_string(), |lesson| {
                    autospace(&safe(&lesson.title)).into_owned()
                });
                shared.fill("study.title-lesson", &[("title", &title)])
            }
            (Filter::Cards(_), _) => shared.text("study.title-cards"),
            (Filter::Tag(tag), _) => shared.fill("study.title-tag", &[("tag", tag)]),
            (Filter::All, Plan::Cram) => shared.text("study.title-cram"),
            (Filter::All, Plan::Ahead { .. }) => shared.text("study.title-ahead"),
            (Filter::All, Plan::Minutes(minutes)) => {
                shared.fill("study.title-minutes", &[("n", minutes)])
            }
            (Filter::All, Plan::New) => shared.text("study.title-new"),
            (Filter::All, _) => shared.text("study.title"),
        }
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
                self.accept();
                Vec::new()
            }
            Some(Stage::Answer) => self
                .card(shared)
                .map(|card| self.column(card, super::body(size), shared))
                .and_then(|column| answer::button_at(at, column))
                .map_or_else(Vec::new, |rating| self.grade(rating, shared, now)),
            None => vec![Step::Back],
        }
    }
}

/// The row that brought parameters in this sitting.
fn trained_row(shared: &Shared) -> Option<RowId> {
    match &shared.training {
        Training::Taken { row, .. } => row.clone(),
        _ => None,
    }
}

/// The parameters before are in force again, or stay so.
fn take_back(shared: &Shared) -> Vec<Step> {
    if let Training::Running(brake) = &shared.training {
        return vec![Step::Run(Effect::Stop(brake.clone()))];
    }
    let Some(row) = trained_row(shared) else {
        return Vec::new();
    };
    let mut steps = vec![save(Event::Undo { row }, None)];
    steps.extend(say(shared, "notice.taken-back"));
    steps
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
