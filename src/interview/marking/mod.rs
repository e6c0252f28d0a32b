//! How an answer is marked: by rule, the same each time. Look first at [`mark`].

mod cloze;
mod command;
mod form;
mod list;
mod negation;
mod normal;
mod points;
mod score;
mod sequence;
#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub(crate) use self::form::Form;
pub use self::score::{brier, certainty_score, probability, wilson};
use super::{Ask, Choice, Cloze, Point, Question, Short};
use crate::{
    history::{FollowUp, Given},
    ids::PointId,
};

/// The version of the rules: it grows when the same answer may be marked otherwise.
pub const MARKING: u32 = 3;

/// What an answer is worth, and why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Marked {
    /// From 0 to 1.
    pub credit: f64,
    /// Why.
    pub verdict: Verdict,
    /// Of a short answer: each of its points, in order. Of one said out loud: as the learner ticked them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointMark>,
}

/// Why an answer is worth what it is. Numbers stand for options, items and pairs in the order of the
/// question, not as they were shuffled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing was answered, or not in a form that answers the question.
    Nothing,
    /// Options were chosen (choice, multi, predict).
    Options {
        /// Right ones that were chosen.
        hit: Vec<usize>,
        /// Right ones that were not.
        missed: Vec<usize>,
        /// Wrong ones that were chosen.
        wrong: Vec<usize>,
    },
    /// A blank was filled.
    Cloze {
        /// With which of the accepted forms; None: with none of them.
        accepted: Option<usize>,
    },
    /// Items were brought into an order.
    Order {
        /// How many of the pairs of items are in the right order.
        agreeing: usize,
        /// How many pairs there are.
        pairs: usize,
    },
    /// Items were paired.
    Match {
        /// Of each left side: whether its right side was found.
        right: Vec<bool>,
    },
    /// Points were found or ticked; see [`Marked::points`].
    Points,
    /// Key words alone were named: that makes no point.
    List,
    /// The learner's own word.
    Own,
}

/// How one point of an answer was marked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PointMark {
    /// The point.
    pub id: PointId,
    /// Whether the answer makes it.
    pub met: bool,
    /// Where: byte ranges of the answer as it was typed, in order, each on whole characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Range<usize>>,
    /// What kept it from being met though its words are there: a negation, or a form that must not be
    /// there; byte ranges as in `spans`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancelled_by: Vec<Range<usize>>,
}

/// From this credit on an answer counts as right, where it is right or wrong: for certainty and
/// calibration.
const RIGHT: f64 = 0.5;

/// Marks an answer. Never fails: what does not answer the question is worth nothing.
pub fn mark(question: &Question, given: &Given) -> Marked {
    let marked = match (&question.ask, given) {
        (Ask::Choice(choice), Given::Options(chosen)) => options(&right_ones(choice), chosen, one),
        (Ask::Multi(choice), Given::Options(chosen)) => {
            options(&right_ones(choice), chosen, several)
        }
        (Ask::Predict(predict), Given::Options(chosen)) => {
            let right: Vec<bool> = (0..predict.options.len())
                .map(|at| at == predict.answer)
                .collect();
            options(&right, chosen, one)
        }
        (Ask::Cloze(cloze), Given::Text(text)) => blank(cloze, text),
        (Ask::Order(order), Given::Order(places)) => in_order(order.items.len(), places),
        (Ask::Match(pairs), Given::Pairs(chosen)) => paired(pairs.pairs.len(), chosen),
        (Ask::Short(short), Given::Text(text)) => sentences(question, short, text),
        (Ask::Aloud(aloud), Given::Points(ticked)) => {
            let points = aloud.points.iter();
            let ticks = points.map(|point| PointMark::ticked(&point.id, ticked));
            Some(Marked::by_points(question, ticks.collect()))
        }
        (Ask::Card(_), Given::Own(word)) => Some(Marked::whole(word.credit(), Verdict::Own)),
        _ => None,
    };
    marked.unwrap_or(Marked::whole(0.0, Verdict::Nothing))
}

/// Marks the answer to a follow-up question: only the point that was asked about. None if the question
/// has no such point.
pub fn mark_follow_up(question: &Question, follow_up: &FollowUp) -> Option<PointMark> {
    let Ask::Short(short) = &question.ask else {
        return None;
    };
    let mut points = short.points.iter();
    let point = points.find(|point| point.id == follow_up.point)?;
    Some(points::mark_point(point, &follow_up.text))
}

/// Which point an interviewer asks about after this answer: of the missed points that have a follow-up
/// one of those that weigh most; the seed decides which.
pub fn next_follow_up(question: &Question, marked: &Marked, seed: u64) -> Option<PointId> {
    let Ask::Short(short) = &question.ask else {
        return None;
    };
    let missed = |point: &&Point| {
        let mark = marked.points.iter().find(|mark| mark.id == point.id);
        point.follow_up.is_some() && mark.is_some_and(|mark| !mark.met)
    };
    let missed: Vec<&Point> = short.points.iter().filter(missed).collect();
    let most = missed.iter().map(|point| point.weight).max()?;
    let heaviest: Vec<&Point> = missed
        .into_iter()
        .filter(|point| point.weight == most)
        .collect();
    let at = seed % heaviest.len() as u64;
    Some(heaviest[usize::try_from(at).ok()?].id.clone())
}

fn sentences(question: &Question, short: &Short, text: &str) -> Option<Marked> {
    if text.trim().is_empty() {
        return None;
    }
    if list::is_list(text) {
        let points = short.points.iter();
        return Some(Marked {
            verdict: Verdict::List,
            points: points
                .map(|point| PointMark::ticked(&point.id, &[]))
                .collect(),
            credit: 0.0,
        });
    }
    Some(Marked::by_points(
        question,
        points::mark_points(short, text),
    ))
}

fn right_ones(choice: &Choice) -> Vec<bool> {
    choice.options.iter().map(|option| option.right).collect()
}

/// Of options chosen: what they are worth by how many were hit, missed and wrong.
fn options(
    right: &[bool],
    chosen: &[usize],
    worth: impl Fn(usize, usize, usize) -> f64,
) -> Option<Marked> {
    let those = |wanted: bool, is_chosen: bool| -> Vec<usize> {
        (0..right.len())
            .filter(|at| right[*at] == wanted && chosen.contains(at) == is_chosen)
            .collect()
    };
    let (hit, missed, wrong) = (those(true, true), those(true, false), those(false, true));
    if hit.is_empty() && wrong.is_empty() {
        return None;
    }
    let credit = worth(hit.len(), missed.len(), wrong.len());
    Some(Marked::whole(
        credit,
        Verdict::Options { hit, missed, wrong },
    ))
}

fn one(hit: usize, _missed: usize, wrong: usize) -> f64 {
    if hit == 1 && wrong == 0 { 1.0 } else { 0.0 }
}

fn several(hit: usize, missed: usize, wrong: usize) -> f64 {
    hit.saturating_sub(wrong) as f64 / (hit + missed) as f64
}

fn blank(cloze: &Cloze, text: &str) -> Option<Marked> {
    if text.trim().is_empty() {
        return None;
    }
    let accepted = cloze::accepted(cloze, text);
    let credit = if accepted.is_some() { 1.0 } else { 0.0 };
    Some(Marked::whole(credit, Verdict::Cloze { accepted }))
}

fn in_order(count: usize, places: &[usize]) -> Option<Marked> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    if count < 2 || !sorted.iter().copied().eq(0..count) {
        return None;
    }
    let pairs = count * (count - 1) / 2;
    let agreeing = (0..count)
        .map(|at| {
            let later = places[at + 1..].iter();
            later.filter(|other| **other > places[at]).count()
        })
        .sum::<usize>();
    let credit = (2.0 * agreeing as f64 / pairs as f64 - 1.0).max(0.0);
    Some(Marked::whole(credit, Verdict::Order { agreeing, pairs }))
}

fn paired(count: usize, chosen: &[Option<usize>]) -> Option<Marked> {
    if count == 0 || chosen.len() != count || chosen.iter().all(Option::is_none) {
        return None;
    }
    let right: Vec<bool> = (0..count).map(|at| chosen[at] == Some(at)).collect();
    let credit = right.iter().filter(|right| **right).count() as f64 / count as f64;
    Some(Marked::whole(credit, Verdict::Match { right }))
}

impl Marked {
    fn whole(credit: f64, verdict: Verdict) -> Marked {
        Marked {
            credit,
            verdict,
            points: Vec::new(),
        }
    }

    fn by_points(question: &Question, points: Vec<PointMark>) -> Marked {
        Marked {
            credit: weight_met(question, &points),
            verdict: Verdict::Points,
            points,
        }
    }

    /// Whether it counts as right where only right or wrong count: from half the credit on.
    pub fn is_right(&self) -> bool {
        self.credit >= RIGHT
    }

    /// The same with a point that the answer to a follow-up made besides.
    pub fn with(&self, question: &Question, point: &PointMark) -> Marked {
        let mut points = self.points.clone();
        for mark in points.iter_mut().filter(|mark| mark.id == point.id) {
            mark.met |= point.met;
        }
        Marked::by_points(question, points)
    }

    /// The same with the learner's word on which points were met.
    pub fn confirmed(&self, question: &Question, met: &[PointId]) -> Marked {
        let mut points = self.points.clone();
        for mark in &mut points {
            mark.met = met.contains(&mark.id);
        }
        Marked::by_points(question, points)
    }
}

impl PointMark {
    fn ticked(id: &PointId, ticked: &[PointId]) -> PointMark {
        PointMark {
            id: id.clone(),
            met: ticked.contains(id),
            spans: Vec::new(),
            cancelled_by: Vec::new(),
        }
    }
}

/// The weight of the points met, over that of all.
fn weight_met(question: &Question, points: &[PointMark]) -> f64 {
    let weights: Vec<(&PointId, u8)> = match &question.ask {
        Ask::Short(short) => short
            .points
            .iter()
            .map(|one| (&one.id, one.weight))
            .collect(),
        Ask::Aloud(aloud) => aloud
            .points
            .iter()
            .map(|one| (&one.id, one.weight))
            .collect(),
        _ => Vec::new(),
    };
    let is_met = |id: &PointId| points.iter().any(|mark| mark.met && mark.id == *id);
    let all: u32 = weights.iter().map(|(_, weight)| u32::from(*weight)).sum();
    let met = weights.iter().filter(|(id, _)| is_met(id));
    let met: u32 = met.map(|(_, weight)| u32::from(*weight)).sum();
    f64::from(met) / f64::from(all.max(1))
}
