//! Days of study that have not come yet, played with the model: how many reviews a plan brings, and
//! what will be remembered at its end. By chance, but the same chance for the same seed.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Candidate, Memory, Settings,
    interval::LONGEST,
    model::{Grading, Model, Strength},
    settings::within_retention,
};
use crate::{history::Rating, ids::StudyDay};

/// How the days to come are spent.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Course {
    /// The first day.
    pub from: StudyDay,
    /// How many days.
    pub days: u32,
    /// New cards a day.
    pub new_per_day: u32,
    /// Reviews a day.
    pub reviews_per_day: u32,
    /// The retention schedules aim at.
    pub retention: f32,
    /// The time there is in a day; as much as it takes if none. Reviews go before new cards.
    pub time_per_day: Option<Duration>,
    /// Decides what is recalled and what is not.
    pub seed: u64,
}

impl Course {
    /// Days spent as the settings have it.
    pub fn usual(settings: &Settings, from: StudyDay, days: u32) -> Course {
        Course {
            from,
            days,
            new_per_day: settings.new_per_day,
            reviews_per_day: settings.reviews_per_day,
            retention: settings.retention(),
            time_per_day: None,
            seed: 1,
        }
    }
}

/// How a course went.
#[derive(Clone, PartialEq, Debug)]
pub struct Simulated {
    /// New cards, for each day.
    pub new: Vec<u32>,
    /// Reviews of cards met before, for each day; those of cards failed the same day not counted.
    pub reviews: Vec<u32>,
    /// The time it took, for each day.
    pub time: Vec<Duration>,
    /// For each candidate the probability of recall on the day after the last: 0 for one never met,
    /// none for one that is left out of study.
    pub recall: Vec<Option<f32>>,
}

impl Simulated {
    /// The expected share of the cards recalled on the day after the last; none without cards.
    pub fn expected(&self) -> Option<f32> {
        expected(&self.recall)
    }

    /// The mean time of a day.
    pub fn mean_time(&self) -> Duration {
        self.mean_time_of_first(u32::MAX)
    }

    /// The mean time of one of the first so many days.
    pub fn mean_time_of_first(&self, days: u32) -> Duration {
        let days = days.clamp(1, self.time.len().max(1) as u32);
        self.time.iter().take(days as usize).sum::<Duration>() / days
    }
}

/// The share of the cards that is recalled, of those that are not left out.
fn expected(recall: &[Option<f32>]) -> Option<f32> {
    let counted = recall.iter().flatten();
    let (sum, cards) = counted.fold((0.0, 0), |(sum, cards), one| (sum + one, cards + 1));
    (cards > 0).then(|| sum / cards as f32)
}

/// Plays a course over these cards: see [`Outset::play`].
pub fn simulate(candidates: &[Candidate], memory: &Memory, course: &Course) -> Simulated {
    Outset::of(candidates, memory, course.from).play(course)
}

/// Cards as they stand on the first day of a course: many courses can be played from there.
pub struct Outset<'a> {
    model: &'a Model,
    pace: Duration,
    from: StudyDay,
    cards: Vec<Card>,
}

impl<'a> Outset<'a> {
    /// These cards on that day.
    pub fn of(candidates: &[Candidate], memory: &'a Memory, from: StudyDay) -> Outset<'a> {
        Outset {
            model: &memory.model,
            pace: memory.pace(),
            from,
            cards: candidates
                .iter()
                .map(|one| Card::of(memory, one, from))
                .collect(),
        }
    }

    /// How many of the cards were never graded.
    pub fn unseen(&self) -> usize {
        let unseen = self.cards.iter().filter(|card| card.learned.is_none());
        unseen.count()
    }

    /// Plays a course, which begins on the same day: each card is recalled with the probability the
    /// model gives, and then graded Good; else it is graded Again, and Good a little later.
    pub fn play(&self, course: &Course) -> Simulated {
        self.played(course, |_, _| ())
    }

    /// Plays a course and gives, besides, the expected share of the cards recalled in the mean of its
    /// second half: cards learned together fall due together, so that a single day says little.
    pub fn play_and_watch(&self, course: &Course) -> (Simulated, Option<f32>) {
        let (mut sum, mut days) = (0.0, 0);
        let simulated = self.played(course, |play, day| {
            if day > course.days / 2 {
                sum += expected(&play.recall_on(day)).unwrap_or(0.0);
                days += 1;
            }
        });
        let mean = (days > 0 && simulated.expected().is_some()).then(|| sum / days as f32);
        (simulated, mean)
    }

    /// Plays a course; after each day `watch` sees how the cards stand on the next.
    fn played(&self, course: &Course, mut watch: impl FnMut(&Play<'_>, u32)) -> Simulated {
        debug_assert_eq!(self.from, course.from);
        let mut play = Play {
            model: self.model,
            retention: within_retention(course.retention),
            pace: self.pace,
            luck: Luck::new(course.seed),
            cards: self.cards.clone(),
            due: BTreeMap::new(),
            fresh: Vec::new(),
        };
        play.put_in_order();
        let mut simulated = Simulated {
            new: Vec::new(),
            reviews: Vec::new(),
            time: Vec::new(),
            recall: Vec::new(),
        };
        for day in 0..course.days {
            let spent = play.day(day, course);
            simulated.new.push(spent.new);
            simulated.reviews.push(spent.reviews);
            simulated.time.push(spent.time);
            watch(&play, day + 1);
        }
        simulated.recall = play.recall_on(course.days);
        simulated
    }
}

/// A card on its way; days are counted from the first of the course.
#[derive(Clone, Copy)]
struct Card {
    learned: Option<Learned>,
    left_out: bool,
    new_allowed: bool,
    /// Not before this day.
    from: u32,
}

#[derive(Clone, Copy)]
struct Learned {
    strength: Strength,
    last: i64,
    due: u32,
}

impl Card {
    fn of(memory: &Memory, candidate: &Candidate, from: StudyDay) -> Card {
        let card = memory.card(&candidate.card);
        let days = |day: StudyDay| u32::try_from(day.days_since(from)).unwrap_or(0);
        let buried = card.buried_until.map_or(0, days);
        Card {
            learned: card.schedule.map(|schedule| Learned {
                strength: schedule.strength,
                last: schedule.last.days_since(from),
                due: days(schedule.due).max(buried),
            }),
            left_out: card.suspended || card.known || card.not_a_card,
            new_allowed: candidate.new_allowed,
            from: buried,
        }
    }
}

struct Play<'a> {
    model: &'a Model,
    retention: f32,
    pace: Duration,
    luck: Luck,
    cards: Vec<Card>,
    /// Cards by the day they are due on, in the order they came to be.
    due: BTreeMap<u32, Vec<usize>>,
    /// New cards, the last first.
    fresh: Vec<usize>,
}

#[derive(Default)]
struct Spent {
    new: u32,
    reviews: u32,
    time: Duration,
}

impl Play<'_> {
    fn put_in_order(&mut self) {
        for (at, card) in self.cards.iter().enumerate() {
            match card.learned {
                _ if card.left_out => {}
                Some(learned) => self.due.entry(learned.due).or_default().push(at),
                None if card.new_allowed => self.fresh.push(at),
                None => {}
            }
        }
        self.fresh.reverse();
    }

    fn day(&mut self, day: u32, course: &Course) -> Spent {
        let mut spent = Spent::default();
        let has_time = |spent: &Spent| course.time_per_day.is_none_or(|all| spent.time < all);
        while spent.reviews < course.reviews_per_day && has_time(&spent) {
            let Some(card) = self.take_due(day) else {
                break;
            };
            spent.reviews += 1;
            spent.time += self.review(card, day);
        }
        while spent.new < course.new_per_day && has_time(&spent) {
            let Some(card) = self.take_fresh(day) else {
                break;
            };
            spent.new += 1;
            spent.time += self.grade(card, day, Rating::Good);
        }
        spent
    }

    fn take_due(&mut self, day: u32) -> Option<usize> {
        let mut first = self.due.first_entry().filter(|first| *first.key() <= day)?;
        let card = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        card
    }

    fn take_fresh(&mut self, day: u32) -> Option<usize> {
        let at = self
            .fresh
            .iter()
            .rposition(|card| self.cards[*card].from <= day)?;
        Some(self.fresh.remove(at))
    }

    fn review(&mut self, card: usize, day: u32) -> Duration {
        let recall = self.recall(card, day);
        if self.luck.next() < recall {
            self.grade(card, day, Rating::Good)
        } else {
            self.grade(card, day, Rating::Again) + self.grade(card, day, Rating::Good)
        }
    }

    /// Grades a card, gives it its next day, and says what that took.
    fn grade(&mut self, card: usize, day: u32, rating: Rating) -> Duration {
        let before = self.cards[card].learned;
        let elapsed = before.map_or(0, |learned| {
            u32::try_from(i64::from(day) - learned.last).unwrap_or(0)
        });
        let strength = before.map(|learned| learned.strength);
        let grading = Grading { rating, elapsed };
        let outlook = self.model.outlook(strength, grading, self.retention);
        let days = outlook.days.clamp(1.0, LONGEST as f32).round() as u32;
        let due = day.saturating_add(days);
        self.cards[card].learned = Some(Learned {
            strength: outlook.strength,
            last: day.into(),
            due,
        });
        if rating != Rating::Again {
            self.due.entry(due).or_default().push(card);
        }
        self.pace
    }

    fn recall(&self, card: usize, day: u32) -> f32 {
        self.cards[card].learned.map_or(0.0, |learned| {
            let days = (i64::from(day) - learned.last).max(0);
            self.model.recall(learned.strength, days as f32)
        })
    }

    fn recall_on(&self, day: u32) -> Vec<Option<f32>> {
        (0..self.cards.len())
            .map(|card| (!self.cards[card].left_out).then(|| self.recall(card, day)))
            .collect()
    }
}

/// Chance that is the same for a seed on every machine: SplitMix64.
pub(super) struct Luck(u64);

impl Luck {
    pub(super) fn new(seed: u64) -> Luck {
        Luck(seed)
    }

    /// A number from 0 up to 1.
    pub(super) fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 40) as f32 / (1u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{CardAction, Mode},
        memory::fixture::{action, candidates, day, review, rows},
    };

    fn course(days: u32, new_per_day: u32) -> Course {
        Course {
            new_per_day,
            ..Course::usual(&Settings::default(), day(0), days)
        }
    }

    fn many(cards: usize) -> Vec<Candidate> {
        let names: Vec<String> = (0..cards).map(|card| format!("a.{card}")).collect();
        candidates(&names.join(" "))
    }

    #[test]
    fn a_higher_retention_takes_more_reviews_in_a_year_and_is_remembered_better() {
        let memory = Memory::default();
        let cards = many(40);
        let outset = Outset::of(&cards, &memory, day(0));
        let year = |retention| {
            let course = Course {
                retention,
                ..course(365, 20)
            };
            let (played, recalled) = outset.play_and_watch(&course);
            (played.reviews.iter().sum::<u32>(), recalled.expect("cards"))
        };
        let years = [0.80, 0.85, 0.90, 0.93, 0.95, 0.97].map(year);
        assert!(years.is_sorted_by_key(|(reviews, _)| *reviews), "{years:?}");
        assert!(years.is_sorted_by(|one, next| one.1 <= next.1), "{years:?}");
    }

    #[test]
    fn new_cards_come_at_their_pace_and_return_when_due() {
        let played = simulate(&many(10), &Memory::default(), &course(6, 4));
        assert_eq!(played.new, [4, 4, 2, 0, 0, 0]);
        // Good on a new card comes back after 2.3 days, that is 2.
        assert_eq!(played.reviews[..3], [0, 0, 4]);
        assert!(
            played.reviews[3] >= 4,
            "and those that failed the day before"
        );
        assert_eq!(played.time[0], Duration::from_secs(48), "12 s for a card");
        let expected = played.expected().expect("cards");
        assert!((0.85..1.0).contains(&expected), "{expected}");
    }

    #[test]
    fn what_is_never_met_is_not_known_and_what_is_left_out_does_not_count() {
        let memory = Memory::replay(rows([action("a.0", CardAction::Known)]));
        let played = simulate(&many(4), &memory, &course(1, 1));
        assert_eq!(played.recall[0], None);
        assert!(played.recall[1].is_some_and(|recall| recall > 0.9));
        assert_eq!(played.recall[2..], [Some(0.0), Some(0.0)]);
    }

    #[test]
    fn reviews_go_before_new_cards_when_time_is_short() {
        let memory = Memory::replay(rows([review("a.0", Rating::Good, Mode::Learn, -9)]));
        let played = simulate(
            &many(5),
            &memory,
            &Course {
                time_per_day: Some(Duration::from_secs(5)),
                ..course(1, 4)
            },
        );
        // 4 s for the review, then one new card begins before the time is over.
        assert_eq!((played.reviews[0], played.new[0]), (1, 1));
    }

    #[test]
    fn one_seed_one_course_and_the_share_recalled_is_what_the_model_says() {
        let cards = many(2000);
        let all: Vec<_> = cards
            .iter()
            .map(|one| review(one.card.as_str(), Rating::Good, Mode::Learn, 0))
            .collect();
        let memory = Memory::replay(rows(all));
        let plan = Course {
            reviews_per_day: u32::MAX,
            ..course(3, 0)
        };
        assert_eq!(
            simulate(&cards, &memory, &plan),
            simulate(&cards, &memory, &plan)
        );
        let played = simulate(&cards, &memory, &plan);
        assert_eq!(played.reviews.iter().sum::<u32>(), 2000);
        // 4 s for each card, and 4 more for each that was not recalled.
        let spent: Duration = played.time.iter().sum();
        let failed = spent.as_secs_f32() / 4.0 - 2000.0;
        let recall = memory
            .recall(memory.card(&cards[0].card), day(2))
            .expect("learned");
        let expected = 2000.0 * (1.0 - recall);
        assert!((failed - expected).abs() < 60.0, "{failed} {expected}");
    }
}
