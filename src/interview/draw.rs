use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{
    Ask, Kind, Question, Questions, Runs,
    blueprint::{CARDS, OWN},
    chance::Chance,
};
use crate::{
    history::{Blueprint, Preset},
    ids::{Lang, QuestionId},
    notes::{Card, Course, Library, Origin},
};

/// What is said out loud may take this part of the time.
const ALOUD_PART: u32 = 4;

/// What an interview can be made from.
#[derive(Clone, Copy)]
pub struct Stock<'a> {
    /// The questions there are.
    pub questions: &'a Questions,
    /// The cards there are.
    pub library: &'a Library,
    /// The course: its domains and profiles.
    pub course: &'a Course,
    /// The questions that were answered wrong the last time they were asked.
    pub wrong: &'a [QuestionId],
    /// The language it is held in.
    pub lang: Lang,
}

/// The questions of an interview, ready to be asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Draw {
    /// In the order in which they are asked.
    pub questions: Vec<Question>,
    /// How many the blueprint asks for.
    pub wanted: usize,
}

impl Draw {
    /// Chooses questions: domains by their weights, kinds in turn, then from easy to hard. The same
    /// stock and seed give the same.
    pub fn new(blueprint: &Blueprint, stock: &Stock<'_>, seed: u64) -> Draw {
        let wanted = blueprint.count as usize;
        let mut piles = Piles::of(blueprint, stock, seed);
        let mut questions = Vec::new();
        while questions.len() < wanted
            && let Some(question) = piles.next()
        {
            questions.push(question);
        }
        Chance::about(seed, "order").shuffle(&mut questions);
        questions.sort_by_key(|question| question.difficulty);
        Draw { questions, wanted }
    }
}

/// How many questions there are for a blueprint, at most as many as it asks for. Cheaper than a draw:
/// no model is run.
pub fn available(blueprint: &Blueprint, stock: &Stock<'_>) -> usize {
    candidates(blueprint, stock)
        .len()
        .min(blueprint.count as usize)
}

/// The questions of each domain in the order in which they are taken.
struct Piles {
    piles: Vec<Pile>,
    /// Seconds of what is said out loud that may still be taken.
    aloud: u32,
    runs: Runs,
}

struct Pile {
    weight: f64,
    taken: u32,
    waiting: VecDeque<Arc<Question>>,
}

impl Piles {
    fn of(blueprint: &Blueprint, stock: &Stock<'_>, seed: u64) -> Piles {
        let mut domains: BTreeMap<String, Vec<Arc<Question>>> = BTreeMap::new();
        for question in candidates(blueprint, stock) {
            let domain = domains.entry(question.domain.clone()).or_default();
            domain.push(question);
        }
        let weights = weights(blueprint, stock.course);
        let piles = domains.into_iter().map(|(domain, questions)| Pile {
            weight: weights
                .and_then(|weights| weights.get(&domain))
                .copied()
                .unwrap_or(1.0),
            taken: 0,
            waiting: kinds_in_turn(questions, seed, &domain),
        });
        Piles {
            piles: piles.collect(),
            aloud: blueprint.minutes.saturating_mul(60) / ALOUD_PART,
            runs: Runs::default(),
        }
    }

    /// Sainte-Laguë: the domain that has the least of what its weight gives it comes next.
    fn next(&mut self) -> Option<Question> {
        loop {
            let waiting = self
                .piles
                .iter_mut()
                .filter(|pile| !pile.waiting.is_empty());
            let share = |pile: &Pile| pile.weight / f64::from(2 * pile.taken + 1);
            // Of equals the first, which `max_by` would not give.
            let pile = waiting.reduce(|best, pile| {
                if share(pile) > share(best) {
                    pile
                } else {
                    best
                }
            })?;
            let question = pile.waiting.pop_front()?;
            let aloud = match &question.ask {
                Ask::Aloud(aloud) => aloud.seconds,
                _ => 0,
            };
            if aloud > self.aloud {
                continue;
            }
            let mut question = Arc::unwrap_or_clone(question);
            if question.settle(&mut self.runs).is_err() {
                continue;
            }
            self.aloud -= aloud;
            pile.taken += 1;
            return Some(question);
        }
    }
}

/// Shuffled within each kind, then one of each kind after the other.
fn kinds_in_turn(
    questions: Vec<Arc<Question>>,
    seed: u64,
    domain: &str,
) -> VecDeque<Arc<Question>> {
    let mut kinds: BTreeMap<Kind, Vec<Arc<Question>>> = BTreeMap::new();
    for question in questions {
        kinds.entry(question.kind()).or_default().push(question);
    }
    let mut kinds: Vec<Vec<Arc<Question>>> = kinds
        .into_iter()
        .map(|(kind, mut questions)| {
            Chance::about(seed, &format!("{domain} {kind}")).shuffle(&mut questions);
            questions
        })
        .collect();
    Chance::about(seed, domain).shuffle(&mut kinds);
    let mut mixed = VecDeque::new();
    while kinds.iter().any(|kind| !kind.is_empty()) {
        mixed.extend(kinds.iter_mut().filter_map(Vec::pop));
    }
    mixed
}

fn weights<'a>(blueprint: &Blueprint, course: &'a Course) -> Option<&'a BTreeMap<String, f64>> {
    let name = blueprint.profile.as_deref()?;
    let profile = course.profiles.iter().find(|profile| profile.id == name)?;
    Some(&profile.weights)
}

fn candidates(blueprint: &Blueprint, stock: &Stock<'_>) -> Vec<Arc<Question>> {
    let mut found: Vec<Arc<Question>> = match (blueprint.preset, blueprint.profile.as_deref()) {
        (Preset::Wrong, _) => stock.wrong.iter().filter_map(|id| stock.find(id)).collect(),
        (_, Some(OWN)) => stock.cards(|origin| origin == Origin::Own),
        (_, Some(CARDS)) => stock.cards(|_| true),
        _ => stock.questions.all().to_vec(),
    };
    let weights = weights(blueprint, stock.course);
    found.retain(|question| {
        let weighs = weights.is_none_or(|weights| {
            weights
                .get(&question.domain)
                .is_some_and(|weight| *weight > 0.0)
        });
        let chosen = blueprint.domains.is_empty() || blueprint.domains.contains(&question.domain);
        weighs && chosen && (blueprint.easiest..=blueprint.hardest).contains(&question.difficulty)
    });
    found
}

impl Stock<'_> {
    fn find(&self, id: &QuestionId) -> Option<Arc<Question>> {
        if let Some(question) = self.questions.get(id) {
            return Some(question.clone());
        }
        let card = id.as_str().strip_prefix("card:")?;
        let card = self.library.card(&card.into(), self.lang)?;
        Some(self.as_question(card))
    }

    fn cards(&self, wanted: impl Fn(Origin) -> bool) -> Vec<Arc<Question>> {
        let cards = self.library.cards_in(self.lang).filter(|card| {
            let lesson = self.library.lesson(&card.lesson, self.lang);
            lesson.is_some_and(|lesson| wanted(lesson.origin))
        });
        cards.map(|card| self.as_question(card)).collect()
    }

    fn as_question(&self, card: &Card) -> Arc<Question> {
        let lesson = self.library.lesson(&card.lesson, self.lang);
        let domain = lesson.map_or("", |lesson| &lesson.domain);
        Arc::new(Question::of_card(card, domain))
    }
}
