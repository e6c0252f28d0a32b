use std::{fmt, net::Ipv4Addr};

use super::{
    chain::{Chain, Table},
    service::Protocol,
};
use crate::cluster::api::Str;

/// The addresses Pods have (kubeadm's `--cluster-cidr`): what comes from elsewhere is masqueraded.
pub(crate) const POD_NETWORK: Block = Block {
    base: Ipv4Addr::new(10, 244, 0, 0),
    bits: 16,
};

/// The addresses a machine has for itself.
const LOOPBACK: Block = Block {
    base: Ipv4Addr::new(127, 0, 0, 0),
    bits: 8,
};

/// A rule and the chain it stands in.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Rule {
    pub(crate) table: Table,
    pub(crate) chain: Chain,
    pub(crate) comment: Option<Comment>,
    /// All must hold of a packet.
    pub(crate) matches: Vec<Match>,
    pub(crate) target: Target,
}

/// What a rule says of itself.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Comment {
    Fixed(&'static str),
    /// About a Service's port, by its name.
    Port(Str, About),
}

/// What a rule is there for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum About {
    Port,
    ClusterIp,
    ExternalIp,
    LoadBalancerIp,
    NoEndpoints,
    NoLocalEndpoints,
    MasqueradeExternal,
    PodTraffic,
    MasqueradeLocal,
    RouteLocal,
    HealthCheck,
    NotAccepted(Chain),
    OtherTraffic,
    Endpoint(Str),
}

/// What a rule asks of a packet.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Match {
    Protocol(Protocol),
    To(Ipv4Addr),
    ToPort(u16),
    ToLoopback,
    /// It is for one of the machine's own addresses.
    ToLocal,
    From(Ipv4Addr),
    FromBlock(Block),
    NotFromBlock(Block),
    NotFromLoopback,
    /// It comes from the machine itself.
    FromLocal,
    /// One in so many packets that get here.
    Random(usize),
    /// Its source was sent to this endpoint less than so many seconds ago.
    Recent {
        chain: Chain,
        seconds: u32,
    },
    /// Its source is remembered.
    Remember(Chain),
    Marked,
    NotMarked,
    New,
    Established,
    Invalid,
    NotKnown,
}

/// What becomes of a packet a rule holds of.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Target {
    Jump(Chain),
    Dnat(Str),
    Mark,
    Unmark,
    Masquerade,
    Accept,
    Drop,
    Reject,
    Return,
    /// It goes on to the next rule.
    Nothing,
}

/// Neighbouring addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    base: Ipv4Addr,
    bits: u32,
}

impl Block {
    /// Reads `203.0.113.0/25`; None if it is no block of IPv4 addresses.
    pub(crate) fn parse(text: &str) -> Option<Block> {
        let (base, bits) = text.trim().split_once('/')?;
        let bits = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let base: Ipv4Addr = base.parse().ok()?;
        let base = Block { base, bits }.mask() & u32::from(base);
        Some(Block {
            base: base.into(),
            bits,
        })
    }

    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - self.bits).unwrap_or(0)
    }

    pub(crate) fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.mask() == u32::from(self.base)
    }

    /// Whether it is every address.
    pub(crate) fn is_everything(self) -> bool {
        self.bits == 0
    }

    pub(crate) fn loopback() -> Block {
        LOOPBACK
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

impl Rule {
    /// Whether it is the same rule but for how often it takes a packet.
    pub(crate) fn is_same_but_for_chance(&self, other: &Rule) -> bool {
        let rest = |rule: &Rule| -> Vec<Match> {
            let matches = rule.matches.iter();
            matches
                .filter(|one| !matches!(one, Match::Random(_)))
                .cloned()
                .collect()
        };
        (self.table, self.chain, &self.target) == (other.table, other.chain, &other.target)
            && self.comment == other.comment
            && rest(self) == rest(other)
    }
}

/// The probability with which the first of `n` endpoints is taken, as the rule writes it
/// (`pkg/proxy/iptables/proxier.go`, computeProbability).
pub(crate) fn probability(n: usize) -> String {
    format!("{:.10}", 1.0 / n as f64)
}

/// The line for iptables-restore.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-A {}", self.chain)?;
        // The jumps from the kernel's own chains are made one by one, with the comment last.
        let last = self.chain.is_built_in();
        let comment = |f: &mut fmt::Formatter<'_>| match &self.comment {
            None => Ok(()),
            Some(comment) => {
                let text = comment.to_string();
                if text.contains(' ') {
                    write!(f, " -m comment --comment \"{text}\"")
                } else {
                    write!(f, " -m comment --comment {text}")
                }
            }
        };
        if !last {
            comment(f)?;
        }
        self.matches
            .iter()
            .try_for_each(|one| write!(f, " {one}"))?;
        if last {
            comment(f)?;
        }
        match &self.target {
            Target::Jump(chain) => write!(f, " -j {chain}"),
            Target::Dnat(to) => write!(f, " -j DNAT --to-destination {to}"),
            Target::Mark => f.write_str(" -j MARK --or-mark 0x4000"),
            Target::Unmark => f.write_str(" -j MARK --xor-mark 0x4000"),
            Target::Masquerade => f.write_str(" -j MASQUERADE --random-fully"),
            Target::Accept => f.write_str(" -j ACCEPT"),
            Target::Drop => f.write_str(" -j DROP"),
            Target::Reject => f.write_str(" -j REJECT"),
            Target::Return => f.write_str(" -j RETURN"),
            Target::Nothing => Ok(()),
        }
    }
}

impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (port, about) = match self {
            Comment::Fixed(text) => return f.write_str(text),
            Comment::Port(port, about) => (port, about),
        };
        match about {
            About::Port => write!(f, "{port}"),
            About::ClusterIp => write!(f, "{port} cluster IP"),
            About::ExternalIp => write!(f, "{port} external IP"),
            About::LoadBalancerIp => write!(f, "{port} loadbalancer IP"),
            About::NoEndpoints => write!(f, "{port} has no endpoints"),
            About::NoLocalEndpoints => write!(f, "{port} has no local endpoints"),
            About::MasqueradeExternal => {
                write!(f, "masquerade traffic for {port} external destinations")
            }
            About::PodTraffic => write!(f, "pod traffic for {port} external destinations"),
            About::MasqueradeLocal => {
                write!(
                    f,
                    "masquerade LOCAL traffic for {port} external destinations"
                )
            }
            About::RouteLocal => {
                write!(f, "route LOCAL traffic for {port} external destinations")
            }
            About::HealthCheck => write!(f, "{port} health check node port"),
            About::NotAccepted(chain) => write!(f, "{port} traffic not accepted by {chain}"),
            About::OtherTraffic => {
                write!(
                    f,
                    "other traffic to {port} will be dropped by KUBE-PROXY-FIREWALL"
                )
            }
            About::Endpoint(address) => write!(f, "{port} -> {address}"),
        }
    }
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Match::Protocol(protocol) => write!(f, "-m {protocol} -p {protocol}"),
            Match::To(address) => write!(f, "-d {address}"),
            Match::ToPort(port) => write!(f, "--dport {port}"),
            Match::ToLoopback => write!(f, "-d {LOOPBACK}"),
            Match::ToLocal => f.write_str("-m addrtype --dst-type LOCAL"),
            Match::From(address) => write!(f, "-s {address}"),
            Match::FromBlock(block) => write!(f, "-s {block}"),
            Match::NotFromBlock(block) => write!(f, "! -s {block}"),
            Match::NotFromLoopback => write!(f, "! -s {LOOPBACK}"),
            Match::FromLocal => f.write_str("-m addrtype --src-type LOCAL"),
            Match::Random(n) => write!(
                f,
                "-m statistic --mode random --probability {}",
                probability(*n)
            ),
            Match::Recent { chain, seconds } => write!(
                f,
                "-m recent --name {chain} --rcheck --seconds {seconds} --reap"
            ),
            Match::Remember(chain) => write!(f, "-m recent --name {chain} --set"),
            Match::Marked => f.write_str("-m mark --mark 0x4000/0x4000"),
            Match::NotMarked => f.write_str("-m mark ! --mark 0x4000/0x4000"),
            Match::New => f.write_str("-m conntrack --ctstate NEW"),
            Match::Established => f.write_str("-m conntrack --ctstate RELATED,ESTABLISHED"),
            Match::Invalid => f.write_str("-m conntrack --ctstate INVALID"),
            Match::NotKnown => f.write_str("-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT"),
        }
    }
}
