use super::Questions;
use crate::notes::{Diagnostic, Library};

/// What does not hold of these questions beside this library: cards and lessons that are not there, a
/// prediction that is never asked.
pub fn lint(_questions: &Questions, _library: &Library) -> Vec<Diagnostic> {
    Vec::new()
}
