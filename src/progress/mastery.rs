//! How well each lesson and each field is known: the share of all that was or could be asked that
//! would be right today. A card counts with its probability of recall, and as not known before it is
//! met; a guess in a walkthrough and an answer in an interview count as they were last given.
//! Reading counts for nothing.

use std::collections::{BTreeMap, HashMap};

use super::{Agenda, Record, Share, calibration::credit};
use crate::ids::{LessonId, StudyDay};

/// How well something is known, and what that rests on.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Mastery {
    /// Cards by their probability of recall; those left out of study do not count.
    pub cards: Share,
    /// How many of the cards have been met.
    pub met: usize,
    /// Questions of walkthroughs that were answered, by the last answer.
    pub predictions: Share,
    /// Questions of interviews that were asked and marked by rule, by the last answer.
    pub interviews: Share,
}

impl Mastery {
    /// All of it together, each card and each question once.
    pub fn all(&self) -> Share {
        self.cards + self.predictions + self.interviews
    }

    /// From 0 to 1; none where nothing could be asked.
    pub fn value(&self) -> Option<f64> {
        self.all().value()
    }

    fn add(&mut self, other: &Mastery) {
        self.cards = self.cards + other.cards;
        self.met += other.met;
        self.predictions = self.predictions + other.predictions;
        self.interviews = self.interviews + other.interviews;
    }
}

/// Where the learner stands in every lesson and field.
#[derive(Clone, Default, Debug)]
pub struct Standing {
    /// Each lesson, in the order of the library.
    pub lessons: Vec<(LessonId, Mastery)>,
    /// Each field that has lessons, by name; the learner's own notes under the empty one.
    pub domains: BTreeMap<Box<str>, Mastery>,
    /// All of it.
    pub whole: Mastery,
}

impl Standing {
    /// As it is on this day.
    pub fn of(agenda: &Agenda<'_>, record: &Record, day: StudyDay) -> Standing {
        let answered = Answered::of(record);
        let mut standing = Standing::default();
        for lesson in agenda.lessons() {
            let mut mastery = answered.in_lesson(&lesson.id);
            for card in agenda.library.cards_of(&lesson.id, agenda.lang) {
                let memory = agenda.memory.card(&card.id);
                if memory.suspended || memory.not_a_card || memory.known {
                    continue;
                }
                let recall = agenda.memory.retrievability(&card.id, day);
                mastery.met += usize::from(recall.is_some());
                mastery.cards.add(recall.map_or(0.0, f64::from));
            }
            standing
                .domains
                .entry(lesson.domain.clone())
                .or_default()
                .add(&mastery);
            standing.whole.add(&mastery);
            standing.lessons.push((lesson.id.clone(), mastery));
        }
        standing
    }

    /// How well a lesson is known; as nothing if it is not there.
    pub fn lesson(&self, lesson: &LessonId) -> Mastery {
        let mut lessons = self.lessons.iter();
        lessons
            .find(|(id, _)| id == lesson)
            .map(|(_, mastery)| *mastery)
            .unwrap_or_default()
    }
}

/// The last answer to each question, by lesson.
struct Answered(HashMap<LessonId, Mastery>);

impl Answered {
    fn of(record: &Record) -> Answered {
        let mut predictions = HashMap::new();
        for on in &record.predictions {
            let question = (&on.what.scenario, &on.what.prediction);
            predictions.insert(question, (&on.what.lesson, on.what.right));
        }
        let mut interviews = HashMap::new();
        let by_rule = record
            .answers
            .iter()
            .filter(|on| !on.what.asked.is_self_marked());
        for on in by_rule {
            interviews.insert(&on.what.question, (&on.what.lesson, credit(&on.what)));
        }
        let mut lessons: HashMap<LessonId, Mastery> = HashMap::new();
        for (lesson, right) in predictions.into_values() {
            let mastery = lessons.entry(lesson.clone()).or_default();
            mastery.predictions.add(f64::from(u8::from(right)));
        }
        // Sums of fractions depend on their order in the last digit.
        let mut credits: Vec<(&LessonId, f64)> = interviews.into_values().collect();
        credits.sort_by(|one, other| one.0.cmp(other.0).then(one.1.total_cmp(&other.1)));
        for (lesson, credit) in credits {
            let mastery = lessons.entry(lesson.clone()).or_default();
            mastery.interviews.add(credit);
        }
        Answered(lessons)
    }

    fn in_lesson(&self, lesson: &LessonId) -> Mastery {
        self.0.get(lesson).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{CardAction, Event, Mode, Rating},
        ids::{CardId, Lang},
        memory::Memory,
        notes::course,
        progress::{
            On, Sources,
            fixture::{answer, day, review, rows},
        },
    };

    fn standing(events: Vec<Event>, record: &Record) -> Standing {
        let library = course();
        let memory = Memory::replay(rows(events));
        let agenda = Agenda {
            library: &library,
            memory: &memory,
            lang: Lang::En,
            sources: Sources::Both,
        };
        Standing::of(&agenda, record, day(0))
    }

    #[test]
    fn reading_counts_for_nothing_and_a_recalled_card_for_its_recall() {
        let read = |section| Event::Read {
            lesson: LessonId::new("d04"),
            section,
        };
        let d04 = LessonId::new("d04");
        let before = standing((0..6).map(read).collect(), &Record::default());
        assert_eq!(before.lesson(&d04).value(), Some(0.0));
        let after = standing(
            vec![review("d04.pid1", Rating::Good, Mode::Learn, 0)],
            &Record::default(),
        );
        let mastery = after.lesson(&d04);
        assert_eq!(mastery.met, 1);
        assert!((mastery.cards.credit - 1.0).abs() < 1e-6);
        assert!(mastery.cards.of > 5);
        let docker = after.domains["docker"];
        assert_eq!(docker.met, 1);
        assert!(docker.cards.of > mastery.cards.of);
    }

    #[test]
    fn what_the_learner_leaves_out_is_asked_nowhere() {
        let d04 = LessonId::new("d04");
        let all = standing(vec![], &Record::default()).lesson(&d04).cards.of;
        let known = Event::Card {
            card: CardId::new("d04.pid1"),
            action: CardAction::Known,
        };
        let left = standing(vec![known], &Record::default()).lesson(&d04);
        assert_eq!(left.cards.of, all - 1);
    }

    #[test]
    fn the_last_answer_to_a_question_counts() {
        let on = |what| On { day: day(0), what };
        let record = Record {
            answers: vec![
                on(answer("q1", None, 0.0)),
                on(answer("q2", None, 0.5)),
                on(answer("q1", None, 1.0)),
            ],
            ..Record::default()
        };
        let d01 = standing(vec![], &record).lesson(&LessonId::new("d01"));
        assert_eq!((d01.interviews.credit, d01.interviews.of), (1.5, 2));
    }
}
