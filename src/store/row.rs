//! A row of history as the columns of its table.

use std::sync::Arc;

use chrono::NaiveDate;
use rusqlite::{Transaction, params, types::FromSql};

use crate::{
    history::{Event, Mode, Rating, Review, Row},
    ids::{CardId, DeviceId, ParametersId, RowId, SessionId, StudyDay},
};

/// In the order in which [`Decoder`] reads them.
pub(super) const COLUMNS: &str = "seq, id, at_ms, device, session, kind, body,
    card, rating, mode, day, duration_ms, elapsed_days, stability_before, difficulty_before,
    stability_after, difficulty_after, predicted_recall, desired_retention, parameters";

const INSERT: &str = "INSERT INTO history (id, at_ms, device, session, kind, body,
    card, rating, mode, day, duration_ms, elapsed_days, stability_before, difficulty_before,
    stability_after, difficulty_after, predicted_recall, desired_retention, parameters)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
    ON CONFLICT (id) DO NOTHING";

const REVIEW: &str = "review";

/// Makes sure that an event comes out of the file, and out of JSON, as it went in.
///
/// # Errors
/// Says which number is none: SQLite has no NaN, and JSON no infinities either.
pub(super) fn storable(event: &Event) -> Result<(), String> {
    match event {
        Event::Review(review) => [
            ("stability_before", review.stability_before),
            ("difficulty_before", review.difficulty_before),
            ("stability_after", review.stability_after),
            ("difficulty_after", review.difficulty_after),
            ("predicted_recall", review.predicted_recall),
            ("desired_retention", Some(review.desired_retention)),
        ]
        .into_iter()
        .try_for_each(|(name, number)| finite(name, number.unwrap_or_default())),
        Event::Parameters { values, .. } => {
            values.iter().try_for_each(|value| finite("values", *value))
        }
        Event::Answer(answer) => {
            let confirmed = answer.confirmed.as_ref().map(|confirmed| confirmed.credit);
            [("credit", Some(answer.credit)), ("confirmed", confirmed)]
                .into_iter()
                .try_for_each(|(name, number)| finite(name, number.unwrap_or_default()))
        }
        Event::Undo { .. }
        | Event::Card { .. }
        | Event::Link { .. }
        | Event::Read { .. }
        | Event::Prediction(_)
        | Event::Walked { .. }
        | Event::Attempt(_) => Ok(()),
    }
}

fn finite(name: &str, number: impl Into<f64>) -> Result<(), String> {
    match number.into().is_finite() {
        true => Ok(()),
        false => Err(format!("`{name}` is not a finite number")),
    }
}

/// Puts the row into the table, unless one with its id is there: then it returns `false`.
pub(super) fn insert(transaction: &Transaction<'_>, row: &Row) -> rusqlite::Result<bool> {
    let (review, body) = match &row.event {
        Event::Review(review) => (Some(review), None),
        event => {
            let body = serde_json::to_string(event)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            (None, Some(body))
        }
    };
    let inserted = transaction.prepare_cached(INSERT)?.execute(params![
        row.id.as_str(),
        row.at_ms,
        row.device.as_str(),
        row.session.as_str(),
        kind(&row.event),
        body,
        review.map(|review| review.card.as_str()),
        review.map(|review| u8::from(review.rating)),
        review.map(|review| mode_name(review.mode)),
        review.map(|review| review.day.to_string()),
        review.map(|review| review.duration_ms),
        review.map(|review| review.elapsed_days),
        review.and_then(|review| review.stability_before),
        review.and_then(|review| review.difficulty_before),
        review.and_then(|review| review.stability_after),
        review.and_then(|review| review.difficulty_after),
        review.and_then(|review| review.predicted_recall),
        review.map(|review| review.desired_retention),
        review.map(|review| review.parameters.as_str()),
    ])?;
    Ok(inserted == 1)
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Review(_) => REVIEW,
        Event::Undo { .. } => "undo",
        Event::Card { .. } => "card",
        Event::Link { .. } => "link",
        Event::Parameters { .. } => "parameters",
        Event::Read { .. } => "read",
        Event::Prediction(_) => "prediction",
        Event::Walked { .. } => "walked",
        Event::Attempt(_) => "attempt",
        Event::Answer(_) => "answer",
    }
}

const MODES: [Mode; 5] = [
    Mode::Learn,
    Mode::Review,
    Mode::Relearn,
    Mode::Cram,
    Mode::Manual,
];

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Learn => "learn",
        Mode::Review => "review",
        Mode::Relearn => "relearn",
        Mode::Cram => "cram",
        Mode::Manual => "manual",
    }
}

/// Turns columns into rows. Neighbouring rows share the texts that seldom change.
#[derive(Default)]
pub(super) struct Decoder {
    device: Option<Arc<str>>,
    session: Option<Arc<str>>,
    parameters: Option<Arc<str>>,
    day: Option<(String, StudyDay)>,
}

impl Decoder {
    /// The row, and its place in the order of arrival.
    ///
    /// # Errors
    /// What is wrong with which row.
    pub(super) fn decode(&mut self, columns: &rusqlite::Row<'_>) -> Result<(i64, Row), String> {
        let seq: i64 = get(columns, 0)?;
        self.row(columns)
            .map(|row| (seq, row))
            .map_err(|problem| format!("row {seq} of history cannot be read: {problem}"))
    }

    fn row(&mut self, columns: &rusqlite::Row<'_>) -> Result<Row, String> {
        let event = match text(columns, 5)? {
            REVIEW => Event::Review(self.review(columns)?),
            kind => match serde_json::from_str(text(columns, 6)?) {
                Ok(event) if self::kind(&event) == kind => event,
                Ok(_) => return Err(format!("`body` is not of kind {kind}")),
                Err(error) => return Err(error.to_string()),
            },
        };
        Ok(Row {
            id: RowId::new(text(columns, 1)?),
            at_ms: get(columns, 2)?,
            device: DeviceId::new(shared(&mut self.device, text(columns, 3)?)),
            session: SessionId::new(shared(&mut self.session, text(columns, 4)?)),
            event,
        })
    }

    fn review(&mut self, columns: &rusqlite::Row<'_>) -> Result<Review, String> {
        let mode = text(columns, 9)?;
        Ok(Review {
            card: CardId::new(text(columns, 7)?),
            rating: Rating::try_from(get::<u8>(columns, 8)?)?,
            mode: MODES
                .into_iter()
                .find(|known| mode_name(*known) == mode)
                .ok_or_else(|| format!("unknown mode `{mode}`"))?,
            day: self.day(text(columns, 10)?)?,
            duration_ms: get(columns, 11)?,
            elapsed_days: get(columns, 12)?,
            stability_before: get(columns, 13)?,
            difficulty_before: get(columns, 14)?,
            stability_after: get(columns, 15)?,
            difficulty_after: get(columns, 16)?,
            predicted_recall: get(columns, 17)?,
            desired_retention: get(columns, 18)?,
            parameters: ParametersId::new(shared(&mut self.parameters, text(columns, 19)?)),
        })
    }

    fn day(&mut self, text: &str) -> Result<StudyDay, String> {
        match &self.day {
            Some((last, day)) if last == text => Ok(*day),
            _ => {
                let date: NaiveDate = text
                    .parse()
                    .map_err(|error| format!("`{text}` is no date: {error}"))?;
                let day = StudyDay::new(date);
                self.day = Some((text.to_owned(), day));
                Ok(day)
            }
        }
    }
}

fn text<'a>(columns: &'a rusqlite::Row<'_>, at: usize) -> Result<&'a str, String> {
    columns
        .get_ref(at)
        .map_err(|error| error.to_string())?
        .as_str()
        .map_err(|error| error.to_string())
}

fn get<T: FromSql>(columns: &rusqlite::Row<'_>, at: usize) -> Result<T, String> {
    columns.get(at).map_err(|error| error.to_string())
}

fn shared(last: &mut Option<Arc<str>>, text: &str) -> Arc<str> {
    match last {
        Some(last) if **last == *text => last.clone(),
        _ => last.insert(text.into()).clone(),
    }
}
