use super::{
    print::{Columns, Format},
    tabwriter::TabWriter,
};
use crate::cluster::{Timestamp, machinery::WatchEvent};

/// A command that prints what its watch brings until the run ends: `get -w`.
#[derive(Clone, Debug)]
pub(super) struct Follow {
    pub(super) format: Format,
    pub(super) columns: Columns,
    pub(super) writer: TabWriter,
    /// Whether the header still has to come before the first row.
    pub(super) header: bool,
}

impl Follow {
    /// What kubectl prints for this event; None: the watch has ended, and kubectl with it.
    pub(super) fn print(&mut self, event: &WatchEvent, now: Timestamp) -> Option<String> {
        match event {
            WatchEvent::Added(object)
            | WatchEvent::Modified(object)
            | WatchEvent::Deleted(object) => Some(match &self.format {
                Format::Table { .. } => {
                    let mut text = String::new();
                    if std::mem::take(&mut self.header) {
                        text = self.columns.header();
                    }
                    text += &self.columns.row(object, now);
                    self.writer.align(&text)
                }
                format => format.stream(object),
            }),
            WatchEvent::Initial { .. } | WatchEvent::Bookmark(_) => Some(String::new()),
            WatchEvent::Error(_) | WatchEvent::Closed => None,
        }
    }
}
