//! What was worked out beside the app, taken in.

use super::{App, Effect, Notice};
use crate::{
    history::{Event, Row},
    ids::Now,
    memory::{Brake, Optimised},
    tui::{shared::Training, task::Finding},
};

impl App {
    pub(super) fn worked_out(&mut self, finding: Finding, now: Now) -> Vec<Effect> {
        match finding {
            Finding::Trained(brake, trained) => match self.is_training(&brake) {
                true => self.trained(trained),
                false => Vec::new(),
            },
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

    fn is_training(&self, brake: &Brake) -> bool {
        matches!(&self.shared.training, Training::Running(one) if one == brake)
    }

    /// Better parameters are taken, as soon as they are kept.
    fn trained(&mut self, trained: Option<Optimised>) -> Vec<Effect> {
        let Some(optimised) = trained else {
            self.shared.training = Training::None;
            return Vec::new();
        };
        let (before, after) = (optimised.before, optimised.after);
        if !optimised.is_better() {
            self.shared.training = Training::Refused { before, after };
            return Vec::new();
        }
        self.shared.training = Training::Taken {
            before,
            after,
            row: None,
        };
        vec![Effect::Save {
            events: vec![optimised.event()],
            seen: Vec::new(),
        }]
    }

    /// The learner would not wait for it.
    pub(super) fn stopped(&mut self, brake: &Brake) {
        if self.is_training(brake) {
            self.shared.training = Training::Stopped;
        }
    }

    /// New parameters are in force: how to take them back, and what else is to be worked out anew.
    pub(super) fn note_parameters(&mut self, rows: &[Row]) {
        for row in rows {
            let Training::Taken { row: brought, .. } = &mut self.shared.training else {
                return;
            };
            match &row.event {
                Event::Parameters { .. } => {
                    *brought = Some(row.id.clone());
                    self.notice = Some(Notice::Done(self.shared.text("notice.trained")));
                }
                Event::Undo { row } if brought.as_ref() == Some(row) => {
                    self.shared.training = Training::None;
                }
                _ => {}
            }
        }
    }
}
