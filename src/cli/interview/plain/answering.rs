//! What a line does to the question that is on.

use std::io::Write;

use super::{
    super::line::{self, Line, Order},
    LineInterview, Stop,
};
use crate::{
    ids::PointId,
    interview::{Input, Kind, Stage, mark_all},
};

impl<W: Write> LineInterview<W> {
    /// Does what a line says; whether the interview is to be left.
    pub(super) fn obey(&mut self, line: &str) -> Result<bool, Stop> {
        if self.session.is_paused() {
            self.give(Input::Resume)?;
            return Ok(false);
        }
        match Line::read(line) {
            Line::Order(Order::Quit) => {
                self.give(Input::Leave)?;
                writeln!(self.out, "{}", self.desk.text("interview.left"))?;
                return Ok(self.session.end().is_none());
            }
            Line::Order(order) => self.order(order)?,
            Line::Skip => self.skip()?,
            Line::Answer(text, certainty) => {
                if certainty.is_some() {
                    self.give(Input::Sure(certainty))?;
                }
                self.answer(&text)?;
            }
        }
        Ok(false)
    }

    fn order(&mut self, order: Order) -> Result<(), Stop> {
        match order {
            Order::Back => self.give(Input::Turn(self.session.at().saturating_sub(1))),
            Order::Go(at) => self.give(Input::Turn(at)),
            Order::Flag => self.give(Input::Flag),
            Order::Submit => self.give(Input::Submit),
            Order::Time => self.tell_time("interview.time-left"),
            Order::Pause => {
                self.give(Input::Pause)?;
                writeln!(self.out, "{}", self.desk.text("interview.line-paused"))?;
                Ok(())
            }
            Order::Quit => Ok(()),
        }
    }

    /// An empty line: what is pre-ticked is right, nothing more is said, or the question is left.
    fn skip(&mut self) -> Result<(), Stop> {
        match self.session.sheet().map(|sheet| sheet.stage) {
            Some(Stage::Told) => {
                let points = self.points_found();
                self.give(Input::Confirm(points))?;
                self.done()
            }
            Some(Stage::FollowUp) => self.done(),
            _ if self.session.at() + 1 == self.session.paper().items.len() => {
                self.give(Input::Submit)
            }
            _ => self.give(Input::Turn(self.session.at() + 1)),
        }
    }

    fn answer(&mut self, text: &str) -> Result<(), Stop> {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return Ok(());
        };
        match (sheet.stage, item.question.kind()) {
            (Stage::FollowUp, _) => {
                self.give(Input::Type(text.to_owned()))?;
                self.done()
            }
            (Stage::Told, _) => {
                let ids = item.question.points().into_iter().map(|(id, _)| id);
                match line::points(&ids.collect::<Vec<_>>(), text) {
                    Some(points) => {
                        self.give(Input::Confirm(points))?;
                        self.done()
                    }
                    None => self.not_understood(),
                }
            }
            (Stage::Locked, _) => self.done(),
            (Stage::Open, Kind::Aloud) => {
                self.give(Input::Done)?;
                self.give(Input::Done)
            }
            (Stage::Open, Kind::Card) | (Stage::Speaking { .. }, _) => self.give(Input::Done),
            (Stage::Open | Stage::Shown, _) => match line::answer(item, text) {
                Some(given) => {
                    self.give(Input::Give(given))?;
                    self.done()
                }
                None => self.not_understood(),
            },
        }
    }

    pub(super) fn not_understood(&mut self) -> Result<(), Stop> {
        writeln!(self.out, "{}", self.desk.text("interview.not-understood"))?;
        Ok(())
    }

    /// Done with what is on; after the last question that is the end.
    pub(super) fn done(&mut self) -> Result<(), Stop> {
        let before = self.place();
        self.give(Input::Done)?;
        let after = self.place();
        let stays = before.map(|(at, _)| at) == after.map(|(at, _)| at);
        let is_over =
            after == before || stays && after.is_some_and(|(_, stage)| stage == Stage::Locked);
        if is_over && self.session.end().is_none() {
            self.give(Input::Submit)?;
        }
        Ok(())
    }

    fn points_found(&self) -> Vec<PointId> {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return Vec::new();
        };
        let marked = mark_all(&item.question, &sheet.given, sheet.follow_up.as_ref());
        marked.met()
    }
}
