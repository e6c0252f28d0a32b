use std::collections::BTreeMap;

use super::{Ask, Predict, Question, Scene, collection::scenario};
use crate::walkthrough::{Asked, Run};

/// Why a question about a run cannot be asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsettled {
    /// There is no such scenario.
    #[error("there is no scenario \"{0}\"")]
    NoScenario(String),
    /// The scenario has no such prediction, or its run never comes to it.
    #[error("a run of the scenario \"{0}\" never asks \"{1}\"")]
    NotAsked(String, String),
}

/// Runs of the model that questions ask about; each scenario is played once.
#[derive(Default, Debug)]
pub struct Runs {
    played: BTreeMap<String, Option<Played>>,
}

/// A run, and what it asks.
#[derive(Debug)]
struct Played {
    run: Run,
    asked: Vec<Asked>,
}

impl Runs {
    fn of(&mut self, id: &str) -> Option<&Played> {
        self.played
            .entry(id.to_owned())
            .or_insert_with(|| {
                let scenario = scenario(id)?;
                let run = Run::new(&scenario, scenario.seed(), false);
                let asked = run.predictions();
                Some(Played { run, asked })
            })
            .as_ref()
    }
}

impl Question {
    /// Runs the model for a `predict` question, which then has its options, its answer and its scene;
    /// any other question stays as it is. A session does this when it is made.
    ///
    /// # Errors
    /// [`Unsettled`] says why it cannot be asked.
    pub fn settle(&mut self, runs: &mut Runs) -> Result<(), Unsettled> {
        let Ask::Predict(predict) = &mut self.ask else {
            return Ok(());
        };
        let Some(played) = runs.of(&predict.scenario) else {
            return Err(Unsettled::NoScenario(predict.scenario.clone()));
        };
        let mut asked = played.asked.iter();
        let Some(asked) = asked.find(|asked| asked.id == predict.prediction) else {
            return Err(Unsettled::NotAsked(
                predict.scenario.clone(),
                predict.prediction.clone(),
            ));
        };
        *predict = Predict {
            scene: scene(&played.run, asked),
            options: asked.options.clone(),
            answer: asked.answer,
            ..predict.clone()
        };
        self.prompt = asked.prompt.clone();
        self.why = asked.why.clone();
        Ok(())
    }
}

/// What was done before the step that is asked about.
fn scene(run: &Run, asked: &Asked) -> Scene {
    let acts = run.acts_before(asked.before);
    let named = |name: &str| acts.iter().any(|act| act.contains(name));
    let files = run.scenario().manifests.iter();
    let files = files.filter(|manifest| named(&manifest.name));
    Scene {
        title: Some(run.scenario().title.clone()),
        files: files
            .map(|manifest| (manifest.name.clone(), manifest.text.clone()))
            .collect(),
        acts,
    }
}
