//! How the text of notes becomes lines of cells: made safe, spaced, wrapped, styled. Look first at
//! [`layout`]. This room knows nothing of screens, keys, time or what a learner knows.

mod blocks;
mod code;
mod diff;
mod flow;
mod highlight;
mod page;
mod plain;
mod safe;
mod spacing;
mod style;
mod styled;
mod table;
#[cfg(test)]
mod tests;
mod width;
mod wrap;

pub use blocks::layout;
pub use diff::{Comparison, Piece, compare};
pub use flow::{LinkSpot, wrap};
pub use page::{Laid, LaidLine, Place};
pub use plain::plain;
pub use safe::safe;
pub use spacing::autospace;
pub use style::{Glyphs, Labels, TextStyle};
pub use styled::{skip_columns, wrap_line};
pub use width::{truncate, width};
pub use wrap::{Columns, break_lines};
