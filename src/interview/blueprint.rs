use std::time::Duration;

use crate::{
    history::{Blueprint, Difficulty, Format, Preset},
    ids::Now,
};

/// A profile that asks the cards of the learner's own notes.
pub const OWN: &str = "own";

/// A profile that asks any card.
pub const CARDS: &str = "cards";

/// The time a question is given where only their number was said: a minute and a half.
const SECONDS_EACH: u32 = 90;

impl Blueprint {
    /// One of those that are offered, as an exam over everything.
    pub fn of(preset: Preset) -> Blueprint {
        let (count, minutes) = match preset {
            Preset::Quick | Preset::Custom => (10, 10),
            Preset::Mock | Preset::Wrong => (20, 30),
            Preset::Full => (40, 60),
        };
        Blueprint {
            preset,
            profile: None,
            domains: Vec::new(),
            count,
            minutes,
            easiest: Difficulty::Recall,
            hardest: Difficulty::Diagnose,
            format: Format::Exam,
        }
    }

    /// The minutes so many questions usually are given.
    pub fn minutes_for(count: u32) -> u32 {
        (count.saturating_mul(SECONDS_EACH)).div_ceil(60).max(1)
    }

    /// The time there is for `count` questions of those asked for: where there are fewer, less.
    pub(super) fn limit(&self, count: usize) -> Duration {
        let whole = Duration::from_secs(u64::from(self.minutes) * 60);
        let wanted = self.count.max(1);
        let count = u32::try_from(count).unwrap_or(wanted).min(wanted);
        whole * count / wanted
    }
}

/// A seed where none is asked for: short enough to be said.
pub fn seed_of(now: &Now) -> u64 {
    const SEEDS: i64 = 1_000_000;
    u64::try_from((now.unix_ms() / 1000).rem_euclid(SEEDS)).unwrap_or(0)
}
