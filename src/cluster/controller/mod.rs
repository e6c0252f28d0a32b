//! kube-controller-manager: one process, one set of informers, many controllers, each with its own work
//! queue. Look first at [`ControllerManager`].

use super::{
    api::Resource,
    machinery::{Answer, Component, Turn, WatchEvent},
};

/// What the controller manager waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {}

/// What the controller manager wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {}

/// The process.
#[derive(Clone, Debug, Default)]
pub(crate) struct ControllerManager {}

impl Component for ControllerManager {
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
