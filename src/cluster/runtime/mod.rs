//! The container runtime of a node (containerd) and its network plugin, behind the calls of the Container
//! Runtime Interface. It goes on running containers whether or not anyone watches. Look first at
//! [`Runtime`].

use super::{
    NodeConfig,
    api::{Key, Str},
    machinery::{NodeIndex, Turn},
};

/// What the runtime wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {}

/// A call of the CRI.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeCall {}

/// The answer to a call of the CRI.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeAnswer {}

/// The runtime of one machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runtime {}

impl Runtime {
    /// The runtime of this machine, with the images it begins with.
    pub(crate) fn new(_node: NodeIndex, _config: &NodeConfig) -> Runtime {
        Runtime::default()
    }

    /// A call reaches it.
    pub(crate) fn call(&mut self, _call: RuntimeCall, _turn: &mut Turn<'_>) {}

    /// A timer fired.
    pub(crate) fn fire(&mut self, timer: Timer, _turn: &mut Turn<'_>) {
        match timer {}
    }

    /// The machine lost power: no process survives.
    pub(crate) fn power_off(&mut self, _turn: &mut Turn<'_>) {}

    /// A container's process ends with an error. False if the Pod has no such container running.
    pub(crate) fn crash(
        &mut self,
        _pod: &Key,
        _container: Option<&str>,
        _turn: &mut Turn<'_>,
    ) -> bool {
        false
    }

    /// Pulls of this image fail from now on.
    pub(crate) fn fail_pull(&mut self, _image: Str) {}

    /// The disk is full: no pull succeeds.
    pub(crate) fn fill_disk(&mut self) {}
}
