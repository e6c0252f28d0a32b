use std::str::FromStr;

use super::api::Str;

/// Something broken or mended on purpose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A process ends at once.
    Stop(Part),
    /// It is started again.
    Start(Part),
    /// A node can no longer reach the API server.
    Cut(Str),
    /// It can again.
    Heal(Str),
    /// A component's watches break; it opens them again.
    DropWatch(Part),
    /// Each commit takes so many milliseconds more.
    SlowEtcd(u64),
    /// A container's process ends with an error; the first one's without a name.
    Crash {
        /// Which Pod.
        pod: PodChoice,
        /// Which of its containers.
        container: Option<Str>,
    },
    /// A Pod's probes fail from now on.
    FailProbe(PodChoice),
    /// They succeed again.
    HealProbe(PodChoice),
    /// An image cannot be pulled.
    FailPull(Str),
    /// A node's disk is full: nothing more can be pulled there.
    FillDisk(Str),
}

/// A process or a whole node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// etcd.
    Etcd,
    /// The API server.
    ApiServer,
    /// The controller manager.
    ControllerManager,
    /// The scheduler.
    Scheduler,
    /// A node's kubelet.
    Kubelet(Str),
    /// A node's kube-proxy.
    KubeProxy(Str),
    /// A node's container runtime.
    Containerd(Str),
    /// A machine with all that runs on it.
    Node(Str),
}

/// A Pod by its name, or the n-th (from 0, by name) of those with a label.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PodChoice {
    /// By name, with the namespace if it is not `default`.
    Named(Str),
    /// `app=web#0`.
    Labelled {
        /// The label's key.
        key: Str,
        /// The label's value.
        value: Str,
        /// Which of them.
        index: usize,
    },
}

/// Why a fault cannot be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FaultError {
    /// The words are no fault.
    #[error("\"{0}\" is no fault")]
    Unknown(String),
    /// There is no such node.
    #[error("there is no node \"{0}\"")]
    NoNode(String),
    /// There is no such Pod now.
    #[error("there is no Pod \"{0}\" on any node now")]
    NoPod(String),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        let unknown = || FaultError::Unknown(text.to_owned());
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(match words[..] {
            ["stop", part] => Fault::Stop(part.parse()?),
            ["start", part] => Fault::Start(part.parse()?),
            ["cut", node] => Fault::Cut(node.into()),
            ["heal", node] => Fault::Heal(node.into()),
            ["drop-watch", part] => Fault::DropWatch(part.parse()?),
            ["slow-etcd", millis] => Fault::SlowEtcd(millis.parse().map_err(|_| unknown())?),
            ["crash", pod] => Fault::Crash {
                pod: pod.parse()?,
                container: None,
            },
            ["crash", pod, container] => Fault::Crash {
                pod: pod.parse()?,
                container: Some(container.into()),
            },
            ["fail-probe", pod] => Fault::FailProbe(pod.parse()?),
            ["heal-probe", pod] => Fault::HealProbe(pod.parse()?),
            ["fail-pull", image] => Fault::FailPull(image.into()),
            ["fill-disk", node] => Fault::FillDisk(node.into()),
            _ => return Err(unknown()),
        })
    }
}

impl FromStr for Part {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Part, FaultError> {
        Ok(match text.split_once('@') {
            Some(("kubelet", node)) => Part::Kubelet(node.into()),
            Some(("kube-proxy", node)) => Part::KubeProxy(node.into()),
            Some(("containerd", node)) => Part::Containerd(node.into()),
            Some(_) => return Err(FaultError::Unknown(text.to_owned())),
            None => match text {
                "etcd" => Part::Etcd,
                "kube-apiserver" => Part::ApiServer,
                "kube-controller-manager" => Part::ControllerManager,
                "kube-scheduler" => Part::Scheduler,
                "kubelet" | "kube-proxy" | "containerd" => {
                    return Err(FaultError::Unknown(format!(
                        "{text} (of which node? {text}@NODE)"
                    )));
                }
                node => Part::Node(node.into()),
            },
        })
    }
}

impl FromStr for PodChoice {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<PodChoice, FaultError> {
        let Some((key, rest)) = text.split_once('=') else {
            return Ok(PodChoice::Named(text.into()));
        };
        let (value, index) = rest.split_once('#').unwrap_or((rest, "0"));
        Ok(PodChoice::Labelled {
            key: key.into(),
            value: value.into(),
            index: index
                .parse()
                .map_err(|_| FaultError::Unknown(text.to_owned()))?,
        })
    }
}
