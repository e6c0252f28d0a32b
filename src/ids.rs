//! The words all rooms share: names for things a learner meets, the two languages, and the moment
//! something happens. Nothing here decides anything.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc, time::Duration};

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text of this name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

name! {
    /// One thing to recall, the same in every language: `d01.isolation`, or a hash of its question.
    CardId
}
name! {
    /// One lesson, the same in every language: `d01`, or a name made from its heading.
    LessonId
}
name! {
    /// One term of the glossary: `control-plane`.
    TermId
}
name! {
    /// One question of an interview: `d04-where-exited`; `card:` and a card's id for a card that is asked.
    QuestionId
}
name! {
    /// One of the points an answer in sentences should make, within its question.
    PointId
}
name! {
    /// One mock interview, from its start on.
    AttemptId
}
name! {
    /// One row of history: unique across devices, and in the order of time when sorted as text.
    RowId
}
name! {
    /// The installation a row of history was made on.
    DeviceId
}
name! {
    /// One sitting: the rows made between starting the program and leaving it.
    SessionId
}
name! {
    /// The FSRS parameters a review was scheduled with: [`ParametersId::default`], or the id of the
    /// history row that holds them.
    ParametersId
}

impl Default for ParametersId {
    /// The parameters that ship with FSRS-6.
    fn default() -> Self {
        Self::new("fsrs-6-default")
    }
}

/// A language of lessons, cards and the interface.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// Both languages, in the order they are listed.
    pub const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// `zh` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// The other one.
    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Lang {
    type Err = String;

    /// Reads `zh`, `en`, and the longer forms locales use (`zh_CN.UTF-8`, `en-GB`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split(['_', '-', '.', '@']).next() {
            Some("zh") => Ok(Lang::Zh),
            Some("en") => Ok(Lang::En),
            _ => Err(format!("unknown language `{text}`: zh or en")),
        }
    }
}

/// A day of study: it begins at the hour the learner set (04:00 at first), not at midnight.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StudyDay(NaiveDate);

impl StudyDay {
    /// The study day that carries this date.
    pub fn new(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The calendar date this study day began on.
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// Whole days from `earlier` to this day; negative when `earlier` is later.
    pub fn days_since(self, earlier: StudyDay) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// The day `days` later, or the last one a calendar can hold.
    pub fn plus(self, days: i64) -> StudyDay {
        Self(
            chrono::TimeDelta::try_days(days)
                .and_then(|delta| self.0.checked_add_signed(delta))
                .unwrap_or(if days < 0 {
                    NaiveDate::MIN
                } else {
                    NaiveDate::MAX
                }),
        )
    }
}

impl fmt::Display for StudyDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The moment something happens: what the learner's clock on the wall says, with its zone, and a
/// clock that never jumps for measuring how long things take.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Now {
    /// Wall time in the learner's zone at this moment.
    pub wall: DateTime<FixedOffset>,
    /// Time since the program started.
    pub mono: Duration,
}

impl Now {
    /// Milliseconds since 1970, UTC.
    pub fn unix_ms(&self) -> i64 {
        self.wall.timestamp_millis()
    }

    /// What the learner's wall clock, as it is set now, showed at a moment given in milliseconds since
    /// 1970, UTC; 1970 for one that no calendar holds.
    pub fn wall_at(&self, unix_ms: i64) -> DateTime<FixedOffset> {
        DateTime::from_timestamp_millis(unix_ms)
            .unwrap_or_default()
            .with_timezone(self.wall.offset())
    }
}
