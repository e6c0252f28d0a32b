//! A Kubernetes cluster, small, deterministic and faithful: the same parts, speaking only through the
//! API server, on a virtual clock. Look first at [`Cluster`]. This room uses none of ours; it knows
//! nothing of screens, lessons or languages.
//!
//! The same configuration, seed and interventions give the same trace, byte for byte. What Kubernetes
//! would do after a fault follows from its parts; nothing is scripted.

pub mod api;
mod apiserver;
mod controller;
mod etcd;
mod fault;
mod inspect;
mod kubectl;
mod kubelet;
mod kubeproxy;
mod machinery;
mod moment;
mod random;
mod runtime;
mod scheduler;
mod simulation;
pub mod trace;
mod traffic;

pub use self::{
    etcd::EtcdKey,
    fault::{Fault, FaultError, Part, PodChoice},
    inspect::{
        CacheView, ContainerLife, QueueView, RunningContainer, RunningPod, WaitingPod, Waits,
    },
    kubectl::{CommandOutput, Files, KnownCommand, KnownFlag, Words, known_commands, yaml},
    moment::{MicroTime, Moment, Timestamp},
    simulation::{Cluster, ClusterConfig, NodeConfig, Recording},
};
