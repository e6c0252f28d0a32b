use std::{collections::BTreeMap, net::Ipv4Addr, rc::Rc};

use super::{
    build::PortRules,
    chain::{Chain, Table},
    rule::{Comment, Match, Rule, Target},
    service::PortName,
};
use crate::cluster::{
    api::Resource,
    machinery::Turn,
    moment::Moment,
    trace::{Actor, Change, Step, StepKind},
};

/// The packet filter of one machine. Its rules belong to the machine: they stay when kube-proxy ends,
/// and go when the machine does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kernel {
    /// Whether kube-proxy has ever written here: the rules that are there whatever Services there are.
    base: bool,
    ports: Rc<BTreeMap<PortName, Rc<PortRules>>>,
    /// Which source was sent to which endpoint, and when (`-m recent`).
    recent: BTreeMap<(Chain, Ipv4Addr), Moment>,
}

/// What kube-proxy has the kernel do: iptables-restore.
#[derive(Clone, Debug)]
pub(crate) struct Restore {
    /// Whether ports that are not named are to go.
    pub(crate) full: bool,
    /// The rules of each port that changed; None: they are to go.
    pub(crate) ports: BTreeMap<PortName, Option<Rc<PortRules>>>,
}

/// A port whose rules changed.
pub(super) struct PortChange {
    name: PortName,
    before: Option<Rc<PortRules>>,
    after: Option<Rc<PortRules>>,
}

impl Kernel {
    /// kube-proxy's rules take the place of those there were. A step says what became of them, unless
    /// nothing did.
    pub(crate) fn restore(&mut self, restore: Restore, turn: &mut Turn<'_>) {
        let fresh = !self.base;
        let changed = self.replace(restore);
        if !fresh && changed.is_empty() {
            return;
        }
        let node = turn.me().node();
        let node = node.map(|node| turn.shared.machine(node));
        let node = node.unwrap_or_default();
        let now = turn.now();
        turn.record(StepKind::Rules, now, |_| {
            let mut step = Step {
                to: Actor::Kernel(node.clone()),
                verb: "iptables-restore".into(),
                message: message(fresh, &changed),
                ..Step::new(StepKind::Rules, Actor::KubeProxy(node))
            };
            if let [only] = &changed[..] {
                step.resource = Resource::Services.plural();
                step.namespace = only.name.service.namespace.clone();
                step.name = only.name.service.name.clone();
            }
            if fresh {
                step.changes.extend(base_rules().iter().map(|rule| Change {
                    path: format!("{}/{}", rule.table, rule.chain),
                    before: serde_json::Value::Null,
                    after: rule.to_string().into(),
                }));
            }
            for change in &changed {
                let rules = |of: &Option<Rc<PortRules>>| -> Vec<Rule> {
                    of.as_ref().map(|of| of.rules.clone()).unwrap_or_default()
                };
                compare(
                    &rules(&change.before),
                    &rules(&change.after),
                    &mut step.changes,
                );
            }
            step
        });
    }

    /// Takes the rules; which ports' rules that changed.
    pub(super) fn replace(&mut self, restore: Restore) -> Vec<PortChange> {
        self.base = true;
        let mut wanted = restore.ports;
        if restore.full {
            for name in self.ports.keys() {
                wanted.entry(name.clone()).or_insert(None);
            }
        }
        let mut changed = Vec::new();
        for (name, after) in wanted {
            let before = self.ports.get(&name).cloned();
            if before.as_ref().map(|port| &port.rules) == after.as_ref().map(|port| &port.rules) {
                continue;
            }
            let ports = Rc::make_mut(&mut self.ports);
            match &after {
                Some(rules) => ports.insert(name.clone(), rules.clone()),
                None => ports.remove(&name),
            };
            changed.push(PortChange {
                name,
                before,
                after,
            });
        }
        changed
    }

    /// The rules of a chain, first to last.
    pub(crate) fn chain(&self, table: Table, chain: Chain) -> Vec<Rule> {
        self.rules(|rule| (rule.table, rule.chain) == (table, chain))
    }

    /// Those of all rules that are wanted. The Services' stand before the way to node ports, which is
    /// the last of its chain.
    fn rules(&self, wanted: impl Fn(&Rule) -> bool) -> Vec<Rule> {
        let mut base = if self.base { base_rules() } else { Vec::new() };
        base.retain(&wanted);
        let last = |rule: &Rule| (rule.table, rule.chain) == (Table::Nat, Chain::KubeServices);
        let (last, mut rules): (Vec<_>, Vec<_>) = base.into_iter().partition(last);
        let of_ports = self.ports.values().flat_map(|port| &port.rules);
        rules.extend(of_ports.filter(|rule| wanted(rule)).cloned());
        rules.extend(last);
        rules
    }

    /// As iptables-save would show them, each rule as it was written.
    pub(crate) fn save(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for table in [Table::Filter, Table::Nat] {
            let mut chains: BTreeMap<Chain, Vec<Rule>> = BTreeMap::new();
            for rule in self.rules(|rule| rule.table == table) {
                if let Target::Jump(chain) = rule.target {
                    chains.entry(chain).or_default();
                }
                chains.entry(rule.chain).or_default().push(rule);
            }
            lines.push(format!("*{table}"));
            lines.extend(chains.keys().map(|chain| {
                let policy = if chain.is_built_in() { "ACCEPT" } else { "-" };
                format!(":{chain} {policy} [0:0]")
            }));
            lines.extend(chains.values().flatten().map(Rule::to_string));
            lines.push("COMMIT".to_owned());
        }
        lines
    }

    /// The Service's port a chain belongs to; for a chain of all Services, the one of this name.
    pub(crate) fn owner(&self, chain: Chain, name: Option<&str>) -> Option<&PortRules> {
        let is_own = |port: &&Rc<PortRules>| {
            if chain.is_common() {
                name.is_some_and(|name| port.frontend.name.to_string() == name)
            } else {
                port.rules.iter().any(|rule| rule.chain == chain)
            }
        };
        self.ports.values().find(is_own).map(|port| &**port)
    }

    /// Remembers that this source was sent to this endpoint.
    pub(crate) fn remember(&mut self, endpoint: Chain, source: Ipv4Addr, now: Moment) {
        self.recent.insert((endpoint, source), now);
    }

    /// When this source was last sent to this endpoint.
    pub(crate) fn remembered(&self, endpoint: Chain, source: Ipv4Addr) -> Option<Moment> {
        self.recent.get(&(endpoint, source)).copied()
    }
}

/// What changed, rule by rule. A rule that only takes its packets with another probability is one that
/// changed; others are gone or new. A rule of a chain all Services share is addressed by its comment, one
/// of a Service's own chain by its place.
fn compare(before: &[Rule], after: &[Rule], changes: &mut Vec<Change>) {
    let mut gone: Vec<(usize, &Rule)> = before.iter().enumerate().collect();
    let mut kept = Vec::with_capacity(after.len());
    for rule in after {
        let mut olds = gone.iter();
        let same = olds.position(|(_, old)| old.is_same_but_for_chance(rule));
        kept.push(same.map(|same| gone.remove(same).1));
    }
    changes.extend(gone.into_iter().map(|(at, rule)| Change {
        path: path(before, at),
        before: rule.to_string().into(),
        after: serde_json::Value::Null,
    }));
    for (at, (rule, old)) in after.iter().zip(kept).enumerate() {
        if old == Some(rule) {
            continue;
        }
        changes.push(Change {
            path: path(after, at),
            before: old.map_or(serde_json::Value::Null, |old| old.to_string().into()),
            after: rule.to_string().into(),
        });
    }
}

fn path(rules: &[Rule], at: usize) -> String {
    let Some(rule) = rules.get(at) else {
        return String::new();
    };
    let (table, chain) = (rule.table, rule.chain);
    match &rule.comment {
        Some(comment) if chain.is_common() => format!("{table}/{chain}[{comment}]"),
        _ => {
            let same = |other: &&Rule| (other.table, other.chain) == (table, chain);
            let place = rules.iter().take(at).filter(same).count();
            format!("{table}/{chain}[{place}]")
        }
    }
}

fn message(fresh: bool, changed: &[PortChange]) -> String {
    const MOST: usize = 3;
    let mut parts: Vec<String> = changed.iter().take(MOST).map(sentence).collect();
    if changed.len() > MOST {
        parts.push(format!("and {} more", changed.len() - MOST));
    }
    let parts = parts.join("; ");
    match (fresh, parts.is_empty()) {
        (false, _) => parts,
        (true, true) => "the chains of kube-proxy are made".to_owned(),
        (true, false) => format!("the chains of kube-proxy are made; {parts}"),
    }
}

fn sentence(change: &PortChange) -> String {
    let name = &change.name;
    let Some(port) = &change.after else {
        return format!("{name}: its rules are gone");
    };
    let frontend = &port.frontend;
    let mut behind = format!("{}:{}", frontend.cluster_ip, frontend.port);
    if let Some(node_port) = frontend.node_port {
        behind.push_str(&format!(" and node port {node_port}"));
    }
    match (port.endpoints, port.terminating) {
        (0, _) => format!("{name}: no endpoints behind {behind}, so connections are refused"),
        (1, false) => format!("{name}: 1 endpoint behind {behind}"),
        (count, false) => format!("{name}: {count} endpoints behind {behind}"),
        (1, true) => format!("{name}: 1 endpoint that is ending but still serves, behind {behind}"),
        (count, true) => {
            format!("{name}: {count} endpoints that are ending but still serve, behind {behind}")
        }
    }
}

/// The rules kube-proxy writes whatever Services there are (`pkg/proxy/iptables/proxier.go`).
fn base_rules() -> Vec<Rule> {
    let rule = |table, chain, comment: &'static str, matches: &[Match], target| Rule {
        table,
        chain,
        comment: (!comment.is_empty()).then_some(Comment::Fixed(comment)),
        matches: matches.to_vec(),
        target,
    };
    let filter = |chain, comment, matches: &[Match], target| {
        rule(Table::Filter, chain, comment, matches, target)
    };
    let nat = |chain, comment, matches: &[Match], target| {
        rule(Table::Nat, chain, comment, matches, target)
    };
    let jump = Target::Jump;
    let external = "kubernetes externally-visible service portals";
    let firewall = "kubernetes load balancer firewall";
    let portals = "kubernetes service portals";
    let health = "kubernetes health check service ports";
    let forwarding = "kubernetes forwarding rules";
    // Each jump is put before those that are there: the last made is the first asked.
    vec![
        filter(Chain::Input, "", &[], jump(Chain::KubeFirewall)),
        filter(
            Chain::Input,
            firewall,
            &[Match::New],
            jump(Chain::KubeProxyFirewall),
        ),
        filter(Chain::Input, health, &[], jump(Chain::KubeNodePorts)),
        filter(
            Chain::Input,
            external,
            &[Match::New],
            jump(Chain::KubeExternalServices),
        ),
        filter(
            Chain::Forward,
            firewall,
            &[Match::New],
            jump(Chain::KubeProxyFirewall),
        ),
        filter(Chain::Forward, forwarding, &[], jump(Chain::KubeForward)),
        filter(
            Chain::Forward,
            portals,
            &[Match::New],
            jump(Chain::KubeServices),
        ),
        filter(
            Chain::Forward,
            external,
            &[Match::New],
            jump(Chain::KubeExternalServices),
        ),
        filter(Chain::Output, "", &[], jump(Chain::KubeFirewall)),
        filter(
            Chain::Output,
            firewall,
            &[Match::New],
            jump(Chain::KubeProxyFirewall),
        ),
        filter(
            Chain::Output,
            portals,
            &[Match::New],
            jump(Chain::KubeServices),
        ),
        filter(
            Chain::KubeFirewall,
            "block incoming localnet connections",
            &[Match::ToLoopback, Match::NotFromLoopback, Match::NotKnown],
            Target::Drop,
        ),
        filter(Chain::KubeForward, "", &[Match::Invalid], Target::Drop),
        filter(
            Chain::KubeForward,
            forwarding,
            &[Match::Marked],
            Target::Accept,
        ),
        filter(
            Chain::KubeForward,
            "kubernetes forwarding conntrack rule",
            &[Match::Established],
            Target::Accept,
        ),
        nat(Chain::Prerouting, portals, &[], jump(Chain::KubeServices)),
        nat(Chain::Output, portals, &[], jump(Chain::KubeServices)),
        nat(
            Chain::Postrouting,
            "kubernetes postrouting rules",
            &[],
            jump(Chain::KubePostrouting),
        ),
        nat(
            Chain::KubeServices,
            "kubernetes service nodeports; NOTE: this must be the last rule in this chain",
            &[Match::ToLocal],
            jump(Chain::KubeNodePorts),
        ),
        nat(
            Chain::KubePostrouting,
            "",
            &[Match::NotMarked],
            Target::Return,
        ),
        nat(Chain::KubePostrouting, "", &[], Target::Unmark),
        nat(
            Chain::KubePostrouting,
            "kubernetes service traffic requiring SNAT",
            &[],
            Target::Masquerade,
        ),
        nat(Chain::KubeMarkMasq, "", &[], Target::Mark),
    ]
}
