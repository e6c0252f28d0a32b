use std::{rc::Rc, time::Duration};

use super::{Facts, Ticket, Timer, images::Images};
use crate::cluster::{
    api::{
        Condition, ConditionStatus, ContainerImage, Labels, Lease, LeaseSpec, Node, NodeAddress,
        NodeSpec, NodeStatus, NodeSystemInfo, Object, ObjectMeta, Quantity, Resource, ResourceList,
        Str,
    },
    machinery::{Address, Answer, EventNote, NodeIndex, Patch, Request, Subresource, Turn},
    moment::{Moment, Timestamp},
    runtime,
};

/// What the kubelet says of its node (`pkg/kubelet/kubelet_node_status.go`), and its lease
/// (`component-helpers/apimachinery/lease`).
#[derive(Clone, Debug, Default)]
pub(super) struct NodeReport {
    registered: bool,
    tries: u32,
    /// What was last told, and when.
    told: Option<NodeStatus>,
    told_at: Moment,
    /// A report is on its way.
    busy: bool,
    /// The last one did not arrive.
    failed: bool,
    lease: LeaseState,
    /// When the runtime last answered.
    runtime_at: Option<Moment>,
}

/// What the kubelet knows of its lease.
#[derive(Clone, Debug, Default)]
enum LeaseState {
    /// There is none yet.
    #[default]
    Missing,
    /// There is one; how it is now is not known.
    Unread,
    Held(Rc<Lease>),
    /// A request is on its way.
    Busy,
}

/// `nodeStatusUpdateFrequency`, 10 s.
const STATUS_PERIOD: Duration = Duration::from_secs(10);
/// `nodeStatusReportFrequency`, 5 min.
const REPORT_PERIOD: Duration = Duration::from_secs(300);
/// `nodeLeaseDurationSeconds`, 40, of which a quarter is the time between renewals.
const LEASE_SECONDS: i32 = 40;
const LEASE_PERIOD: Duration = Duration::from_secs(10);
/// `maxWaitForContainerRuntime` in `pkg/kubelet/kubelet.go`.
const RUNTIME_PATIENCE: Duration = Duration::from_secs(30);
/// `genericPlegRelistThreshold` in `pkg/kubelet/kubelet.go`.
const RELIST_PATIENCE: Duration = Duration::from_secs(180);
/// `nodeStatusMaxImages`.
const IMAGES: usize = 50;

/// Where a node stands in the machines' network: 10.0.0.11 and up.
pub(super) fn address(node: NodeIndex) -> String {
    let number = node.0 + 11;
    format!("10.0.{}.{}", number / 250, number % 250)
}

/// The labels a node registers with.
fn labels(facts: &Facts) -> Labels {
    let own = [
        ("beta.kubernetes.io/arch", "amd64"),
        ("beta.kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
        ("kubernetes.io/hostname", &*facts.name),
        ("kubernetes.io/os", "linux"),
    ];
    let given = facts.config.labels.iter();
    let given = given.map(|(key, value)| (key.as_str(), value.as_str()));
    own.into_iter().chain(given).collect()
}

/// What is told when a pressure is over, or when the node controller had said that it does not know
/// (`pkg/kubelet/nodestatus/setters.go`).
const PRESSURES: [(&str, &str); 3] = [
    ("MemoryPressure", "NodeHasSufficientMemory"),
    ("DiskPressure", "NodeHasNoDiskPressure"),
    ("PIDPressure", "NodeHasSufficientPID"),
];

/// Every start of a kubelet says so (`pkg/kubelet/cm/node_container_manager_linux.go`).
fn enforced(facts: &Facts, turn: &mut Turn<'_>) {
    let text = "Updated Node Allocatable limit across pods".to_owned();
    tell(facts, "NodeAllocatableEnforced", text, turn);
}

/// The Node as the kubelet would register it, but for its conditions.
pub(super) fn initial(facts: &Facts) -> Node {
    let cidr = runtime::pod_cidr(facts.node);
    Node {
        metadata: ObjectMeta {
            name: facts.name.clone(),
            labels: labels(facts),
            ..ObjectMeta::default()
        },
        spec: NodeSpec {
            // The controller manager's node-ipam controller sets it upstream, a moment later.
            pod_cidr: cidr.clone(),
            pod_cidrs: vec![cidr],
            taints: facts.config.taints.clone(),
            ..NodeSpec::default()
        },
        status: status(facts, &Images::default()),
        ..Node::default()
    }
}

impl NodeReport {
    /// The process starts.
    pub(super) fn start(&mut self, facts: &Facts, turn: &mut Turn<'_>) {
        tell(facts, "Starting", "Starting kubelet.".to_owned(), turn);
        turn.routine_timer(Duration::from_millis(100), Timer::Register);
        let wait = turn.random().jitter(Duration::from_millis(200), 0.5);
        turn.routine_timer(wait, Timer::Lease);
    }

    /// The runtime has answered something.
    pub(super) fn runtime_answered(&mut self, now: Moment) {
        self.runtime_at = Some(now);
    }

    /// Tries to create the Node.
    pub(super) fn register(&mut self, facts: &Facts, turn: &mut Turn<'_>) {
        let mut node = initial(facts);
        node.status.conditions = conditions(
            None,
            false,
            "container runtime status check may not have completed yet".to_owned(),
            turn.now().timestamp(),
        );
        turn.request(Request::create(&facts.user, node), Ticket::Registered);
    }

    /// The Node is there now; or was before, from an earlier life of this machine.
    pub(super) fn registered(&mut self, answer: Answer, facts: &Facts, turn: &mut Turn<'_>) {
        match answer.result {
            Ok(reply) => {
                let node = reply.object_of::<Node>();
                self.told = node.map(|node| node.status.clone());
                for (_, reason) in PRESSURES {
                    let text = format!("Node {} status is now: {reason}", facts.name);
                    tell(facts, reason, text, turn);
                }
                enforced(facts, turn);
            }
            Err(status) if status.code == 409 => enforced(facts, turn),
            Err(_) => {
                // 200 ms, doubling to 7 s.
                self.tries += 1;
                let wait =
                    Duration::from_millis(100 << self.tries.min(7)).min(Duration::from_secs(7));
                turn.routine_timer(wait, Timer::Register);
                return;
            }
        }
        self.registered = true;
        // As soon as the runtime is known to work, the node says so (fastNodeStatusUpdate).
        turn.routine_timer(Duration::from_millis(100), Timer::NodeStatus);
    }

    /// Works the node's status out, and tells it if it changed or was last told long ago.
    pub(super) fn tick(&mut self, facts: &Facts, images: &Images, turn: &mut Turn<'_>) {
        let wait = turn.random().jitter(STATUS_PERIOD, 0.04);
        turn.routine_timer(wait, Timer::NodeStatus);
        let now = turn.now();
        // updateRuntimeUp asks the runtime every 5 s whether it is there.
        if !turn.shared.stopped.contains(&Address::Runtime(facts.node)) {
            self.runtime_at = Some(now);
        }
        if self.busy {
            return;
        }
        let trouble = self.trouble(now);
        let expired = now.since(self.told_at) >= REPORT_PERIOD;
        let Some(told) = &self.told else {
            return self.ask(facts, turn);
        };
        let ready = trouble.is_none();
        let was_ready = told
            .condition("Ready")
            .is_some_and(|condition| condition.status == ConditionStatus::True);
        let message = |told: &NodeStatus| {
            told.condition("Ready")
                .map(|condition| condition.message.clone())
        };
        let same = ready == was_ready && (ready || message(told) == trouble);
        let images_changed = told.images.len() != images.count().min(IMAGES);
        if same && !images_changed && !expired && !self.failed && self.told_at != Moment::ZERO {
            return;
        }
        // Which images a node holds is told like a heartbeat: nobody waits for it.
        if same {
            turn.lull();
        } else {
            turn.rouse();
        }
        self.report(facts, images, trouble, turn);
    }

    /// What keeps the node from being ready (`pkg/kubelet/runtime.go`, runtimeErrors).
    fn trouble(&self, now: Moment) -> Option<String> {
        let Some(last) = self.runtime_at else {
            return Some("container runtime status check may not have completed yet".to_owned());
        };
        let silent = now.since(last);
        if silent < RUNTIME_PATIENCE {
            return None;
        }
        let down = "container runtime is down".to_owned();
        if silent < RELIST_PATIENCE {
            return Some(down);
        }
        let minutes = silent.as_secs() / 60;
        let seconds = silent.as_secs() % 60;
        Some(format!(
            "[{down}, PLEG is not healthy: pleg was last seen active {minutes}m{seconds}s ago; threshold is 3m0s]"
        ))
    }

    fn report(
        &mut self,
        facts: &Facts,
        images: &Images,
        trouble: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        let now = turn.now().timestamp();
        let before = self.told.as_ref();
        for (kind, reason) in PRESSURES {
            let was = before.and_then(|told| told.condition(kind));
            if was.is_some_and(|was| was.status != ConditionStatus::False) {
                let text = format!("Node {} status is now: {reason}", facts.name);
                tell(facts, reason, text, turn);
            }
        }
        let ready = trouble.is_none();
        let was = before
            .and_then(|told| told.condition("Ready"))
            .map(|one| one.status);
        if was.is_some_and(|was| was != ConditionStatus::from(ready)) {
            let reason = if ready { "NodeReady" } else { "NodeNotReady" };
            let text = format!("Node {} status is now: {reason}", facts.name);
            tell(facts, reason, text, turn);
        }
        let status = NodeStatus {
            conditions: conditions(before, ready, trouble.unwrap_or_default(), now),
            ..status(facts, images)
        };
        self.busy = true;
        let patch = Patch::NodeStatus(Box::new(status));
        let request = Request::patch(
            &facts.user,
            Resource::Nodes,
            &Str::default(),
            &facts.name,
            patch,
        );
        turn.request(request.on(Subresource::Status), Ticket::NodeWritten);
    }

    /// Before its first report a kubelet reads what its Node says.
    fn ask(&mut self, facts: &Facts, turn: &mut Turn<'_>) {
        self.busy = true;
        let request = Request::get(&facts.user, Resource::Nodes, &Str::default(), &facts.name);
        turn.request(request, Ticket::NodeRead);
    }

    pub(super) fn read(&mut self, answer: &Answer, turn: &mut Turn<'_>) {
        self.busy = false;
        match &answer.result {
            Ok(reply) => {
                let node = reply.object_of::<Node>();
                self.told = node.map(|node| node.status.clone());
                turn.routine_timer(Duration::from_millis(50), Timer::NodeStatus);
            }
            // The Node was deleted: it is made again only when the kubelet starts.
            Err(_) => self.failed = true,
        }
    }

    pub(super) fn written(&mut self, answer: &Answer, now: Moment) {
        self.busy = false;
        match &answer.result {
            Ok(reply) => {
                self.failed = false;
                self.told_at = now;
                let node = reply.object_of::<Node>();
                self.told = node.map(|node| node.status.clone());
            }
            Err(_) => self.failed = true,
        }
    }

    /// The lease is taken, or renewed.
    pub(super) fn renew_lease(&mut self, facts: &Facts, turn: &mut Turn<'_>) {
        let wait = turn.random().jitter(LEASE_PERIOD, 0.04);
        turn.routine_timer(wait, Timer::Lease);
        self.hold_lease(facts, turn);
    }

    fn hold_lease(&mut self, facts: &Facts, turn: &mut Turn<'_>) {
        let renew_time = Some(turn.now().micro_time());
        let namespace = Str::from("kube-node-lease");
        let request = match std::mem::replace(&mut self.lease, LeaseState::Busy) {
            LeaseState::Busy => return,
            LeaseState::Unread => {
                Request::get(&facts.user, Resource::Leases, &namespace, &facts.name)
            }
            LeaseState::Held(mut lease) => {
                Rc::make_mut(&mut lease).spec.renew_time = renew_time;
                Request::update(&facts.user, Object::Lease(lease))
            }
            LeaseState::Missing => Request::create(
                &facts.user,
                Lease {
                    metadata: ObjectMeta {
                        name: facts.name.clone(),
                        namespace,
                        ..ObjectMeta::default()
                    },
                    spec: LeaseSpec {
                        holder_identity: Some(facts.name.clone()),
                        lease_duration_seconds: Some(LEASE_SECONDS),
                        renew_time,
                        ..LeaseSpec::default()
                    },
                    ..Lease::default()
                },
            ),
        };
        turn.request(request, Ticket::Lease);
    }

    pub(super) fn lease_answered(&mut self, answer: &Answer, facts: &Facts, turn: &mut Turn<'_>) {
        self.lease = match &answer.result {
            Ok(reply) => match reply.object_of::<Lease>() {
                Some(lease) => LeaseState::Held(lease.clone()),
                None => LeaseState::Unread,
            },
            Err(status) if status.code == 404 => LeaseState::Missing,
            Err(status) => {
                // Whoever could not be heard may have been given up: the next report says how things are.
                self.failed |= status.code != 409;
                LeaseState::Unread
            }
        };
        if let Ok(reply) = &answer.result
            && let (LeaseState::Held(lease), 200) = (&self.lease, reply.code)
            && lease.spec.renew_time.is_some_and(|at| {
                let age = turn.now().micro_time().micros() - at.micros();
                age > i64::try_from(LEASE_PERIOD.as_micros()).unwrap_or(i64::MAX)
            })
        {
            self.hold_lease(facts, turn);
        }
    }
}

fn tell(facts: &Facts, reason: &str, message: String, turn: &mut Turn<'_>) {
    let node = Node {
        metadata: ObjectMeta {
            name: facts.name.clone(),
            // Events about a Node carry its name as the UID (`pkg/kubelet/kubelet.go`, nodeRef).
            uid: crate::cluster::api::Uid(facts.name.clone()),
            ..ObjectMeta::default()
        },
        ..Node::default()
    };
    turn.event(EventNote {
        source: "kubelet",
        about: Object::from(node).reference(),
        warning: false,
        reason,
        message,
    });
}

/// All but the conditions.
fn status(facts: &Facts, images: &Images) -> NodeStatus {
    let config = &facts.config;
    let quantity = |text: &str| text.parse().unwrap_or(Quantity::ZERO);
    let capacity: ResourceList = [
        ("cpu", quantity(&config.cpu)),
        ("ephemeral-storage", Quantity::bytes(100 << 30)),
        ("hugepages-2Mi", Quantity::ZERO),
        ("memory", quantity(&config.memory)),
        ("pods", Quantity::whole(i64::from(config.pods))),
    ]
    .into_iter()
    .map(|(name, amount)| (Str::from(name), amount))
    .collect();
    let mut held: Vec<ContainerImage> = images
        .list()
        .map(|image| ContainerImage {
            names: vec![image.id.clone(), image.name.clone()],
            size_bytes: i64::try_from(image.bytes).unwrap_or(i64::MAX),
            ..ContainerImage::default()
        })
        .collect();
    held.sort_by(|one, other| (other.size_bytes, &one.names).cmp(&(one.size_bytes, &other.names)));
    held.truncate(IMAGES);
    let named = |kind: &str, address: &str| NodeAddress {
        address: address.to_owned(),
        kind: kind.to_owned(),
        ..NodeAddress::default()
    };
    NodeStatus {
        addresses: vec![
            named("InternalIP", &facts.ip),
            named("Hostname", &facts.name),
        ],
        allocatable: capacity.clone(),
        capacity,
        images: held,
        node_info: NodeSystemInfo {
            architecture: "amd64".to_owned(),
            container_runtime_version: "containerd://2.1.4".to_owned(),
            kernel_version: "6.12.48".to_owned(),
            kubelet_version: "v1.36.0".to_owned(),
            operating_system: "linux".to_owned(),
            os_image: "Debian GNU/Linux 13 (trixie)".to_owned(),
            ..NodeSystemInfo::default()
        },
        ..NodeStatus::default()
    }
}

/// The node's conditions, in upstream's order: Ready comes last (`pkg/kubelet/nodestatus/setters.go`).
fn conditions(
    before: Option<&NodeStatus>,
    ready: bool,
    trouble: String,
    now: Timestamp,
) -> Vec<Condition> {
    let condition = |kind: &str, status: bool, reason: &str, message: String| {
        let status = ConditionStatus::from(status);
        let same = before
            .and_then(|before| before.condition(kind))
            .filter(|before| before.status == status);
        Condition {
            kind: kind.into(),
            status,
            reason: reason.into(),
            message,
            last_heartbeat_time: Some(now),
            last_transition_time: same
                .and_then(|same| same.last_transition_time)
                .or(Some(now)),
            ..Condition::default()
        }
    };
    let sufficient = |what: &str| format!("kubelet has {what}");
    let (reason, message) = if ready {
        ("KubeletReady", "kubelet is posting ready status".to_owned())
    } else {
        ("KubeletNotReady", trouble)
    };
    vec![
        condition(
            "MemoryPressure",
            false,
            "KubeletHasSufficientMemory",
            sufficient("sufficient memory available"),
        ),
        condition(
            "DiskPressure",
            false,
            "KubeletHasNoDiskPressure",
            sufficient("no disk pressure"),
        ),
        condition(
            "PIDPressure",
            false,
            "KubeletHasSufficientPID",
            sufficient("sufficient PID available"),
        ),
        condition("Ready", ready, reason, message),
    ]
}
