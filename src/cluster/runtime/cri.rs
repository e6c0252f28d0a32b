use std::{rc::Rc, time::Duration};

use super::{LocalImage, PodRecord, record::Place};
use crate::cluster::{
    api::{Key, PodSpec, Str, Uid},
    kubelet::Errand,
    machinery::{Address, Happening, NodeIndex, Turn},
};

/// A call of the CRI, and why the kubelet makes it.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeCall {
    pub(crate) errand: Errand,
    pub(crate) what: Cri,
}

/// The answer to a call of the CRI.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeAnswer {
    pub(crate) errand: Errand,
    pub(crate) result: Result<CriReply, CriError>,
}

/// What can be asked of a runtime (`staging/src/k8s.io/cri-api/pkg/apis/services.go`). A Pod's sandbox is
/// named by the Pod's UID: there is one at a time.
#[derive(Clone, Debug)]
pub(crate) enum Cri {
    RunPodSandbox {
        pod: Key,
        uid: Uid,
        attempt: u32,
        host_network: bool,
    },
    StopPodSandbox {
        uid: Uid,
    },
    RemovePodSandbox {
        uid: Uid,
    },
    PullImage {
        image: Str,
    },
    CreateContainer {
        uid: Uid,
        spec: Rc<PodSpec>,
        place: Place,
        restart_count: i32,
    },
    StartContainer {
        uid: Uid,
        container: Str,
    },
    StopContainer {
        uid: Uid,
        container: Str,
        grace: Duration,
    },
    /// ListPodSandbox, ListContainers and ListImages in one.
    ListPods,
    /// PodSandboxStatus and ContainerStatus of one Pod.
    PodStatus {
        uid: Uid,
    },
}

impl Cri {
    /// The call's name.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Cri::RunPodSandbox { .. } => "RunPodSandbox",
            Cri::StopPodSandbox { .. } => "StopPodSandbox",
            Cri::RemovePodSandbox { .. } => "RemovePodSandbox",
            Cri::PullImage { .. } => "PullImage",
            Cri::CreateContainer { .. } => "CreateContainer",
            Cri::StartContainer { .. } => "StartContainer",
            Cri::StopContainer { .. } => "StopContainer",
            Cri::ListPods => "ListPodSandbox",
            Cri::PodStatus { .. } => "PodSandboxStatus",
        }
    }
}

/// What a runtime answers.
#[derive(Clone, Debug)]
pub(crate) enum CriReply {
    /// The new container's ID.
    Created(Str),
    Pulled(LocalImage),
    Pod(Rc<PodRecord>),
    Pods {
        pods: Vec<(Uid, Rc<PodRecord>)>,
        images: Vec<LocalImage>,
    },
}

/// A gRPC error. It prints as Go prints it: `rpc error: code = NotFound desc = …`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("rpc error: code = {code} desc = {message}")]
pub(crate) struct CriError {
    pub(crate) code: &'static str,
    /// What kubelet events show without the code.
    pub(crate) message: String,
}

impl CriError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> CriError {
        CriError {
            code,
            message: message.into(),
        }
    }

    /// Nobody listens at the runtime's socket.
    pub(crate) fn down() -> CriError {
        CriError::new(
            "Unavailable",
            "connection error: desc = \"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused\"",
        )
    }

    pub(super) fn gone(uid: &Uid) -> CriError {
        CriError::new(
            "NotFound",
            format!("failed to find sandbox id \"{uid}\": not found"),
        )
    }

    pub(super) fn no_addresses(range: &str) -> CriError {
        CriError::new(
            "Unknown",
            format!(
                "failed to setup network for sandbox: plugin type=\"ptp\" failed (add): failed to allocate for range 0: no IP addresses available in range set: {range}"
            ),
        )
    }

    pub(super) fn not_executable(word: &str) -> CriError {
        let missing = if word.contains('/') {
            format!("stat {word}: no such file or directory")
        } else {
            "executable file not found in $PATH".to_owned()
        };
        CriError::new(
            "Unknown",
            format!(
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"{word}\": {missing}"
            ),
        )
    }
}

/// The kubelet of this node calls its runtime. If nobody listens, it is told so at once.
pub(crate) fn ask(node: NodeIndex, call: RuntimeCall, turn: &mut Turn<'_>) {
    let to = Address::Runtime(node);
    if turn.shared.stopped.contains(&to) {
        let answer = RuntimeAnswer {
            errand: call.errand,
            result: Err(CriError::down()),
        };
        let me = Address::Kubelet(node);
        turn.post(
            Duration::from_micros(200),
            me,
            Happening::RuntimeAnswer(Box::new(answer)),
        );
        return;
    }
    turn.post(Duration::ZERO, to, Happening::RuntimeCall(Box::new(call)));
}

/// The sandbox's own image (`cmd/kubeadm/app/constants/constants.go`, PauseVersion).
pub(crate) const PAUSE: &str = "registry.k8s.io/pause:3.10.2";
