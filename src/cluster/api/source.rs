use serde_json::Value;

use super::{Container, PodSpec, Resource, Str, Volume};

/// A ConfigMap or a Secret, in the Pod's namespace, as a Pod's spec refers to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) resource: Resource,
    pub(crate) name: &'a str,
    /// The keys that are wanted by name; none: all there are.
    pub(crate) keys: Vec<&'a str>,
    /// Whether it, and each key, may be missing.
    pub(crate) optional: bool,
}

impl<'a> Source<'a> {
    fn new(resource: Resource, of: &'a Value, name: &str) -> Source<'a> {
        Source {
            resource,
            name: text(of, name),
            keys: Vec::new(),
            optional: of.get("optional").and_then(Value::as_bool) == Some(true),
        }
    }

    /// Of a volume: its `items` name the keys.
    fn mounted(resource: Resource, of: &'a Value, name: &str) -> Source<'a> {
        let items = of.get("items").and_then(Value::as_array);
        let items = items.into_iter().flatten();
        Source {
            keys: items.map(|item| text(item, "key")).collect(),
            ..Source::new(resource, of, name)
        }
    }
}

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of.get(field).and_then(Value::as_str).unwrap_or_default()
}

impl Container {
    /// What its environment is taken from, in the order in which it is looked up
    /// (`pkg/kubelet/kubelet_pods.go`, makeEnvironmentVariables).
    pub(crate) fn env_sources(&self) -> impl Iterator<Item = Source<'_>> {
        let whole = self.other.get("envFrom").and_then(Value::as_array);
        let whole = whole.into_iter().flatten().filter_map(|from| {
            let map = from.get("configMapRef");
            let map = map.map(|map| Source::new(Resource::ConfigMaps, map, "name"));
            let secret = || {
                Some(Source::new(
                    Resource::Secrets,
                    from.get("secretRef")?,
                    "name",
                ))
            };
            map.or_else(secret)
        });
        let single = self.env.iter().filter_map(|env| {
            let from = env.get("valueFrom")?;
            let of = |resource, field| {
                let of = from.get(field)?;
                Some(Source {
                    keys: vec![text(of, "key")],
                    ..Source::new(resource, of, "name")
                })
            };
            let map = of(Resource::ConfigMaps, "configMapKeyRef");
            map.or_else(|| of(Resource::Secrets, "secretKeyRef"))
        });
        whole.chain(single)
    }
}

impl Volume {
    /// What its files are taken from, and whether several sources are projected into one volume.
    pub(crate) fn sources(&self) -> (Vec<Source<'_>>, bool) {
        if let Some(projected) = &self.projected {
            let sources = projected.get("sources").and_then(Value::as_array);
            let sources = sources.into_iter().flatten().filter_map(|source| {
                let map = source.get("configMap");
                let map = map.map(|map| Source::mounted(Resource::ConfigMaps, map, "name"));
                let secret = || {
                    let secret = source.get("secret")?;
                    Some(Source::mounted(Resource::Secrets, secret, "name"))
                };
                map.or_else(secret)
            });
            return (sources.collect(), true);
        }
        let map = self.other.get("configMap");
        let map = map.map(|map| Source::mounted(Resource::ConfigMaps, map, "name"));
        let secret = self.other.get("secret");
        let secret = secret.map(|secret| Source::mounted(Resource::Secrets, secret, "secretName"));
        (map.or(secret).into_iter().collect(), false)
    }
}

impl PodSpec {
    /// Every ConfigMap and Secret the Pod refers to, each once
    /// (`pkg/api/v1/pod/util.go`, VisitPodSecretNames and VisitPodConfigmapNames).
    pub(crate) fn sources(&self) -> Vec<(Resource, Str)> {
        let mut named: Vec<(Resource, Str)> = Vec::new();
        let mut add = |resource, name: &str| {
            let known = named
                .iter()
                .any(|(of, one)| *of == resource && **one == *name);
            if !known && !name.is_empty() {
                named.push((resource, name.into()));
            }
        };
        let pulls = self.other.get("imagePullSecrets").and_then(Value::as_array);
        for secret in pulls.into_iter().flatten() {
            add(Resource::Secrets, text(secret, "name"));
        }
        for container in self.init_containers.iter().chain(&self.containers) {
            for source in container.env_sources() {
                add(source.resource, source.name);
            }
        }
        for volume in &self.volumes {
            for source in volume.sources().0 {
                add(source.resource, source.name);
            }
        }
        named.sort();
        named
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_pod_refers_to_is_found_wherever_it_stands() {
        let spec: PodSpec = serde_json::from_value(json!({
            "imagePullSecrets": [{"name": "registry"}],
            "volumes": [
                {"name": "a", "configMap": {"name": "files", "items": [{"key": "k", "path": "p"}]}},
                {"name": "b", "secret": {"secretName": "keys", "optional": true}},
                {"name": "c", "projected": {"sources": [
                    {"configMap": {"name": "files"}}, {"secret": {"name": "certificate"}},
                    {"serviceAccountToken": {"path": "token"}},
                ]}},
                {"name": "d", "emptyDir": {}},
            ],
            "initContainers": [{"name": "i", "envFrom": [{"secretRef": {"name": "keys"}}]}],
            "containers": [{
                "name": "c",
                "env": [
                    {"name": "PLAIN", "value": "1"},
                    {"name": "ONE", "valueFrom": {"configMapKeyRef": {"name": "env", "key": "one"}}},
                    {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                ],
                "envFrom": [{"configMapRef": {"name": "all", "optional": true}}],
            }],
        }))
        .unwrap();
        let names: Vec<String> = spec
            .sources()
            .iter()
            .map(|(resource, name)| format!("{resource}/{name}"))
            .collect();
        assert_eq!(
            names,
            [
                "configmaps/all",
                "configmaps/env",
                "configmaps/files",
                "secrets/certificate",
                "secrets/keys",
                "secrets/registry",
            ]
        );
        let env: Vec<Source<'_>> = spec.containers[0].env_sources().collect();
        assert!(env[0].optional && env[0].keys.is_empty());
        assert_eq!((env[1].name, &*env[1].keys), ("env", &["one"][..]));
        assert_eq!(spec.volumes[0].sources().0[0].keys, ["k"]);
        assert!(spec.volumes[2].sources().1);
    }
}
