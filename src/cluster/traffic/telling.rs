use std::net::Ipv4Addr;

use serde_json::Value;

use super::{
    dns::Found,
    listener::Listener,
    passage::{Fate, Packet, Passage},
};
use crate::cluster::{
    api::{Key, Resource},
    kubeproxy::{About, Chain, Comment, Kernel, Match, Rule, Table, Target},
    machinery::{NodeIndex, Turn},
    trace::{Actor, Change, Step, StepKind},
};

/// Records one hop; what comes after it is caused by it.
fn tell(turn: &mut Turn<'_>, make: impl FnOnce(Step) -> Step) {
    let now = turn.now();
    let mark = turn.record(StepKind::Traffic, now, |_| {
        make(Step::new(StepKind::Traffic, Actor::Client))
    });
    turn.because(mark.step);
}

/// A name is asked for.
pub(super) fn lookup(
    from: &Actor,
    by_cluster: bool,
    host: &str,
    found: &Result<Found, Vec<String>>,
    machine: Option<Ipv4Addr>,
    turn: &mut Turn<'_>,
) {
    tell(turn, |mut step| {
        step.from = from.clone();
        step.to = if by_cluster {
            Actor::Dns
        } else {
            Actor::Nobody
        };
        step.verb = "lookup".into();
        step.name = host.into();
        step.message = match (found, machine) {
            (Ok(found), _) => {
                if let Some(service) = &found.service {
                    step.resource = Resource::Services.plural();
                    step.namespace = service.namespace.clone();
                    step.name = service.name.clone();
                }
                let Found {
                    name, address, of, ..
                } = found;
                match of {
                    1 => format!("{name} is {address}"),
                    of => format!("{name} is {of} addresses, of which {address} is taken"),
                }
            }
            (Err(_), Some(address)) => format!("{host} is the machine {address}"),
            (Err(_), None) => {
                step.reason = "NXDOMAIN".into();
                if by_cluster {
                    format!("there is no {}", names(found))
                } else {
                    format!(
                        "the machine's own resolver knows no {host}: only Pods ask the cluster's DNS"
                    )
                }
            }
        };
        step
    });
}

fn names(tried: &Result<Found, Vec<String>>) -> String {
    match tried {
        Err(names) => names.join(", no "),
        Ok(found) => found.name.clone(),
    }
}

/// Nothing comes back.
pub(super) fn silence(from: &Actor, why: String, turn: &mut Turn<'_>) {
    tell(turn, |step| Step {
        from: from.clone(),
        verb: "lost".into(),
        message: why,
        ..step
    });
}

/// The kernel's rules for a packet, one hop for each chain that decided something.
pub(super) fn passage(
    from: &Actor,
    node: NodeIndex,
    passage: &Passage,
    kernel: &Kernel,
    turn: &mut Turn<'_>,
) {
    let here = Actor::Kernel(turn.shared.machine(node));
    let mut from = from.clone();
    let told = passage.taken.iter().filter(|(rule, _)| decides(rule));
    for (rule, packet) in told {
        tell(turn, |mut step| {
            step.from = from.clone();
            step.to = here.clone();
            step.reason = rule.chain.to_string().into();
            if let Some(port) = owner(rule, kernel) {
                step.resource = Resource::Services.plural();
                step.namespace = port.namespace;
                step.name = port.name;
            }
            explain(rule, packet, passage, kernel, step)
        });
        from = here.clone();
    }
    let Packet {
        destination, port, ..
    } = passage.packet;
    if passage.fate == Fate::Sent && from != here {
        tell(turn, |step| Step {
            from,
            to: here,
            verb: "route".into(),
            message: format!("no rule is for {destination}:{port}: it goes on as it is"),
            ..step
        });
    }
}

/// Whether a rule is worth a word: not the ways that every packet takes.
fn decides(rule: &Rule) -> bool {
    match rule.target {
        Target::Jump(_) => !rule.chain.is_built_in(),
        Target::Dnat(_) | Target::Masquerade | Target::Reject | Target::Drop => true,
        Target::Mark | Target::Unmark | Target::Accept | Target::Return | Target::Nothing => false,
    }
}

/// The Service a rule belongs to.
fn owner(rule: &Rule, kernel: &Kernel) -> Option<Key> {
    let chain = match rule.target {
        Target::Jump(chain) if !chain.is_common() => chain,
        _ => rule.chain,
    };
    let label = match &rule.comment {
        Some(Comment::Port(label, _)) => Some(&**label),
        _ => None,
    };
    let port = kernel.owner(chain, label)?;
    Some(port.frontend.name.service.clone())
}

fn explain(
    rule: &Rule,
    packet: &Packet,
    passage: &Passage,
    kernel: &Kernel,
    mut step: Step,
) -> Step {
    let to = format!("{}:{}", packet.destination, packet.port);
    let comment = rule.comment.as_ref().map(Comment::to_string);
    let comment = comment.unwrap_or_default();
    let (verb, message) = match &rule.target {
        Target::Jump(Chain::KubeMarkMasq) => (
            "mark",
            format!(
                "the packet from {} is marked: on leaving, its source becomes this machine's own, so that the answer comes back here",
                packet.source
            ),
        ),
        Target::Jump(Chain::Endpoint(_)) => ("choose", choice(rule, kernel)),
        Target::Jump(chain) => match &rule.comment {
            Some(Comment::Port(_, About::Port)) => (
                "jump",
                format!("node port {} of {comment}: on to {chain}", packet.port),
            ),
            Some(Comment::Port(..)) => ("jump", format!("{to} is the {comment}: on to {chain}")),
            Some(Comment::Fixed(_)) => (
                "jump",
                format!(
                    "{} is this machine's own address: on to {chain}",
                    packet.destination
                ),
            ),
            None => ("jump", format!("on to {chain}")),
        },
        Target::Dnat(endpoint) => {
            step.changes.push(change("destination", &to, endpoint));
            ("dnat", format!("the destination {to} becomes {endpoint}"))
        }
        Target::Masquerade => {
            let (before, after) = (packet.source.to_string(), passage.packet.source.to_string());
            let message = if before == after {
                format!("the source {after} is this machine's own already: nothing to replace")
            } else {
                step.changes.push(change("source", &before, &after));
                format!("the source {before} becomes {after}, this machine's own")
            };
            ("masquerade", message)
        }
        Target::Reject => (
            "reject",
            format!("{comment}: {to} is refused (icmp-port-unreachable)"),
        ),
        Target::Drop => (
            "drop",
            format!("{comment}: the packet is dropped without a word"),
        ),
        _ => ("", String::new()),
    };
    step.verb = verb.into();
    step.message = message;
    step
}

fn change(path: &str, before: &str, after: &str) -> Change {
    Change {
        path: path.to_owned(),
        before: Value::from(before),
        after: Value::from(after),
    }
}

/// Which endpoint's rule took a packet, and how likely that was.
fn choice(rule: &Rule, kernel: &Kernel) -> String {
    let endpoint = match (&rule.comment, &rule.target) {
        (Some(Comment::Port(_, About::Endpoint(address))), _) => address.to_string(),
        (_, Target::Jump(chain)) => chain.to_string(),
        _ => String::new(),
    };
    if let [Match::Recent { seconds, .. }] = rule.matches[..] {
        return format!("{endpoint} again: this client was sent there less than {seconds} s ago");
    }
    let rules = kernel.chain(Table::Nat, rule.chain);
    let mut choices = rules.iter().filter(|other| {
        matches!(other.target, Target::Jump(Chain::Endpoint(_)))
            && !matches!(other.matches[..], [Match::Recent { .. }])
    });
    let of = choices.clone().count();
    let at = choices.position(|other| other == rule).unwrap_or(0) + 1;
    match (of, rule.matches.first()) {
        (1, _) => format!("{endpoint} is the only endpoint"),
        (_, Some(Match::Random(n))) => format!(
            "rule {at} of {of} took it, with probability {}: {endpoint}",
            crate::cluster::kubeproxy::probability(*n)
        ),
        _ => format!("rule {at} of {of} takes what is left: {endpoint}"),
    }
}

/// A packet reaches whoever has the address, or nobody.
pub(super) fn arrival(packet: &Packet, node: NodeIndex, listener: &Listener, turn: &mut Turn<'_>) {
    let from = Actor::Kernel(turn.shared.machine(node));
    let to = format!("{}:{}", packet.destination, packet.port);
    tell(turn, |mut step| {
        step.from = from;
        step.verb = "deliver".into();
        step.message = match listener {
            Listener::Serves {
                pod,
                actor,
                machine,
            } => {
                step.to = actor.clone();
                about(&mut step, pod);
                let place = machine.as_ref().map(|machine| format!(" on {machine}"));
                let place = place.unwrap_or_default();
                format!("{to}{place} is reached, from {}", packet.source)
            }
            Listener::Refuses { pod, actor, why } => {
                step.to = actor.clone();
                about(&mut step, pod);
                step.reason = "refused".into();
                format!("{to} refuses the connection. {why}")
            }
            Listener::Off { machine } => {
                step.reason = "lost".into();
                format!("{to} is on {machine}, which is off")
            }
            Listener::Nobody => {
                step.reason = "lost".into();
                format!("nobody has the address {}", packet.destination)
            }
        };
        step
    });
}

fn about(step: &mut Step, pod: &Key) {
    if let Actor::Pod(_) = step.to {
        step.resource = Resource::Pods.plural();
        step.namespace = pod.namespace.clone();
        step.name = pod.name.clone();
    }
}

/// The answer goes back; the kernel undoes what it did to the packets of the connection.
pub(super) fn answer(
    from: &Actor,
    to: &Actor,
    (pod, undone): (&Key, Option<String>),
    turn: &mut Turn<'_>,
) {
    tell(turn, |step| {
        let mut step = Step {
            from: from.clone(),
            to: from.clone(),
            verb: "answer".into(),
            code: 200,
            message: match undone {
                Some(asked) => format!(
                    "{} answers; the kernel undoes what it replaced: the answer comes from {asked}",
                    pod.name
                ),
                None => format!("{} answers", pod.name),
            },
            ..step
        };
        about(&mut step, pod);
        step.to = to.clone();
        step
    });
}
