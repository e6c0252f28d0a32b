//! Mock interviews: questions, and how an answer to one is marked. Look first at [`Question`], then at
//! [`mark`]. This room knows no screen, no database and no clock; what happens at which moment is passed in.

mod lint;
mod marking;
mod question;

pub use self::{
    lint::lint,
    marking::{
        MARKING, Marked, PointMark, Verdict, brier, certainty_score, mark, mark_follow_up,
        next_follow_up, probability, wilson,
    },
    question::{
        Aloud, Ask, CardFace, Choice, Cloze, Compare, Match, Offer, Order, Pair, Point, Predict,
        Question, QuestionFile, Questions, Runs, Scene, Short, SpokenPoint, Unsettled,
        holds_questions, question_files,
    },
};
pub use crate::history::{Certainty, Difficulty, FollowUp, Given, Kind, SelfMark};
