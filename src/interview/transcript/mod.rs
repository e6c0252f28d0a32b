//! An interview that is over, for others to read and to mark again.

mod markdown;

use serde::{Deserialize, Serialize};

pub use self::markdown::markdown;
use super::{MARKING, Question, Record, Results, Tally, mark_all};
use crate::history::{Answer, Attempt};

/// The version of the JSON form.
const VERSION: u32 = 1;

/// How far two computations of one credit may lie apart.
const SAME: f64 = 1e-9;

/// The JSON form of an interview that is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Transcript {
    /// Of this form.
    pub version: u32,
    /// When it was over, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What it was made from and how it went.
    pub attempt: Attempt,
    /// What it scored.
    pub scores: Scores,
    /// The questions as they stood, and the answers.
    pub answers: Vec<Answer>,
}

/// Each from 0 to 1; absent where there was no such question.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Scores {
    /// By rule alone.
    pub rule: Option<f64>,
    /// With points as the learner confirmed them.
    pub confirmed: Option<f64>,
    /// Of what the learner marked: said out loud, and cards.
    pub own: Option<f64>,
}

impl Transcript {
    /// The transcript of an interview.
    pub fn of(record: &Record) -> Transcript {
        let results = Results::of(record);
        let mean = |tally: Tally| (tally.count > 0).then(|| tally.credit / tally.count as f64);
        Transcript {
            version: VERSION,
            at_ms: record.at_ms,
            attempt: record.attempt.clone(),
            scores: Scores {
                rule: mean(results.by_rule),
                confirmed: mean(results.score),
                own: mean(results.own),
            },
            answers: record
                .answers
                .iter()
                .map(|(_, answer)| answer.clone())
                .collect(),
        }
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// Why it is none, in one line.
    pub fn parse(text: &str) -> Result<Transcript, String> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if version != VERSION {
            return Err(format!(
                "transcript version {version}; this podlings reads version {VERSION}"
            ));
        }
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// Marks every answer again by the rules of this program.
    pub fn remark(&self) -> Remarked {
        let mut remarked = Remarked {
            answers: self.answers.len(),
            rule: None,
            same_score: false,
            rules_changed: self.attempt.marking != MARKING,
            disagreements: Vec::new(),
        };
        let mut tally = Tally::default();
        for answer in &self.answers {
            match again(answer) {
                Ok(credit) => {
                    if !answer.asked.is_self_marked() {
                        tally.credit += credit;
                        tally.count += 1;
                    }
                    if (credit - answer.credit).abs() > SAME {
                        remarked.disagree(answer, Some(credit));
                    }
                }
                Err(()) => remarked.disagree(answer, None),
            }
        }
        remarked.rule = (tally.count > 0).then(|| tally.credit / tally.count as f64);
        remarked.same_score = match (self.scores.rule, remarked.rule) {
            (Some(one), Some(other)) => (one - other).abs() <= SAME,
            (one, other) => one == other,
        };
        remarked
    }
}

fn again(answer: &Answer) -> Result<f64, ()> {
    let question: Question = serde_json::from_value(answer.stood.clone()).map_err(|_| ())?;
    Ok(mark_all(&question, &answer.given, answer.follow_up.as_ref()).credit)
}

/// What came of marking a transcript again.
#[derive(Clone, PartialEq, Debug)]
pub struct Remarked {
    /// How many answers were marked.
    pub answers: usize,
    /// The score by rule, from 0 to 1.
    pub rule: Option<f64>,
    /// Whether the transcript says the same score.
    pub same_score: bool,
    /// Whether the transcript was marked by other rules.
    pub rules_changed: bool,
    /// Where the two do not agree.
    pub disagreements: Vec<Disagreement>,
}

/// An answer that is worth something else when it is marked again.
#[derive(Clone, PartialEq, Debug)]
pub struct Disagreement {
    /// Which answer, counted from 1.
    pub number: u32,
    /// Its question.
    pub question: String,
    /// What the transcript says it is worth.
    pub was: f64,
    /// What it is worth; None if its question does not read.
    pub is: Option<f64>,
}

impl Remarked {
    /// Whether everything came out the same.
    pub fn agrees(&self) -> bool {
        self.disagreements.is_empty() && self.same_score
    }

    fn disagree(&mut self, answer: &Answer, is: Option<f64>) {
        self.disagreements.push(Disagreement {
            number: answer.number,
            question: answer.question.to_string(),
            was: answer.credit,
            is,
        });
    }
}
