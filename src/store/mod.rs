//! One SQLite file that keeps what the learner did. Nothing here knows what rows of history mean.
