//! The terminal app.

pub mod popup;
pub mod text;
