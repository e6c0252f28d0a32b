//! From the model's days to whole days on a calendar.

use crate::ids::CardId;

/// A century: the longest interval FSRS schedules.
pub(super) const LONGEST: u32 = 36_500;

/// Whole days for Hard, Good and Easy, from the model's days for the same three. A better rating
/// never comes back sooner, and comes back later wherever the model's own intervals differ by a
/// day. `luck` in 0..1 spreads cards learned together over neighbouring days.
pub(super) fn whole_days(model: [f32; 3], luck: f32) -> [u32; 3] {
    let rounded = model.map(|days| days.clamp(1.0, LONGEST as f32).round() as u32);
    let [hard, good, easy] = model.map(|days| fuzzed(days, luck));
    let good = good.max(hard + u32::from(rounded[1] > rounded[0]));
    let easy = easy.max(good + u32::from(rounded[2] > rounded[1]));
    [hard, good, easy].map(|days| days.min(LONGEST))
}

/// An interval moved within a small range around it, as Anki does
/// (rslib/src/scheduler/states/fuzz.rs): nothing below 2.5 days; then a day, and 15 % of what lies
/// between 2.5 and 7 days, 10 % between 7 and 20, 5 % beyond.
fn fuzzed(days: f32, luck: f32) -> u32 {
    let days = days.clamp(1.0, LONGEST as f32);
    if days < 2.5 {
        return days.round() as u32;
    }
    let part = |from: f32, to: f32, share: f32| (days.min(to) - from).max(0.0) * share;
    let reach = 1.0 + part(2.5, 7.0, 0.15) + part(7.0, 20.0, 0.10) + part(20.0, f32::MAX, 0.05);
    let earliest = (days - reach).round().max(1.0);
    let latest = (days + reach).round().min(LONGEST as f32);
    (earliest + luck * (latest - earliest + 1.0)).min(latest) as u32
}

/// The luck of one grade: the same for a card and its count of earlier grades, on every machine.
/// FNV-1a (64 bit) over the id's bytes and the count's, then the finaliser of SplitMix64, because
/// FNV's upper bits hardly change with the last bytes.
pub(super) fn luck(card: &CardId, reps: u32) -> f32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in card.as_str().bytes().chain(reps.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^= hash >> 31;
    (hash >> 40) as f32 / (1u64 << 24) as f32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn intervals_spread_around_the_models_and_short_ones_stay() {
        let spread = |days: f32| {
            let all: Vec<u32> = (0..10_000)
                .map(|n| fuzzed(days, n as f32 / 10_000.0))
                .collect();
            (
                *all.iter().min().expect("some"),
                *all.iter().max().expect("some"),
            )
        };
        assert_eq!(spread(0.2), (1, 1));
        assert_eq!(spread(2.3), (2, 2));
        assert_eq!(spread(8.3), (6, 10));
        assert_eq!(spread(46.0), (42, 50));
        assert_eq!(spread(90_000.0), (34_673, LONGEST));
    }

    #[test]
    fn cards_learned_together_do_not_all_come_back_on_one_day() {
        let mut days = BTreeMap::new();
        for n in 0..1000 {
            let luck = luck(&CardId::new(format!("d01.card-{n}")), 3);
            *days.entry(fuzzed(46.0, luck)).or_insert(0) += 1;
        }
        assert_eq!(days.len(), 9);
        assert!(
            days.values().all(|&cards| (60..=170).contains(&cards)),
            "{days:?}"
        );
    }

    #[test]
    fn chance_does_not_make_different_intervals_equal() {
        assert_eq!(whole_days([1.0, 2.4, 2.6], 0.0), [1, 2, 3]);
        assert_eq!(whole_days([2.4, 2.6, 2.7], 0.0), [2, 3, 3]);
    }

    /// The figures come from the same two functions written in Python: who changes them moves
    /// every due day of every learner.
    #[test]
    fn luck_is_the_same_on_every_machine_and_in_every_version() {
        let of = |card: &str, reps| luck(&CardId::new(card), reps) * (1u32 << 24) as f32;
        assert_eq!(of("d01.isolation", 0), 2_606_817.0);
        assert_eq!(of("d01.isolation", 1), 11_742_311.0);
        assert_eq!(of("d01.image", 0), 7_501_510.0);
    }

    proptest! {
        #[test]
        fn a_better_rating_never_comes_back_sooner(
            mut model in prop::array::uniform3(0.001f32..36_500.0),
            luck in 0.0f32..1.0,
        ) {
            model.sort_by(f32::total_cmp);
            let [hard, good, easy] = whole_days(model, luck);
            prop_assert!(1 <= hard && hard <= good && good <= easy && easy <= LONGEST);
            if model[1].round() > model[0].max(1.0).round() && good < LONGEST {
                prop_assert!(good > hard);
            }
            if model[2].round() > model[1].max(1.0).round() && easy < LONGEST {
                prop_assert!(easy > good);
            }
        }
    }
}
