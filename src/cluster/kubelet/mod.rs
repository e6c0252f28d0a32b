//! The kubelet: runs the Pods of its node and says how they are. Look first at [`Kubelet`].

use super::{
    api::Resource,
    machinery::{self, Answer, Component, Turn, WatchEvent},
};

/// What the kubelet waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {}

/// What the kubelet wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {}

/// The process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kubelet {}

impl Component for Kubelet {
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

impl Kubelet {
    /// The kubelet of this machine.
    pub(crate) fn new(_node: super::machinery::NodeIndex, _config: &super::NodeConfig) -> Kubelet {
        Kubelet::default()
    }

    /// The container runtime's answer to a call.
    pub(crate) fn runtime_answer(
        &mut self,
        _answer: super::runtime::RuntimeAnswer,
        _turn: &mut Turn<'_>,
    ) {
    }

    /// Something changed in the runtime of itself. The kubelet is not told: it finds it at its next look.
    pub(crate) fn runtime_changed(&mut self, _turn: &mut Turn<'_>) {}

    /// The API server asks for a log.
    pub(crate) fn serve(&mut self, _request: ServerRequest, _turn: &mut Turn<'_>) {}

    /// From now on the probes of this Pod fail, or succeed again.
    pub(crate) fn set_probes(&mut self, _pod: &super::api::Key, _failing: bool) {}
}

/// A request the API server hands on to a kubelet: a Pod's log.
#[derive(Clone, Debug)]
pub(crate) struct ServerRequest {
    /// The call to answer.
    pub(crate) call: machinery::Call,
    /// Which container; None: the only one.
    pub(crate) container: Option<super::api::Str>,
}
