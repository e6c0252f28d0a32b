use super::{
    chain::{Chain, Suffix, Table},
    endpoints::{Endpoint, usable},
    rule::{About, Comment, Match, POD_NETWORK, Rule, Target},
    service::{Frontend, PortName},
};
use crate::cluster::api::Str;

/// All rules of one port of a Service, in the order kube-proxy writes them.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct PortRules {
    pub(crate) frontend: Frontend,
    /// How many endpoints a packet from inside may reach.
    pub(crate) endpoints: usize,
    /// Whether those are about to end.
    pub(crate) terminating: bool,
    pub(crate) rules: Vec<Rule>,
}

/// Writes the rules of one port (`pkg/proxy/iptables/proxier.go`, syncProxyRules).
struct Writer<'a> {
    port: &'a Frontend,
    label: Str,
    /// In a large cluster endpoints' rules say nothing of themselves.
    terse: bool,
    rules: Vec<Rule>,
}

/// The rules of a Service's port on a node of this zone.
pub(crate) fn port_rules(
    port: &Frontend,
    endpoints: &[Endpoint],
    zone: &str,
    terse: bool,
) -> PortRules {
    let usable = usable(endpoints, port, zone);
    let suffix = Suffix::of_port(&port.name);
    let (cluster, local) = (Chain::Service(suffix), Chain::ServiceLocal(suffix));
    let of = |is_local: bool| {
        if is_local {
            (local, !usable.local.is_empty())
        } else {
            (cluster, usable.any)
        }
    };
    let ways = Ways {
        any: usable.any,
        cluster,
        internal: of(port.internal_local),
        external: of(port.external_local),
        entrance: Chain::External(suffix),
        firewall: (usable.any
            && !port.load_balancer_ips.is_empty()
            && !port.source_ranges.is_empty())
        .then_some(Chain::LoadBalancerFirewall(suffix)),
    };
    let mut writer = Writer {
        port,
        label: port.name.to_string().into(),
        terse,
        rules: Vec::new(),
    };
    writer.capture_cluster_ip(&ways);
    writer.capture_external_ips(&ways);
    writer.capture_node_port(&ways);
    if ways.internal.1 {
        writer.mark_what_comes_from_elsewhere(ways.internal.0);
    }
    if ways.any && port.is_external() {
        writer.route_external(&ways);
    }
    if let Some(firewall) = ways.firewall {
        writer.filter_sources(firewall, ways.entrance);
    }
    if port.uses_cluster_endpoints() {
        writer.choose(cluster, &usable.cluster);
    }
    if port.uses_local_endpoints() {
        writer.choose(local, &usable.local);
    }
    for endpoint in &usable.all {
        writer.reach(endpoint);
    }
    let internal = if port.internal_local {
        &usable.local
    } else {
        &usable.cluster
    };
    PortRules {
        frontend: port.clone(),
        endpoints: internal.len(),
        terminating: internal.iter().any(|endpoint| endpoint.terminating),
        rules: writer.rules,
    }
}

/// Where packets of each kind go, and whether anything is there.
struct Ways {
    any: bool,
    cluster: Chain,
    internal: (Chain, bool),
    external: (Chain, bool),
    /// The chain that all external destinations lead to.
    entrance: Chain,
    firewall: Option<Chain>,
}

impl Ways {
    /// What becomes of packets for which there is no endpoint.
    fn refusal(&self) -> (About, Target) {
        if self.any {
            (About::NoLocalEndpoints, Target::Drop)
        } else {
            (About::NoEndpoints, Target::Reject)
        }
    }
}

impl Writer<'_> {
    fn say(&self, about: About) -> Option<Comment> {
        Some(Comment::Port(self.label.clone(), about))
    }

    fn write(
        &mut self,
        (table, chain): (Table, Chain),
        comment: Option<Comment>,
        matches: Vec<Match>,
        target: Target,
    ) {
        self.rules.push(Rule {
            table,
            chain,
            comment,
            matches,
            target,
        });
    }

    fn to(&self, address: std::net::Ipv4Addr) -> Vec<Match> {
        vec![
            Match::Protocol(self.port.name.protocol),
            Match::To(address),
            Match::ToPort(self.port.port),
        ]
    }

    fn capture_cluster_ip(&mut self, ways: &Ways) {
        let to = self.to(self.port.cluster_ip);
        let (chain, reachable) = ways.internal;
        if reachable {
            let services = (Table::Nat, Chain::KubeServices);
            self.write(
                services,
                self.say(About::ClusterIp),
                to,
                Target::Jump(chain),
            );
        } else {
            let (about, target) = ways.refusal();
            let services = (Table::Filter, Chain::KubeServices);
            self.write(services, self.say(about), to, target);
        }
    }

    fn capture_external_ips(&mut self, ways: &Ways) {
        let port = self.port;
        let services = (Table::Nat, Chain::KubeServices);
        let outside = (Table::Filter, Chain::KubeExternalServices);
        for ip in &port.external_ips {
            if ways.any {
                let target = Target::Jump(ways.entrance);
                self.write(services, self.say(About::ExternalIp), self.to(*ip), target);
            }
            if !ways.external.1 {
                let (about, target) = ways.refusal();
                self.write(outside, self.say(about), self.to(*ip), target);
            }
        }
        for ip in &port.load_balancer_ips {
            if ways.any {
                let target = Target::Jump(ways.firewall.unwrap_or(ways.entrance));
                let about = self.say(About::LoadBalancerIp);
                self.write(services, about, self.to(*ip), target);
            }
            if let Some(firewall) = ways.firewall {
                let chain = (Table::Filter, Chain::KubeProxyFirewall);
                let about = self.say(About::NotAccepted(firewall));
                self.write(chain, about, self.to(*ip), Target::Drop);
            }
            if !ways.external.1 {
                let (about, target) = ways.refusal();
                self.write(outside, self.say(about), self.to(*ip), target);
            }
        }
    }

    fn capture_node_port(&mut self, ways: &Ways) {
        let protocol = Match::Protocol(self.port.name.protocol);
        if let Some(node_port) = self.port.node_port {
            let to = Match::ToPort(node_port);
            if ways.any {
                self.write(
                    (Table::Nat, Chain::KubeNodePorts),
                    self.say(About::Port),
                    vec![protocol.clone(), to.clone()],
                    Target::Jump(ways.entrance),
                );
            }
            if !ways.external.1 {
                let (about, target) = ways.refusal();
                self.write(
                    (Table::Filter, Chain::KubeExternalServices),
                    self.say(about),
                    vec![Match::ToLocal, protocol, to],
                    target,
                );
            }
        }
        if let Some(health) = self.port.health_check_node_port {
            let tcp = Match::Protocol(super::service::Protocol::Tcp);
            self.write(
                (Table::Filter, Chain::KubeNodePorts),
                self.say(About::HealthCheck),
                vec![tcp, Match::ToPort(health)],
                Target::Accept,
            );
        }
    }

    fn mark_what_comes_from_elsewhere(&mut self, chain: Chain) {
        let mut matches = self.to(self.port.cluster_ip);
        matches.push(Match::NotFromBlock(POD_NETWORK));
        self.write(
            (Table::Nat, chain),
            self.say(About::ClusterIp),
            matches,
            Target::Jump(Chain::KubeMarkMasq),
        );
    }

    /// What comes for an external destination is masqueraded, since it may have to cross nodes; with the
    /// Local policy it need not, and only what comes from inside goes to all endpoints.
    fn route_external(&mut self, ways: &Ways) {
        let entrance = (Table::Nat, ways.entrance);
        let mark = Target::Jump(Chain::KubeMarkMasq);
        let cluster = Target::Jump(ways.cluster);
        if self.port.external_local {
            let from_pods = vec![Match::FromBlock(POD_NETWORK)];
            let about = self.say(About::PodTraffic);
            self.write(entrance, about, from_pods, cluster.clone());
            let about = self.say(About::MasqueradeLocal);
            self.write(entrance, about, vec![Match::FromLocal], mark);
            let about = self.say(About::RouteLocal);
            self.write(entrance, about, vec![Match::FromLocal], cluster);
        } else {
            let about = self.say(About::MasqueradeExternal);
            self.write(entrance, about, Vec::new(), mark);
        }
        if let (chain, true) = ways.external {
            self.write(entrance, None, Vec::new(), Target::Jump(chain));
        }
    }

    fn filter_sources(&mut self, firewall: Chain, entrance: Chain) {
        let chain = (Table::Nat, firewall);
        for range in &self.port.source_ranges {
            let about = self.say(About::LoadBalancerIp);
            let from = vec![Match::FromBlock(*range)];
            self.write(chain, about, from, Target::Jump(entrance));
        }
        let about = self.say(About::OtherTraffic);
        self.write(chain, about, Vec::new(), Target::Nothing);
    }

    fn choose(&mut self, chain: Chain, endpoints: &[&Endpoint]) {
        let name = self.port.name.clone();
        if let Some(seconds) = self.port.affinity {
            for endpoint in endpoints {
                let to = endpoint_chain(&name, endpoint);
                let recent = Match::Recent { chain: to, seconds };
                let about = self.about_endpoint(endpoint);
                self.write((Table::Nat, chain), about, vec![recent], Target::Jump(to));
            }
        }
        for (at, endpoint) in endpoints.iter().enumerate() {
            let left = endpoints.len() - at;
            let matches = if left > 1 {
                vec![Match::Random(left)]
            } else {
                Vec::new()
            };
            let to = endpoint_chain(&name, endpoint);
            let about = self.about_endpoint(endpoint);
            self.write((Table::Nat, chain), about, matches, Target::Jump(to));
        }
    }

    fn about_endpoint(&self, endpoint: &Endpoint) -> Option<Comment> {
        let about = About::Endpoint(endpoint.address.clone());
        (!self.terse).then(|| Comment::Port(self.label.clone(), about))
    }

    fn reach(&mut self, endpoint: &Endpoint) {
        let chain = endpoint_chain(&self.port.name, endpoint);
        let about = (!self.terse).then(|| Comment::Port(self.label.clone(), About::Port));
        // A Pod that reaches itself through its Service needs an answer that comes back the same way.
        self.write(
            (Table::Nat, chain),
            about.clone(),
            vec![Match::From(endpoint.ip)],
            Target::Jump(Chain::KubeMarkMasq),
        );
        let mut matches = Vec::new();
        if self.port.affinity.is_some() {
            matches.push(Match::Remember(chain));
        }
        matches.push(Match::Protocol(self.port.name.protocol));
        let target = Target::Dnat(endpoint.address.clone());
        self.write((Table::Nat, chain), about, matches, target);
    }
}

fn endpoint_chain(port: &PortName, endpoint: &Endpoint) -> Chain {
    Chain::Endpoint(Suffix::of_endpoint(port, &endpoint.address))
}
