//! The keys of the JSON form and what each holds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{ids::StudyDay, progress::Preset};

#[derive(Serialize)]
pub(super) struct Report {
    pub(super) version: u32,
    pub(super) day: StudyDay,
    pub(super) lang: &'static str,
    pub(super) shared: bool,
    pub(super) since: Option<StudyDay>,
    pub(super) aim: Aim,
    pub(super) readiness: Option<Readiness>,
    pub(super) plan: Option<Plan>,
    pub(super) cards: Cards,
    pub(super) fields: Vec<Field>,
    pub(super) lessons: Vec<Lesson>,
    pub(super) retention: Retention,
    pub(super) calibration: Calibration,
    pub(super) certainty: Certainty,
    pub(super) confidently_wrong: Vec<Wrong>,
    pub(super) interviews: Vec<Interview>,
    pub(super) habit: Habit,
    pub(super) forecast: Vec<Coming>,
    pub(super) leeches: Vec<Leech>,
}

#[derive(Serialize)]
pub(super) struct Aim {
    pub(super) interview: Option<StudyDay>,
    pub(super) days_left: Option<i64>,
    pub(super) profile: String,
    pub(super) minutes_a_day: f64,
    pub(super) weights: BTreeMap<String, f64>,
}

#[derive(Serialize)]
pub(super) struct Readiness {
    pub(super) on: StudyDay,
    pub(super) expected: f64,
    pub(super) interval: Option<[f64; 2]>,
    pub(super) tests: usize,
    pub(super) interviews: Share,
    pub(super) fields: Vec<Weighed>,
    pub(super) gaps: Vec<String>,
    pub(super) without_cards: Vec<String>,
    pub(super) validated: bool,
}

#[derive(Serialize)]
pub(super) struct Weighed {
    pub(super) field: String,
    pub(super) weight: f64,
    pub(super) expected: f64,
    pub(super) gap: f64,
}

#[derive(Serialize)]
pub(super) struct Plan {
    pub(super) new_a_day: u32,
    pub(super) retention: f64,
    pub(super) minutes_a_day: f64,
    pub(super) expected: f64,
    pub(super) by_settings: f64,
}

#[derive(Serialize)]
pub(super) struct Cards {
    pub(super) all: usize,
    pub(super) new: usize,
    pub(super) young: usize,
    pub(super) mature: usize,
    pub(super) left_out: usize,
    pub(super) by_stability: Vec<Stability>,
}

#[derive(Serialize)]
pub(super) struct Stability {
    pub(super) days: String,
    pub(super) cards: usize,
}

#[derive(Serialize)]
pub(super) struct Field {
    pub(super) field: String,
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) known: Known,
}

#[derive(Serialize)]
pub(super) struct Lesson {
    pub(super) lesson: String,
    pub(super) title: String,
    #[serde(flatten)]
    pub(super) known: Known,
}

#[derive(Serialize)]
pub(super) struct Known {
    pub(super) recall: Option<f64>,
    pub(super) met: usize,
    pub(super) cards: usize,
    pub(super) predictions: Share,
    pub(super) interviews: Share,
}

#[derive(Serialize)]
pub(super) struct Share {
    pub(super) share: Option<f64>,
    pub(super) of: usize,
    pub(super) interval: Option<[f64; 2]>,
}

#[derive(Serialize)]
pub(super) struct Retention {
    pub(super) all: Share,
    pub(super) young: Share,
    pub(super) mature: Share,
    pub(super) desired: Option<f64>,
    pub(super) weeks: Vec<Week>,
}

#[derive(Serialize)]
pub(super) struct Week {
    pub(super) last_day: StudyDay,
    pub(super) recalled: Share,
    pub(super) desired: Option<f64>,
}

#[derive(Serialize)]
pub(super) struct Calibration {
    pub(super) log_loss: Option<f64>,
    pub(super) rmse: Option<f64>,
    pub(super) tests: usize,
    pub(super) bins: Vec<Bin>,
}

#[derive(Serialize)]
pub(super) struct Bin {
    pub(super) foretold: f64,
    pub(super) recalled: Share,
}

#[derive(Serialize)]
pub(super) struct Certainty {
    pub(super) brier: Option<f64>,
    pub(super) guess: Share,
    pub(super) think: Share,
    pub(super) certain: Share,
}

#[derive(Serialize)]
pub(super) struct Wrong {
    pub(super) day: StudyDay,
    pub(super) field: String,
    pub(super) lesson: Option<String>,
    pub(super) question: Option<String>,
    pub(super) prompt: Option<String>,
    pub(super) answer: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Interview {
    pub(super) day: StudyDay,
    pub(super) preset: Preset,
    pub(super) questions: u32,
    pub(super) ms: u64,
    pub(super) by_rule: Share,
    pub(super) by_learner: Share,
}

#[derive(Serialize)]
pub(super) struct Habit {
    pub(super) current_streak: u32,
    pub(super) longest_streak: u32,
    pub(super) ms: u64,
    pub(super) days: Vec<Day>,
}

#[derive(Serialize)]
pub(super) struct Day {
    pub(super) day: StudyDay,
    pub(super) grades: u32,
    pub(super) predictions: u32,
    pub(super) answers: u32,
    pub(super) ms: u64,
}

#[derive(Serialize)]
pub(super) struct Coming {
    pub(super) day: StudyDay,
    pub(super) reviews: u32,
    pub(super) new: u32,
    pub(super) ms: u64,
}

#[derive(Serialize)]
pub(super) struct Leech {
    pub(super) card: String,
    pub(super) front: Option<String>,
    pub(super) times: u32,
}
