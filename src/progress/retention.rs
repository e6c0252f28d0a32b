//! How much was recalled when memory was tested, beside what the schedule aimed at and what the
//! model foretold.

use super::Share;
use crate::{ids::StudyDay, memory::Recall};

/// What was recalled, beside what was aimed at.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Retention {
    /// Of all tests of memory.
    pub all: Share,
    /// Of cards whose stability had not passed three weeks.
    pub young: Share,
    /// Of the others.
    pub mature: Share,
    /// The sum of what the schedules aimed at.
    aimed: f64,
}

impl Retention {
    /// Of these tests of memory.
    pub fn of<'a>(recalls: impl IntoIterator<Item = &'a Recall<'a>>) -> Retention {
        let mut retention = Retention::default();
        for recall in recalls {
            let credit = f64::from(u8::from(recall.passed()));
            retention.all.add(credit);
            if recall.is_mature() {
                retention.mature.add(credit);
            } else {
                retention.young.add(credit);
            }
            retention.aimed += f64::from(recall.desired);
        }
        retention
    }

    /// The mean of what the schedules aimed at; none without a test.
    pub fn desired(&self) -> Option<f64> {
        (self.all.of > 0).then(|| self.aimed / self.all.of as f64)
    }
}

/// Retention week by week, the week of `today` last; weeks begin on the day of the week after
/// today's, so that the last one is whole.
pub fn weekly(recalls: &[Recall<'_>], today: StudyDay, weeks: usize) -> Vec<Retention> {
    let from = today.plus(1 - 7 * weeks as i64);
    (0..weeks as i64)
        .map(|week| {
            let (first, end) = (from.plus(7 * week), from.plus(7 * (week + 1)));
            let start = recalls.partition_point(|recall| recall.day < first);
            let stop = recalls.partition_point(|recall| recall.day < end);
            Retention::of(&recalls[start..stop])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Mode, Rating},
        memory::Memory,
        progress::fixture::{day, review, rows},
    };

    #[test]
    fn recall_is_counted_by_the_week_and_by_age() {
        let memory = Memory::replay(rows([
            review("a.old", Rating::Easy, Mode::Learn, -100),
            review("a.old", Rating::Easy, Mode::Review, -60),
            review("a.old", Rating::Again, Mode::Review, -8),
            review("a.new", Rating::Good, Mode::Learn, -5),
            review("a.new", Rating::Good, Mode::Review, -3),
            review("a.new", Rating::Again, Mode::Review, 0),
        ]));
        let recalls = memory.recalls();
        let all = Retention::of(&recalls);
        assert_eq!((all.all.credit, all.all.of), (2.0, 4));
        assert_eq!((all.mature.credit, all.mature.of), (0.0, 1));
        assert_eq!(all.young.of, 3);
        assert!((all.desired().expect("tests") - 0.9).abs() < 1e-6);
        let weeks: Vec<_> = weekly(&recalls, day(0), 3)
            .iter()
            .map(|week| (week.all.credit, week.all.of))
            .collect();
        assert_eq!(weeks, [(0.0, 0), (0.0, 1), (1.0, 2)]);
    }

    #[test]
    fn without_a_test_nothing_is_claimed() {
        let nothing = Retention::of(&[]);
        assert_eq!(nothing.all.value(), None);
        assert_eq!(nothing.desired(), None);
        assert_eq!(nothing.all.interval(), None);
    }
}
