use std::{
    collections::{BTreeMap, BTreeSet},
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
    /// Chooses questions: domains by their weights, kinds as an interview mixes them, then from easy
    /// to hard. The same stock and seed give the same.
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

/// What a kind weighs among others: how the questions of the course are meant to be spread.
fn weight_of(kind: Kind) -> f64 {
    match kind {
        Kind::Choice => 30.0,
        Kind::Cloze | Kind::Predict | Kind::Short => 15.0,
        Kind::Aloud => 10.0,
        Kind::Multi | Kind::Order | Kind::Match => 5.0,
        Kind::Card => 1.0,
    }
}

/// The questions that may still be taken, by domain and kind.
struct Piles {
    piles: Vec<Pile>,
    /// Each kind there is, in an order of chance, and how many of it were taken.
    kinds: Vec<(Kind, u32)>,
    /// The kinds of an interview as they should be mixed, in an order of chance: which domain is asked
    /// in which way must not be the same each time.
    wishes: Vec<Kind>,
    /// Seconds of what is said out loud that may still be taken.
    aloud: u32,
    runs: Runs,
}

struct Pile {
    weight: f64,
    taken: u32,
    /// Those of each kind in the order in which they are taken, the last first.
    waiting: BTreeMap<Kind, Vec<Arc<Question>>>,
}

impl Piles {
    fn of(blueprint: &Blueprint, stock: &Stock<'_>, seed: u64) -> Piles {
        let mut domains: BTreeMap<String, Vec<Arc<Question>>> = BTreeMap::new();
        for question in candidates(blueprint, stock) {
            let domain = domains.entry(question.domain.clone()).or_default();
            domain.push(question);
        }
        let weights = weights(blueprint, stock.course);
        let mut piles: Vec<Pile> = domains
            .into_iter()
            .map(|(domain, questions)| Pile {
                weight: weights
                    .and_then(|weights| weights.get(&domain))
                    .copied()
                    .unwrap_or(1.0),
                taken: 0,
                waiting: shuffled_by_kind(questions, seed, &domain),
            })
            .collect();
        let kinds: BTreeSet<Kind> = piles
            .iter()
            .flat_map(|pile| pile.waiting.keys().copied())
            .collect();
        let mut kinds: Vec<(Kind, u32)> = kinds.into_iter().map(|kind| (kind, 0)).collect();
        Chance::about(seed, "domains").shuffle(&mut piles);
        Chance::about(seed, "kinds").shuffle(&mut kinds);
        let mut wishes = mixed(kinds.clone(), blueprint.count);
        Chance::about(seed, "wishes").shuffle(&mut wishes);
        Piles {
            piles,
            kinds,
            wishes,
            aloud: blueprint.minutes.saturating_mul(60) / ALOUD_PART,
            runs: Runs::default(),
        }
    }

    fn next(&mut self) -> Option<Question> {
        loop {
            let pile = first_most(0..self.piles.len(), |at| {
                let pile = &self.piles[*at];
                let left = !pile.waiting.is_empty();
                left.then(|| due(pile.weight, pile.taken))
            })?;
            let pile = &mut self.piles[pile];
            let there = |kind: &Kind| pile.waiting.contains_key(kind);
            let kind = match self.wishes.iter().position(there) {
                Some(at) => self.wishes.remove(at),
                // Nothing wished for is left here: the kind least asked for its weight.
                None => first_most(self.kinds.iter(), |(kind, taken)| {
                    there(kind).then(|| due(weight_of(*kind), *taken))
                })
                .map(|(kind, _)| *kind)?,
            };
            let question = take(&mut pile.waiting, kind)?;
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
            for (one, taken) in &mut self.kinds {
                *taken += u32::from(*one == kind);
            }
            return Some(question);
        }
    }
}

/// So many kinds, each as often as it weighs.
fn mixed(mut kinds: Vec<(Kind, u32)>, count: u32) -> Vec<Kind> {
    let next = |_| {
        let at = first_most(0..kinds.len(), |at| {
            let (kind, taken) = kinds[*at];
            Some(due(weight_of(kind), taken))
        })?;
        kinds[at].1 += 1;
        Some(kinds[at].0)
    };
    (0..count).map_while(next).collect()
}

/// How much something is owed that weighs so much and was taken so often (Sainte-Laguë).
fn due(weight: f64, taken: u32) -> f64 {
    weight / f64::from(2 * taken + 1)
}

/// The first of those for which most is given; none where nothing is.
fn first_most<T>(of: impl Iterator<Item = T>, given: impl Fn(&T) -> Option<f64>) -> Option<T> {
    of.filter_map(|one| Some((given(&one)?, one)))
        .reduce(|best, one| if one.0 > best.0 { one } else { best })
        .map(|(_, one)| one)
}

/// Takes the last of a kind; a kind of which nothing is left goes.
fn take(waiting: &mut BTreeMap<Kind, Vec<Arc<Question>>>, kind: Kind) -> Option<Arc<Question>> {
    let questions = waiting.get_mut(&kind)?;
    let question = questions.pop();
    if questions.is_empty() {
        waiting.remove(&kind);
    }
    question
}

fn shuffled_by_kind(
    questions: Vec<Arc<Question>>,
    seed: u64,
    domain: &str,
) -> BTreeMap<Kind, Vec<Arc<Question>>> {
    let mut kinds: BTreeMap<Kind, Vec<Arc<Question>>> = BTreeMap::new();
    for question in questions {
        kinds.entry(question.kind()).or_default().push(question);
    }
    for (kind, questions) in &mut kinds {
        Chance::about(seed, &format!("{domain} {kind}")).shuffle(questions);
    }
    kinds
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
