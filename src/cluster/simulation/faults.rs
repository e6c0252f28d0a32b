use super::Cluster;
use crate::cluster::{
    api::{Key, Resource, Str},
    fault::{Fault, FaultError, Part, PodChoice},
    machinery::{Address, NodeIndex, Turn},
    trace::{Actor, Step, StepId, StepKind},
};

impl Cluster {
    /// Breaks or mends something, now.
    ///
    /// # Errors
    /// If there is no such node or Pod; nothing has changed then.
    pub fn fault(&mut self, fault: &Fault) -> Result<(), FaultError> {
        match fault {
            Fault::Stop(part) => {
                let addresses = self.addresses(part)?;
                let cause = self.record_fault("stop", part_name(part));
                if let Part::Node(_) = part {
                    self.power_off(part, cause)?;
                }
                for address in addresses {
                    self.halt(address, cause);
                }
            }
            Fault::Start(part) => {
                let addresses = self.addresses(part)?;
                let cause = self.record_fault("start", part_name(part));
                for address in addresses {
                    if self.shared.stopped.contains(&address) {
                        self.launch(address, cause);
                    }
                }
            }
            Fault::Cut(name) => {
                let node = self.node(name)?;
                let cause = self.record_fault("cut", name.clone());
                self.shared.cut.insert(node);
                for address in [Address::Kubelet(node), Address::KubeProxy(node)] {
                    let turn = &mut Turn::new(&mut self.shared, Address::ApiServer, (cause, false));
                    self.apiserver.disconnect(address, turn);
                }
            }
            Fault::Heal(name) => {
                let node = self.node(name)?;
                self.record_fault("heal", name.clone());
                self.shared.cut.remove(&node);
            }
            Fault::DropWatch(part) => {
                let addresses = self.addresses(part)?;
                let cause = self.record_fault("drop-watch", part_name(part));
                for address in addresses {
                    let turn = &mut Turn::new(&mut self.shared, Address::ApiServer, (cause, false));
                    self.apiserver.disconnect(address, turn);
                }
            }
            Fault::SlowEtcd(millis) => {
                self.record_fault("slow-etcd", millis.to_string().into());
                self.shared.latency.extra_commit = *millis;
            }
            Fault::Crash { pod, container } => {
                let key = self.pod(pod)?;
                let cause = self.record_fault("crash", key.to_string().into());
                for (machine, node) in self.machines.iter_mut().zip((0..).map(NodeIndex)) {
                    let to = Address::Runtime(node);
                    let turn = &mut Turn::new(&mut self.shared, to, (cause, false));
                    if machine.runtime.crash(&key, container.as_deref(), turn) {
                        break;
                    }
                }
            }
            Fault::FailProbe(pod) | Fault::HealProbe(pod) => {
                let key = self.pod(pod)?;
                let fails = matches!(fault, Fault::FailProbe(_));
                let verb = if fails { "fail-probe" } else { "heal-probe" };
                let cause = self.record_fault(verb, key.to_string().into());
                for (machine, node) in self.machines.iter_mut().zip((0..).map(NodeIndex)) {
                    let to = Address::Kubelet(node);
                    let turn = &mut Turn::new(&mut self.shared, to, (cause, false));
                    machine.kubelet.set_probes(&key, fails, turn);
                }
            }
            Fault::FailPull(image) => {
                self.record_fault("fail-pull", image.clone());
                for machine in &mut self.machines {
                    machine.runtime.fail_pull(image.clone());
                }
            }
            Fault::FillDisk(name) => {
                let node = self.node(name)?;
                self.record_fault("fill-disk", name.clone());
                self.machines[node.0 as usize].runtime.fill_disk();
            }
        }
        Ok(())
    }

    fn power_off(&mut self, part: &Part, cause: StepId) -> Result<(), FaultError> {
        let Part::Node(name) = part else {
            return Ok(());
        };
        let node = self.node(name)?;
        let turn = &mut Turn::new(&mut self.shared, Address::Runtime(node), (cause, false));
        self.machines[node.0 as usize].runtime.power_off(turn);
        Ok(())
    }

    fn record_fault(&mut self, verb: &str, what: Str) -> StepId {
        let now = self.shared.now;
        let cause = (StepId::NONE, false);
        let mark = self
            .shared
            .recorder
            .record((now, now), cause, StepKind::Fault, || Step {
                verb: verb.into(),
                name: what.clone(),
                message: format!("{verb} {what}"),
                ..Step::new(StepKind::Fault, Actor::Operator)
            });
        mark.step
    }

    pub(super) fn node(&self, name: &str) -> Result<NodeIndex, FaultError> {
        let mut names = self.shared.machines.iter().zip((0..).map(NodeIndex));
        names
            .find(|(machine, _)| ***machine == *name)
            .map(|(_, node)| node)
            .ok_or_else(|| FaultError::NoNode(name.to_owned()))
    }

    fn addresses(&self, part: &Part) -> Result<Vec<Address>, FaultError> {
        Ok(match part {
            Part::Etcd => vec![Address::Etcd],
            Part::ApiServer => vec![Address::ApiServer],
            Part::ControllerManager => vec![Address::ControllerManager],
            Part::Scheduler => vec![Address::Scheduler],
            Part::Kubelet(name) => vec![Address::Kubelet(self.node(name)?)],
            Part::KubeProxy(name) => vec![Address::KubeProxy(self.node(name)?)],
            Part::Containerd(name) => vec![Address::Runtime(self.node(name)?)],
            Part::Node(name) => {
                let node = self.node(name)?;
                let mut all = vec![
                    Address::Kernel(node),
                    Address::Runtime(node),
                    Address::Kubelet(node),
                ];
                if self.config.kube_proxy {
                    all.push(Address::KubeProxy(node));
                }
                all
            }
        })
    }

    fn pod(&self, choice: &PodChoice) -> Result<Key, FaultError> {
        match choice {
            PodChoice::Named(name) => {
                let (namespace, name) = name.split_once('/').unwrap_or(("default", name));
                let key = Key::new(namespace, name);
                self.etcd
                    .get(Resource::Pods, &key)
                    .map(|_| key)
                    .ok_or_else(|| FaultError::NoPod(name.to_owned()))
            }
            PodChoice::Labelled { key, value, index } => self
                .objects(Resource::Pods, "")
                .into_iter()
                .filter(|pod| pod.metadata().labels.get(key) == Some(value))
                .nth(*index)
                .map(|pod| pod.key())
                .ok_or_else(|| FaultError::NoPod(format!("{key}={value}#{index}"))),
        }
    }
}

fn part_name(part: &Part) -> Str {
    match part {
        Part::Etcd => "etcd".into(),
        Part::ApiServer => "kube-apiserver".into(),
        Part::ControllerManager => "kube-controller-manager".into(),
        Part::Scheduler => "kube-scheduler".into(),
        Part::Kubelet(node) => format!("kubelet@{node}").into(),
        Part::KubeProxy(node) => format!("kube-proxy@{node}").into(),
        Part::Containerd(node) => format!("containerd@{node}").into(),
        Part::Node(node) => node.clone(),
    }
}
