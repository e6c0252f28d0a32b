//! How the text of notes becomes lines of cells: made safe, spaced, wrapped, styled. Look first at
//! [`break_lines`]. This room knows nothing of screens, keys, time or what a learner knows.

mod safe;
mod spacing;
mod width;
mod wrap;

pub use safe::safe;
pub use spacing::autospace;
pub use width::{truncate, width};
pub use wrap::{Columns, break_lines};
