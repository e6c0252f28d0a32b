//! Where the learner stands, computed from the library and the history and never stored.
