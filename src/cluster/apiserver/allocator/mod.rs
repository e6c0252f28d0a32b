//! The cluster's addresses and node ports: given to Services from a range whose lower band is left to
//! those who ask for one in particular. Look first at [`Allocators`].

mod band;

use std::{collections::BTreeSet, net::Ipv4Addr, rc::Rc};

use self::band::Bands;
use super::field::{self, FieldError};
use crate::cluster::{
    api::{
        IpAddress, IpAddressSpec, Key, Labels, Object, ObjectMeta, ParentReference, Resource,
        Service, Status, StatusReason, Str, Uid,
    },
    etcd::Etcd,
    machinery::Turn,
};

/// kubeadm's `--service-cluster-ip-range`: 10.96.0.0/12.
const FIRST_ADDRESS: u32 = u32::from_be_bytes([10, 96, 0, 0]);
/// Its addresses, without the first (the network) and the last (the broadcast).
const ADDRESSES: Bands = Bands::of_addresses(FIRST_ADDRESS + 1, (1 << 20) - 2);
/// `--service-node-port-range`, by default 30000–32767.
const NODE_PORTS: Bands = Bands::of_ports(30_000, 2768);

/// What is taken. An address is taken if there is an IPAddress object of its name; node ports are kept
/// here, as upstream keeps them in one object of etcd.
#[derive(Clone, Debug, Default)]
pub(super) struct Allocators {
    node_ports: BTreeSet<u32>,
}

/// An object to write beside the Service: as it was, and as it is to be.
type Beside = Vec<(Option<Object>, Object)>;

impl Allocators {
    /// What the Services in etcd hold.
    pub(super) fn new(etcd: &Etcd) -> Allocators {
        let mut node_ports = BTreeSet::new();
        for stored in etcd.all(Resource::Services) {
            if let Object::Service(service) = &stored.value {
                node_ports.extend(ports_of(service));
            }
        }
        Allocators { node_ports }
    }

    /// Gives a Service what it needs, or what it asks for if that is free.
    pub(super) fn allocate(
        &mut self,
        before: Option<&Object>,
        after: &mut Object,
        etcd: &Etcd,
        turn: &mut Turn<'_>,
    ) -> Result<Beside, Status> {
        let Object::Service(service) = after else {
            return Ok(Vec::new());
        };
        let before = match before {
            Some(Object::Service(before)) => Some(before),
            _ => None,
        };
        if before.is_some_and(|before| before.spec == service.spec) {
            return Ok(Vec::new());
        }
        let service = Rc::make_mut(service);
        let mut beside = Vec::new();
        if &*service.spec.kind == "ExternalName" {
            service.spec.cluster_ip = "".into();
            service.spec.cluster_ips = Vec::new();
        } else {
            let held = before.map(|before| before.spec.cluster_ip.clone());
            if let Some(address) = address(service, held, etcd, turn)? {
                beside.push((None, address));
            }
        }
        self.node_ports(service, before.map(|before| &**before), turn)?;
        Ok(beside)
    }

    fn node_ports(
        &mut self,
        service: &mut Service,
        before: Option<&Service>,
        turn: &mut Turn<'_>,
    ) -> Result<(), Status> {
        if !matches!(&*service.spec.kind, "NodePort" | "LoadBalancer") {
            return Ok(());
        }
        let had: Vec<u32> = before
            .map(|before| ports_of(before).collect())
            .unwrap_or_default();
        let mut given: Vec<u32> = Vec::new();
        let mut ports = service.spec.ports.clone();
        for (at, port) in ports.iter_mut().enumerate() {
            let path = format!("spec.ports[{at}].nodePort");
            let Ok(asked) = u32::try_from(port.node_port) else {
                continue; // validation has refused it
            };
            if asked != 0 {
                // One port may serve two protocols.
                if had.contains(&asked) || given.contains(&asked) {
                    continue;
                }
                if !NODE_PORTS.contains(asked) {
                    let why = "provided port is not in the valid range. The range of valid ports is 30000-32767";
                    return Err(refused(service, FieldError::invalid(path, asked, why)));
                }
                if self.node_ports.contains(&asked) {
                    let why = "provided port is already allocated";
                    return Err(refused(service, FieldError::invalid(path, asked, why)));
                }
                given.push(asked);
                continue;
            }
            let taken = |port: u32| self.node_ports.contains(&port) || given.contains(&port);
            let Some(free) = NODE_PORTS.choose(turn.random(), taken) else {
                return Err(Status::new(
                    500,
                    StatusReason::InternalError,
                    "failed to allocate a nodePort: range is full",
                ));
            };
            port.node_port = i32::try_from(free).unwrap_or_default();
            given.push(free);
        }
        service.spec.ports = ports;
        self.node_ports.extend(given);
        Ok(())
    }

    /// Takes back what a deleted Service held; returns the objects to delete with it.
    pub(super) fn release(&mut self, object: &Object, etcd: &Etcd) -> Vec<Object> {
        let Object::Service(service) = object else {
            return Vec::new();
        };
        for port in ports_of(service) {
            self.node_ports.remove(&port);
        }
        address_of(&service.spec.cluster_ip, etcd)
            .into_iter()
            .collect()
    }

    /// Takes back what a changed Service no longer holds.
    pub(super) fn release_changed(
        &mut self,
        before: &Object,
        after: &Object,
        etcd: &Etcd,
    ) -> Vec<Object> {
        let (Object::Service(before), Object::Service(after)) = (before, after) else {
            return Vec::new();
        };
        let keeps: Vec<u32> = ports_of(after).collect();
        for port in ports_of(before).filter(|port| !keeps.contains(port)) {
            self.node_ports.remove(&port);
        }
        if before.spec.cluster_ip == after.spec.cluster_ip {
            return Vec::new();
        }
        address_of(&before.spec.cluster_ip, etcd)
            .into_iter()
            .collect()
    }
}

fn ports_of(service: &Service) -> impl Iterator<Item = u32> + '_ {
    let ports = service.spec.ports.iter();
    ports
        .filter_map(|port| u32::try_from(port.node_port).ok())
        .filter(|port| *port != 0)
}

fn address_of(ip: &Str, etcd: &Etcd) -> Option<Object> {
    let stored = etcd.get(Resource::IpAddresses, &Key::new("", ip.clone()))?;
    Some(stored.value.clone())
}

fn refused(service: &Service, error: FieldError) -> Status {
    field::invalid_named(Resource::Services, &service.metadata.name, vec![error])
}

/// The Service's cluster address; the object to write if it is a new one
/// (`pkg/registry/core/service/ipallocator/ipallocator.go`).
fn address(
    service: &mut Service,
    held: Option<Str>,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<Option<Object>, Status> {
    let held = held.filter(|held| !held.is_empty());
    if service.spec.cluster_ip.is_empty()
        && let Some(first) = service.spec.cluster_ips.first()
    {
        service.spec.cluster_ip = first.clone();
    }
    if service.spec.cluster_ip.is_empty()
        && let Some(held) = &held
    {
        service.spec.cluster_ip = held.clone();
    }
    if service.spec.ip_families.is_empty() {
        service.spec.ip_families = vec!["IPv4".into()];
    }
    service
        .spec
        .ip_family_policy
        .get_or_insert_with(|| "SingleStack".into());
    let asked = service.spec.cluster_ip.clone();
    if &*asked == "None" || held.as_ref() == Some(&asked) {
        service.spec.cluster_ips = vec![asked];
        return Ok(None);
    }
    let taken = |ip: u32| {
        let name = Ipv4Addr::from(ip).to_string();
        etcd.get(Resource::IpAddresses, &Key::new("", name))
            .is_some()
    };
    let ip: Str = if asked.is_empty() {
        let Some(free) = ADDRESSES.choose(turn.random(), taken) else {
            return Err(Status::new(
                500,
                StatusReason::InternalError,
                "failed to allocate a serviceIP: range is full",
            ));
        };
        Ipv4Addr::from(free).to_string().into()
    } else {
        let error = |why: String| FieldError::invalid("spec.clusterIPs", [asked.clone()], why);
        let number = asked.parse::<Ipv4Addr>().map(u32::from).unwrap_or_default();
        if !ADDRESSES.contains(number) {
            let why = format!(
                "failed to allocate IP {asked}: the provided IP ({asked}) is not in the valid range. The range of valid IPs is 10.96.0.0/12"
            );
            return Err(refused(service, error(why)));
        }
        if taken(number) {
            let why = format!("failed to allocate IP {asked}: provided IP is already allocated");
            return Err(refused(service, error(why)));
        }
        asked
    };
    service.spec.cluster_ip = ip.clone();
    service.spec.cluster_ips = vec![ip.clone()];
    let now = turn.now().timestamp();
    let address = IpAddress {
        metadata: ObjectMeta {
            name: ip,
            uid: Uid(turn.random().uuid().into()),
            creation_timestamp: Some(now),
            labels: Labels::from_iter([
                ("ipaddress.kubernetes.io/ip-family", "IPv4"),
                ("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io"),
            ]),
            ..ObjectMeta::default()
        },
        spec: IpAddressSpec {
            parent_ref: ParentReference {
                resource: "services".into(),
                namespace: service.metadata.namespace.clone(),
                name: service.metadata.name.clone(),
                ..ParentReference::default()
            },
            ..IpAddressSpec::default()
        },
        ..IpAddress::default()
    };
    Ok(Some(Object::from(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flow 2.1; the bands of `ipallocator.go` and `portallocator/allocator.go`.
    /// C53
    #[test]
    fn bands_of_kubeadms_ranges() {
        let ip = |ip: u32| Ipv4Addr::from(ip).to_string();
        assert_eq!(ip(ADDRESSES.first_dynamic()), "10.96.1.1");
        assert_eq!(ip(ADDRESSES.first()), "10.96.0.1");
        assert_eq!(NODE_PORTS.first_dynamic(), 30_086);
    }
}
