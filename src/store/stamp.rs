//! Names for rows: a stamp that only grows, and the device it was given on.

use crate::ids::{DeviceId, RowId};

/// Room for 4,096 rows in each millisecond; more of them borrow from the next one.
const COUNTER_BITS: u32 = 12;

/// Times are taken from 1970 to 2248, so that a stamp keeps 14 hexadecimal digits however far the
/// counter runs on.
const LATEST_MS: i64 = (1 << 43) - 1;

/// A clock that never goes back: milliseconds since 1970 and a counter in one number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Stamp(i64);

impl Stamp {
    /// The stamp as the file keeps it.
    pub(super) fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// For keeping in the file.
    pub(super) fn number(self) -> i64 {
        self.0
    }

    /// The stamp of the next row: that of its time, or just after this one when the clock stands
    /// still or was set back.
    pub(super) fn next(self, at_ms: i64) -> Self {
        Self((at_ms.clamp(0, LATEST_MS) << COUNTER_BITS).max(self.0 + 1))
    }

    /// The id of the row made at this stamp: in the order of stamps when sorted as text.
    pub(super) fn row_id(self, device: &DeviceId) -> RowId {
        RowId::new(format!("{:014x}-{device}", self.0))
    }

    /// The stamp in an id that was made on `device`, if it is one that [`Stamp::next`] could have
    /// given.
    pub(super) fn of_row(id: &RowId, device: &DeviceId) -> Option<Self> {
        let digits = id
            .as_str()
            .strip_suffix(device.as_str())?
            .strip_suffix('-')?;
        let stamp = Self(i64::from_str_radix(digits, 16).ok()?);
        (stamp.row_id(device) == *id && stamp.0 >> COUNTER_BITS <= LATEST_MS).then_some(stamp)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_of_a_device_grow_whatever_its_clock_does(
            times in prop::collection::vec(any::<i64>(), 2..50),
        ) {
            let device = DeviceId::new("d");
            let mut stamp = Stamp::from_number(0);
            let mut last = stamp.row_id(&device);
            for at_ms in times {
                stamp = stamp.next(at_ms);
                let id = stamp.row_id(&device);
                prop_assert!(id > last, "{id} after {last}");
                prop_assert_eq!(id.as_str().len(), last.as_str().len());
                last = id;
            }
        }

        #[test]
        fn a_stamp_is_read_back_from_its_id(at_ms in 0..LATEST_MS) {
            let device = DeviceId::new("0f");
            let stamp = Stamp::from_number(0).next(at_ms);
            prop_assert_eq!(Stamp::of_row(&stamp.row_id(&device), &device), Some(stamp));
        }
    }

    #[test]
    fn rows_of_one_millisecond_follow_each_other() {
        let first = Stamp::from_number(0).next(1_700_000_000_000);
        let second = first.next(1_700_000_000_000);
        let device = DeviceId::new("00ff");
        assert_eq!(first.row_id(&device).as_str(), "18bcfe56800000-00ff");
        assert_eq!(second.row_id(&device).as_str(), "18bcfe56800001-00ff");
        assert!(second < first.next(1_700_000_000_001));
    }

    #[test]
    fn ids_of_others_hold_no_stamp_of_ours() {
        let device = DeviceId::new("00ff");
        for id in [
            "",
            "18bcfe56800000-00fe",
            "18BCFE56800000-00ff",
            "+8bcfe56800000-00ff",
            "ffffffffffffff-00ff",
            "1-00ff",
        ] {
            assert_eq!(Stamp::of_row(&RowId::new(id), &device), None, "{id}");
        }
    }
}
