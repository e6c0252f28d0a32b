use std::rc::Rc;

use super::{IntOrString, Labels, ObjectMeta, ObjectReference, Str, record};

record! {
    /// One name and address for like Pods.
    Service {
        metadata: ObjectMeta,
        spec: ServiceSpec,
        status: Option<serde_json::Value>,
    }

    /// What is wanted of a Service.
    ServiceSpec {
        ports: Vec<ServicePort>,
        selector: Labels,
        #[serde(rename = "clusterIP")]
        cluster_ip: Str,
        #[serde(rename = "clusterIPs")]
        cluster_ips: Vec<Str>,
        #[serde(rename = "type")]
        kind: Str,
        #[serde(rename = "externalIPs")]
        external_ips: Vec<Str>,
        session_affinity: Str,
        external_name: Str,
        external_traffic_policy: Str,
        internal_traffic_policy: Option<Str>,
        publish_not_ready_addresses: bool,
        ip_families: Vec<Str>,
        ip_family_policy: Option<Str>,
    }

    /// A port of a Service, and the Pods' port behind it.
    ServicePort {
        name: Str,
        protocol: Str,
        app_protocol: Option<Str>,
        port: i32,
        target_port: Option<IntOrString>,
        node_port: i32,
    }

    /// The addresses behind a Service: the older form, deprecated since 1.33.
    Endpoints {
        metadata: ObjectMeta,
        subsets: Vec<EndpointSubset>,
    }

    /// Addresses that share ports.
    EndpointSubset {
        addresses: Vec<Rc<EndpointAddress>>,
        not_ready_addresses: Vec<Rc<EndpointAddress>>,
        ports: Vec<EndpointPort>,
    }

    /// One address behind a Service.
    EndpointAddress {
        ip: Str,
        hostname: Str,
        node_name: Option<Str>,
        target_ref: Option<ObjectReference>,
    }

    /// One port behind a Service.
    EndpointPort {
        name: Option<Str>,
        port: Option<i32>,
        protocol: Option<Str>,
        app_protocol: Option<Str>,
    }

    /// Some of the addresses behind a Service, at most a hundred.
    EndpointSlice {
        metadata: ObjectMeta,
        address_type: Str,
        endpoints: Vec<Rc<Endpoint>>,
        ports: Vec<EndpointPort>,
    }

    /// One address of a slice.
    Endpoint {
        addresses: Vec<Str>,
        conditions: EndpointConditions,
        hostname: Option<Str>,
        target_ref: Option<ObjectReference>,
        node_name: Option<Str>,
        zone: Option<Str>,
    }

    /// What may be sent to an address.
    EndpointConditions {
        ready: Option<bool>,
        serving: Option<bool>,
        terminating: Option<bool>,
    }

    /// A cluster address that is taken, and by which Service.
    IpAddress {
        metadata: ObjectMeta,
        spec: IpAddressSpec,
    }

    /// Who holds an address.
    IpAddressSpec {
        parent_ref: ParentReference,
    }

    /// The holder of an address.
    ParentReference {
        group: Str,
        resource: Str,
        namespace: Str,
        name: Str,
    }
}
