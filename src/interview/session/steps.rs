//! What each input does to an interview.

use std::time::Duration;

use super::{Change, Input, Session, Sheet, Stage, State, millis, sheet::fits};
use crate::{
    history::{Break, BreakKind, Certainty, End, FollowUp, Format, Given, Kind},
    ids::{Now, PointId},
    interview::{Ask, mark, next_follow_up},
};

impl Session {
    pub(super) fn take(&mut self, input: Input, now: &Now) -> Change {
        match input {
            Input::Tick => Change::Nothing,
            Input::Submit => {
                self.resume_clock(now);
                self.state = State::Over(End::Submitted);
                Change::AtOnce
            }
            Input::Leave => Change::AtOnce,
            Input::Resume => self.resume_clock(now),
            // Time that stands still is no time to think in.
            _ if self.is_paused() => Change::Nothing,
            Input::Pause => self.pause(now),
            Input::Give(given) => self.give(given),
            Input::Type(text) => self.typed(text, now),
            Input::Sure(certainty) => self.sure(certainty),
            Input::Flag => self.on_sheet(|sheet| sheet.flagged = !sheet.flagged),
            Input::Turn(at) => self.turn(at),
            Input::Confirm(points) => self.confirm(points),
            Input::Done => self.done(),
        }
    }

    fn on_sheet(&mut self, change: impl FnOnce(&mut Sheet)) -> Change {
        match self.sheets.get_mut(self.at) {
            Some(sheet) => {
                change(sheet);
                Change::AtOnce
            }
            None => Change::Nothing,
        }
    }

    pub(super) fn stage(&mut self, stage: Stage) -> Change {
        self.on_sheet(|sheet| sheet.stage = stage)
    }

    pub(super) fn see(&mut self) {
        self.on_sheet(|sheet| sheet.seen = true);
    }

    fn kind(&self) -> Option<Kind> {
        Some(self.item()?.question.kind())
    }

    fn give(&mut self, given: Given) -> Change {
        let (Some(kind), Some(sheet)) = (self.kind(), self.sheet()) else {
            return Change::Nothing;
        };
        // What is marked by the learner is so once the answer is to be seen.
        let in_time = match sheet.stage {
            Stage::Open => !kind.is_self_marked(),
            Stage::Shown => true,
            Stage::Speaking { .. } | Stage::FollowUp | Stage::Locked | Stage::Told => false,
        };
        if !in_time || !fits(kind, &given) || sheet.given == given {
            return Change::Nothing;
        }
        self.on_sheet(|sheet| sheet.given = given)
    }

    fn typed(&mut self, text: String, now: &Now) -> Change {
        let Some(sheet) = self.sheet() else {
            return Change::Nothing;
        };
        let change = match sheet.stage {
            Stage::Open => self.give(Given::Text(text)),
            Stage::FollowUp => self.on_sheet(|sheet| {
                if let Some(follow_up) = &mut sheet.follow_up {
                    follow_up.text = text;
                }
            }),
            _ => Change::Nothing,
        };
        if change == Change::Nothing {
            return Change::Nothing;
        }
        self.typed_at = Some(now.mono);
        Change::AfterARest
    }

    fn sure(&mut self, certainty: Option<Certainty>) -> Change {
        match self.sheet() {
            Some(sheet) if sheet.is_open() => self.on_sheet(|sheet| sheet.certainty = certainty),
            _ => Change::Nothing,
        }
    }

    fn turn(&mut self, at: usize) -> Change {
        if at >= self.sheets.len() || at == self.at {
            return Change::Nothing;
        }
        // Who leaves while speaking has said what there was to say.
        if let Some(Stage::Speaking { .. }) = self.sheet().map(|sheet| sheet.stage) {
            self.stage(Stage::Shown);
        }
        self.at = at;
        self.see();
        Change::AtOnce
    }

    fn confirm(&mut self, points: Vec<PointId>) -> Change {
        let told = self.sheet().is_some_and(|sheet| sheet.stage == Stage::Told);
        if !told || self.kind() != Some(Kind::Short) {
            return Change::Nothing;
        }
        self.on_sheet(|sheet| sheet.confirmed = Some(points))
    }

    fn done(&mut self) -> Change {
        let (Some(kind), Some(sheet)) = (self.kind(), self.sheet()) else {
            return Change::Nothing;
        };
        match (sheet.stage, kind) {
            (Stage::Open, Kind::Aloud) => {
                let since_ms = sheet.spent_ms;
                self.stage(Stage::Speaking { since_ms })
            }
            (Stage::Open, Kind::Card) | (Stage::Speaking { .. }, _) => self.stage(Stage::Shown),
            (Stage::Open, Kind::Short) if sheet.is_answered() => match self.follow_up() {
                Some(point) => self.on_sheet(|sheet| {
                    sheet.stage = Stage::FollowUp;
                    sheet.follow_up = Some(FollowUp {
                        point,
                        text: String::new(),
                    });
                }),
                None => self.tell_or_go_on(),
            },
            (Stage::Open | Stage::Shown | Stage::FollowUp, _) => self.tell_or_go_on(),
            (Stage::Locked | Stage::Told, _) => self.go_on(),
        }
    }

    /// In practice an answer is explained; in an exam the next question comes.
    fn tell_or_go_on(&mut self) -> Change {
        let is_practice = self.paper.blueprint.format == Format::Practice;
        let is_aloud = self.kind() == Some(Kind::Aloud);
        let Some(sheet) = self.sheets.get_mut(self.at) else {
            return Change::Nothing;
        };
        if is_aloud && sheet.stage == Stage::Shown && sheet.given == Given::Nothing {
            sheet.given = Given::Points(Vec::new());
        }
        if is_practice && sheet.stage != Stage::Shown && sheet.is_answered() {
            sheet.stage = Stage::Told;
            return Change::AtOnce;
        }
        if sheet.stage == Stage::FollowUp || sheet.stage == Stage::Shown && sheet.is_answered() {
            sheet.stage = Stage::Locked;
        }
        self.go_on()
    }

    /// To the next question; from the last one nowhere.
    fn go_on(&mut self) -> Change {
        self.turn(self.at + 1);
        Change::AtOnce
    }

    fn follow_up(&self) -> Option<PointId> {
        let (question, sheet) = (&self.item()?.question, self.sheet()?);
        if sheet.follow_up.is_some() {
            return None;
        }
        let marked = mark(question, &sheet.given);
        next_follow_up(question, &marked, self.paper.seed)
    }

    /// How long there is to say the answer on screen.
    pub(super) fn speaking_time(&self) -> Option<Duration> {
        match &self.item()?.question.ask {
            Ask::Aloud(aloud) => Some(Duration::from_secs(aloud.seconds.into())),
            _ => None,
        }
    }

    fn pause(&mut self, now: &Now) -> Change {
        self.clock.stop(now.mono);
        self.breaks.push(Break {
            why: BreakKind::Pause,
            at_ms: millis(self.clock.counted(now.mono)),
            lasted_ms: 0,
        });
        self.state = State::Paused(now.mono);
        Change::AtOnce
    }

    fn resume_clock(&mut self, now: &Now) -> Change {
        let State::Paused(since) = self.state else {
            return Change::Nothing;
        };
        if let Some(pause) = self.breaks.last_mut() {
            pause.lasted_ms = millis(now.mono.saturating_sub(since));
        }
        self.clock.start(now.mono);
        self.state = State::Running;
        Change::AtOnce
    }
}
