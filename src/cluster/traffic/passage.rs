use std::{net::Ipv4Addr, time::Duration};

use crate::cluster::{
    kubeproxy::{Block, Chain, Kernel, Match, Protocol, Rule, Table, Target},
    moment::Moment,
    random::Random,
};

/// The first packet of a connection: what it is when it comes decides for all that follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Packet {
    pub(super) source: Ipv4Addr,
    pub(super) destination: Ipv4Addr,
    pub(super) port: u16,
    pub(super) protocol: Protocol,
    /// A process of the machine itself sends it.
    pub(super) from_host: bool,
    /// Its source is to be replaced.
    marked: bool,
    translated: bool,
}

impl Packet {
    pub(super) fn new(
        source: Ipv4Addr,
        (destination, port): (Ipv4Addr, u16),
        from_host: bool,
    ) -> Packet {
        Packet {
            source,
            destination,
            port,
            protocol: Protocol::Tcp,
            from_host,
            marked: false,
            translated: false,
        }
    }

    /// Whether its destination was replaced.
    pub(super) fn is_changed(&self) -> bool {
        self.translated
    }
}

/// What becomes of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// It goes on to its destination.
    Sent,
    /// Its sender is told that nobody listens.
    Rejected,
    /// Nobody is told anything.
    Dropped,
}

/// A packet's way through the packet filter.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    /// The rules that held, in order, each with the packet as it was then.
    pub(super) taken: Vec<(Rule, Packet)>,
    /// As it leaves.
    pub(super) packet: Packet,
    pub(super) fate: Fate,
}

/// A machine as its packet filter sees it.
struct Filter<'a> {
    kernel: &'a mut Kernel,
    /// The machine's own address.
    address: Ipv4Addr,
    random: &'a mut Random,
    now: Moment,
    passage: Passage,
}

/// How a chain ended for a packet that did not reach its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    Accept,
    Refuse(Fate),
}

/// Chains lead to chains, but never so deep: kube-proxy's are five.
const DEPTH: usize = 16;

/// Sends a packet through the rules of a machine: nat before routing, filter after it, then nat again
/// (netfilter's hooks, as `pkg/proxy/iptables/proxier_test.go`, tracePacket, follows them).
pub(super) fn pass(
    kernel: &mut Kernel,
    address: Ipv4Addr,
    packet: Packet,
    random: &mut Random,
    now: Moment,
) -> Passage {
    let mut filter = Filter {
        kernel,
        address,
        random,
        now,
        passage: Passage {
            taken: Vec::new(),
            packet,
            fate: Fate::Sent,
        },
    };
    let entry = if packet.from_host {
        Chain::Output
    } else {
        Chain::Prerouting
    };
    filter.run(Table::Nat, entry, 0);
    let forwarded = !packet.from_host && !filter.is_local(filter.passage.packet.destination);
    let hook = match (packet.from_host, forwarded) {
        (true, _) => Chain::Output,
        (false, true) => Chain::Forward,
        (false, false) => Chain::Input,
    };
    if let Some(Verdict::Refuse(fate)) = filter.run(Table::Filter, hook, 0) {
        filter.passage.fate = fate;
        return filter.passage;
    }
    if packet.from_host || forwarded {
        filter.run(Table::Nat, Chain::Postrouting, 0);
    }
    filter.passage
}

impl Filter<'_> {
    fn is_local(&self, address: Ipv4Addr) -> bool {
        address == self.address || address.is_loopback()
    }

    /// Runs a chain; None: the packet came to its end, or was sent back.
    fn run(&mut self, table: Table, chain: Chain, depth: usize) -> Option<Verdict> {
        if depth > DEPTH {
            return None;
        }
        for rule in self.kernel.chain(table, chain) {
            if !rule.matches.iter().all(|one| self.holds(one)) {
                continue;
            }
            let before = self.passage.packet;
            let target = rule.target.clone();
            self.passage.taken.push((rule, before));
            let packet = &mut self.passage.packet;
            match target {
                Target::Jump(chain) => {
                    if let Some(verdict) = self.run(table, chain, depth + 1) {
                        return Some(verdict);
                    }
                }
                Target::Dnat(to) => {
                    if let Some((address, port)) = to.split_once(':')
                        && let (Ok(address), Ok(port)) = (address.parse(), port.parse())
                    {
                        packet.destination = address;
                        packet.port = port;
                        packet.translated = true;
                    }
                    return Some(Verdict::Accept);
                }
                Target::Mark => packet.marked = true,
                Target::Unmark => packet.marked = false,
                Target::Masquerade => {
                    packet.source = self.address;
                    return Some(Verdict::Accept);
                }
                Target::Accept => return Some(Verdict::Accept),
                Target::Drop => return Some(Verdict::Refuse(Fate::Dropped)),
                Target::Reject => return Some(Verdict::Refuse(Fate::Rejected)),
                Target::Return => return None,
                Target::Nothing => {}
            }
        }
        None
    }

    fn holds(&mut self, one: &Match) -> bool {
        let packet = self.passage.packet;
        let loopback = Block::loopback();
        match one {
            Match::Protocol(protocol) => packet.protocol == *protocol,
            Match::To(address) => packet.destination == *address,
            Match::ToPort(port) => packet.port == *port,
            Match::ToLoopback => loopback.contains(packet.destination),
            Match::ToLocal => self.is_local(packet.destination),
            Match::From(address) => packet.source == *address,
            Match::FromBlock(block) => block.contains(packet.source),
            Match::NotFromBlock(block) => !block.contains(packet.source),
            Match::NotFromLoopback => !loopback.contains(packet.source),
            Match::FromLocal => self.is_local(packet.source),
            Match::Random(n) => self.random.below(*n as u64) == 0,
            Match::Recent { chain, seconds } => {
                let last = self.kernel.remembered(*chain, packet.source);
                let lasts = Duration::from_secs((*seconds).into());
                last.is_some_and(|last| self.now.since(last) < lasts)
            }
            Match::Remember(chain) => {
                self.kernel.remember(*chain, packet.source, self.now);
                true
            }
            Match::Marked => packet.marked,
            Match::NotMarked => !packet.marked,
            Match::New => true,
            Match::Established | Match::Invalid => false,
            Match::NotKnown => !packet.translated,
        }
    }
}
