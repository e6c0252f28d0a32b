//! Pieces of a screen that know nothing of what they show.

mod clear;
mod editor;
mod frame;
mod ground;
mod heat;
#[allow(dead_code)]
mod map;
mod popup;
mod scroll;

pub(super) use clear::clear_area;
pub(super) use editor::Editor;
pub(super) use frame::{Hint, Page, SMALLEST, hint_at, too_small};
pub(super) use ground::lay_ground;
pub(super) use heat::Heat;
#[allow(unused_imports)]
pub(super) use map::{Map, Scene};
pub(super) use popup::{popup, recede};
pub(super) use scroll::scroll_handle;
