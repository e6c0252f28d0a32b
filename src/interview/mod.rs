//! Mock interviews: questions, and how an answer to one is marked. Look first at [`Question`], then at
//! [`mark`]. This room knows no screen, no database and no clock; what happens at which moment is passed in.

mod blueprint;
mod chance;
mod clock;
mod draw;
mod finish;
mod lint;
mod marking;
mod paper;
mod question;
mod record;
mod results;
mod session;
mod transcript;
mod wording;

use self::finish::paper_rows;
pub use self::{
    blueprint::{CARDS, OWN, seed_of},
    clock::{Clock, Warning},
    draw::{Draw, Stock, available},
    finish::{confirmed, mark_all},
    lint::{lint, lint_blueprints},
    marking::{
        MARKING, Marked, PointMark, Verdict, brier, certainty_score, mark, mark_follow_up,
        next_follow_up, probability, wilson,
    },
    paper::{Item, Paper},
    question::{
        Aloud, Ask, CardFace, Choice, Cloze, Compare, Match, Offer, Order, Pair, Point, Predict,
        Question, QuestionFile, Questions, Runs, Scene, Short, SpokenPoint, Unsettled,
        holds_questions, question_files,
    },
    record::{Record, answered_wrong},
    results::{Results, Tally},
    session::{Effect, Input, Progress, Session, Sheet, Stage, Standing},
    transcript::{Disagreement, Remarked, Scores, Transcript, markdown},
    wording::{answers_nothing, given_words, letter, own_words, right_words},
};
pub use crate::history::{Certainty, Difficulty, FollowUp, Given, Kind, SelfMark};
