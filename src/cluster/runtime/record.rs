use std::rc::Rc;

use super::program::Program;
use crate::cluster::{
    api::{Container, Key, PodSpec, Str},
    moment::Moment,
};

/// What a runtime knows of one Pod. It is shared until it changes, so that two looks at it can be held
/// against each other by their address.
#[derive(Clone, Debug, Default)]
pub(crate) struct PodRecord {
    pub(crate) key: Key,
    pub(crate) sandbox: Option<Sandbox>,
    /// Oldest first; of each name the last two instances.
    pub(crate) containers: Vec<ContainerRecord>,
    /// How often it has changed.
    pub(crate) version: u64,
    /// The spec its containers were last made from.
    pub(crate) spec: Option<Rc<PodSpec>>,
}

/// The pause container, whose namespaces the others share.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Sandbox {
    pub(crate) id: Str,
    pub(crate) ready: bool,
    /// Empty if the Pod uses the node's network.
    pub(crate) ip: Str,
    /// How many sandboxes the Pod had before.
    pub(crate) attempt: u32,
    pub(crate) created: Moment,
}

/// One container.
#[derive(Clone, Debug)]
pub(crate) struct ContainerRecord {
    pub(crate) id: Str,
    pub(crate) name: Str,
    /// The image's name as the spec has it.
    pub(crate) asked: Str,
    /// The image's full name.
    pub(crate) image: Str,
    pub(crate) image_id: Str,
    pub(crate) run: ContainerRun,
    pub(crate) restart_count: i32,
    pub(crate) started: Option<Moment>,
    pub(crate) program: Rc<Program>,
}

/// What a container does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ContainerRun {
    Created,
    Running,
    Exited {
        code: i32,
        reason: &'static str,
        finished: Moment,
    },
}

/// Which container of a Pod's spec.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Place {
    Init(usize),
    Regular(usize),
}

impl Place {
    pub(crate) fn of(self, spec: &PodSpec) -> Option<&Container> {
        match self {
            Place::Init(index) => spec.init_containers.get(index),
            Place::Regular(index) => spec.containers.get(index),
        }
    }
}

impl PodRecord {
    /// The container with this ID.
    pub(crate) fn container(&self, id: &str) -> Option<&ContainerRecord> {
        self.containers.iter().find(|one| *one.id == *id)
    }

    /// The newest container of this name.
    pub(crate) fn latest(&self, name: &str) -> Option<&ContainerRecord> {
        self.containers.iter().rev().find(|one| *one.name == *name)
    }

    /// The one before the newest.
    pub(crate) fn previous(&self, name: &str) -> Option<&ContainerRecord> {
        let mut named = self.containers.iter().rev();
        named.by_ref().find(|one| *one.name == *name)?;
        named.find(|one| *one.name == *name)
    }

    /// The sandbox, if it still holds.
    pub(crate) fn ready_sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref().filter(|sandbox| sandbox.ready)
    }
}

impl ContainerRecord {
    pub(crate) fn is_running(&self) -> bool {
        self.run == ContainerRun::Running
    }

    /// Its exit code, if it has ended.
    pub(crate) fn exit_code(&self) -> Option<i32> {
        match self.run {
            ContainerRun::Exited { code, .. } => Some(code),
            _ => None,
        }
    }

    /// When it ended.
    pub(crate) fn finished(&self) -> Option<Moment> {
        match self.run {
            ContainerRun::Exited { finished, .. } => Some(finished),
            _ => None,
        }
    }
}
