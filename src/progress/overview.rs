//! All there is to say of where the learner stands, worked out once: what the stats screen draws and
//! the reports write.

use std::{
    collections::BTreeMap,
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use super::{
    Agenda, Bin, Confidence, Filter, Habit, Held, On, Plan, Readiness, Record, Retention, Standing,
    Streak, Time, calibration, held, plan, readiness::weighed_candidates, retention,
};
use crate::{
    history::Answer,
    ids::{CardId, StudyDay},
    memory::{
        Candidate, CardMemory, Course, Evaluation, Memory, Phase, Recall, Settings, Simulated,
        simulate,
    },
};

/// Weeks of retention looked back on.
const WEEKS: usize = 26;
/// Days looked ahead.
const AHEAD: u32 = 28;

/// What the learner has decided that bears on where they stand.
#[derive(Clone, PartialEq, Debug)]
pub struct Aim {
    /// The day of the interview, if there is one.
    pub interview: Option<StudyDay>,
    /// What the fields weigh in it.
    pub weights: BTreeMap<String, f64>,
    /// The time there is in a day.
    pub a_day: Duration,
    /// What was done before this day is not looked back on; all is if there is none. What is known
    /// now, and the days on end, do not depend on it.
    pub since: Option<StudyDay>,
}

/// How many cards stand where in their schedule.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Cards {
    /// All that are not left out.
    pub all: usize,
    /// Never graded.
    pub new: usize,
    /// Stability up to three weeks.
    pub young: usize,
    /// Beyond.
    pub mature: usize,
    /// Left out: suspended, known, or no card.
    pub left_out: usize,
}

/// Where the learner stands.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The study day it is about.
    pub today: StudyDay,
    /// How many cards stand where.
    pub cards: Cards,
    /// Each lesson and field.
    pub standing: Standing,
    /// Of every test of memory there was.
    pub retention: Retention,
    /// Of each of the last 26 weeks, the present one last.
    pub weeks: Vec<Retention>,
    /// What the memory model foretold and what came of it.
    pub calibration: Vec<Bin>,
    /// How well the parameters in force foretold it; none before there was a test of memory.
    pub evaluation: Option<Evaluation>,
    /// How the learner's certainty fared in interviews.
    pub confidence: Confidence,
    /// Certain and wrong, the latest first.
    pub confidently_wrong: Vec<On<Answer>>,
    /// What was done on which day.
    pub habit: Habit,
    /// For how many days on end.
    pub streak: Streak,
    /// The next four weeks under the settings as they are, today first.
    pub ahead: Simulated,
    /// For each card that is scheduled: its stability in days, ascending.
    pub stabilities: Vec<f32>,
    /// Cards forgotten again and again, the worst first, with how often.
    pub leeches: Vec<(CardId, u32)>,
    /// Interviews that are over, in order.
    pub interviews: Vec<Held>,
    /// How much would be known on the day of the interview; today if there is none. None where no
    /// field has cards.
    pub readiness: Option<Readiness>,
    /// How to spend the days until then.
    pub plan: Option<Plan>,
}

impl Overview {
    /// As it is on this study day.
    pub fn of(
        agenda: &Agenda<'_>,
        record: Record,
        settings: &Settings,
        aim: &Aim,
        today: StudyDay,
    ) -> Overview {
        thread::scope(|scope| {
            // What takes longest rests on nothing of the rest.
            let evaluation = scope.spawn(|| agenda.memory.evaluate());
            let plan = scope.spawn(|| {
                let until = aim.interview?;
                planned(agenda, settings, aim, today, until)
            });
            let overview = Overview::without_plan(agenda, record, settings, aim, today);
            Overview {
                evaluation: joined(evaluation),
                plan: joined(plan),
                ..overview
            }
        })
    }

    /// All but the evaluation and the plan.
    fn without_plan(
        agenda: &Agenda<'_>,
        record: Record,
        settings: &Settings,
        aim: &Aim,
        today: StudyDay,
    ) -> Overview {
        let all = agenda.memory.recalls();
        let readiness = Readiness::on(
            aim.interview.unwrap_or(today),
            agenda,
            &record,
            &aim.weights,
            &all,
        );
        let standing = Standing::of(agenda, &record, today);
        let mut habit = Habit::of(agenda.memory, &record);
        let streak = habit.streak(today);
        let recalls = since(aim, &all, |recall| recall.day);
        let answers = since(aim, &record.answers, |on| on.day);
        let attempts = since(aim, &record.attempts, |on| on.day);
        if let Some(first) = aim.since {
            habit.days = habit.days.split_off(&first);
        }
        // Whoever goes on takes up the next lesson when the last one holds nothing new.
        let mut candidates = agenda.candidates(&Filter::All);
        candidates.iter_mut().for_each(|one| one.new_allowed = true);
        let ahead = Course::usual(settings, today, AHEAD);
        let wrong = calibration::confidently_wrong(answers);
        let known = || candidates.iter().map(|one| agenda.memory.card(&one.card));
        Overview {
            today,
            cards: Cards::of(known()),
            standing,
            retention: Retention::of(recalls),
            weeks: retention::weekly(recalls, today, WEEKS),
            calibration: calibration::of_memory(recalls),
            evaluation: None,
            confidence: calibration::of_learner(answers),
            confidently_wrong: wrong.into_iter().cloned().collect(),
            streak,
            habit,
            ahead: simulate(&candidates, agenda.memory, &ahead),
            stabilities: stabilities(known()),
            leeches: leeches(&candidates, agenda.memory, settings),
            readiness,
            plan: None,
            interviews: held(attempts, answers),
        }
    }
}

/// What a thread found.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl Cards {
    fn of<'a>(known: impl Iterator<Item = &'a CardMemory>) -> Cards {
        let mut cards = Cards::default();
        for card in known {
            if card.suspended || card.known || card.not_a_card {
                cards.left_out += 1;
                continue;
            }
            cards.all += 1;
            match card.schedule {
                None => cards.new += 1,
                Some(schedule) if schedule.strength.stability < Recall::MATURE_DAYS => {
                    cards.young += 1;
                }
                Some(_) => cards.mature += 1,
            }
        }
        cards
    }
}

/// What is looked back on of things in the order of days.
fn since<'a, T>(aim: &Aim, all: &'a [T], day: impl Fn(&T) -> StudyDay) -> &'a [T] {
    let before = |first| all.partition_point(|one| day(one) < first);
    &all[aim.since.map_or(0, before)..]
}

fn planned(
    agenda: &Agenda<'_>,
    settings: &Settings,
    aim: &Aim,
    today: StudyDay,
    until: StudyDay,
) -> Option<Plan> {
    let (candidates, weights) = weighed_candidates(agenda, &aim.weights);
    let time = Time {
        from: today,
        until,
        a_day: aim.a_day,
    };
    plan(&candidates, &weights, agenda.memory, settings, &time)
}

fn stabilities<'a>(known: impl Iterator<Item = &'a CardMemory>) -> Vec<f32> {
    let mut stabilities: Vec<f32> = known
        .filter_map(|card| card.schedule)
        .map(|schedule| schedule.strength.stability)
        .collect();
    stabilities.sort_by(f32::total_cmp);
    stabilities
}

fn leeches(candidates: &[Candidate], memory: &Memory, settings: &Settings) -> Vec<(CardId, u32)> {
    let mut leeches: Vec<(CardId, u32)> = candidates
        .iter()
        .filter_map(|candidate| {
            let card = memory.card(&candidate.card);
            let is_leech = card.phase() != Phase::New && card.is_leech(settings);
            is_leech.then(|| (candidate.card.clone(), card.lapses))
        })
        .collect();
    leeches.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    leeches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Mode, Rating, Row},
        ids::Lang,
        memory::Memory,
        notes::course,
        progress::{
            Sources,
            fixture::{at, day, review, rows},
        },
    };

    fn overview(rows: &[Row], interview: Option<StudyDay>) -> Overview {
        let library = course();
        let memory = Memory::replay(rows);
        let agenda = Agenda {
            library: &library,
            memory: &memory,
            lang: Lang::Zh,
            sources: Sources::Both,
        };
        let settings = Settings::default();
        let record = Record::of(rows, &at("2026-11-24T12:00:00+08:00"), &settings);
        let aim = Aim {
            interview,
            weights: BTreeMap::from([("docker".to_owned(), 1.0)]),
            a_day: Duration::from_secs(1200),
            since: None,
        };
        Overview::of(&agenda, record, &settings, &aim, day(0))
    }

    #[test]
    fn an_empty_history_gives_a_sensible_page() {
        let overview = overview(&[], Some(day(26)));
        assert_eq!(overview.cards.new, overview.cards.all);
        assert_eq!(overview.retention.all.value(), None);
        assert_eq!(overview.evaluation, None);
        assert_eq!(overview.streak, Streak::default());
        assert_eq!(overview.ahead.new[0], Settings::default().new_per_day);
        let plan = overview.plan.expect("26 days");
        assert!(plan.expected > 0.8, "{plan:?}");
    }

    #[test]
    fn one_review_and_a_card_that_will_not_stay() {
        let mut events = vec![review("d04.pid1", Rating::Good, Mode::Learn, -30)];
        for on in -9..0 {
            events.push(review("d04.pid1", Rating::Again, Mode::Review, on * 3));
            events.push(review("d04.pid1", Rating::Good, Mode::Relearn, on * 3));
        }
        let one = overview(&rows(events[..1].to_vec()), None);
        assert_eq!((one.cards.young, one.stabilities.len()), (1, 1));
        assert!(one.readiness.is_some() && one.plan.is_none());
        let leech = overview(&rows(events), None);
        assert_eq!(leech.leeches, [(CardId::new("d04.pid1"), 9)]);
        assert_eq!(leech.retention.all.of, 9);
    }
}
