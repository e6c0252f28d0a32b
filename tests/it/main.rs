//! What podlings promises, tested from the outside.

mod layers;
mod locale;
