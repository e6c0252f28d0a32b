use std::sync::Arc;

use ratatui::{Frame, layout::Rect};

use crate::{
    cluster::{
        Cluster,
        trace::{Actor, Step},
    },
    tui::{keymap::Action, shared::Shared},
};

/// All there is to know about one part of the cluster, a section at a time.
pub(in crate::tui) struct Inspector {
    actor: Actor,
}

impl Inspector {
    /// What is known of `actor` when `cursor` of these steps have happened.
    pub(in crate::tui) fn new(
        actor: Actor,
        cluster: &Cluster,
        (steps, cursor): (&[Arc<Step>], usize),
        shared: &Shared,
    ) -> Inspector {
        let mut inspector = Inspector { actor };
        inspector.refresh(cluster, (steps, cursor), shared);
        inspector
    }

    /// The cursor or the language changed.
    pub(in crate::tui) fn refresh(
        &mut self,
        _cluster: &Cluster,
        (_steps, _cursor): (&[Arc<Step>], usize),
        _shared: &Shared,
    ) {
    }

    /// Who is looked at.
    pub(in crate::tui) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Moves through the page; false for an action that is not its own.
    pub(in crate::tui) fn act(&mut self, _action: Action) -> bool {
        false
    }

    /// Draws it over all of `area`.
    pub(in crate::tui) fn draw(&self, _area: Rect, _frame: &mut Frame, _shared: &Shared) {}
}
