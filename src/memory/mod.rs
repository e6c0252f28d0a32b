//! Spaced repetition: what the learner remembers, what is due, and how a study session goes. This
//! room knows cards only by their ids, and is handed the time.
