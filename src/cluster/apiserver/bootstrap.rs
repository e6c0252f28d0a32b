//! What an API server makes sure of when it starts: the namespaces everything needs, the default roles,
//! the system priorities and its own Service (`pkg/controlplane/instance.go` and its post-start hooks).

use std::rc::Rc;

use crate::cluster::{
    api::{
        Endpoint, EndpointAddress, EndpointConditions, EndpointPort, EndpointSlice, EndpointSubset,
        Endpoints, IntOrString, Labels, Namespace, NamespaceSpec, NamespaceStatus, Object,
        ObjectMeta, PriorityClass, Service, ServicePort, ServiceSpec, Str, Uid,
    },
    apiserver::{allocator::Allocators, defaults, rbac},
    etcd::Etcd,
    machinery::Turn,
};

/// Where the API server can be reached: the control plane's machine.
const API_SERVER_IP: &str = "10.0.0.10";
const API_SERVER_PORT: i32 = 6443;

/// (`pkg/apis/scheduling/v1/helpers.go`)
const PRIORITIES: [(&str, i32, &str); 2] = [
    (
        "system-node-critical",
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
    (
        "system-cluster-critical",
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
];

/// Writes what is missing.
pub(super) fn run(etcd: &mut Etcd, allocators: &mut Allocators, turn: &mut Turn<'_>) {
    for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
        put(namespace(name), etcd, turn);
    }
    for object in rbac::bootstrap_objects() {
        put(object, etcd, turn);
    }
    for (name, value, description) in PRIORITIES {
        let class = PriorityClass {
            metadata: ObjectMeta {
                name: name.into(),
                generation: 1,
                ..ObjectMeta::default()
            },
            value,
            description: description.to_owned(),
            ..PriorityClass::default()
        };
        put(class.into(), etcd, turn);
    }
    let mut service = Object::from(kubernetes_service());
    if etcd.get(service.resource(), &service.key()).is_none() {
        // Nothing is there yet that could be in the way.
        if let Ok(beside) = allocators.allocate(None, &mut service, etcd, turn) {
            for (_, object) in beside {
                put(object, etcd, turn);
            }
        }
        put(service, etcd, turn);
    }
    put(kubernetes_endpoints().into(), etcd, turn);
    put(kubernetes_slice().into(), etcd, turn);
}

fn put(mut object: Object, etcd: &mut Etcd, turn: &mut Turn<'_>) {
    if etcd.get(object.resource(), &object.key()).is_some() {
        return;
    }
    defaults::apply(&mut object);
    let now = turn.now().timestamp();
    let meta = object.metadata_mut();
    if meta.uid.0.is_empty() {
        meta.uid = Uid(turn.random().uuid().into());
        meta.creation_timestamp = Some(now);
    }
    // It is not there, as was just seen.
    let _ = etcd.create(object);
}

fn namespace(name: &str) -> Object {
    Object::from(Namespace {
        metadata: ObjectMeta {
            name: name.into(),
            ..ObjectMeta::default()
        },
        spec: NamespaceSpec {
            finalizers: vec!["kubernetes".into()],
            ..NamespaceSpec::default()
        },
        status: NamespaceStatus {
            phase: "Active".into(),
            ..NamespaceStatus::default()
        },
        ..Namespace::default()
    })
}

fn kubernetes_meta() -> ObjectMeta {
    ObjectMeta {
        name: "kubernetes".into(),
        namespace: "default".into(),
        labels: Labels::from_iter([("component", "apiserver"), ("provider", "kubernetes")]),
        ..ObjectMeta::default()
    }
}

fn kubernetes_service() -> Service {
    Service {
        metadata: kubernetes_meta(),
        spec: ServiceSpec {
            cluster_ip: "10.96.0.1".into(),
            ports: vec![ServicePort {
                name: "https".into(),
                protocol: "TCP".into(),
                port: 443,
                target_port: Some(IntOrString::Int(API_SERVER_PORT)),
                ..ServicePort::default()
            }],
            ..ServiceSpec::default()
        },
        ..Service::default()
    }
}

fn https_port() -> EndpointPort {
    EndpointPort {
        name: Some("https".into()),
        port: Some(API_SERVER_PORT),
        protocol: Some("TCP".into()),
        ..EndpointPort::default()
    }
}

fn mirror_label() -> (Str, Str) {
    (
        "endpointslice.kubernetes.io/skip-mirror".into(),
        "true".into(),
    )
}

fn kubernetes_endpoints() -> Endpoints {
    Endpoints {
        metadata: ObjectMeta {
            labels: Labels::from_iter([mirror_label()]),
            ..kubernetes_meta()
        },
        subsets: vec![EndpointSubset {
            addresses: vec![Rc::new(EndpointAddress {
                ip: API_SERVER_IP.into(),
                ..EndpointAddress::default()
            })],
            ports: vec![https_port()],
            ..EndpointSubset::default()
        }],
        ..Endpoints::default()
    }
}

fn kubernetes_slice() -> EndpointSlice {
    EndpointSlice {
        metadata: ObjectMeta {
            labels: Labels::from_iter([("kubernetes.io/service-name", "kubernetes")]),
            generation: 1,
            ..kubernetes_meta()
        },
        address_type: "IPv4".into(),
        endpoints: vec![Rc::new(Endpoint {
            addresses: vec![API_SERVER_IP.into()],
            conditions: EndpointConditions {
                ready: Some(true),
                ..EndpointConditions::default()
            },
            ..Endpoint::default()
        })],
        ports: vec![https_port()],
        ..EndpointSlice::default()
    }
}
