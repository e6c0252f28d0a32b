//! A row of history as the columns of its table.

use std::sync::Arc;

use crate::{
    history::{Event, Row},
    ids::{DeviceId, RowId, SessionId},
};

pub(super) const COLUMNS: &str = "seq, id, at_ms, device, session, kind, body";
pub(super) const INSERT: &str =
    "INSERT INTO history (id, at_ms, device, session, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const REVIEW: &str = "review";

/// The event as JSON and its kind.
///
/// # Errors
/// Says which number is none: JSON has no infinities.
pub(super) fn encode(event: &Event) -> Result<(&'static str, String), String> {
    let kind = match event {
        Event::Review(_) => REVIEW,
        Event::Undo { .. } => "undo",
        Event::Card { .. } => "card",
        Event::Link { .. } => "link",
        Event::Parameters { .. } => "parameters",
        Event::Read { .. } => "read",
    };
    finite(event)?;
    let body = serde_json::to_string(event).map_err(|error| error.to_string())?;
    Ok((kind, body))
}

fn finite(event: &Event) -> Result<(), String> {
    let numbers: &[(&str, Option<f32>)] = match event {
        Event::Review(review) => &[
            ("stability_before", review.stability_before),
            ("difficulty_before", review.difficulty_before),
            ("stability_after", review.stability_after),
            ("difficulty_after", review.difficulty_after),
            ("predicted_recall", review.predicted_recall),
            ("desired_retention", Some(review.desired_retention)),
        ],
        Event::Parameters { values, .. } => {
            return match values.iter().position(|value| !value.is_finite()) {
                Some(at) => Err(format!("values[{at}] is not a finite number")),
                None => Ok(()),
            };
        }
        _ => &[],
    };
    match numbers
        .iter()
        .find(|(_, number)| number.is_some_and(|number| !number.is_finite()))
    {
        Some((name, _)) => Err(format!("{name} is not a finite number")),
        None => Ok(()),
    }
}

/// Turns columns into rows. Neighbouring rows share the text of their device and session.
#[derive(Default)]
pub(super) struct Decoder {
    device: Option<Arc<str>>,
    session: Option<Arc<str>>,
}

impl Decoder {
    /// The row, and its place in the order of arrival.
    ///
    /// # Errors
    /// What is wrong with which row.
    pub(super) fn decode(&mut self, columns: &rusqlite::Row<'_>) -> Result<(i64, Row), String> {
        let seq: i64 = columns.get(0).map_err(|error| error.to_string())?;
        self.row(columns)
            .map(|row| (seq, row))
            .map_err(|problem| format!("row {seq} of history cannot be read: {problem}"))
    }

    fn row(&mut self, columns: &rusqlite::Row<'_>) -> Result<Row, String> {
        let text = |at: usize| {
            columns
                .get_ref(at)
                .map_err(|error| error.to_string())?
                .as_str()
                .map_err(|error| error.to_string())
        };
        let body = text(6)?;
        let event = match text(5)? {
            REVIEW => serde_json::from_str(body).map(Event::Review),
            _ => serde_json::from_str(body),
        };
        Ok(Row {
            id: RowId::new(text(1)?),
            at_ms: columns.get(2).map_err(|error| error.to_string())?,
            device: DeviceId::new(shared(&mut self.device, text(3)?)),
            session: SessionId::new(shared(&mut self.session, text(4)?)),
            event: event.map_err(|error| error.to_string())?,
        })
    }
}

fn shared(last: &mut Option<Arc<str>>, text: &str) -> Arc<str> {
    match last {
        Some(last) if **last == *text => last.clone(),
        _ => last.insert(text.into()).clone(),
    }
}
