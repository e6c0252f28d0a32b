use std::rc::Rc;

use ratatui::crossterm::event::{KeyEvent, MouseEvent};

use crate::{
    history::{Blueprint, Row},
    ids::LessonId,
    memory::{Brake, Plan},
    progress::Filter,
    tui::{
        edge::{EdgeError, Refreshed, Sittings},
        effect::{Choice, Effect},
        keymap::Action,
        overlays::Overlay,
        screens::Screen,
        task::Finding,
    },
    walkthrough::Scenario,
};

/// Something that happened to the app.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this width and height now.
    Resize(u16, u16),
    /// The terminal came to the front.
    Focus,
    /// Time has passed.
    Wake,
    /// What was to be kept is kept, as these rows.
    Saved(Result<Vec<Row>, EdgeError>),
    /// Notes or history changed outside the app.
    Refreshed(Result<Refreshed, EdgeError>),
    /// What was to be worked out is worked out.
    WorkedOut(Result<Finding, EdgeError>),
    /// The training with this brake ends, whatever it had found.
    Stopped(Brake),
    /// The editor was closed.
    Edited(Result<(), EdgeError>),
    /// The questions there are, and the interviews that are over or under way.
    Sittings(Result<Box<Sittings>, EdgeError>),
    /// A choice could not be kept.
    Forgotten(EdgeError),
    /// The program goes on after a stop.
    Resumed,
    /// There is no shell to continue the program if it stopped.
    CannotSuspend,
    /// The program was told to end.
    End,
}

/// What a screen or overlay asks of the app.
pub(in crate::tui) enum Step {
    /// Show this screen on top.
    Open(Box<Screen>),
    /// Show this overlay on top.
    Overlay(Overlay),
    /// Leave the top overlay or screen.
    Back,
    /// Do this outside the app.
    Run(Effect),
    /// Take a choice of the learner to heart, and keep it.
    Choose(Choice),
    /// Say this in one line.
    Say(Notice),
    /// Act as if a key of this action was pressed.
    Act(Action),
    /// Leave the program.
    Quit,
}

/// One line to the learner, shown above the hints until the next key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::tui) enum Notice {
    /// Something done.
    Done(String),
    /// Something that went wrong.
    Problem(String),
}

/// Where the app opens.
#[derive(Clone, PartialEq, Debug)]
pub enum Opening {
    /// Home.
    Home,
    /// The tree of lessons.
    Lessons,
    /// A lesson.
    Lesson(LessonId),
    /// A study session.
    Study(Plan, Filter),
    /// The interviews, one made to measure among them if there is any, and what decides its chance.
    Interviews(Option<Box<Blueprint>>, Option<u64>),
    /// The list of walkthroughs.
    Walks,
    /// A walkthrough.
    Walk(Rc<Scenario>),
    /// A walkthrough where one of its chapters begins.
    WalkAt(Rc<Scenario>, usize),
    /// Where the learner stands.
    Stats,
}
