//! How much was studied, day by day, and for how many days on end.

use std::{collections::BTreeMap, time::Duration};

use super::Record;
use crate::{ids::StudyDay, memory::Memory};

/// After this many days on end a missed one is forgiven: a week has a day of rest.
const REST_AFTER: u32 = 6;

/// What was done on one day.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Done {
    /// Cards graded.
    pub cards: u32,
    /// Questions of walkthroughs answered.
    pub predictions: u32,
    /// Questions of interviews answered.
    pub answers: u32,
    /// The time all of it took.
    pub time: Duration,
}

impl Done {
    /// Everything that was done.
    pub fn all(&self) -> u32 {
        self.cards + self.predictions + self.answers
    }
}

/// Days on end.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Streak {
    /// How many days up to today were studied on, a day of rest a week forgiven; today itself may
    /// still come.
    pub current: u32,
    /// The most there ever were.
    pub longest: u32,
}

/// What was done on every day on which something was.
#[derive(Clone, Default, Debug)]
pub struct Habit {
    /// By day.
    pub days: BTreeMap<StudyDay, Done>,
}

impl Habit {
    /// Of all that was recorded.
    pub fn of(memory: &Memory, record: &Record) -> Habit {
        let mut days: BTreeMap<StudyDay, Done> = BTreeMap::new();
        for (day, activity) in memory.activities() {
            let done = days.entry(day).or_default();
            done.cards += activity.grades();
            done.time += Duration::from_millis(activity.spent_ms);
        }
        for on in &record.predictions {
            let done = days.entry(on.day).or_default();
            done.predictions += 1;
            done.time += Duration::from_millis(on.what.duration_ms.into());
        }
        for on in &record.answers {
            let done = days.entry(on.day).or_default();
            done.answers += 1;
            done.time += Duration::from_millis(on.what.duration_ms);
        }
        Habit { days }
    }

    /// What was done on a day.
    pub fn on(&self, day: StudyDay) -> Done {
        self.days.get(&day).copied().unwrap_or_default()
    }

    /// The time of the days from this one up to and with that one.
    pub fn time(&self, from: StudyDay, to: StudyDay) -> Duration {
        self.days.range(from..=to).map(|(_, done)| done.time).sum()
    }

    /// How many days on end were studied on.
    pub fn streak(&self, today: StudyDay) -> Streak {
        let mut run = Run::default();
        let mut longest = 0;
        for day in self.days.keys() {
            run.study(*day);
            longest = longest.max(run.studied);
        }
        Streak {
            current: if run.holds_on(today) { run.studied } else { 0 },
            longest,
        }
    }
}

/// A run of days under way.
#[derive(Default)]
struct Run {
    last: Option<StudyDay>,
    studied: u32,
    /// Days studied since the last day of rest, or since the run began.
    since_rest: u32,
}

impl Run {
    fn study(&mut self, day: StudyDay) {
        let missed = self.last.map(|last| day.days_since(last) - 1);
        match missed {
            Some(0) => {}
            Some(1) if self.since_rest >= REST_AFTER => self.since_rest = 0,
            _ => (self.studied, self.since_rest) = (0, 0),
        }
        self.studied += 1;
        self.since_rest += 1;
        self.last = Some(day);
    }

    /// Whether it goes on, though today may still come.
    fn holds_on(&self, today: StudyDay) -> bool {
        self.last.is_some_and(|last| match today.days_since(last) {
            ..=1 => true,
            2 => self.since_rest >= REST_AFTER,
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::fixture::day;

    fn streak(days: impl IntoIterator<Item = i64>, today: i64) -> (u32, u32) {
        let done = Done {
            cards: 1,
            ..Done::default()
        };
        let habit = Habit {
            days: days.into_iter().map(|n| (day(n), done)).collect(),
        };
        let streak = habit.streak(day(today));
        (streak.current, streak.longest)
    }

    #[test]
    fn days_on_end_count_and_today_may_still_come() {
        assert_eq!(streak([], 0), (0, 0));
        assert_eq!(streak([0], 0), (1, 1));
        assert_eq!(streak(0..3, 2), (3, 3));
        assert_eq!(streak(0..3, 3), (3, 3), "today is not over");
        assert_eq!(streak(0..3, 4), (0, 3), "yesterday was missed");
    }

    #[test]
    fn a_week_has_a_day_of_rest() {
        assert_eq!(streak((0..6).chain(7..9), 8), (8, 8));
        assert_eq!(streak((0..5).chain(6..8), 7), (2, 5), "too early");
        assert_eq!(streak((0..6).chain(8..9), 8), (1, 6), "two days in a row");
        assert_eq!(
            streak((0..6).chain(7..10).chain(11..12), 11),
            (1, 9),
            "a second one in the week"
        );
        assert_eq!(streak(0..6, 7), (6, 6), "rested yesterday");
    }
}
