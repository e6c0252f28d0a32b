use chrono::NaiveDate;
use std::sync::Arc;

use crate::{
    history::Event,
    ids::{AttemptId, Lang, LessonId},
    interview::{Paper, Progress},
    memory::Brake,
    notes::Seen,
    progress::Sources,
    tui::{task::Task, theme::ThemeName},
};

/// Something the app wants done outside itself. Its result comes back as a message.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Keep what the learner did, durably, with the text of the cards it was about.
    Save {
        /// What was done.
        events: Vec<Event>,
        /// The cards as they read now, for finding them again after an edit.
        seen: Vec<Seen>,
    },
    /// Keep a choice the learner made in the app.
    Remember(Choice),
    /// Read the questions there are, and the interviews that are over or under way.
    LoadInterviews,
    /// Keep something of an interview under way.
    Interview(Keeping),
    /// Work something out beside the app.
    WorkOut(Box<Task>),
    /// Stop a training that is under way.
    Stop(Brake),
    /// Look whether files of notes changed, or another copy of the program wrote history.
    Refresh,
    /// Open a file at a line in the learner's editor.
    Edit {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u32,
    },
    /// Give the terminal back and stop until continued.
    SuspendProgram,
    /// Draw everything anew: something else may have written over it.
    Redraw,
}

/// A choice made in the app and kept for next time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Choice {
    /// The language.
    Lang(Lang),
    /// The theme.
    Theme(ThemeName),
    /// Where cards come from.
    Sources(Sources),
    /// How far a lesson was read: the line of its file at the top of the screen.
    Place(LessonId, u32),
    /// Whether a walkthrough asks before its key steps.
    Predictions(bool),
    /// The day of the interview.
    Interview(Option<NaiveDate>),
    /// What the interview weighs, by the name the course gives it.
    Profile(String),
    /// The minutes there are in a day.
    Minutes(u32),
    /// The retention to aim at, in hundredths.
    Retention(u32),
    /// New cards a day.
    NewPerDay(u32),
    /// Reviews a day.
    ReviewsPerDay(u32),
}

/// What is to be kept of an interview under way, durably.
#[derive(Clone, PartialEq, Debug)]
pub enum Keeping {
    /// It begins.
    Begin(Arc<Paper>, Progress),
    /// It goes on here.
    TakeOver(AttemptId, Progress),
    /// It has come so far.
    Progress(AttemptId, Progress),
    /// It is over: these rows are to be kept, and what was kept of it is to go.
    Finish(AttemptId, Vec<Event>),
    /// Nothing of it.
    Drop(AttemptId),
}
