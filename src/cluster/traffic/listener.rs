use std::net::Ipv4Addr;

use super::{Located, machine_named, machines};
use crate::cluster::{
    api::{Key, Kind, Pod, PodSpec, Resource, Str},
    etcd::Etcd,
    machinery::{Address, NodeIndex, Shared},
    runtime::{ContainerRecord, PodRecord},
    trace::Actor,
};

/// Where the API server listens.
const API_SERVER: (Ipv4Addr, u16) = (Ipv4Addr::new(10, 0, 0, 10), 6443);

/// Ports that the programs in well-known images listen on, whatever their Pod says.
const KNOWN_PORTS: [(&str, u16); 9] = [
    ("nginx", 80),
    ("httpd", 80),
    ("traefik/whoami", 80),
    ("redis", 6379),
    ("mysql", 3306),
    ("postgres", 5432),
    ("mongo", 27017),
    ("memcached", 11211),
    ("gcr.io/google-samples/hello-app", 8080),
];

/// Who is behind an address and port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Listener {
    Serves {
        pod: Key,
        actor: Actor,
        /// The machine it is on, if it is a Pod.
        machine: Option<Str>,
    },
    /// Somebody has the address, but nobody listens there.
    Refuses {
        pod: Key,
        actor: Actor,
        why: String,
    },
    /// The machine it is on is off.
    Off {
        machine: Str,
    },
    Nobody,
}

/// Finds who is behind an address: one of these Pods, or whoever the API server knows there.
pub(super) fn at(
    address: Ipv4Addr,
    port: u16,
    pods: &[Located],
    etcd: &Etcd,
    shared: &Shared,
) -> Listener {
    if (address, port) == API_SERVER {
        let pod = Key::new("", "kube-apiserver");
        let actor = Actor::ApiServer;
        if shared.stopped.contains(&Address::ApiServer) {
            let why = "The API server is stopped.".to_owned();
            return Listener::Refuses { pod, actor, why };
        }
        return Listener::Serves {
            pod,
            actor,
            machine: None,
        };
    }
    // Pods that use a machine's own network share its address: whoever listens has the port.
    let best = pods
        .iter()
        .find(|one| refusal(&one.pod, port).is_none())
        .or(pods.first());
    if let Some(Located { machine, pod }) = best {
        let key = pod.key.clone();
        let actor = Actor::Pod(key.name.clone());
        return match refusal(pod, port) {
            None => Listener::Serves {
                pod: key,
                actor,
                machine: Some(machine.clone()),
            },
            Some(why) => Listener::Refuses {
                pod: key,
                actor,
                why,
            },
        };
    }
    let Some(machine) = home(address, etcd) else {
        return Listener::Nobody;
    };
    if is_off(&machine, shared) {
        return Listener::Off { machine };
    }
    if machine_named(&machine, etcd) != Some(address) {
        return Listener::Nobody;
    }
    Listener::Refuses {
        pod: Key::new("", machine.clone()),
        why: format!("No process on {machine} listens on port {port}."),
        actor: Actor::Kernel(machine),
    }
}

/// The machine an address belongs to: it is its own, or that of a Pod there.
fn home(address: Ipv4Addr, etcd: &Etcd) -> Option<Str> {
    if let Some((machine, _)) = machines(etcd).find(|(_, own)| *own == Some(address)) {
        return Some(machine);
    }
    let text = address.to_string();
    let pods = etcd.range(Resource::Pods, "").into_iter();
    let mut pods = pods.filter_map(|stored| Pod::of(&stored.value));
    pods.find(|pod| *pod.status.pod_ip == *text && !pod.status.phase.is_finished())
        .map(|pod| pod.spec.node_name.clone())
}

fn is_off(machine: &str, shared: &Shared) -> bool {
    let mut machines = shared.machines.iter().zip((0..).map(NodeIndex));
    let node = machines.find(|(name, _)| ***name == *machine);
    node.is_some_and(|(_, node)| shared.stopped.contains(&Address::Kernel(node)))
}

/// Why a Pod does not take a connection on a port; None: it does.
fn refusal(pod: &PodRecord, port: u16) -> Option<String> {
    let mut running = pod
        .containers
        .iter()
        .filter(|one| one.is_running())
        .peekable();
    if running.peek().is_none() {
        return Some("None of its containers is running.".to_owned());
    }
    if running.any(|container| listens(container, pod.spec.as_deref(), port)) {
        return None;
    }
    Some(format!("None of its containers listens on port {port}."))
}

/// A program listens where its image does and where its Pod says it does. One of which nothing is known
/// and nothing is said is taken to listen wherever it is asked.
fn listens(container: &ContainerRecord, spec: Option<&PodSpec>, port: u16) -> bool {
    if !container.program.serves() {
        return false;
    }
    let all = spec.map(|spec| spec.containers.iter().chain(&spec.init_containers));
    let said: Vec<i32> = all
        .into_iter()
        .flatten()
        .filter(|wanted| wanted.name == container.name)
        .flat_map(|wanted| wanted.ports.iter().map(|port| port.container_port))
        .collect();
    let image = image_name(&container.asked);
    let known = KNOWN_PORTS.iter().find(|(name, _)| *name == image);
    match known {
        Some((_, own)) => *own == port || said.contains(&port.into()),
        None => said.is_empty() || said.contains(&port.into()),
    }
}

/// `docker.io/library/nginx:1.29` is nginx.
fn image_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    };
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::image_name;

    /// `distribution/reference` of containerd.
    #[test]
    fn images_are_known_by_their_short_names() {
        let table = [
            ("nginx", "nginx"),
            ("nginx:1.29", "nginx"),
            ("docker.io/library/nginx:1.29", "nginx"),
            ("docker.io/traefik/whoami", "traefik/whoami"),
            ("registry:5000/nginx", "registry:5000/nginx"),
            ("redis@sha256:0123", "redis"),
        ];
        for (image, name) in table {
            assert_eq!(image_name(image), name, "{image}");
        }
    }
}
