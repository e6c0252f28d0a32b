//! How time passes: the player's, and that of the message on its way.

use std::time::Duration;

use super::{Walk, ask::Asking};
use crate::{ids::Now, tui::shared::Shared, walkthrough::Way};

/// Thirty pictures a second, at the most.
const FRAME: Duration = Duration::from_nanos(33_400_000);
/// How long a message is on its way, at speed 1.
const FLIGHT: Duration = Duration::from_millis(420);

/// A message on its way.
#[derive(Clone, Copy)]
pub(super) struct Flight {
    began: Duration,
    length: Duration,
}

impl Flight {
    fn at(self, now: Duration) -> f32 {
        let flown = now.saturating_sub(self.began).as_secs_f32();
        let share = (flown / self.length.as_secs_f32().max(0.001)).min(1.0);
        // It leaves and arrives gently.
        share * share * (3.0 - 2.0 * share)
    }

    fn is_over(self, now: Duration) -> bool {
        now >= self.began + self.length
    }
}

/// Why the play stops before its time.
enum Stop {
    /// What comes next is asked.
    Ask(usize),
    /// A chapter begins, and its text has not been shown yet.
    Chapter(usize),
}

impl Walk {
    /// How far the message of the step in the light has come.
    pub(super) fn flown(&self, now: &Now) -> f32 {
        self.flight.map_or(1.0, |flight| flight.at(now.mono))
    }

    pub(in crate::tui::screens) fn next_wake(&self, now: &Now) -> Option<Duration> {
        if self.flight.is_some() {
            return Some(self.framed + FRAME);
        }
        let next = self.story.player.next_in()?;
        Some((self.passed + next + Duration::from_millis(1)).max(now.mono))
    }

    pub(in crate::tui::screens) fn woken(&mut self, shared: &Shared, now: &Now) -> bool {
        let mut changed = self.pass(shared, now);
        if let Some(flight) = self.flight {
            if flight.is_over(now.mono) {
                self.flight = None;
                changed = true;
            } else if now.mono >= self.framed + FRAME {
                self.framed = now.mono;
                changed = true;
            }
        }
        changed
    }

    /// Lets the player's time pass up to now; whether the picture changed.
    pub(super) fn pass(&mut self, shared: &Shared, now: &Now) -> bool {
        let time = now.mono.saturating_sub(self.passed);
        self.passed = now.mono;
        if !self.story.player.is_playing() {
            return false;
        }
        let before = self.story.player.cursor();
        self.story.player.pass(time);
        let after = self.story.player.cursor();
        if let Some((at, stop)) = self.stop_between(before, after) {
            self.pause();
            self.story.player.seek(at);
            match stop {
                Stop::Chapter(chapter) => {
                    self.story.told.insert(chapter);
                    self.text_first = true;
                }
                Stop::Ask(question) => self.ask(question, true, now),
            }
        }
        let moved = self.moved(shared, now);
        moved || !self.story.player.is_playing()
    }

    /// Whether it asks: on the other ways the questions are the way.
    fn asks(&self) -> bool {
        self.predicts || self.story.way != Way::Told
    }

    /// The first thing between two places of the story that the play stops for, and where.
    fn stop_between(&self, before: usize, after: usize) -> Option<(usize, Stop)> {
        let asks = self.seen.asks.iter().enumerate().filter_map(|(at, asked)| {
            let place = asked.before.0 as usize - 1;
            let open = self.asks() && !self.story.was_asked(&asked.id);
            (open && before <= place && place < after).then_some((place, Stop::Ask(at)))
        });
        let chapters = self.seen.chapters.iter().enumerate();
        let chapters = chapters.filter_map(|(at, start)| {
            let place = start.as_ref()?.0 as usize;
            let open = self.story.way == Way::Told && !self.story.told.contains(&at);
            (open && before < place && place <= after).then_some((place, Stop::Chapter(at)))
        });
        chapters.chain(asks).min_by_key(|(place, _)| *place)
    }

    /// The question before the next step, if there is one that was not answered.
    fn next_ask(&self) -> Option<usize> {
        let cursor = self.story.player.cursor();
        match self.stop_between(cursor, cursor + 1) {
            Some((_, Stop::Ask(at))) => Some(at),
            _ => None,
        }
    }

    pub(super) fn ask(&mut self, question: usize, resumes: bool, now: &Now) {
        if let Some(asked) = self.seen.asks.get(question) {
            self.asking = Some(Asking::new(asked.clone(), now.mono));
            self.resumes = resumes;
            self.scroll = 0;
            self.inspector = None;
        }
    }

    pub(super) fn toggle(&mut self, shared: &Shared, now: &Now) {
        if self.is_recounting() {
            return self.tell_on(shared, now);
        }
        self.passed = now.mono;
        self.text_first = false;
        if !self.story.player.is_playing()
            && let Some(question) = self.next_ask()
        {
            self.ask(question, true, now);
            return;
        }
        self.story.player.toggle();
        if self.story.player.is_playing() && self.seen.follow(&self.story.player) {
            self.jumped(shared);
        }
    }

    /// One step, or the question before it.
    pub(super) fn forward(&mut self, shared: &Shared, now: &Now) {
        self.pause();
        if self.is_recounting() {
            return self.tell_on(shared, now);
        }
        if let Some(question) = self.next_ask() {
            self.ask(question, false, now);
            return;
        }
        self.text_first = false;
        self.story.player.forward();
        self.moved(shared, now);
        if let Some(chapter) = self.seen.beginning()
            && self.story.told.insert(chapter)
            && self.story.way == Way::Told
        {
            self.text_first = true;
        }
    }

    /// Where the cursor went forward by itself, the step's message sets out.
    pub(super) fn moved(&mut self, shared: &Shared, now: &Now) -> bool {
        let before = self.seen.cursor;
        if !self.seen.follow(&self.story.player) {
            return false;
        }
        self.scroll = 0;
        self.look_again(shared);
        let speed = self.story.player.speed().factor();
        let mut length = FLIGHT.div_f64(speed.max(0.5));
        if let Some(next) = self.story.player.next_in() {
            length = length.min(next.mul_f32(0.8));
        }
        let goes = self.seen.cursor > before && !shared.reduced_motion;
        self.flight = goes.then_some(Flight {
            began: now.mono,
            length,
        });
        self.framed = now.mono;
        true
    }

    /// The cursor was put somewhere else: nothing flies.
    pub(super) fn jumped(&mut self, shared: &Shared) {
        self.asking = None;
        self.flight = None;
        self.scroll = 0;
        self.seen.follow(&self.story.player);
        self.text_first = self.seen.cursor == 0 || self.seen.beginning().is_some();
        if let Some(chapter) = self.seen.beginning() {
            self.story.told.insert(chapter);
        }
        self.look_again(shared);
    }

    /// The inspector shows what is known now.
    pub(super) fn look_again(&mut self, shared: &Shared) {
        let at = (self.story.player.run().steps(), self.story.player.cursor());
        if let Some(inspector) = &mut self.inspector {
            inspector.refresh(&self.seen.cluster, at, shared);
        }
    }
}
