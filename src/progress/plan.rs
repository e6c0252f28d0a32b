//! How to spend the days until an interview: of the plans tried, the one with which most is expected
//! to be recalled on the day, for the time there is.

use std::time::Duration;

use crate::{
    ids::StudyDay,
    memory::{Candidate, Course, Memory, Outset, Settings},
};

/// Retentions tried.
const RETENTIONS: [f32; 5] = [0.80, 0.85, 0.90, 0.93, 0.96];
/// Plans are chosen by these chances …
const TRIED: [u64; 2] = [1, 2];
/// … and judged by others, or the luckiest would be taken for the best.
const JUDGED: [u64; 3] = [11, 12, 13];

/// How to spend the days.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plan {
    /// New cards a day.
    pub new_per_day: u32,
    /// The retention to aim at.
    pub retention: f32,
    /// The time it takes, a day in the mean.
    pub time: Duration,
    /// The share expected to be recalled on the day.
    pub expected: f64,
    /// What the settings as they are would come to, in the same time.
    pub usual: f64,
}

impl Plan {
    /// Whether it comes to more than the settings as they are.
    pub fn is_better(&self) -> bool {
        self.expected > self.usual
    }
}

/// The days there are, and the time in each.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Time {
    /// The first day of study.
    pub from: StudyDay,
    /// The day of the interview, on which nothing is studied any more.
    pub until: StudyDay,
    /// The time there is in a day.
    pub a_day: Duration,
}

/// The best plan found for these cards, each of which adds its weight to the whole; none without
/// days or cards. The same cards and memory give the same plan.
pub fn plan(
    candidates: &[Candidate],
    weights: &[f64],
    memory: &Memory,
    settings: &Settings,
    time: &Time,
) -> Option<Plan> {
    let days = u32::try_from(time.until.days_since(time.from)).ok()?;
    if days == 0 || candidates.is_empty() {
        return None;
    }
    let usual = Course {
        time_per_day: Some(time.a_day),
        ..Course::usual(settings, time.from, days)
    };
    let outset = Outset::of(candidates, memory, time.from);
    let mean = |course: &Course, seeds: &[u64]| {
        let played = seeds.iter().map(|seed| {
            let played = outset.play(&Course {
                seed: *seed,
                ..*course
            });
            (weighed(&played.recall, weights), played.mean_time())
        });
        let (recall, time): (Vec<f64>, Vec<Duration>) = played.unzip();
        let runs = seeds.len() as u32;
        let recall = recall.iter().sum::<f64>() / f64::from(runs);
        (recall, time.iter().sum::<Duration>() / runs)
    };
    let unseen = u32::try_from(outset.unseen()).unwrap_or(u32::MAX);
    let best = courses(&usual, unseen)
        .map(|course| (mean(&course, &TRIED).0, course))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map_or(usual, |(_, course)| course);
    let (by_usual, usual_time) = mean(&usual, &JUDGED);
    let (expected, best_time) = mean(&best, &JUDGED);
    let (course, expected, time) = if expected > by_usual {
        (best, expected, best_time)
    } else {
        (usual, by_usual, usual_time)
    };
    Some(Plan {
        new_per_day: course.new_per_day,
        retention: course.retention,
        time,
        expected,
        usual: by_usual,
    })
}

/// The plans tried: new cards so that all have been met after a half, two thirds or all of the days,
/// with each retention, and any number of reviews that fits into the time.
fn courses(usual: &Course, unseen: u32) -> impl Iterator<Item = Course> + use<> {
    let usual = *usual;
    let paces = [(1, 2), (2, 3), (1, 1)].map(|(part, of)| {
        let days = (usual.days * part / of).max(1);
        unseen.div_ceil(days)
    });
    paces.into_iter().flat_map(move |new_per_day| {
        RETENTIONS.map(|retention| Course {
            new_per_day,
            retention,
            reviews_per_day: u32::MAX,
            ..usual
        })
    })
}

fn weighed(recall: &[Option<f32>], weights: &[f64]) -> f64 {
    recall
        .iter()
        .zip(weights)
        .map(|(recall, weight)| weight * recall.map_or(0.0, f64::from))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Mode, Rating},
        ids::{CardId, LessonId},
        progress::fixture::{day, review, rows},
    };

    fn cards(count: usize) -> (Vec<Candidate>, Vec<f64>) {
        let candidate = |n: usize| Candidate {
            card: CardId::new(format!("a.{n}")),
            lesson: LessonId::new("a"),
            siblings: None,
            new_allowed: true,
        };
        let weights = vec![1.0 / count as f64; count];
        ((0..count).map(candidate).collect(), weights)
    }

    fn time(days: i64, minutes: u64) -> Time {
        Time {
            from: day(0),
            until: day(days),
            a_day: Duration::from_secs(60 * minutes),
        }
    }

    #[test]
    fn a_plan_is_never_worse_than_the_settings_and_keeps_to_the_time() {
        let (candidates, weights) = cards(150);
        let memory =
            Memory::replay(rows((0..40).map(|n| {
                review(&format!("a.{n}"), Rating::Good, Mode::Learn, -(n % 9))
            })));
        let settings = Settings::default();
        for (days, minutes) in [(3, 5), (14, 10), (40, 15)] {
            let time = time(days, minutes);
            let plan = plan(&candidates, &weights, &memory, &settings, &time).expect("a plan");
            assert!(plan.expected >= plan.usual, "{plan:?}");
            // The last card of a day may run over.
            assert!(
                plan.time <= time.a_day + Duration::from_secs(24),
                "{plan:?}"
            );
            assert_eq!(
                Some(plan),
                super::plan(&candidates, &weights, &memory, &settings, &time)
            );
        }
    }

    #[test]
    fn with_time_enough_every_card_is_met_before_the_day() {
        let (candidates, weights) = cards(200);
        let settings = Settings {
            new_per_day: 5,
            ..Settings::default()
        };
        let plan = plan(
            &candidates,
            &weights,
            &Memory::default(),
            &settings,
            &time(20, 30),
        )
        .expect("a plan");
        assert!(plan.is_better() && plan.new_per_day >= 10, "{plan:?}");
        assert!(plan.expected > 0.85 && plan.usual < 0.6, "{plan:?}");
    }

    #[test]
    fn without_a_day_or_a_card_there_is_no_plan() {
        let (candidates, weights) = cards(3);
        let (memory, settings) = (Memory::default(), Settings::default());
        assert_eq!(
            plan(&candidates, &weights, &memory, &settings, &time(0, 9)),
            None
        );
        assert_eq!(
            plan(&candidates, &weights, &memory, &settings, &time(-3, 9)),
            None
        );
        assert_eq!(plan(&[], &[], &memory, &settings, &time(9, 9)), None);
    }
}
