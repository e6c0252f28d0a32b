use std::net::Ipv4Addr;

use crate::cluster::{
    api::{EndpointSlice, Key, Kind, Resource, Service},
    etcd::Etcd,
    random::Random,
};

/// The domain of a cluster (kubeadm's `networking.dnsDomain`).
const DOMAIN: &str = "cluster.local";

/// A name with fewer dots is first looked for in the search domains (`pkg/kubelet/network/dns/dns.go`).
const DOTS: usize = 5;

/// A name that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    /// In full.
    pub(super) name: String,
    pub(super) address: Ipv4Addr,
    /// How many addresses the name has; one of them was taken.
    pub(super) of: usize,
    pub(super) service: Option<Key>,
}

/// What a name stands for.
enum Record {
    Addresses(Option<Key>, Vec<Ipv4Addr>),
    Alias(String),
}

/// Answers as the cluster's DNS would: it hears of Services and EndpointSlices as kube-proxy does, and its
/// answers come from what it heard. Err: the names tried.
pub(super) fn resolve(
    host: &str,
    namespace: &str,
    etcd: &Etcd,
    random: &mut Random,
) -> Result<Found, Vec<String>> {
    let names = candidates(host, namespace);
    for name in &names {
        let mut name = name.clone();
        // An alias may lead to another one, but not for ever.
        for _ in 0..8 {
            match record(&name, etcd) {
                Some(Record::Addresses(service, addresses)) => {
                    let of = addresses.len();
                    let at = usize::try_from(random.below(of as u64)).unwrap_or(0);
                    let Some(address) = addresses.get(at).copied() else {
                        break;
                    };
                    return Ok(Found {
                        name,
                        address,
                        of,
                        service,
                    });
                }
                Some(Record::Alias(to)) => name = to,
                None => break,
            }
        }
    }
    Err(names)
}

/// The names a Pod's resolver asks for, in order. With a dot at its end a name is complete.
fn candidates(host: &str, namespace: &str) -> Vec<String> {
    let host = host.to_ascii_lowercase();
    if let Some(complete) = host.strip_suffix('.') {
        return vec![complete.to_owned()];
    }
    let mut names = vec![
        format!("{host}.{namespace}.svc.{DOMAIN}"),
        format!("{host}.svc.{DOMAIN}"),
        format!("{host}.{DOMAIN}"),
    ];
    let first = host.matches('.').count() >= DOTS;
    names.insert(if first { 0 } else { names.len() }, host);
    names
}

/// What a complete name stands for (CoreDNS' kubernetes plugin, after
/// `github.com/kubernetes/dns/blob/master/docs/specification.md`).
fn record(name: &str, etcd: &Etcd) -> Option<Record> {
    let within = name.strip_suffix(DOMAIN)?.strip_suffix('.')?;
    let labels: Vec<&str> = within.split('.').collect();
    match labels[..] {
        [service, namespace, "svc"] => of_service(&Key::new(namespace, service), etcd),
        [endpoint, service, namespace, "svc"] => {
            let service = Key::new(namespace, service);
            etcd.get(Resource::Services, &service)?;
            let found = endpoints(&service, etcd);
            let named = found.into_iter().filter(|(name, _)| name == endpoint);
            let addresses = named.map(|(_, address)| address).collect();
            Some(Record::Addresses(Some(service), addresses))
        }
        // kubeadm lets any address be asked for (`pods insecure`): Pods themselves have no names.
        [address, namespace, "pod"] => {
            etcd.get(Resource::Namespaces, &Key::new("", namespace))?;
            let address = address.replace('-', ".").parse().ok()?;
            Some(Record::Addresses(None, vec![address]))
        }
        _ => None,
    }
}

fn of_service(key: &Key, etcd: &Etcd) -> Option<Record> {
    let service = Service::of(&etcd.get(Resource::Services, key)?.value)?;
    let spec = &service.spec;
    if &*spec.kind == "ExternalName" {
        return Some(Record::Alias(spec.external_name.to_string()));
    }
    let addresses = match spec.cluster_ip.parse() {
        Ok(address) => vec![address],
        // A headless Service is as many addresses as Pods.
        Err(_) => endpoints(key, etcd)
            .into_iter()
            .map(|(_, address)| address)
            .collect(),
    };
    Some(Record::Addresses(Some(key.clone()), addresses))
}

/// The ready endpoints of a Service, each with the name it has within it: its hostname, or its address.
fn endpoints(service: &Key, etcd: &Etcd) -> Vec<(String, Ipv4Addr)> {
    let slices = etcd.range(Resource::EndpointSlices, &service.namespace);
    let slices = slices
        .iter()
        .filter_map(|stored| EndpointSlice::of(&stored.value));
    let mut found: Vec<(String, Ipv4Addr)> = slices
        .filter(|slice| {
            let of = slice.metadata.labels.get("kubernetes.io/service-name");
            of == Some(&*service.name)
        })
        .flat_map(|slice| &slice.endpoints)
        .filter(|endpoint| endpoint.conditions.ready.unwrap_or(true))
        .filter_map(|endpoint| {
            let address: Ipv4Addr = endpoint.addresses.first()?.parse().ok()?;
            let name = match &endpoint.hostname {
                Some(name) => name.to_string(),
                None => address.to_string().replace('.', "-"),
            };
            Some((name, address))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::candidates;

    /// `pkg/kubelet/network/dns/dns.go`: search domains, and ndots:5.
    #[test]
    fn names_are_looked_for_in_the_search_domains_first() {
        let table: [(&str, &[&str]); 3] = [
            (
                "web",
                &[
                    "web.shop.svc.cluster.local",
                    "web.svc.cluster.local",
                    "web.cluster.local",
                    "web",
                ],
            ),
            (
                "a.b.c.d.e.f",
                &[
                    "a.b.c.d.e.f",
                    "a.b.c.d.e.f.shop.svc.cluster.local",
                    "a.b.c.d.e.f.svc.cluster.local",
                    "a.b.c.d.e.f.cluster.local",
                ],
            ),
            (
                "web.shop.svc.cluster.local.",
                &["web.shop.svc.cluster.local"],
            ),
        ];
        for (host, names) in table {
            assert_eq!(candidates(host, "shop"), names, "{host}");
        }
    }
}
