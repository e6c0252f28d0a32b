//! kube-scheduler: chooses a node for each Pod that has none. Look first at [`Scheduler`].

use super::{
    api::Resource,
    machinery::{Answer, Component, Turn, WatchEvent},
};

/// What the scheduler waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {}

/// What the scheduler wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {}

/// The process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scheduler {}

impl Component for Scheduler {
    type Ticket = Ticket;
    type Timer = Timer;

    fn start(&mut self, _turn: &mut Turn<'_>) {}

    fn reconnect(&mut self, _resource: Resource, _turn: &mut Turn<'_>) {}

    fn hear(&mut self, _: Resource, _: u32, _: WatchEvent, _: &mut Turn<'_>) {}

    fn answer(&mut self, ticket: Ticket, _: Answer, _: &mut Turn<'_>) {
        match ticket {}
    }

    fn fire(&mut self, timer: Timer, _: &mut Turn<'_>) {
        match timer {}
    }
}
