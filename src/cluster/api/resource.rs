use std::fmt;

use serde::{Serialize, Serializer};

use super::Str;

/// The resources the API server serves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[allow(missing_docs)] // each is named as Kubernetes names it
pub enum Resource {
    Pods,
    Nodes,
    ReplicationControllers,
    ReplicaSets,
    Deployments,
    Services,
    Endpoints,
    EndpointSlices,
    IpAddresses,
    Namespaces,
    ServiceAccounts,
    ConfigMaps,
    Secrets,
    ResourceQuotas,
    LimitRanges,
    PriorityClasses,
    Events,
    Leases,
    Roles,
    ClusterRoles,
    RoleBindings,
    ClusterRoleBindings,
}

/// What there is to know of a resource before any object of it.
struct Facts {
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
    kind: &'static str,
    group: &'static str,
    version: &'static str,
    namespaced: bool,
    /// Under `/registry/` in etcd (`pkg/controlplane/storageversionhashdata`, and each resource's
    /// `registry/*/storage`): some are stored under an older name.
    stored: &'static str,
}

impl Resource {
    /// All of them, in the order of the enum.
    pub const ALL: [Resource; 22] = {
        use Resource::*;
        [
            Pods,
            Nodes,
            ReplicationControllers,
            ReplicaSets,
            Deployments,
            Services,
            Endpoints,
            EndpointSlices,
            IpAddresses,
            Namespaces,
            ServiceAccounts,
            ConfigMaps,
            Secrets,
            ResourceQuotas,
            LimitRanges,
            PriorityClasses,
            Events,
            Leases,
            Roles,
            ClusterRoles,
            RoleBindings,
            ClusterRoleBindings,
        ]
    };

    const fn facts(self) -> Facts {
        const fn facts(
            names: (&'static str, &'static str, &'static [&'static str]),
            kind: &'static str,
            (group, version): (&'static str, &'static str),
            namespaced: bool,
            stored: &'static str,
        ) -> Facts {
            Facts {
                plural: names.0,
                singular: names.1,
                short: names.2,
                kind,
                group,
                version,
                namespaced,
                stored,
            }
        }
        const CORE: (&str, &str) = ("", "v1");
        const APPS: (&str, &str) = ("apps", "v1");
        const RBAC: (&str, &str) = ("rbac.authorization.k8s.io", "v1");
        match self {
            Resource::Pods => facts(("pods", "pod", &["po"]), "Pod", CORE, true, "pods"),
            Resource::Nodes => facts(("nodes", "node", &["no"]), "Node", CORE, false, "minions"),
            Resource::ReplicationControllers => facts(
                ("replicationcontrollers", "replicationcontroller", &["rc"]),
                "ReplicationController",
                CORE,
                true,
                "controllers",
            ),
            Resource::ReplicaSets => facts(
                ("replicasets", "replicaset", &["rs"]),
                "ReplicaSet",
                APPS,
                true,
                "replicasets",
            ),
            Resource::Deployments => facts(
                ("deployments", "deployment", &["deploy"]),
                "Deployment",
                APPS,
                true,
                "deployments",
            ),
            Resource::Services => facts(
                ("services", "service", &["svc"]),
                "Service",
                CORE,
                true,
                "services/specs",
            ),
            Resource::Endpoints => facts(
                ("endpoints", "endpoints", &["ep"]),
                "Endpoints",
                CORE,
                true,
                "services/endpoints",
            ),
            Resource::EndpointSlices => facts(
                ("endpointslices", "endpointslice", &[]),
                "EndpointSlice",
                ("discovery.k8s.io", "v1"),
                true,
                "endpointslices",
            ),
            Resource::IpAddresses => facts(
                ("ipaddresses", "ipaddress", &["ip"]),
                "IPAddress",
                ("networking.k8s.io", "v1"),
                false,
                "ipaddresses",
            ),
            Resource::Namespaces => facts(
                ("namespaces", "namespace", &["ns"]),
                "Namespace",
                CORE,
                false,
                "namespaces",
            ),
            Resource::ServiceAccounts => facts(
                ("serviceaccounts", "serviceaccount", &["sa"]),
                "ServiceAccount",
                CORE,
                true,
                "serviceaccounts",
            ),
            Resource::ConfigMaps => facts(
                ("configmaps", "configmap", &["cm"]),
                "ConfigMap",
                CORE,
                true,
                "configmaps",
            ),
            Resource::Secrets => facts(("secrets", "secret", &[]), "Secret", CORE, true, "secrets"),
            Resource::ResourceQuotas => facts(
                ("resourcequotas", "resourcequota", &["quota"]),
                "ResourceQuota",
                CORE,
                true,
                "resourcequotas",
            ),
            Resource::LimitRanges => facts(
                ("limitranges", "limitrange", &["limits"]),
                "LimitRange",
                CORE,
                true,
                "limitranges",
            ),
            Resource::PriorityClasses => facts(
                ("priorityclasses", "priorityclass", &["pc"]),
                "PriorityClass",
                ("scheduling.k8s.io", "v1"),
                false,
                "priorityclasses",
            ),
            Resource::Events => facts(("events", "event", &["ev"]), "Event", CORE, true, "events"),
            Resource::Leases => facts(
                ("leases", "lease", &[]),
                "Lease",
                ("coordination.k8s.io", "v1"),
                true,
                "leases",
            ),
            Resource::Roles => facts(("roles", "role", &[]), "Role", RBAC, true, "roles"),
            Resource::ClusterRoles => facts(
                ("clusterroles", "clusterrole", &[]),
                "ClusterRole",
                RBAC,
                false,
                "clusterroles",
            ),
            Resource::RoleBindings => facts(
                ("rolebindings", "rolebinding", &[]),
                "RoleBinding",
                RBAC,
                true,
                "rolebindings",
            ),
            Resource::ClusterRoleBindings => facts(
                ("clusterrolebindings", "clusterrolebinding", &[]),
                "ClusterRoleBinding",
                RBAC,
                false,
                "clusterrolebindings",
            ),
        }
    }

    /// `pods`.
    pub const fn plural(self) -> &'static str {
        self.facts().plural
    }

    /// `pod`.
    pub const fn singular(self) -> &'static str {
        self.facts().singular
    }

    /// `po`.
    pub const fn short_names(self) -> &'static [&'static str] {
        self.facts().short
    }

    /// `Pod`.
    pub const fn kind(self) -> &'static str {
        self.facts().kind
    }

    /// The API group; nothing for the core.
    pub const fn group(self) -> &'static str {
        self.facts().group
    }

    /// The version within the group.
    pub const fn version(self) -> &'static str {
        self.facts().version
    }

    /// Whether its objects stand in a namespace.
    pub const fn is_namespaced(self) -> bool {
        self.facts().namespaced
    }

    /// Where etcd keeps its objects, under `/registry/`.
    pub const fn stored_under(self) -> &'static str {
        self.facts().stored
    }

    /// `v1`, `apps/v1`.
    pub fn api_version(self) -> String {
        let Facts { group, version, .. } = self.facts();
        if group.is_empty() {
            version.to_owned()
        } else {
            format!("{group}/{version}")
        }
    }

    /// The same, shared.
    pub(crate) fn version_word(self) -> Str {
        match self.facts() {
            Facts {
                group: "", version, ..
            } => Str::word(version),
            _ => self.api_version().into(),
        }
    }

    /// `pods`, `deployments.apps`: as in the API server's messages.
    pub fn qualified(self) -> String {
        let Facts { group, plural, .. } = self.facts();
        if group.is_empty() {
            plural.to_owned()
        } else {
            format!("{plural}.{group}")
        }
    }

    /// The resource a manifest means.
    pub fn of_kind(api_version: &str, kind: &str) -> Option<Resource> {
        Resource::ALL
            .into_iter()
            .find(|resource| resource.kind() == kind && resource.api_version() == api_version)
    }

    /// The resource a person means: by plural, singular or short name, with or without the group.
    pub fn named(name: &str) -> Option<Resource> {
        let name = name.to_ascii_lowercase();
        let (word, group) = name.split_once('.').unwrap_or((&name, ""));
        Resource::ALL.into_iter().find(|resource| {
            let facts = resource.facts();
            (word == facts.plural || word == facts.singular || facts.short.contains(&word))
                && (group.is_empty()
                    || group == facts.group
                    || group == format!("{}.{}", facts.version, facts.group))
        })
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.plural())
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.plural())
    }
}
