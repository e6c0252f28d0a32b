//! Virtual time: the model has no other. A [`Moment`] counts microseconds since the cluster began;
//! a [`Timestamp`] is a moment as Kubernetes writes it into objects, in whole seconds.

use std::{fmt, num::NonZeroU64, ops, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The instant of virtual time at which every cluster begins: 2026-01-01 00:00:00 UTC.
const EPOCH_SECONDS: i64 = 1_767_225_600;

/// A moment of virtual time, in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Moment(u64);

impl Moment {
    /// When the cluster began.
    pub const ZERO: Moment = Moment(0);

    /// So many milliseconds after the cluster began.
    pub const fn from_millis(millis: u64) -> Moment {
        Moment(millis.saturating_mul(1000))
    }

    /// Whole milliseconds since the cluster began.
    pub const fn millis(self) -> u64 {
        self.0 / 1000
    }

    /// Microseconds since the cluster began.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// How long it is since then; nothing if then is later.
    pub const fn since(self, then: Moment) -> Duration {
        Duration::from_micros(self.0.saturating_sub(then.0))
    }

    /// As objects carry it.
    pub const fn timestamp(self) -> Timestamp {
        Timestamp::at(EPOCH_SECONDS + (self.0 / 1_000_000) as i64)
    }

    /// As leases carry it.
    pub const fn micro_time(self) -> MicroTime {
        MicroTime(EPOCH_SECONDS * 1_000_000 + self.0 as i64)
    }
}

impl ops::Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, length: Duration) -> Moment {
        Moment(
            self.0
                .saturating_add(u64::try_from(length.as_micros()).unwrap_or(u64::MAX)),
        )
    }
}

/// A moment in whole seconds since 1970, written as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Timestamp(NonZeroU64);

/// 1970 in the middle, so that no time is 0 and one that is not known takes no more room than one that is.
const SECONDS_AT_1970: u64 = 1 << 63;

impl Timestamp {
    /// So many seconds since 1970.
    pub(crate) const fn at(seconds: i64) -> Timestamp {
        match NonZeroU64::new(SECONDS_AT_1970.wrapping_add_signed(seconds)) {
            Some(seconds) => Timestamp(seconds),
            None => Timestamp(NonZeroU64::MIN),
        }
    }

    /// Seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0.get().wrapping_sub(SECONDS_AT_1970).cast_signed()
    }

    /// How many seconds after `then` it is.
    pub const fn since(self, then: Timestamp) -> i64 {
        self.seconds() - then.seconds()
    }

    /// So many seconds later.
    pub const fn plus(self, seconds: i64) -> Timestamp {
        Timestamp::at(self.seconds().saturating_add(seconds))
    }

    /// The first moment of that second.
    pub const fn moment(self) -> Moment {
        let seconds = self.seconds() - EPOCH_SECONDS;
        Moment(if seconds < 0 {
            0
        } else {
            seconds as u64 * 1_000_000
        })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::<Utc>::from_timestamp(self.seconds(), 0).unwrap_or_default();
        f.pad(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        parsed(from).map(|time| Timestamp::at(time.timestamp()))
    }
}

/// A moment in microseconds since 1970, written as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct MicroTime(i64);

impl MicroTime {
    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }
}

impl Serialize for MicroTime {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let time = DateTime::<Utc>::from_timestamp_micros(self.0).unwrap_or_default();
        to.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl<'de> Deserialize<'de> for MicroTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        parsed(from).map(|time| MicroTime(time.timestamp_micros()))
    }
}

fn parsed<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<chrono::FixedOffset>, D::Error> {
    let text = String::deserialize(from)?;
    DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)
}
