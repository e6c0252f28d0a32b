//! The terminal app.

pub mod text;
