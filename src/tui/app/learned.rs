//! What was worked out beside the app, taken in.

use super::{App, Effect, Notice};
use crate::{
    history::{Event, Row},
    ids::Now,
    tui::{shared::Trained, task::Finding},
};

impl App {
    pub(super) fn worked_out(&mut self, finding: Finding, now: Now) -> Vec<Effect> {
        match finding {
            Finding::Trained(None) => Vec::new(),
            Finding::Trained(Some(optimised)) => {
                self.shared.trained = Some(Trained {
                    before: optimised.before,
                    after: optimised.after,
                    row: None,
                });
                vec![Effect::Save {
                    events: vec![optimised.event()],
                    seen: Vec::new(),
                }]
            }
            other => {
                let mut finding = Some(other);
                for screen in &mut self.screens {
                    if let Some(other) = finding.take() {
                        finding = screen.worked_out(other, &self.shared, &now);
                    }
                }
                Vec::new()
            }
        }
    }

    /// New parameters are in force: how to take them back, and what else is to be worked out anew.
    pub(super) fn note_parameters(&mut self, rows: &[Row]) {
        for row in rows {
            match (&row.event, &mut self.shared.trained) {
                (Event::Parameters { .. }, Some(trained)) => {
                    trained.row = Some(row.id.clone());
                    self.notice = Some(Notice::Done(self.shared.text("notice.trained")));
                }
                (Event::Undo { row }, Some(trained)) if trained.row.as_ref() == Some(row) => {
                    self.shared.trained = None;
                }
                _ => {}
            }
        }
    }
}
