//! The walkthrough: a story seen on a map.

mod inspector;

pub(in crate::tui) use self::inspector::Inspector;
