use std::{collections::BTreeMap, fmt, rc::Rc};

use serde::{Deserialize, Serialize};

use super::{Expect, Matcher, Prediction, Script};
use crate::{
    cluster::{ClusterConfig, Files, Moment, NodeConfig, Recording, api::Taint},
    ids::{Lang, LessonId},
};

/// The only format of scenario files there is.
const FORMAT: u32 = 1;

/// The seed of a scenario that names none.
const SEED: u64 = 1;

/// A story to be played over a cluster. How to write one: `docs/scenario-format.md`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    format: u32,
    /// What it is named by.
    pub id: String,
    /// The lesson it belongs to.
    pub lesson: LessonId,
    /// Its title.
    pub title: Titles,
    #[serde(default)]
    seed: Option<u64>,
    /// When the story ends, if not by itself: milliseconds of the trace's clock.
    #[serde(default)]
    until_ms: Option<u64>,
    cluster: Machines,
    /// The files commands may name.
    #[serde(rename = "manifest", default)]
    pub manifests: Vec<Manifest>,
    /// What is done.
    pub script: Vec<Script>,
    /// The parts of the story.
    #[serde(rename = "chapter", default)]
    pub chapters: Vec<Chapter>,
    /// What the learner is asked.
    #[serde(rename = "prediction", default)]
    pub predictions: Vec<Prediction>,
    /// What must hold at the end.
    #[serde(rename = "expect", default)]
    pub expects: Vec<Expect>,
}

/// A text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Titles {
    /// The text in this language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A file that commands may name.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// A part of the story. It begins at the first match after the chapter before it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// What it is named by.
    pub id: String,
    /// The step it begins with.
    pub when: Matcher,
    /// Its title.
    pub title: Titles,
    /// What it is about.
    pub text: Titles,
    /// Whether it is asked about when the story is recounted or has gaps; not if it only sets the scene.
    #[serde(default = "always")]
    pub recount: bool,
}

fn always() -> bool {
    true
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Machines {
    nodes: Option<usize>,
    #[serde(rename = "node", default)]
    node: Vec<NodeSpec>,
}

/// A machine of the scenario.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSpec {
    name: String,
    cpu: Option<String>,
    memory: Option<String>,
    pods: Option<u32>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    taints: Vec<String>,
    #[serde(default)]
    images: Vec<String>,
}

/// What is wrong with a scenario file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct ScenarioError {
    /// The line, counted from 1; 0 when it is about the whole file.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        f.write_str(&self.message)
    }
}

impl ScenarioError {
    fn whole(message: impl Into<String>) -> ScenarioError {
        ScenarioError {
            line: 0,
            message: message.into(),
        }
    }
}

/// How many machines a scenario may have: beyond it a picture says nothing.
const MOST_NODES: usize = 200;

impl Scenario {
    /// Reads the text of a scenario file.
    ///
    /// # Errors
    /// What is wrong with it, and on which line.
    pub fn parse(text: &str) -> Result<Scenario, ScenarioError> {
        let scenario: Scenario = toml::from_str(text).map_err(|error| ScenarioError {
            line: error.span().map_or(0, |span| line_of(text, span.start)),
            message: error.message().trim().replace('\n', " "),
        })?;
        scenario.check()?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), ScenarioError> {
        if self.format != FORMAT {
            return Err(ScenarioError::whole(format!(
                "format is {}; this podlings reads {FORMAT}",
                self.format
            )));
        }
        match (self.cluster.nodes, self.cluster.node.len()) {
            (Some(1..=MOST_NODES), 0) | (None, 1..=MOST_NODES) => {}
            (Some(_), 1..) => {
                return Err(ScenarioError::whole(
                    "[cluster] has both `nodes` and [[cluster.node]]: choose one",
                ));
            }
            _ => {
                return Err(ScenarioError::whole(format!(
                    "[cluster] needs from 1 to {MOST_NODES} nodes"
                )));
            }
        }
        for node in &self.cluster.node {
            for taint in &node.taints {
                read_taint(taint).ok_or_else(|| {
                    ScenarioError::whole(format!(
                        "taint \"{taint}\" of {} is not KEY[=VALUE]:EFFECT",
                        node.name
                    ))
                })?;
            }
            for (what, amount) in [("cpu", &node.cpu), ("memory", &node.memory)] {
                let Some(amount) = amount else { continue };
                amount
                    .parse::<crate::cluster::api::Quantity>()
                    .map_err(|_| {
                        ScenarioError::whole(format!(
                            "{what} \"{amount}\" of {} is no amount",
                            node.name
                        ))
                    })?;
            }
        }
        let chapters = self.chapters.iter().map(|one| (&one.id, Some(&one.when)));
        let predictions = self
            .predictions
            .iter()
            .map(|one| (&one.id, Some(&one.before)));
        let mut ids = Vec::new();
        for (id, matcher) in chapters.chain(predictions) {
            if ids.contains(&id) {
                return Err(ScenarioError::whole(format!(
                    "two parts are named \"{id}\""
                )));
            }
            ids.push(id);
            if let Some(problem) = matcher.and_then(Matcher::problem) {
                return Err(ScenarioError::whole(format!(
                    "the match of \"{id}\" {problem}"
                )));
            }
        }
        Ok(())
    }

    /// The seed a run has if none is asked for.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or(SEED)
    }

    /// When the story ends, if not by itself.
    pub fn until(&self) -> Option<Moment> {
        self.until_ms.map(Moment::from_millis)
    }

    /// The cluster the story begins with.
    pub fn cluster(&self, seed: u64, routine: bool) -> ClusterConfig {
        let mut config = ClusterConfig::with_nodes(self.cluster.nodes.unwrap_or(0), seed);
        config.nodes.extend(self.cluster.node.iter().map(node));
        config.recording = Recording::Steps { routine };
        config
    }

    /// The files commands may name.
    pub fn files(&self) -> Files {
        Rc::new(
            self.manifests
                .iter()
                .map(|manifest| (manifest.name.clone(), manifest.text.clone()))
                .collect(),
        )
    }
}

fn node(spec: &NodeSpec) -> NodeConfig {
    let usual = NodeConfig::named(&spec.name);
    NodeConfig {
        cpu: spec.cpu.clone().unwrap_or(usual.cpu),
        memory: spec.memory.clone().unwrap_or(usual.memory),
        pods: spec.pods.unwrap_or(usual.pods),
        labels: spec.labels.clone(),
        taints: spec
            .taints
            .iter()
            .filter_map(|taint| read_taint(taint))
            .collect(),
        images: spec.images.clone(),
        name: usual.name,
    }
}

/// `KEY[=VALUE]:EFFECT`, as `kubectl taint` has it.
fn read_taint(text: &str) -> Option<Taint> {
    let (rest, effect) = text.rsplit_once(':')?;
    let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
    let effect = toml::Value::String(effect.to_owned()).try_into().ok()?;
    (!key.is_empty()).then(|| Taint {
        key: key.into(),
        value: value.into(),
        effect,
        ..Taint::default()
    })
}

fn line_of(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().iter().take(at);
    u32::try_from(before.filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
}
