//! Home: what there is to do today and what to do first, how it went, and what is to come.

mod calendar;
mod view;

use std::rc::Rc;

use ratatui::layout::Position;

use super::{Screen, Study, body};
use crate::{
    ids::{LessonId, Now, StudyDay},
    memory::{Plan, Today, forecast},
    notes::Origin,
    progress::Filter,
    tui::{
        app::Step,
        keymap::{Action, Place},
        screens::{Interviews, Lessons, Placement, Reader, Walk, Walks},
        shared::Shared,
    },
    walkthrough::{Scenario, find},
};

/// Days of what is to come, today among them.
const DAYS_TO_COME: usize = 7;
/// Minutes of the short session.
const FEW_MINUTES: u32 = 5;

/// Today: what is due, what to do first, where to go on.
pub(in crate::tui) struct Home {
    day: StudyDay,
    today: Today,
    next: Option<NextLesson>,
    last_walk: Option<Rc<Scenario>>,
    has_own_notes: bool,
    has_course: bool,
    untouched: bool,
    anything_met: bool,
    modules: Vec<ModuleProgress>,
    /// Cards that come due on each of the next days, today first.
    coming: Vec<usize>,
    selected: usize,
}

/// How far the cards of a module have come.
struct ModuleProgress {
    title: String,
    cards: usize,
    met: usize,
}

struct NextLesson {
    id: LessonId,
    title: String,
    read: usize,
    sections: usize,
}

/// A line of Home that Enter acts on.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Entry {
    Review,
    FewMinutes,
    Ahead,
    Cram,
    Next,
    /// The walkthrough one was in last.
    LastWalk,
    Placement,
    Lessons,
    Walks,
    Interviews,
    Stats,
    Settings,
    Sources,
}

impl Home {
    pub(in crate::tui) fn new(shared: &Shared, now: &Now) -> Home {
        let agenda = shared.agenda();
        let candidates = agenda.candidates(&Filter::All);
        let next = agenda.next_lesson().map(|lesson| NextLesson {
            id: lesson.id.clone(),
            title: lesson.title.to_string(),
            read: agenda.progress(lesson, None).read,
            sections: lesson.sections.len(),
        });
        let has = |origin| {
            shared
                .library
                .modules()
                .iter()
                .any(|module| module.origin == origin)
        };
        let day = shared.today(now);
        let today = Today::new(&candidates, &shared.memory, &shared.settings, now);
        let mut coming = forecast(&candidates, &shared.memory, day, DAYS_TO_COME);
        // Cards that wait for a sibling are not asked today.
        coming[0] = today.due + today.again + today.left_out.due;
        Home {
            day,
            modules: modules(shared),
            coming,
            today,
            next,
            last_walk: shared.walked.last().and_then(find),
            has_own_notes: has(Origin::Own),
            has_course: has(Origin::Course),
            untouched: shared.memory.cards().next().is_none(),
            anything_met: candidates
                .iter()
                .any(|candidate| shared.memory.card(&candidate.card).reps > 0),
            selected: 0,
        }
    }

    pub(super) fn refresh(&mut self, shared: &Shared, now: &Now) {
        let selected = self.selected;
        *self = Home::new(shared, now);
        self.selected = selected.min(self.entries().len().saturating_sub(1));
    }

    pub(super) fn next_day_begins(&self, shared: &Shared, now: &Now) -> std::time::Duration {
        let left = shared.settings.day_ends(now) - now.wall;
        now.mono + left.to_std().unwrap_or_default()
    }

    /// Cards of today's session.
    fn cards(&self) -> usize {
        self.today.due + self.today.new + self.today.again
    }

    pub(super) fn day(&self) -> StudyDay {
        self.day
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        if self.cards() > 0 {
            entries.push(Entry::Review);
            if self.today.minutes > FEW_MINUTES.into() {
                entries.push(Entry::FewMinutes);
            }
        } else if self.anything_met {
            entries.extend([Entry::Ahead, Entry::Cram]);
        }
        if self.next.is_some() {
            entries.push(Entry::Next);
        }
        if self.last_walk.is_some() {
            entries.push(Entry::LastWalk);
        }
        entries.extend([
            Entry::Lessons,
            Entry::Walks,
            Entry::Interviews,
            Entry::Stats,
        ]);
        if self.untouched && self.has_course {
            entries.push(Entry::Placement);
        }
        if self.has_own_notes && self.has_course {
            entries.push(Entry::Sources);
        }
        entries.push(Entry::Settings);
        entries
    }

    pub(super) fn places(&self) -> Vec<Place> {
        vec![Place::Home, Place::List]
    }

    pub(super) fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::Open];
        for entry in self.entries() {
            hints.push(match entry {
                Entry::Review => Action::Review,
                Entry::FewMinutes => Action::FewMinutes,
                Entry::Ahead => Action::Ahead,
                Entry::Cram => Action::Cram,
                Entry::Lessons => Action::Lessons,
                Entry::Walks => Action::Walk,
                Entry::Interviews => Action::Interview,
                Entry::Stats => Action::Stats,
                Entry::Settings => Action::Settings,
                Entry::Placement => Action::Placement,
                Entry::Sources => Action::Sources,
                Entry::Next | Entry::LastWalk => continue,
            });
        }
        hints.extend([Action::Search, Action::Quit]);
        hints
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        let entries = self.entries();
        let last = entries.len() - 1;
        match action {
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::Top | Action::PageUp => self.selected = 0,
            Action::Bottom | Action::PageDown => self.selected = last,
            Action::Open => return self.choose(&entries[self.selected.min(last)], shared, now),
            Action::Review => return study(Plan::Today, shared, now),
            Action::FewMinutes => return study(Plan::Minutes(FEW_MINUTES), shared, now),
            Action::Ahead => return study(Plan::Ahead { days: 3 }, shared, now),
            Action::Cram => return study(Plan::Cram, shared, now),
            Action::Lessons => return self.choose(&Entry::Lessons, shared, now),
            Action::Walk => return self.choose(&Entry::Walks, shared, now),
            Action::Interview => return self.choose(&Entry::Interviews, shared, now),
            Action::Stats => return self.choose(&Entry::Stats, shared, now),
            Action::Settings => return self.choose(&Entry::Settings, shared, now),
            Action::Placement => return self.choose(&Entry::Placement, shared, now),
            _ => {}
        }
        Vec::new()
    }

    fn choose(&self, entry: &Entry, shared: &Shared, now: &Now) -> Vec<Step> {
        match entry {
            Entry::Review => study(Plan::Today, shared, now),
            Entry::FewMinutes => study(Plan::Minutes(FEW_MINUTES), shared, now),
            Entry::Ahead => study(Plan::Ahead { days: 3 }, shared, now),
            Entry::Cram => study(Plan::Cram, shared, now),
            Entry::Next => self
                .next
                .as_ref()
                .map(|next| {
                    Step::Open(Box::new(Screen::Reader(Reader::new(
                        next.id.clone(),
                        shared,
                    ))))
                })
                .into_iter()
                .collect(),
            Entry::LastWalk => self
                .last_walk
                .as_ref()
                .map(|scenario| {
                    let walk = Walk::new(scenario, shared, now);
                    Step::Open(Box::new(Screen::Walk(Box::new(walk))))
                })
                .into_iter()
                .collect(),
            Entry::Lessons => vec![Step::Open(Box::new(Screen::Lessons(Lessons::new(
                shared, now,
            ))))],
            Entry::Walks => vec![Step::Open(Box::new(Screen::Walks(Walks::new(shared))))],
            Entry::Interviews => vec![Step::Open(Box::new(Screen::Interviews(Box::new(
                Interviews::new(None, None, shared),
            ))))],
            Entry::Placement => Placement::new(shared)
                .map(|placement| Step::Open(Box::new(Screen::Placement(placement))))
                .into_iter()
                .collect(),
            Entry::Stats => vec![Step::Open(Box::new(Screen::Stats(Box::default())))],
            Entry::Settings => vec![Step::Open(Box::new(Screen::Settings(Box::default())))],
            Entry::Sources => vec![Step::Act(Action::Sources)],
        }
    }

    /// A click on a line chooses it.
    pub(super) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        let left = self.placed(body(size), shared).left;
        if !left.contains(at) {
            return Vec::new();
        }
        let row = usize::from(at.y - left.y);
        let entry = self
            .rows(shared)
            .into_iter()
            .nth(row)
            .and_then(|row| row.entry);
        let Some(entry) = entry else {
            return Vec::new();
        };
        self.selected = self
            .entries()
            .iter()
            .position(|one| *one == entry)
            .unwrap_or(0);
        self.choose(&entry, shared, now)
    }
}

/// The modules of the wanted sources and how far they have come.
fn modules(shared: &Shared) -> Vec<ModuleProgress> {
    let agenda = shared.agenda();
    let mut modules = Vec::new();
    for module in shared.library.modules() {
        let mut progress = ModuleProgress {
            title: module.title(shared.lang).to_owned(),
            cards: 0,
            met: 0,
        };
        for lesson in agenda.lessons().filter(|lesson| lesson.module == module.id) {
            let lesson = agenda.progress(lesson, None);
            progress.cards += lesson.cards;
            progress.met += lesson.met;
        }
        if progress.cards > 0 {
            modules.push(progress);
        }
    }
    modules
}

fn study(plan: Plan, shared: &Shared, now: &Now) -> Vec<Step> {
    vec![Step::Open(Box::new(Screen::Study(Box::new(Study::new(
        plan,
        Filter::All,
        shared,
        now,
    )))))]
}
