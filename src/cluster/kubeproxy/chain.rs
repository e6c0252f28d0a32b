use std::fmt;

use sha2::{Digest, Sha256};

use super::service::PortName;

/// A table of iptables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Table {
    Filter,
    Nat,
}

/// A chain of rules: the kernel's own hooks, then what kube-proxy makes (`pkg/proxy/iptables/proxier.go`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Chain {
    Prerouting,
    Input,
    Forward,
    Output,
    Postrouting,
    KubeServices,
    KubeExternalServices,
    KubeNodePorts,
    KubeForward,
    KubeFirewall,
    KubeProxyFirewall,
    KubePostrouting,
    KubeMarkMasq,
    /// What comes from outside to a Service's port.
    External(Suffix),
    /// Only what a load balancer may let through.
    LoadBalancerFirewall(Suffix),
    /// One of all endpoints of a Service's port is chosen.
    Service(Suffix),
    /// One of those on this node is chosen.
    ServiceLocal(Suffix),
    /// One endpoint.
    Endpoint(Suffix),
}

/// What makes the name of a chain unique: a chain's name has room for 28 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Suffix([u8; 16]);

impl Suffix {
    /// The suffix of a Service's port: of its SVC, SVL, EXT and FW chains.
    pub(crate) fn of_port(port: &PortName) -> Suffix {
        Suffix::of(&format!("{port}{}", port.protocol))
    }

    /// The suffix of one endpoint's chain.
    pub(crate) fn of_endpoint(port: &PortName, address: &str) -> Suffix {
        Suffix::of(&format!("{port}{}{address}", port.protocol))
    }

    /// The first 16 letters of the base32 form of the hash: its first 80 bits.
    fn of(text: &str) -> Suffix {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let hash = Sha256::digest(text.as_bytes());
        let bits = hash
            .iter()
            .take(10)
            .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let mut letters = [b'A'; 16];
        for (place, letter) in letters.iter_mut().rev().enumerate() {
            *letter = ALPHABET[(bits >> (5 * place) & 31) as usize];
        }
        Suffix(letters)
    }
}

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|letter| fmt::Write::write_char(f, char::from(*letter)))
    }
}

impl fmt::Debug for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Chain {
    /// Whether the kernel has the chain of itself.
    pub(crate) fn is_built_in(self) -> bool {
        self <= Chain::Postrouting
    }

    /// Whether the rules of all Services stand in the chain together.
    pub(crate) fn is_common(self) -> bool {
        self <= Chain::KubeMarkMasq
    }
}

impl Table {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Table::Filter => "filter",
            Table::Nat => "nat",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Chain::Prerouting => "PREROUTING",
            Chain::Input => "INPUT",
            Chain::Forward => "FORWARD",
            Chain::Output => "OUTPUT",
            Chain::Postrouting => "POSTROUTING",
            Chain::KubeServices => "KUBE-SERVICES",
            Chain::KubeExternalServices => "KUBE-EXTERNAL-SERVICES",
            Chain::KubeNodePorts => "KUBE-NODEPORTS",
            Chain::KubeForward => "KUBE-FORWARD",
            Chain::KubeFirewall => "KUBE-FIREWALL",
            Chain::KubeProxyFirewall => "KUBE-PROXY-FIREWALL",
            Chain::KubePostrouting => "KUBE-POSTROUTING",
            Chain::KubeMarkMasq => "KUBE-MARK-MASQ",
            Chain::External(suffix) => return write!(f, "KUBE-EXT-{suffix}"),
            Chain::LoadBalancerFirewall(suffix) => return write!(f, "KUBE-FW-{suffix}"),
            Chain::Service(suffix) => return write!(f, "KUBE-SVC-{suffix}"),
            Chain::ServiceLocal(suffix) => return write!(f, "KUBE-SVL-{suffix}"),
            Chain::Endpoint(suffix) => return write!(f, "KUBE-SEP-{suffix}"),
        })
    }
}
