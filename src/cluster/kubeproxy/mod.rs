//! kube-proxy: turns Services and EndpointSlices into rules the kernel follows. Look first at [`KubeProxy`].

use super::{
    api::Resource,
    machinery::{Answer, Component, Turn, WatchEvent},
};

/// What kube-proxy waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {}

/// What kube-proxy wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {}

/// The process.
#[derive(Clone, Debug, Default)]
pub(crate) struct KubeProxy {}

impl Component for KubeProxy {
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

impl KubeProxy {
    /// The kube-proxy of this machine.
    pub(crate) fn new(_node: super::machinery::NodeIndex) -> KubeProxy {
        KubeProxy::default()
    }
}
