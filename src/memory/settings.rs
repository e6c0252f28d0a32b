use chrono::{DateTime, Days, FixedOffset, NaiveTime, TimeZone};

use crate::ids::{Now, StudyDay};

/// What the learner chose about when and how much to study.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// The share of cards to be recalled when they come due. Scheduling keeps it between
    /// [`Settings::RETENTION`]'s ends.
    pub desired_retention: f32,
    /// New cards offered in one study day.
    pub new_per_day: u32,
    /// Due cards offered in one study day.
    pub reviews_per_day: u32,
    /// The local time a study day begins at.
    pub day_start: NaiveTime,
    /// A card forgotten this often is named a leech.
    pub leech_lapses: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            desired_retention: 0.90,
            new_per_day: 20,
            reviews_per_day: 200,
            day_start: NaiveTime::from_hms_opt(4, 0, 0).unwrap_or(NaiveTime::MIN),
            leech_lapses: 8,
        }
    }
}

impl Settings {
    /// The retentions a schedule can aim at. Below 0.70 intervals grow without bound, above 0.99 every
    /// card comes daily (the range Anki offers).
    pub const RETENTION: std::ops::RangeInclusive<f32> = 0.70..=0.99;

    /// The study day of this moment, by the clock on the learner's wall: each moment brings its own
    /// offset, so daylight saving and travel need nothing more.
    pub fn study_day(&self, now: &Now) -> StudyDay {
        let today = StudyDay::new(now.wall.date_naive());
        if now.wall.time() < self.day_start {
            today.plus(-1)
        } else {
            today
        }
    }

    /// When the current study day ends, reckoned with the offset of `now`. If the offset changes
    /// before then (daylight saving), asking again at that moment gives the rest.
    pub fn day_ends(&self, now: &Now) -> DateTime<FixedOffset> {
        let next = self.study_day(now).date() + Days::new(1);
        now.wall
            .offset()
            .from_local_datetime(&next.and_time(self.day_start))
            .single()
            .unwrap_or(now.wall)
    }

    /// The retention to schedule with.
    pub(super) fn retention(&self) -> f32 {
        within_retention(self.desired_retention)
    }
}

/// The nearest retention a schedule can aim at; the default one for what is no number.
pub(super) fn within_retention(retention: f32) -> f32 {
    if retention.is_nan() {
        return Settings::default().desired_retention;
    }
    retention.clamp(*Settings::RETENTION.start(), *Settings::RETENTION.end())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(text: &str) -> Now {
        Now {
            wall: DateTime::parse_from_rfc3339(text).expect("a moment"),
            mono: Duration::ZERO,
        }
    }

    fn day(text: &str) -> String {
        Settings::default().study_day(&at(text)).to_string()
    }

    #[test]
    fn a_study_day_begins_at_four_on_the_wall() {
        assert_eq!(day("2026-11-24T03:59:59+08:00"), "2026-11-23");
        assert_eq!(day("2026-11-24T04:00:00+08:00"), "2026-11-24");
        assert_eq!(day("2026-11-24T23:59:59+08:00"), "2026-11-24");
    }

    #[test]
    fn daylight_saving_neither_skips_nor_repeats_a_study_day() {
        // Berlin, 25 October 2026: 03:00 +02:00 becomes 02:00 +01:00.
        assert_eq!(day("2026-10-25T02:30:00+02:00"), "2026-10-24");
        assert_eq!(day("2026-10-25T02:30:00+01:00"), "2026-10-24");
        assert_eq!(day("2026-10-25T04:00:00+01:00"), "2026-10-25");
        // Berlin, 29 March 2026: 02:00 +01:00 becomes 03:00 +02:00.
        assert_eq!(day("2026-03-29T03:30:00+02:00"), "2026-03-28");
        assert_eq!(day("2026-03-29T04:00:00+02:00"), "2026-03-29");
    }

    #[test]
    fn a_traveller_studies_by_the_clock_where_they_are() {
        assert_eq!(day("2026-11-24T05:00:00+08:00"), "2026-11-24");
        // The same moment in San Francisco.
        assert_eq!(day("2026-11-23T13:00:00-08:00"), "2026-11-23");
    }

    #[test]
    fn a_study_day_ends_where_the_next_begins() {
        for text in [
            "2026-11-24T03:59:59+08:00",
            "2026-11-24T04:00:00+08:00",
            "2026-12-31T23:00:00-03:30",
        ] {
            let settings = Settings::default();
            let now = at(text);
            let end = Now {
                wall: settings.day_ends(&now),
                ..now
            };
            let before = Now {
                wall: end.wall - chrono::TimeDelta::seconds(1),
                ..now
            };
            assert!(end.wall > now.wall);
            assert_eq!(settings.study_day(&before), settings.study_day(&now));
            assert_eq!(settings.study_day(&end), settings.study_day(&now).plus(1));
        }
    }

    #[test]
    fn an_impossible_retention_is_brought_into_reach() {
        for (given, used) in [(0.2, 0.70), (0.9, 0.9), (1.0, 0.99), (f32::NAN, 0.90)] {
            let settings = Settings {
                desired_retention: given,
                ..Settings::default()
            };
            assert_eq!(settings.retention(), used);
        }
    }
}
