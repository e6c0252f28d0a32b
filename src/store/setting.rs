use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    error::{Problem, StoreError},
    open::Store,
};

/// A choice made in the app that holds until it is made anew. What the configuration file says goes
/// before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Setting {
    /// The language of the interface.
    Language,
    /// The theme's name.
    Theme,
    /// Which notes new cards come from.
    Sources,
    /// Where the learner was in each lesson.
    Places,
    /// Whether a walkthrough asks before its key steps.
    Predictions,
    /// The day of the exam.
    ExamDay,
    /// What the interview weighs.
    Profile,
    /// The minutes there are in a day.
    Minutes,
    /// The retention to aim at, in hundredths.
    Retention,
    /// New cards a day.
    NewPerDay,
    /// Reviews a day.
    ReviewsPerDay,
}

impl Setting {
    fn key(self) -> &'static str {
        match self {
            Setting::Language => "language",
            Setting::Theme => "theme",
            Setting::Sources => "sources",
            Setting::Places => "places",
            Setting::Predictions => "predictions",
            Setting::ExamDay => "exam-day",
            Setting::Profile => "profile",
            Setting::Minutes => "minutes",
            Setting::Retention => "retention",
            Setting::NewPerDay => "new-per-day",
            Setting::ReviewsPerDay => "reviews-per-day",
        }
    }
}

impl Store {
    /// The value last set, or `None` if there is none that reads as a `T`.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn setting<T: DeserializeOwned>(&self, setting: Setting) -> Result<Option<T>, StoreError> {
        let value: Option<String> = self
            .connection
            .prepare_cached("SELECT value FROM setting WHERE key = ?1")
            .and_then(|mut select| {
                select
                    .query_row([setting.key()], |row| row.get(0))
                    .optional()
            })
            .map_err(|error| self.sqlite(error))?;
        Ok(value.and_then(|value| serde_json::from_str(&value).ok()))
    }

    /// Sets it; durable when this returns.
    ///
    /// # Errors
    /// [`StoreError`]; then the value is what it was.
    pub fn set_setting<T: Serialize>(
        &mut self,
        setting: Setting,
        value: &T,
    ) -> Result<(), StoreError> {
        let value = serde_json::to_string(value)
            .map_err(|error| StoreError::new(&self.path, Problem::Unstorable(error.to_string())))?;
        self.still_there()?;
        self.write(|transaction| {
            transaction
                .prepare_cached("REPLACE INTO setting (key, value) VALUES (?1, ?2)")?
                .execute([setting.key(), &value])
        })?;
        Ok(())
    }
}
