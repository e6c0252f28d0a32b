use crate::cluster::{
    api::Resource, apiserver, controller, kubectl, kubelet, kubeproxy, runtime, scheduler,
};

/// What a component wanted to do with an answer. Each component has its own kind.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {
    Kubectl(kubectl::Ticket),
    Controller(controller::Ticket),
    Scheduler(scheduler::Ticket),
    Kubelet(kubelet::Ticket),
}

/// What a component wanted to be woken for. Each component has its own kind.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// The reflector for this resource connects again.
    Reconnect(Resource),
    ApiServer(apiserver::Timer),
    Kubectl(kubectl::Timer),
    Controller(controller::Timer),
    Scheduler(scheduler::Timer),
    Kubelet(kubelet::Timer),
    KubeProxy(kubeproxy::Timer),
    Runtime(runtime::Timer),
}

macro_rules! from_components {
    ($($whole:ident :: $part:ident from $room:ident),* $(,)?) => {$(
        impl From<$room::$whole> for $whole {
            fn from(part: $room::$whole) -> $whole {
                $whole::$part(part)
            }
        }
    )*};
}
from_components!(
    Ticket::Kubectl from kubectl,
    Ticket::Controller from controller,
    Ticket::Scheduler from scheduler,
    Ticket::Kubelet from kubelet,
    Timer::ApiServer from apiserver,
    Timer::Kubectl from kubectl,
    Timer::Controller from controller,
    Timer::Scheduler from scheduler,
    Timer::Kubelet from kubelet,
    Timer::KubeProxy from kubeproxy,
    Timer::Runtime from runtime,
);
