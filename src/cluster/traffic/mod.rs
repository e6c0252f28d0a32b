//! Requests through Services, followed hop by hop: name, rules of a machine's kernel, Pod, answer. Look
//! first at [`Journey`], then at `passage.rs`, which does what the kernel does with a packet. What is true
//! of the network is read where it stands: a packet asks nobody's informer. Nothing here changes an
//! object.

mod curl;
mod dns;
mod listener;
mod passage;
mod telling;
#[cfg(test)]
mod tests;

use std::{net::Ipv4Addr, rc::Rc, time::Duration};

use self::{
    curl::{Curl, Wrong},
    listener::Listener,
    passage::{Fate, Packet, pass},
};
use super::{
    api::{Key, Kind, Node, Pod, Resource, Str},
    etcd::Etcd,
    fault::PodChoice,
    kubeproxy::{Kernel, POD_NETWORK},
    machinery::{Address, Happening, NodeIndex, Turn},
    moment::Moment,
    runtime::PodRecord,
    trace::Actor,
};

/// How long a connection that nobody answers is tried for (Linux' tcp_syn_retries), and how long it takes
/// to know that an address belongs to nobody (ARP).
const SYN_TIMEOUT: Duration = Duration::from_millis(133_120);
const UNREACHABLE: Duration = Duration::from_millis(3_072);

/// Where a client outside the cluster is.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

/// Whether a command line is one for this room.
pub(crate) fn is_curl(line: &str) -> bool {
    line.split_whitespace().next() == Some("curl")
}

/// Who sends a request.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Client {
    /// Whoever is at the keyboard: a process of a machine that asks the cluster's DNS, as a Pod with
    /// `dnsPolicy: ClusterFirstWithHostNet` on the host's network does.
    Inside,
    /// A process of a machine, with the machine's own resolver.
    Machine,
    Outside,
    Pod(Key),
}

/// A request that is followed.
#[derive(Clone, Debug)]
pub(crate) struct Journey {
    /// Which command it is, among all that were given.
    command: u32,
    started: Moment,
    curl: Curl,
    client: Client,
    /// The machine whose kernel meets the request first.
    node: NodeIndex,
    packet: Packet,
    /// The address and port the client asked, which answers must come from.
    asked: String,
    stage: Stage,
}

/// What comes next on a journey.
#[derive(Clone, Debug)]
enum Stage {
    /// The kernel of the client's machine.
    Kernel,
    /// Whoever has the destination's address.
    Arrival,
    /// The answer reaches the client.
    Answer { body: String },
    /// The connection does not come about.
    Failure(Wrong),
}

/// What came of a request.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) command: u32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) exit: u8,
}

/// A Pod, and the machine it is on.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub(crate) machine: Str,
    pub(crate) pod: Rc<PodRecord>,
}

/// What is true of the network when a packet passes.
pub(crate) struct Network<'a> {
    pub(crate) etcd: &'a Etcd,
    /// The kernel of the machine the request is on; None: the machine is off.
    pub(crate) kernel: Option<&'a mut Kernel>,
    /// The Pods that have the address it has reached.
    pub(crate) pods: Vec<Located>,
}

impl Journey {
    /// Sends a request; what reaches the client of it comes in time. Err: it could not be sent.
    pub(crate) fn begin(
        line: &str,
        command: u32,
        etcd: &Etcd,
        turn: &mut Turn<'_>,
    ) -> Result<(), Ending> {
        let mut set_out = || {
            let curl = Curl::parse(line)?;
            let (client, node, source) = sender(&curl, etcd, turn)?;
            let mut journey = Journey {
                command,
                started: turn.now(),
                node,
                packet: Packet::new(source, (source, curl.port), client.is_on_host()),
                curl,
                client,
                asked: String::new(),
                stage: Stage::Kernel,
            };
            journey.resolve(etcd, turn);
            let Packet {
                destination, port, ..
            } = journey.packet;
            journey.asked = format!("{destination}:{port}");
            Ok(journey)
        };
        match set_out() {
            Ok(journey) => {
                let wait = journey.hop(turn);
                journey.post(wait, turn);
                Ok(())
            }
            Err(Wrong { exit, text }) => Err(Ending {
                command,
                stdout: String::new(),
                stderr: text + "\n",
                exit,
            }),
        }
    }

    /// The machine whose kernel meets the request first.
    pub(crate) fn node(&self) -> NodeIndex {
        self.node
    }

    /// The address it is about to reach, and the machine whose own that is.
    pub(crate) fn reaches(&self, etcd: &Etcd) -> Option<(Ipv4Addr, Option<Str>)> {
        let address = self.packet.destination;
        let mut machines = machines(etcd);
        let machine = machines.find(|(_, own)| *own == Some(address));
        matches!(self.stage, Stage::Arrival).then(|| (address, machine.map(|(name, _)| name)))
    }

    /// The next hop; what came of the request, if it was the last.
    pub(crate) fn go_on(mut self, network: Network<'_>, turn: &mut Turn<'_>) -> Option<Ending> {
        let wait = match &self.stage {
            Stage::Kernel => self.cross(network, turn),
            Stage::Arrival => self.arrive(&network, turn),
            Stage::Answer { .. } | Stage::Failure(_) => return Some(self.end()),
        };
        self.post(wait, turn);
        None
    }

    fn post(self, wait: Duration, turn: &mut Turn<'_>) {
        turn.post(wait, Address::Client, Happening::Hop(Box::new(self)));
    }

    fn hop(&self, turn: &mut Turn<'_>) -> Duration {
        let hop = turn.shared.latency.hop.clone();
        turn.within(&hop)
    }

    fn actor(&self) -> Actor {
        match &self.client {
            Client::Pod(key) => Actor::Pod(key.name.clone()),
            _ => Actor::Client,
        }
    }

    fn namespace(&self) -> Str {
        match &self.client {
            Client::Pod(key) => key.namespace.clone(),
            _ => "default".into(),
        }
    }

    /// Finds the address of the host.
    fn resolve(&mut self, etcd: &Etcd, turn: &mut Turn<'_>) {
        let host = self.curl.host.clone();
        if let Ok(address) = host.parse() {
            self.packet.destination = address;
            return;
        }
        let asks_cluster = matches!(self.client, Client::Inside | Client::Pod(_));
        let known = if asks_cluster {
            let namespace = self.namespace();
            dns::resolve(&host, &namespace, etcd, turn.random())
        } else {
            Err(vec![host.clone()])
        };
        let machine = machine_named(&host, etcd);
        let by_cluster = asks_cluster && (known.is_ok() || machine.is_none());
        telling::lookup(&self.actor(), by_cluster, &host, &known, machine, turn);
        match known.ok().map(|found| found.address).or(machine) {
            Some(address) => self.packet.destination = address,
            None => {
                let text = format!("curl: (6) Could not resolve host: {host}");
                self.stage = Stage::Failure(Wrong::new(6, text));
            }
        }
    }

    /// Passes the packet filter of the client's machine.
    fn cross(&mut self, network: Network<'_>, turn: &mut Turn<'_>) -> Duration {
        let machine = turn.shared.machine(self.node);
        let Some(kernel) = network.kernel else {
            telling::silence(&self.actor(), format!("{machine} is off."), turn);
            return self.time_out();
        };
        let address = machine_named(&machine, network.etcd);
        let address = address.unwrap_or(Ipv4Addr::UNSPECIFIED);
        let now = turn.now();
        let passage = pass(kernel, address, self.packet, turn.random(), now);
        telling::passage(&self.actor(), self.node, &passage, kernel, turn);
        self.packet = passage.packet;
        match passage.fate {
            Fate::Sent => {
                self.stage = Stage::Arrival;
                self.hop(turn)
            }
            Fate::Rejected => self.refuse(turn),
            Fate::Dropped => self.time_out(),
        }
    }

    /// Reaches whoever has the address it is for.
    fn arrive(&mut self, network: &Network<'_>, turn: &mut Turn<'_>) -> Duration {
        let (to, port) = (self.packet.destination, self.packet.port);
        let listener = listener::at(to, port, &network.pods, network.etcd, turn.shared);
        telling::arrival(&self.packet, self.node, &listener, turn);
        match listener {
            Listener::Serves { pod, actor, .. } => {
                let undone = self.packet.is_changed().then(|| self.asked.clone());
                telling::answer(&actor, &self.actor(), (&pod, undone), turn);
                self.stage = Stage::Answer {
                    body: pod.name.to_string(),
                };
                self.hop(turn)
            }
            Listener::Refuses { .. } => self.refuse(turn),
            Listener::Nobody if is_local_network(to) => self.fail(7, UNREACHABLE),
            Listener::Nobody | Listener::Off { .. } => self.time_out(),
        }
    }

    fn refuse(&mut self, turn: &mut Turn<'_>) -> Duration {
        let wait = self.hop(turn);
        self.fail(7, turn.now().since(self.started) + wait);
        wait
    }

    /// Nothing ever comes back.
    fn time_out(&mut self) -> Duration {
        self.fail(28, SYN_TIMEOUT)
    }

    /// The connection does not come about; it takes so long to know.
    fn fail(&mut self, exit: u8, after: Duration) -> Duration {
        if let Some(most) = self.curl.max_time.filter(|most| *most < after) {
            let text = format!(
                "curl: (28) Connection timed out after {} milliseconds",
                most.as_millis()
            );
            self.stage = Stage::Failure(Wrong::new(28, text));
            return most;
        }
        let text = format!(
            "curl: ({exit}) Failed to connect to {} port {} after {} ms: Could not connect to server",
            self.curl.host,
            self.curl.port,
            after.as_millis()
        );
        self.stage = Stage::Failure(Wrong::new(exit, text));
        after
    }

    fn end(self) -> Ending {
        let curl = &self.curl;
        let (exit, code, mut stdout, stderr) = match self.stage {
            Stage::Failure(wrong) => (wrong.exit, "000", String::new(), wrong.text + "\n"),
            Stage::Answer { .. } if curl.discard => (0, "200", String::new(), String::new()),
            Stage::Answer { .. } if curl.head => {
                (0, "200", "HTTP/1.1 200 OK\n\n".to_owned(), String::new())
            }
            Stage::Answer { body } => (0, "200", body + "\n", String::new()),
            // It has not ended yet.
            Stage::Kernel | Stage::Arrival => (0, "000", String::new(), String::new()),
        };
        stdout.push_str(&curl.write_out.replace("%{http_code}", code));
        Ending {
            command: self.command,
            stdout,
            stderr: if curl.silent { String::new() } else { stderr },
            exit,
        }
    }
}

impl Client {
    fn is_on_host(&self) -> bool {
        matches!(self, Client::Inside | Client::Machine)
    }
}

/// Who sends a request, from which machine and address. Without `--from` it is a client inside the cluster
/// on the first machine, or one outside if a machine itself is asked.
fn sender(
    curl: &Curl,
    etcd: &Etcd,
    turn: &Turn<'_>,
) -> Result<(Client, NodeIndex, Ipv4Addr), Wrong> {
    let index = |name: &str| {
        let mut machines = turn.shared.machines.iter().zip((0..).map(NodeIndex));
        machines
            .find(|(machine, _)| ***machine == *name)
            .map(|(_, node)| node)
    };
    let address = |name: &str| machine_named(name, etcd).unwrap_or(Ipv4Addr::UNSPECIFIED);
    if let Some(from) = &curl.from {
        if let Some(node) = index(from) {
            return Ok((Client::Machine, node, address(from)));
        }
        let pod = chosen_pod(from, etcd);
        let running = pod.and_then(|pod| {
            let node = index(&pod.spec.node_name)?;
            let ip = pod.status.pod_ip.parse().ok()?;
            Some((Client::Pod(pod.metadata.key()), node, ip))
        });
        let none = || {
            Wrong::new(
                2,
                format!("curl: there is no node \"{from}\" and no Pod \"{from}\" with an address"),
            )
        };
        return running.ok_or_else(none);
    }
    let machine = machines(etcd).find(|(name, address)| {
        **name == *curl.host || address.is_some_and(|address| address.to_string() == curl.host)
    });
    if let Some(node) = machine.and_then(|(name, _)| index(&name)) {
        return Ok((Client::Outside, node, OUTSIDE));
    }
    let mut running = (0..).map(NodeIndex).zip(&turn.shared.machines);
    let first = running.find(|(node, _)| !turn.shared.stopped.contains(&Address::Kernel(*node)));
    match first {
        Some((node, name)) => Ok((Client::Inside, node, address(name))),
        None => Err(Wrong::new(2, "curl: no machine is running")),
    }
}

fn chosen_pod<'a>(choice: &str, etcd: &'a Etcd) -> Option<&'a Pod> {
    let pods = || {
        let pods = etcd.range(Resource::Pods, "").into_iter();
        pods.filter_map(|stored| Pod::of(&stored.value))
    };
    match choice.parse().ok()? {
        PodChoice::Named(name) => {
            let (namespace, name) = name.split_once('/').unwrap_or(("default", &name));
            let stored = etcd.get(Resource::Pods, &Key::new(namespace, name))?;
            Pod::of(&stored.value).map(|pod| &**pod)
        }
        PodChoice::Labelled { key, value, index } => pods()
            .filter(|pod| pod.metadata.labels.get(&key) == Some(&*value))
            .nth(index)
            .map(|pod| &**pod),
    }
}

/// The machines and their addresses, as the kubelets gave them.
fn machines(etcd: &Etcd) -> impl Iterator<Item = (Str, Option<Ipv4Addr>)> {
    let nodes = etcd.range(Resource::Nodes, "").into_iter();
    nodes
        .filter_map(|stored| Node::of(&stored.value))
        .map(|node| {
            let mut addresses = node.status.addresses.iter();
            let internal = addresses.find(|address| address.kind == "InternalIP");
            let address = internal.and_then(|internal| internal.address.parse().ok());
            (node.metadata.name.clone(), address)
        })
}

fn machine_named(name: &str, etcd: &Etcd) -> Option<Ipv4Addr> {
    let stored = etcd.get(Resource::Nodes, &Key::new("", name))?;
    let node = Node::of(&stored.value)?;
    let mut addresses = node.status.addresses.iter();
    let internal = addresses.find(|address| address.kind == "InternalIP")?;
    internal.address.parse().ok()
}

/// Whether an address is one of Pods or machines: what has no owner there is known to have none.
fn is_local_network(address: Ipv4Addr) -> bool {
    POD_NETWORK.contains(address) || address.octets().starts_with(&[10, 0, 0])
}
