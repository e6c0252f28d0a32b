use std::{collections::BTreeSet, rc::Rc};

use crate::cluster::{api::Str, machinery::NodeIndex};

/// The addresses of one node's Pods, given out as the `host-local` plugin does: the next free one after
/// the last, round and round (`containernetworking/plugins`, ipam/host-local/backend/allocator).
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// `10.244.0.` or, beyond 256 nodes, `10.245.3.`
    prefix: Str,
    used: Rc<BTreeSet<u8>>,
    last: u8,
}

/// .0 is the network, .1 the node's bridge, .255 the broadcast address.
const FIRST: u8 = 2;
const LAST: u8 = 254;

impl Network {
    pub(super) fn new(node: NodeIndex) -> Network {
        Network {
            prefix: prefix(node).into(),
            used: Rc::default(),
            last: FIRST - 1,
        }
    }

    pub(super) fn allocate(&mut self) -> Option<Str> {
        let after = self.last.saturating_add(1)..=LAST;
        let before = FIRST..=self.last;
        let mut free = after.chain(before).filter(|one| !self.used.contains(one));
        let host = free.next()?;
        self.last = host;
        Rc::make_mut(&mut self.used).insert(host);
        Some(format!("{}{host}", self.prefix).into())
    }

    pub(super) fn release(&mut self, ip: &str) {
        let host = ip
            .strip_prefix(&*self.prefix)
            .and_then(|host| host.parse().ok());
        if let Some(host) = host {
            Rc::make_mut(&mut self.used).remove(&host);
        }
    }

    pub(super) fn range(&self) -> String {
        format!("{0}{FIRST}-{0}{LAST}", self.prefix)
    }
}

/// The first three numbers of a node's Pod network, `10.244.0.` and up.
fn prefix(node: NodeIndex) -> String {
    format!("10.{}.{}.", 244 + node.0 / 256, node.0 % 256)
}

/// The range a node's Pods get their addresses from.
pub(crate) fn pod_cidr(node: NodeIndex) -> String {
    format!("{}0/24", prefix(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `containernetworking/plugins`, allocator_test.go: after the last one given out, not the lowest
    /// that is free.
    /// C52
    #[test]
    fn ipam_goes_round_before_it_reuses() {
        let mut network = Network::new(NodeIndex(3));
        let first = network.allocate().unwrap();
        assert_eq!(&*first, "10.244.3.2");
        network.release(&first);
        assert_eq!(network.allocate().as_deref(), Some("10.244.3.3"));
        for _ in 0..251 {
            assert!(network.allocate().is_some());
        }
        assert_eq!(network.allocate().as_deref(), Some("10.244.3.2"));
        assert_eq!(network.allocate(), None);
        network.release("10.244.3.77");
        assert_eq!(network.allocate().as_deref(), Some("10.244.3.77"));
    }
}
