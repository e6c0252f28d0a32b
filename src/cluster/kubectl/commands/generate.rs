use serde_json::{Map, Value, json};

use super::*;
use crate::cluster::kubectl::manifest::Manifest;

pub(super) const FLAGS: &[Flag] = &[
    OUTPUT,
    DRY_RUN,
    switch("save-config"),
    text("field-manager"),
    text("validate").alone("strict"),
    texts("image"),
    number("replicas").short('r'),
    number("port"),
    text("hard"),
    texts("from-literal"),
    text("type"),
    texts("tcp"),
    text("clusterip"),
    number("node-port"),
    text("external-name"),
    lists("verb"),
    lists("resource"),
    lists("resource-name"),
    text("role"),
    text("clusterrole"),
    lists("user"),
    lists("group"),
    lists("serviceaccount"),
];

/// The one name a `create` command takes (`kubectl/pkg/cmd/create/create.go`,
/// NameFromCommandArgs).
pub(super) fn name(invocation: &Invocation) -> Result<&str, Failure> {
    let before = invocation.dash.unwrap_or(invocation.words.len());
    match invocation.words.get(..before) {
        Some([name]) => Ok(name),
        words => Err(invocation.usage(format!(
            "exactly one NAME is required, got {}",
            words.map_or(0, <[String]>::len)
        ))),
    }
}

pub(super) fn send(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    resource: Resource,
    json: Value,
) -> Told {
    let manifest = made(invocation, resource, json);
    Ok(super::create::send(session, invocation, manifest)??)
}

/// An object kubectl itself made.
pub(super) fn made(invocation: &Invocation, resource: Resource, mut json: Value) -> Manifest {
    let namespace = within(resource, &invocation.namespace());
    if let Value::Object(fields) = &mut json {
        fields.insert("apiVersion".to_owned(), resource.api_version().into());
        fields.insert("kind".to_owned(), resource.kind().into());
        // A namespace nobody named is not written down, but sent.
        let named = invocation.text("namespace").is_some();
        if let (Some(Value::Object(metadata)), true) = (fields.get_mut("metadata"), named)
            && !namespace.is_empty()
        {
            metadata.insert("namespace".to_owned(), (*namespace).into());
        }
    }
    let name = json.pointer("/metadata/name").and_then(Value::as_str);
    Manifest {
        source: String::new(),
        resource,
        namespace,
        name: name.unwrap_or_default().into(),
        json,
    }
}

/// `kubectl/pkg/cmd/create/create_deployment.go`.
pub(super) fn deployment(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let name = name(invocation)?;
    let images = invocation.texts("image");
    if images.is_empty() {
        return Err(Failure::error("required flag(s) \"image\" not set").into());
    }
    let command: &[String] = match invocation.dash {
        Some(dash) => invocation.words.get(dash..).unwrap_or_default(),
        None => &[],
    };
    if images.len() > 1 && !command.is_empty() {
        return Err(Failure::error("cannot specify multiple --image options and command").into());
    }
    let replicas = invocation.number("replicas").unwrap_or(1);
    if replicas < 0 {
        return Err(Failure::error("--replicas must be greater than or equal to 0").into());
    }
    let mut containers: Vec<Value> = Vec::new();
    for image in images {
        let mut container = json!({"image": image, "name": of_image(image), "resources": {}});
        if let (Some(port), Some(fields)) = (invocation.number("port"), container.as_object_mut()) {
            fields.insert("ports".to_owned(), json!([{"containerPort": port}]));
        }
        if let (false, Some(fields)) = (command.is_empty(), container.as_object_mut()) {
            fields.insert("command".to_owned(), json!(command));
        }
        containers.push(container);
    }
    let labels = json!({"app": name});
    let json = json!({
        "metadata": {"labels": labels, "name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
        "status": {},
    });
    send(session, invocation, Resource::Deployments, json)
}

/// A container's name out of its image's.
fn of_image(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    let bare = last.split([':', '@']).next().unwrap_or(last);
    let fits = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '-'
        }
    };
    bare.to_ascii_lowercase().chars().map(fits).collect()
}

pub(super) fn namespace(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let json = json!({"metadata": {"name": name(invocation)?}, "spec": {}, "status": {}});
    send(session, invocation, Resource::Namespaces, json)
}

pub(super) fn service_account(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let json = json!({"metadata": {"name": name(invocation)?}});
    send(session, invocation, Resource::ServiceAccounts, json)
}

/// `kubectl/pkg/cmd/create/create_quota.go`.
pub(super) fn quota(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let hard = pairs(invocation.text("hard").unwrap_or(""))?;
    let json =
        json!({"metadata": {"name": name(invocation)?}, "spec": {"hard": hard}, "status": {}});
    send(session, invocation, Resource::ResourceQuotas, json)
}

fn pairs(text: &str) -> Result<Map<String, Value>, Failure> {
    let mut found = Map::new();
    for pair in text.split(',').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::error(format!(
                "Invalid argument syntax {pair}, expected <resource>=<value>"
            )));
        };
        found.insert(key.to_owned(), value.into());
    }
    Ok(found)
}

/// `kubectl/pkg/cmd/create/create_service.go`: `create service clusterip NAME --tcp=80:8080`.
pub(super) fn service(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let Some((kind, names)) = invocation.words.split_first() else {
        return Err(invocation
            .usage("must specify one of: clusterip, externalname, loadbalancer, nodeport")
            .into());
    };
    let kind = match kind.as_str() {
        "clusterip" => "ClusterIP",
        "nodeport" => "NodePort",
        "loadbalancer" => "LoadBalancer",
        "externalname" => "ExternalName",
        other => {
            return Err(invocation
                .usage(format!(
                    "unknown command \"{other}\" for \"kubectl create service\""
                ))
                .into());
        }
    };
    let [name] = names else {
        return Err(invocation
            .usage(format!("exactly one NAME is required, got {}", names.len()))
            .into());
    };
    let mut ports = Vec::new();
    for tcp in invocation.texts("tcp") {
        let (port, target) = tcp.split_once(':').unwrap_or((tcp, tcp));
        let number = port
            .parse::<i32>()
            .map_err(|_| Failure::error(format!("invalid port specified: {port}")))?;
        let target = target
            .parse::<i32>()
            .map_or_else(|_| json!(target), |n| json!(n));
        let mut one = json!({"name": tcp.replace(':', "-"), "port": number, "protocol": "TCP", "targetPort": target});
        if let (Some(node_port), Some(fields)) =
            (invocation.number("node-port"), one.as_object_mut())
        {
            fields.insert("nodePort".to_owned(), node_port.into());
        }
        ports.push(one);
    }
    if ports.is_empty() && kind != "ExternalName" && invocation.text("clusterip") != Some("None") {
        return Err(Failure::error("at least one tcp port specifier must be provided").into());
    }
    let labels = json!({"app": name});
    let mut spec = json!({"selector": labels, "type": kind});
    if let Some(fields) = spec.as_object_mut() {
        if !ports.is_empty() {
            fields.insert("ports".to_owned(), ports.into());
        }
        if let Some(ip) = invocation.text("clusterip") {
            fields.insert("clusterIP".to_owned(), ip.into());
        }
        if let Some(host) = invocation.text("external-name") {
            fields.insert("externalName".to_owned(), host.into());
        }
    }
    let json = json!({"metadata": {"labels": labels, "name": name}, "spec": spec, "status": {"loadBalancer": {}}});
    send(session, invocation, Resource::Services, json)
}

/// The rules `--verb` and `--resource` make: resources of one API group stand together
/// (`kubectl/pkg/cmd/create/create_role.go`).
fn rules(invocation: &Invocation) -> Result<Vec<Value>, Failure> {
    let verbs = invocation.texts("verb");
    if verbs.is_empty() {
        return Err(Failure::error("at least one verb must be specified"));
    }
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for word in invocation.texts("resource") {
        let (word, subresource) = word.split_once('/').unwrap_or((word, ""));
        let resource = crate::cluster::kubectl::targets::resource(word)?;
        let mut plural = resource.plural().to_owned();
        if !subresource.is_empty() {
            plural = format!("{plural}/{subresource}");
        }
        match groups
            .iter_mut()
            .find(|(group, _)| *group == resource.group())
        {
            Some((_, resources)) => resources.push(plural),
            None => groups.push((resource.group(), vec![plural])),
        }
    }
    if groups.is_empty() {
        return Err(Failure::error("at least one resource must be specified"));
    }
    let names = invocation.texts("resource-name");
    let rule = |(group, resources): (&str, Vec<String>)| {
        let mut rule = json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
        if let (false, Some(fields)) = (names.is_empty(), rule.as_object_mut()) {
            fields.insert("resourceNames".to_owned(), json!(names));
        }
        rule
    };
    Ok(groups.into_iter().map(rule).collect())
}

pub(super) fn role(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let json = json!({"metadata": {"name": name(invocation)?}, "rules": rules(invocation)?});
    send(session, invocation, Resource::Roles, json)
}

pub(super) fn cluster_role(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let json = json!({"metadata": {"name": name(invocation)?}, "rules": rules(invocation)?});
    send(session, invocation, Resource::ClusterRoles, json)
}

/// `kubectl/pkg/cmd/create/create_rolebinding.go`.
fn binding(invocation: &Invocation, of_cluster: bool) -> Result<Value, Failure> {
    let (kind, role) = match (invocation.text("clusterrole"), invocation.text("role")) {
        (Some(role), None) => ("ClusterRole", role),
        (None, Some(role)) if !of_cluster => ("Role", role),
        (None, _) if of_cluster => {
            return Err(Failure::error("clusterrole must be specified"));
        }
        _ => {
            return Err(Failure::error(
                "exactly one of clusterrole or role must be specified",
            ));
        }
    };
    const GROUP: &str = "rbac.authorization.k8s.io";
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        for name in invocation.texts(flag) {
            subjects.push(json!({"apiGroup": GROUP, "kind": kind, "name": name}));
        }
    }
    for account in invocation.texts("serviceaccount") {
        let Some((namespace, name)) = account.split_once(':') else {
            return Err(Failure::error("serviceaccount must be <namespace>:<name>"));
        };
        subjects.push(json!({"kind": "ServiceAccount", "name": name, "namespace": namespace}));
    }
    Ok(json!({
        "metadata": {"name": name(invocation)?},
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": role},
        "subjects": subjects,
    }))
}

pub(super) fn role_binding(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let json = binding(invocation, false)?;
    send(session, invocation, Resource::RoleBindings, json)
}

pub(super) fn cluster_role_binding(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let json = binding(invocation, true)?;
    send(session, invocation, Resource::ClusterRoleBindings, json)
}
