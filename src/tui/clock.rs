use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, Local};

use crate::ids::Now;

/// Where the time comes from: the machine's clocks, or one moment given by the user (`--now`).
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    fixed: Option<DateTime<FixedOffset>>,
    started: Instant,
    /// Whether measured time passes though the wall time is fixed.
    runs: bool,
}

impl Clock {
    /// A clock that starts now. With a fixed wall time nothing measured passes either, so that
    /// everything printed is the same each time.
    pub fn new(fixed: Option<DateTime<FixedOffset>>) -> Clock {
        Clock {
            fixed,
            started: Instant::now(),
            runs: false,
        }
    }

    /// The same wall time, with measured time that passes: on a screen things move.
    pub fn running(self) -> Clock {
        Clock { runs: true, ..self }
    }

    /// This moment.
    pub fn now(&self) -> Now {
        match self.fixed {
            Some(wall) => Now {
                wall,
                mono: if self.runs {
                    self.started.elapsed()
                } else {
                    Duration::ZERO
                },
            },
            None => Now {
                wall: Local::now().fixed_offset(),
                mono: self.started.elapsed(),
            },
        }
    }
}
