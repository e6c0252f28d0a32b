//! How keys and clicks make an answer, and when it is done with.

use super::{super::asked::standing, Mode, Sitting};
use crate::{
    history::{Certainty, Given, SelfMark},
    ids::Now,
    interview::{Input, Kind, Stage, answers_nothing},
    tui::{app::Step, keymap::Action, shared::Shared},
};

impl Sitting {
    /// How many things keys can act on.
    pub(super) fn choices(&self) -> usize {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return 0;
        };
        match (sheet.stage, item.question.kind()) {
            (Stage::Shown, Kind::Card) => SelfMark::ALL.len(),
            (Stage::Shown, _) | (Stage::Told, Kind::Short) => item.question.points().len(),
            (Stage::Open, _) => item.shown.len(),
            _ => 0,
        }
    }

    /// Chooses, or takes back.
    pub(super) fn choose(&mut self, place: usize, shared: &Shared, now: &Now) -> Vec<Step> {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return Vec::new();
        };
        let points = item.question.points();
        let given = match (sheet.stage, item.question.kind()) {
            (Stage::Told, Kind::Short) => {
                if let Some((id, _)) = points.get(place) {
                    toggle(&mut self.ticked, (*id).clone());
                }
                return Vec::new();
            }
            (Stage::Shown, Kind::Card) => SelfMark::ALL.get(place).map(|own| Given::Own(*own)),
            (Stage::Shown, _) => points.get(place).map(|(id, _)| {
                let mut ticked = match &sheet.given {
                    Given::Points(points) => points.clone(),
                    _ => Vec::new(),
                };
                toggle(&mut ticked, (*id).clone());
                Given::Points(ticked)
            }),
            (Stage::Open, Kind::Choice | Kind::Predict) => {
                item.shown.get(place).map(|at| Given::Options(vec![*at]))
            }
            (Stage::Open, Kind::Multi) => item.shown.get(place).map(|at| {
                let mut chosen = match &sheet.given {
                    Given::Options(chosen) => chosen.clone(),
                    _ => Vec::new(),
                };
                toggle(&mut chosen, *at);
                chosen.sort_unstable();
                Given::Options(chosen)
            }),
            (Stage::Open, Kind::Order | Kind::Match) => {
                self.at = place;
                None
            }
            _ => return self.done(shared, now),
        };
        match given {
            Some(given) => self.give(Input::Give(given), shared, now),
            None => Vec::new(),
        }
    }

    /// Moves an item of an order, or gives a left side the next partner.
    pub(super) fn shift(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return Vec::new();
        };
        let later = action == Action::Later;
        let given = match item.question.kind() {
            Kind::Order => {
                let mut order = standing(item, sheet);
                let to = if later {
                    Some(self.at + 1).filter(|to| *to < order.len())
                } else {
                    self.at.checked_sub(1)
                };
                let Some(to) = to else {
                    return Vec::new();
                };
                order.swap(self.at, to);
                self.at = to;
                Given::Order(order)
            }
            Kind::Match => Given::Pairs(partnered(
                item.shown.as_slice(),
                &sheet.given,
                self.at,
                later,
            )),
            _ => return Vec::new(),
        };
        self.give(Input::Give(given), shared, now)
    }

    /// Done with what is on screen: first how sure one is, then what follows.
    pub(super) fn done(&mut self, shared: &Shared, now: &Now) -> Vec<Step> {
        let (Some(kind), Some(sheet)) = (self.kind(), self.session.sheet()) else {
            return Vec::new();
        };
        let is_first_time = sheet.stage == Stage::Open && sheet.certainty.is_none();
        if is_first_time && !kind.is_self_marked() && !answers_nothing(&sheet.given) {
            self.mode = Mode::Sure;
            return Vec::new();
        }
        if self.is_to_confirm() {
            let ticked = self.ticked.clone();
            let mut steps = self.give(Input::Confirm(ticked), shared, now);
            steps.extend(self.go_on(shared, now));
            return steps;
        }
        self.go_on(shared, now)
    }

    /// After the last question comes the overview, from which one hands in.
    fn go_on(&mut self, shared: &Shared, now: &Now) -> Vec<Step> {
        let before = self.place;
        let steps = self.give(Input::Done, shared, now);
        let last = self.session.sheets().len().saturating_sub(1);
        let stays = self.place.map(|(at, _)| at) == before.map(|(at, _)| at);
        let is_over = self.place == before || stays && self.stage() == Some(Stage::Locked);
        if is_over && self.session.at() == last && self.session.end().is_none() {
            self.mode = Mode::Overview(last);
        }
        steps
    }

    pub(super) fn answer_sure(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        let certainty = match action {
            Action::First => Some(Certainty::Guess),
            Action::Second => Some(Certainty::Think),
            Action::Third => Some(Certainty::Certain),
            Action::GoOn => None,
            Action::Cancel | Action::Back => {
                self.mode = Mode::Asked;
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        self.mode = Mode::Asked;
        let mut steps = match certainty {
            Some(_) => self.give(Input::Sure(certainty), shared, now),
            None => Vec::new(),
        };
        steps.extend(self.go_on(shared, now));
        steps
    }
}

fn toggle<T: PartialEq>(all: &mut Vec<T>, one: T) {
    match all.iter().position(|other| *other == one) {
        Some(at) => {
            all.remove(at);
        }
        None => all.push(one),
    }
}

/// The pairs once a left side has the next partner, or the one before: none at the ends. A partner
/// taken from another leaves it without.
fn partnered(shown: &[usize], given: &Given, left: usize, later: bool) -> Vec<Option<usize>> {
    let mut pairs = match given {
        Given::Pairs(pairs) => pairs.clone(),
        _ => Vec::new(),
    };
    pairs.resize(shown.len(), None);
    let Some(current) = pairs.get(left).copied() else {
        return pairs;
    };
    let place = current.and_then(|at| shown.iter().position(|one| *one == at));
    let next = match (place, later) {
        (None, true) => Some(0),
        (None, false) => shown.len().checked_sub(1),
        (Some(place), true) => Some(place + 1).filter(|place| *place < shown.len()),
        (Some(place), false) => place.checked_sub(1),
    };
    let next = next.map(|place| shown[place]);
    for pair in &mut pairs {
        if *pair == next {
            *pair = None;
        }
    }
    pairs[left] = next;
    pairs
}
