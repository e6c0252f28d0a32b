//! Scenarios played over the cluster model: what is done when, chapters and questions that hang on what
//! the model did, and a player that goes forward, back and aside. Look first at [`Run`]. This room knows
//! no screen; what it tells is read from the trace.

mod catalogue;
mod chain;
mod compare;
mod deed;
mod expect;
mod link;
mod lint;
mod matcher;
mod pace;
mod play;
mod player;
mod prediction;
mod recall;
mod scenario;
mod script;
mod standing;
mod story;
mod way;

pub use self::{
    catalogue::{built_in, find, lesson_about, lessons_walked},
    compare::{Difference, Found, compare},
    expect::{Expect, Unmet},
    link::{Link, LinkError, lint_links},
    lint::{is_scenario, lint, lint_built_in, lint_text},
    matcher::Matcher,
    pace::Pace,
    play::{PlayError, Run, Variation},
    player::{Branch, BranchId, Player, Speed},
    prediction::{Asked, Prediction},
    scenario::{Chapter, Manifest, NodeSpec, Scenario, ScenarioError, Titles},
    script::{Act, Script, When},
    standing::{Gone, Standing, Walked},
    story::{because, gate_name, pause, question, said, sentence_among, story, story_in_parts},
};
pub use crate::history::Way;
