//! Pieces of a screen that know nothing of what they show.

mod clear;
mod columns;
mod editor;
mod frame;
mod ground;
mod heat;
mod lines;
#[allow(dead_code)]
mod map;
mod plot;
mod popup;
mod scroll;
mod span;

pub(super) use clear::clear_area;
pub(super) use columns::Columns;
pub(super) use editor::Editor;
pub(super) use frame::{Hint, Page, SMALLEST, hint_at, too_small};
pub(super) use ground::lay_ground;
pub(super) use heat::Heat;
pub(super) use lines::lines_of;
#[allow(unused_imports)]
pub(super) use map::{Map, Scene, Told};
pub(super) use plot::{Form, Plot, Series};
pub(super) use popup::{popup, recede};
pub(super) use scroll::{first_shown, lines_from, scroll_handle, scrolled};
pub(super) use span::share_line;
