//! Which points an answer in sentences makes.

use std::ops::Range;

use super::{
    PointMark,
    form::{Form, Sought},
    negation::Negations,
    normal::Normal,
};
use crate::interview::{Point, Short};

/// An answer that denies so many points, and no fewer than it makes, makes none: what it says right it says
/// by chance. One turned round is enough: a negation may be a slip of the reading, that is none.
const DENIES_ALL: usize = 2;

/// Marks each point of a short answer.
pub(super) fn mark_points(short: &Short, text: &str) -> Vec<PointMark> {
    let answer = Answer::of(text);
    let points = short.points.iter();
    let mut marks: Vec<PointMark> = points.map(|point| answer.mark(point)).collect();
    let denials: Vec<Vec<Range<usize>>> = short
        .points
        .iter()
        .zip(&marks)
        .map(|(point, mark)| answer.denials(point, mark))
        .filter(|spans| !spans.is_empty())
        .collect();
    let made = marks.iter().filter(|mark| mark.met).count();
    let mut points = short.points.iter();
    let is_certain = denials.len() >= DENIES_ALL || points.any(|point| answer.turns_round(point));
    if is_certain && denials.len() >= made {
        let spans = merged(denials.concat());
        for mark in marks.iter_mut().filter(|mark| mark.met) {
            mark.met = false;
            mark.spans.clear();
            mark.cancelled_by.clone_from(&spans);
        }
    }
    marks
}

/// In order, what touches or overlaps as one.
fn merged(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    spans.into_iter().fold(Vec::new(), |mut merged, span| {
        match merged.last_mut() {
            Some(open) if open.end >= span.start => open.end = open.end.max(span.end),
            _ => merged.push(span),
        }
        merged
    })
}

/// Marks one point.
pub(super) fn mark_point(point: &Point, text: &str) -> PointMark {
    Answer::of(text).mark(point)
}

/// An answer, read.
struct Answer {
    normal: Normal,
    negations: Negations,
}

/// What a point's forms come to.
#[derive(Default)]
struct Tally {
    met: bool,
    found: Vec<usize>,
    negating: Vec<usize>,
}

impl Answer {
    fn of(text: &str) -> Answer {
        let normal = Normal::of(text);
        let negations = Negations::of(&normal);
        Answer { normal, negations }
    }

    fn mark(&self, point: &Point) -> PointMark {
        let has_any = !(point.any.is_empty() && point.all.is_empty() && point.before.is_none());
        let mut tally = Tally {
            met: has_any,
            ..Tally::default()
        };
        if !point.any.is_empty() {
            self.any(&point.any, &mut tally);
        }
        for form in &point.all {
            self.any(std::slice::from_ref(form), &mut tally);
        }
        if let Some(before) = &point.before {
            self.before(before, &mut tally);
        }
        if tally.met {
            self.not(&point.not, &mut tally);
        }
        if tally.met {
            tally.negating.clear();
        }
        PointMark {
            id: point.id.clone(),
            met: tally.met,
            spans: self.spans(if tally.met { tally.found } else { Vec::new() }),
            cancelled_by: self.spans(tally.negating),
        }
    }

    /// Where the answer denies a point: by a negation, or by what may not be said of it.
    fn denials(&self, point: &Point, mark: &PointMark) -> Vec<Range<usize>> {
        if mark.met || !mark.cancelled_by.is_empty() {
            return mark.cancelled_by.clone();
        }
        self.spans(self.barred(point))
    }

    /// Whether it says of a point what may not be said of it.
    fn turns_round(&self, point: &Point) -> bool {
        !self.barred(point).is_empty()
    }

    fn barred(&self, point: &Point) -> Vec<usize> {
        let mut said = Tally::default();
        self.not(&point.not, &mut said);
        said.negating
    }

    fn seek(&self, form: &str) -> Sought {
        match Form::parse(form) {
            Ok(form) => form.seek(&self.normal, &self.negations),
            Err(_) => Sought::Missing,
        }
    }

    /// One of these forms must be found.
    fn any(&self, forms: &[String], tally: &mut Tally) {
        let mut negating = None;
        for form in forms {
            match self.seek(form) {
                Sought::Found(found) => {
                    tally.found.extend(found.tokens);
                    return;
                }
                Sought::Negated(by) => {
                    negating.get_or_insert(by);
                }
                Sought::Missing => {}
            }
        }
        tally.met = false;
        tally.negating.extend(negating.unwrap_or_default());
    }

    /// `A<B`: each must be found, and before the next.
    fn before(&self, forms: &str, tally: &mut Tally) {
        let mut places = Vec::new();
        for form in forms.split('<') {
            match self.seek(form) {
                Sought::Found(found) => places.push(found.tokens),
                Sought::Negated(by) => {
                    tally.negating.extend(by);
                    tally.met = false;
                }
                Sought::Missing => tally.met = false,
            }
        }
        let in_order = places
            .windows(2)
            .all(|pair| super::sequence::comes_first(&self.normal, &pair[0], &pair[1]));
        if in_order {
            tally.found.extend(places.concat());
        } else {
            tally.met = false;
        }
    }

    /// None of these forms may be found.
    fn not(&self, forms: &[String], tally: &mut Tally) {
        for form in forms {
            if let Sought::Found(found) = self.seek(form) {
                tally.met = false;
                tally.negating.extend(found.tokens);
            }
        }
    }

    /// The bytes of these tokens, those that stand side by side as one.
    fn spans(&self, mut tokens: Vec<usize>) -> Vec<Range<usize>> {
        tokens.sort_unstable();
        tokens.dedup();
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut last = None;
        for at in tokens {
            let span = self.normal.tokens[at].span.clone();
            match spans.last_mut() {
                // Two tokens may come from one character of the answer.
                Some(open) if last == at.checked_sub(1) || open.end > span.start => {
                    open.end = open.end.max(span.end);
                }
                _ => spans.push(span),
            }
            last = Some(at);
        }
        spans
    }
}
