//! How much would be known on the day of an interview, and how to know more by then. It follows from
//! the model of memory and has not been validated against real interviews.

use std::collections::{BTreeMap, HashMap};

use super::{Agenda, Filter, Mastery, Record, Share, Standing};
use crate::{
    ids::{LessonId, StudyDay},
    memory::{Candidate, Memory, Recall},
};

/// Fewer tests of memory than this say too little for an interval.
pub const LEAST_TESTS: usize = 30;
/// So many of the last tests tell how far the model is off.
const LAST_TESTS: usize = 400;
/// How many standard deviations hold 95 % of a normal distribution.
const Z: f64 = 1.96;

/// What would be known on a day if nothing more were studied.
#[derive(Clone, PartialEq, Debug)]
pub struct Readiness {
    /// The day.
    pub on: StudyDay,
    /// Each field that counts and has cards, the heaviest first.
    pub fields: Vec<Field>,
    /// Fields that count and have no cards yet, by name.
    pub without_cards: Vec<String>,
    /// The expected share of the cards recalled on that day, each field weighed; those never met
    /// count as not known.
    pub expected: f64,
    /// Where that share lies, 95 times in 100: chance, and how far the model has been off with this
    /// learner; none before there are [`LEAST_TESTS`] tests of memory.
    pub interval: Option<(f64, f64)>,
    /// How many tests of memory it rests on.
    pub tests: usize,
    /// What was answered in interviews and marked by rule, each question by its last answer.
    pub interviews: Share,
}

/// One field of an interview.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Its name.
    pub domain: String,
    /// What it weighs, all fields together 1.
    pub weight: f64,
    /// Where the learner stands in it on the day.
    pub mastery: Mastery,
}

impl Field {
    /// The expected share of its cards recalled.
    pub fn expected(&self) -> f64 {
        self.mastery.cards.value().unwrap_or(0.0)
    }

    /// What of the whole is missing here.
    pub fn gap(&self) -> f64 {
        self.weight * (1.0 - self.expected())
    }
}

impl Readiness {
    /// On this day, with fields weighed like this, by these tests of memory; none where no field has
    /// cards.
    pub fn on(
        day: StudyDay,
        agenda: &Agenda<'_>,
        record: &Record,
        weights: &BTreeMap<String, f64>,
        recalls: &[Recall<'_>],
    ) -> Option<Readiness> {
        let standing = Standing::of(agenda, record, day);
        let mastery = |domain: &str| standing.domains.get(domain).copied().unwrap_or_default();
        let (with_cards, without): (Vec<_>, Vec<_>) = weights
            .iter()
            .filter(|(_, weight)| **weight > 0.0)
            .partition(|(domain, _)| mastery(domain).cards.of > 0);
        let sum: f64 = with_cards.iter().map(|(_, weight)| **weight).sum();
        let mut fields: Vec<Field> = with_cards
            .into_iter()
            .map(|(domain, weight)| Field {
                domain: domain.clone(),
                weight: weight / sum,
                mastery: mastery(domain),
            })
            .collect();
        if fields.is_empty() {
            return None;
        }
        fields.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        let expected = fields.iter().map(|one| one.weight * one.expected()).sum();
        let chance = variance(day, agenda, &fields);
        Some(Readiness {
            on: day,
            expected,
            interval: interval(expected, chance, recalls),
            tests: recalls.len(),
            interviews: fields.iter().map(|one| one.mastery.interviews).sum(),
            without_cards: without
                .into_iter()
                .map(|(domain, _)| domain.clone())
                .collect(),
            fields,
        })
    }

    /// The fields in which most is missing, the worst first.
    pub fn gaps(&self) -> impl Iterator<Item = &Field> {
        let mut fields: Vec<&Field> = self.fields.iter().collect();
        fields.sort_by(|one, other| other.gap().total_cmp(&one.gap()));
        fields.into_iter().filter(|one| one.gap() > 0.005).take(3)
    }
}

/// The cards of an interview: all may be new, whatever lessons were started, and each weighs what it
/// adds to the whole.
pub fn weighed_candidates(
    agenda: &Agenda<'_>,
    weights: &BTreeMap<String, f64>,
) -> (Vec<Candidate>, Vec<f64>) {
    let domains: HashMap<&LessonId, &str> = agenda
        .lessons()
        .map(|lesson| (&lesson.id, &*lesson.domain))
        .collect();
    let weight = |domain: &str| weights.get(domain).copied().unwrap_or(0.0);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut candidates = Vec::new();
    for mut candidate in agenda.candidates(&Filter::All) {
        let domain = domains.get(&candidate.lesson).copied().unwrap_or_default();
        let counted = !is_left_out(agenda.memory, &candidate);
        if weight(domain) > 0.0 && counted {
            candidate.new_allowed = true;
            *counts.entry(domain).or_default() += 1;
            candidates.push((candidate, domain));
        }
    }
    let sum: f64 = counts.keys().map(|domain| weight(domain)).sum();
    candidates
        .into_iter()
        .map(|(candidate, domain)| {
            let share = weight(domain) / sum / counts[domain] as f64;
            (candidate, share)
        })
        .unzip()
}

fn is_left_out(memory: &Memory, candidate: &Candidate) -> bool {
    let card = memory.card(&candidate.card);
    card.suspended || card.not_a_card || card.known
}

/// The variance of the share recalled, each card recalled or not by chance.
fn variance(day: StudyDay, agenda: &Agenda<'_>, fields: &[Field]) -> f64 {
    let mut variance = 0.0;
    for field in fields {
        let share = field.weight / field.mastery.cards.of as f64;
        let cards = agenda
            .lessons()
            .filter(|lesson| *lesson.domain == *field.domain)
            .flat_map(|lesson| agenda.library.cards_of(&lesson.id, agenda.lang));
        for card in cards {
            let recall = agenda.memory.retrievability(&card.id, day);
            let recall = recall.map_or(0.0, f64::from);
            variance += share * share * recall * (1.0 - recall);
        }
    }
    variance
}

fn interval(expected: f64, variance: f64, recalls: &[Recall<'_>]) -> Option<(f64, f64)> {
    if recalls.len() < LEAST_TESTS {
        return None;
    }
    let last = &recalls[recalls.len().saturating_sub(LAST_TESTS)..];
    let foretold = last.iter().map(|one| f64::from(one.predicted)).sum::<f64>() / last.len() as f64;
    let (low, high) = last
        .iter()
        .map(Recall::passed)
        .collect::<Share>()
        .interval()?;
    let off = (low / foretold - 1.0)
        .abs()
        .max((high / foretold - 1.0).abs());
    let half = Z * variance.sqrt() + expected * off;
    Some(((expected - half).max(0.0), (expected + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Event, Mode, Rating},
        ids::Lang,
        notes::{Library, course},
        progress::{
            Sources,
            fixture::{day, review, rows},
        },
    };

    fn agenda<'a>(library: &'a Library, memory: &'a Memory) -> Agenda<'a> {
        Agenda {
            library,
            memory,
            lang: Lang::En,
            sources: Sources::Both,
        }
    }

    fn on(n: i64, agenda: &Agenda<'_>, weights: &BTreeMap<String, f64>) -> Readiness {
        let recalls = agenda.memory.recalls();
        Readiness::on(day(n), agenda, &Record::default(), weights, &recalls).expect("cards")
    }

    fn docker() -> BTreeMap<String, f64> {
        BTreeMap::from([("docker".to_owned(), 3.0), ("astrology".to_owned(), 1.0)])
    }

    /// Every Docker card learned and tested twice, all recalled.
    fn studied(library: &Library) -> Vec<Event> {
        let mut events = Vec::new();
        for on in [-12, -10, -4] {
            for lesson in library.lessons_in(Lang::En) {
                if &*lesson.domain != "docker" {
                    continue;
                }
                for card in library.cards_of(&lesson.id, Lang::En) {
                    let mode = if on == -12 { Mode::Learn } else { Mode::Review };
                    events.push(review(card.id.as_str(), Rating::Good, mode, on));
                }
            }
        }
        events
    }

    #[test]
    fn a_newcomer_is_told_that_nothing_is_known_yet() {
        let (library, memory) = (course(), Memory::default());
        let agenda = agenda(&library, &memory);
        let readiness = on(20, &agenda, &docker());
        assert_eq!(readiness.expected, 0.0);
        assert_eq!(readiness.interval, None);
        assert_eq!(readiness.without_cards, ["astrology"]);
        assert_eq!(readiness.fields.len(), 1);
        assert_eq!(readiness.fields[0].weight, 1.0);
        let gaps: Vec<_> = readiness.gaps().map(|one| one.domain.as_str()).collect();
        assert_eq!(gaps, ["docker"]);
    }

    #[test]
    fn what_was_learned_fades_until_the_day_and_the_interval_holds_it() {
        let library = course();
        let memory = Memory::replay(rows(studied(&library)));
        let agenda = agenda(&library, &memory);
        let (soon, late) = (on(1, &agenda, &docker()), on(60, &agenda, &docker()));
        assert!(soon.expected > 0.9 && late.expected < soon.expected);
        for readiness in [&soon, &late] {
            let (low, high) = readiness.interval.expect("tests");
            assert!(low < readiness.expected && readiness.expected <= high);
            assert!(readiness.tests > 150);
        }
    }

    #[test]
    fn the_weights_of_the_cards_add_up_to_the_expected_share() {
        let library = course();
        let memory = Memory::replay(rows(studied(&library)));
        let agenda = agenda(&library, &memory);
        let weights =
            BTreeMap::from([("docker".to_owned(), 1.0), ("architecture".to_owned(), 3.0)]);
        let (candidates, shares) = weighed_candidates(&agenda, &weights);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let sum: f64 = candidates
            .iter()
            .zip(&shares)
            .map(|(one, share)| {
                let recall = memory.retrievability(&one.card, day(5));
                share * recall.map_or(0.0, f64::from)
            })
            .sum();
        let readiness = on(5, &agenda, &weights);
        assert!((sum - readiness.expected).abs() < 1e-9);
    }
}
