/// Creations in batches of 1, 2, 4 …: if they fail, they probably all fail for one reason, and the later
/// ones need not be tried (`pkg/controller/replicaset/replica_set.go`, slowStartBatch).
#[derive(Clone, Debug)]
pub(super) struct SlowStart {
    /// How many were wanted.
    wanted: usize,
    /// How many were not begun yet.
    remaining: usize,
    batch: usize,
    unanswered: usize,
    failed: usize,
    succeeded: usize,
}

/// Where a slow start stands after an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Progress {
    /// Answers of this batch are still to come.
    Waiting,
    /// The next batch, of so many, begins.
    Next(usize),
    /// It is over.
    Over,
}

impl SlowStart {
    /// The whole, and how many its first batch has.
    pub(super) fn new(wanted: usize) -> (SlowStart, usize) {
        let batch = wanted.min(1);
        let start = SlowStart {
            wanted,
            remaining: wanted - batch,
            batch,
            unanswered: batch,
            failed: 0,
            succeeded: 0,
        };
        (start, batch)
    }

    pub(super) fn answered(&mut self, well: bool) -> Progress {
        self.unanswered = self.unanswered.saturating_sub(1);
        if well {
            self.succeeded += 1;
        } else {
            self.failed += 1;
        }
        if self.unanswered > 0 {
            return Progress::Waiting;
        }
        self.batch = (2 * self.batch).min(self.remaining);
        if self.failed > 0 || self.batch == 0 {
            return Progress::Over;
        }
        self.remaining -= self.batch;
        self.unanswered = self.batch;
        Progress::Next(self.batch)
    }

    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }

    pub(super) fn succeeded(&self) -> usize {
        self.succeeded
    }

    pub(super) fn failed(&self) -> usize {
        self.failed
    }

    /// How many were never tried.
    pub(super) fn remaining(&self) -> usize {
        self.remaining
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a slow start in which the creations with these numbers fail; gives its batches and how many
    /// succeeded.
    fn run(wanted: usize, failing: &[usize]) -> (Vec<usize>, usize) {
        let (mut start, first) = SlowStart::new(wanted);
        let (mut batches, mut number) = (vec![first], 0);
        if first == 0 {
            return (batches, 0);
        }
        loop {
            number += 1;
            match start.answered(!failing.contains(&number)) {
                Progress::Waiting => {}
                Progress::Next(batch) => batches.push(batch),
                Progress::Over => return (batches, start.succeeded()),
            }
        }
    }

    /// `pkg/controller/replicaset/replica_set_test.go`, TestSlowStartBatch.
    /// C22
    #[test]
    fn slow_start_doubles_its_batches_and_stops_after_one_with_a_failure() {
        for (wanted, failing, batches, succeeded) in [
            (0, &[][..], &[0][..], 0),
            (1, &[], &[1], 1),
            (3, &[], &[1, 2], 3),
            (10, &[], &[1, 2, 4, 3], 10),
            (500, &[], &[1, 2, 4, 8, 16, 32, 64, 128, 245], 500),
            (10, &[1], &[1], 0),
            (10, &[2], &[1, 2], 2),
            (10, &[3, 5], &[1, 2], 2),
            (10, &[5, 7], &[1, 2, 4], 5),
        ] {
            let expected = (batches.to_vec(), succeeded);
            assert_eq!(
                run(wanted, failing),
                expected,
                "{wanted} failing {failing:?}"
            );
        }
    }
}
