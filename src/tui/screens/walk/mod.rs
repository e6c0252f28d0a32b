//! The walkthrough: a story seen on a map. Look first at [`Walk`]. What happens, and what is asked, is
//! decided by [`crate::walkthrough::Player`]; this folder shows it, lets time pass and takes what the
//! learner does to it.

mod aim;
mod ask;
mod branches;
mod causes;
mod complete;
mod faults;
mod input;
mod inspector;
mod list;
mod over;
mod page;
mod panel;
mod place;
mod prompt;
mod story;
mod time;
mod timeline;
mod view;
mod ways;

use std::{cell::Cell, rc::Rc, time::Duration};

use ratatui::layout::{Position, Rect};

use self::{ask::Asking, over::Over, place::Placed, story::Seen, time::Flight};
pub(in crate::tui) use self::{inspector::Inspector, list::Walks, story::Story, ways::furthest};
use super::body;
use crate::{
    cluster::{Cluster, trace::Actor},
    history::Event,
    ids::Now,
    tui::{
        app::{Notice, Step},
        effect::{Choice, Effect},
        keymap::{Action, Place},
        shared::Shared,
    },
    walkthrough::{Act, BranchId, Scenario, Standing, Way},
};

/// A walkthrough on screen.
pub(in crate::tui) struct Walk {
    scenario: String,
    story: Story,
    seen: Seen,
    asking: Option<Asking>,
    over: Option<Over>,
    inspector: Option<Inspector>,
    selected: Option<Actor>,
    first_node: usize,
    zoom: Option<String>,
    /// Where only one has room: whether that is the text.
    text_first: bool,
    scroll: usize,
    /// How far the text can be scrolled, as it was last drawn.
    last_scroll: Cell<usize>,
    /// How many lines of it are there to be read before the story goes on.
    to_read: Cell<usize>,
    /// Where it was last drawn: for clicks.
    text_area: Cell<Rect>,
    /// Whether play goes on once the question is answered.
    resumes: bool,
    predicts: bool,
    /// How far the learner is with this story.
    standing: Standing,
    flight: Option<Flight>,
    /// Until when time has passed for the player.
    passed: Duration,
    /// When a moving picture was last asked for.
    framed: Duration,
}

impl Walk {
    /// The walkthrough of a scenario, as it was when it was left in this sitting.
    pub(in crate::tui) fn new(scenario: &Rc<Scenario>, shared: &Shared, now: &Now) -> Walk {
        let left = shared.walks.get(&scenario.id);
        let left = left.filter(|story| story.is_of(scenario)).cloned();
        let is_new = left.is_none();
        let story = left.unwrap_or_else(|| Story::new(scenario));
        let seen = Seen::of(&story.player, story.way);
        let offered = is_new.then(|| Walk::offered(story.player.run(), shared));
        Walk {
            scenario: scenario.id.clone(),
            text_first: story.player.cursor() == 0,
            seen,
            story,
            asking: None,
            over: offered.flatten().map(Over::Ways),
            inspector: None,
            selected: None,
            first_node: 0,
            zoom: None,
            scroll: 0,
            last_scroll: Cell::new(0),
            to_read: Cell::new(0),
            text_area: Cell::default(),
            resumes: false,
            predicts: shared.predictions,
            standing: shared.walked.standing(&scenario.id),
            flight: None,
            passed: now.mono,
            framed: now.mono,
        }
    }

    /// The walkthrough at a chapter of the story as it was written.
    pub(in crate::tui) fn at(
        scenario: &Rc<Scenario>,
        chapter: Option<usize>,
        shared: &Shared,
        now: &Now,
    ) -> Walk {
        let mut walk = Walk::new(scenario, shared, now);
        let Some(chapter) = chapter else {
            return walk;
        };
        // Who follows a link wants to see it told.
        walk.over = None;
        if walk.story.way != Way::Told {
            walk.go(Way::Told, shared, now);
        }
        walk.story.player.switch(BranchId(0));
        walk.seen.follow(&walk.story.player);
        if let Some(Some(start)) = walk.seen.chapters.get(chapter) {
            walk.seek(start.0 as usize, shared);
        }
        walk
    }

    /// The screen is on top, for the first time or again: what passed meanwhile is not played.
    pub(super) fn entered(&mut self, now: &Now) {
        self.passed = now.mono;
    }

    pub(super) fn left(&mut self, shared: &mut Shared) {
        self.pause();
        shared.predictions = self.predicts;
        shared
            .walks
            .insert(self.scenario.clone(), self.story.clone());
    }

    pub(super) fn refresh(&mut self, shared: &Shared) {
        self.standing = shared.walked.standing(&self.scenario);
        self.look_again(shared);
    }

    fn steps(&self) -> &[Rc<crate::cluster::trace::Step>] {
        self.story.player.run().steps()
    }

    fn cluster(&self) -> &Cluster {
        &self.seen.cluster
    }

    fn is_at_end(&self) -> bool {
        self.story.player.cursor() == self.steps().len()
    }

    pub(super) fn places(&self) -> Vec<Place> {
        if let Some(over) = &self.over {
            return over.places();
        }
        let mut places = match &self.asking {
            Some(asking) if asking.given.is_some() => vec![Place::Told],
            Some(_) => vec![Place::Ask],
            None => Vec::new(),
        };
        if self.inspector.is_some() {
            places.push(Place::Inspector);
        }
        places.extend([Place::Walk, Place::List]);
        places
    }

    pub(super) fn hints(&self, _shared: &Shared, size: (u16, u16)) -> Vec<Action> {
        if let Some(over) = &self.over {
            return over.hints();
        }
        if let Some(asking) = &self.asking {
            return match asking.given {
                Some(_) => vec![Action::GoOn, Action::Back],
                None => vec![
                    Action::Accept,
                    Action::StepForward,
                    match self.story.way {
                        Way::Told => Action::Predictions,
                        Way::Gaps | Way::Recount => Action::Way,
                    },
                    Action::Back,
                ],
            };
        }
        if self.inspector.is_some() {
            return vec![
                Action::Close,
                Action::NextSection,
                Action::StepForward,
                Action::SelectNext,
            ];
        }
        let mut hints = vec![Action::Play, Action::StepForward];
        if self.is_at_end() {
            hints = vec![
                Action::Practise,
                Action::Way,
                Action::OnceMore,
                Action::LessonOf,
            ];
        }
        if Placed::new(body(size)).is_single {
            hints.push(Action::Panel);
        }
        if self.selected.is_some() {
            hints.push(Action::Inspect);
        }
        hints.extend([
            Action::NextChapter,
            Action::Kubectl,
            Action::Faults,
            Action::SelectNext,
            Action::Zoom,
            Action::Cause,
        ]);
        if self.story.player.branches().len() > 1 {
            hints.push(Action::Branches);
        }
        hints
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        if self.over.is_some() {
            return self.act_over(action, shared, now);
        }
        self.pass(shared, now);
        if let Some(steps) = self.answer_by(action, shared, now) {
            return steps;
        }
        if let Some(inspector) = &mut self.inspector {
            if action == Action::Close {
                self.inspector = None;
                return Vec::new();
            }
            if inspector.act(action) {
                return Vec::new();
            }
        }
        if let Some(steps) = self.holds_back(action, shared) {
            return steps;
        }
        match action {
            Action::Way => {
                let over = self.choose_way();
                self.open(over);
            }
            Action::Practise => return self.practise(shared, now),
            Action::Play => self.toggle(shared, now),
            Action::StepForward => self.forward(shared, now),
            Action::StepBack => {
                self.pause();
                self.story.player.back();
                self.jumped(shared);
            }
            Action::NextChapter => {
                self.story.player.next_chapter();
                self.jumped(shared);
            }
            Action::PreviousChapter => {
                self.story.player.previous_chapter();
                self.jumped(shared);
            }
            Action::Top => self.seek(0, shared),
            Action::Bottom => self.seek(usize::MAX, shared),
            Action::Faster => {
                let speed = self.story.player.speed().faster();
                self.story.player.set_speed(speed);
            }
            Action::Slower => {
                let speed = self.story.player.speed().slower();
                self.story.player.set_speed(speed);
            }
            Action::Cause => return self.follow_cause(shared),
            Action::SelectNext => self.select(1, shared),
            Action::SelectPrevious => self.select(-1, shared),
            Action::Inspect => return self.inspect(shared),
            Action::Kubectl => self.open(Over::prompt(&self.story.commands)),
            Action::Jump => self.open(Over::jump()),
            Action::Faults => self.open(Over::faults(self.cluster(), shared)),
            Action::Branches => self.open(Over::branches(self.story.player.active())),
            Action::Panel => {
                self.text_first = !self.shows_text_first();
            }
            Action::Predictions => return self.turn_predictions(shared),
            Action::LessonOf => return self.lesson(shared),
            Action::OnceMore => {
                self.story.answers.clear();
                self.story.is_kept = false;
                self.story.player.switch(BranchId(0));
                self.start_anew(shared, now);
            }
            Action::Up => self.scroll = self.scroll.min(self.last_scroll.get()).saturating_sub(1),
            Action::Down => self.scroll = (self.scroll + 1).min(self.last_scroll.get()),
            Action::PageUp => self.page_nodes(-1),
            Action::PageDown => self.page_nodes(1),
            Action::Zoom => self.turn_zoom(shared),
            _ => {}
        }
        Vec::new()
    }

    /// Whatever is opened over the story, the story waits.
    fn open(&mut self, over: Over) {
        self.pause();
        self.over = Some(over);
    }

    fn pause(&mut self) {
        if self.story.player.is_playing() {
            self.story.player.toggle();
        }
    }

    /// To where so many steps have happened, without what lies between.
    fn seek(&mut self, steps: usize, shared: &Shared) {
        self.asking = None;
        self.story.player.seek(steps);
        self.jumped(shared);
    }

    /// Why this step happened, back to where it began.
    fn follow_cause(&mut self, shared: &Shared) -> Vec<Step> {
        match self.causes(shared) {
            Some(causes) => {
                self.open(Over::Causes(causes));
                Vec::new()
            }
            None => vec![Step::Say(Notice::Done(shared.text("walk.no-cause")))],
        }
    }

    fn turn_predictions(&mut self, shared: &Shared) -> Vec<Step> {
        self.predicts = !self.predicts;
        if !self.predicts {
            self.asking = None;
        }
        let name = if self.predicts {
            "walk.asks-on"
        } else {
            "walk.asks-off"
        };
        vec![
            Step::Run(Effect::Remember(Choice::Predictions(self.predicts))),
            Step::Say(Notice::Done(shared.text(name))),
        ]
    }

    /// Something is done to the cluster here: the story branches, and the branch plays on.
    fn vary(&mut self, act: Act, shared: &Shared, now: &Now) -> Vec<Step> {
        let what = branches::told(&act);
        let id = match self.story.player.vary(act) {
            Ok(id) => id,
            Err(error) => {
                let said = shared.fill("walk.fault-failed", &[("error", &error)]);
                return vec![Step::Say(Notice::Problem(said))];
            }
        };
        self.jumped(shared);
        if !self.is_at_end() {
            self.toggle(shared, now);
        }
        let said = shared.fill("walk.branched", &[("k", &(id.0 + 1)), ("act", &what)]);
        vec![Step::Say(Notice::Done(said))]
    }

    fn keep(event: Event) -> Step {
        Step::Run(Effect::Save {
            events: vec![event],
            seen: Vec::new(),
        })
    }

    pub(super) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        if self.over.is_some() {
            return self.click_over(at, body(size), shared, now);
        }
        let placed = Placed::new(body(size));
        if placed.timeline.contains(at) {
            if !self.is_recounting()
                && let Some(step) = self.step_at(at.x, placed.timeline, shared)
            {
                self.pause();
                self.seek(step, shared);
            }
            return Vec::new();
        }
        let text = placed.text(self.shows_text_first());
        if let Some(text) = text.map(|_| self.text_area.get())
            && text.contains(at)
            && self.inspector.is_none()
        {
            let option = self
                .asking
                .as_ref()
                .and_then(|asking| asking.option_at(at, text));
            return match (option, &self.asking) {
                (Some(option), Some(asking)) if asking.given.is_none() => {
                    self.answer(option, shared, now)
                }
                (_, Some(asking)) if asking.given.is_some() => {
                    self.go_on(shared, now);
                    Vec::new()
                }
                _ => Vec::new(),
            };
        }
        let map = match self.inspector {
            Some(_) => placed.inspector().1,
            None => placed.map(self.shows_text_first()),
        };
        if let Some(map) = map
            && let Some(actor) = self.map(shared, 1.0).hit(map, at.x, at.y)
        {
            if self.selected.as_ref() == Some(&actor) {
                if matches!(actor, Actor::Kernel(_)) {
                    self.turn_zoom(shared);
                    return Vec::new();
                }
                return self.inspect(shared);
            }
            self.choose(actor, shared);
        }
        Vec::new()
    }

    /// On a terminal with room for one: the text where there is something to read, else the map.
    fn shows_text_first(&self) -> bool {
        self.text_first || self.asking.is_some() || self.inspector.is_some()
    }
}
