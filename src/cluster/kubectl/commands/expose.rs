use serde_json::{Value, json};

use super::*;
use crate::cluster::{
    api::{Labels, PodTemplateSpec},
    kubectl::{
        command::DryRun,
        print::{self, Format},
        targets,
    },
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    text("port"),
    text("target-port"),
    text("protocol"),
    text("type"),
    text("name"),
    text("labels"),
    text("cluster-ip"),
    text("external-ip"),
    text("session-affinity"),
    switch("save-config"),
];

/// `kubectl/pkg/cmd/expose/expose.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let named = super::targets_of(session, invocation)?;
    targets::all_named(&named)?;
    let (objects, failures) = fetch(session, invocation, &named)?;
    if let Some(failure) = Failure::all(failures) {
        return Err(failure.into());
    }
    for object in objects {
        let json = service(invocation, &object)?;
        let manifest = super::generate::made(invocation, Resource::Services, json);
        let what = print::name_of(Resource::Services, &manifest.name);
        let dry_run = invocation.dry_run()?;
        let format = Format::of(invocation)?;
        let mut shown = manifest.json.clone();
        if dry_run == DryRun::No {
            let request = super::create::create_request(invocation, manifest);
            let reply = session.ask(request)?;
            shown = reply
                .object
                .map(|object| object.to_json())
                .unwrap_or_default();
        }
        match format {
            Format::Table { .. } => session.say(format!("{what} exposed{}", dry_run.suffix())),
            format => {
                let text = format.single(&shown, Resource::Services);
                session.stdout.push_str(&text);
            }
        }
    }
    Ok(())
}

fn service(invocation: &Invocation, object: &Object) -> Result<Value, Failure> {
    let resource = object.resource();
    let (selector, template) = match object {
        Object::Pod(pod) => (pod.metadata.labels.clone(), None),
        Object::Service(service) => (service.spec.selector.clone(), None),
        Object::ReplicationController(rc) => (rc.spec.selector.clone(), rc.spec.template.as_ref()),
        Object::ReplicaSet(rs) => {
            let selector = rs.spec.selector.as_ref();
            let labels = selector.map(|s| s.match_labels.clone());
            (labels.unwrap_or_default(), Some(&rs.spec.template))
        }
        Object::Deployment(deployment) => {
            let selector = deployment.spec.selector.as_ref();
            let labels = selector.map(|s| s.match_labels.clone());
            (labels.unwrap_or_default(), Some(&deployment.spec.template))
        }
        _ => {
            return Err(Failure::error(format!(
                "cannot expose a {}",
                qualified_kind(resource)
            )));
        }
    };
    let selector = match invocation.text("selector") {
        Some(text) => read_pairs(text)?,
        None if selector.is_empty() => {
            return Err(Failure::error(
                "couldn't retrieve selectors via --selector flag or introspection: the object has no labels and cannot be exposed",
            ));
        }
        None => serde_json::to_value(&selector).unwrap_or_default(),
    };
    let ports = ports(invocation, object, template)?;
    let labels: &Labels = &object.metadata().labels;
    let labels = match invocation.text("labels") {
        Some(text) => read_pairs(text)?,
        None => serde_json::to_value(labels).unwrap_or_default(),
    };
    let name = invocation.text("name").unwrap_or(&object.metadata().name);
    let mut metadata = json!({"name": name});
    if let (true, Some(fields)) = (
        labels.as_object().is_some_and(|l| !l.is_empty()),
        metadata.as_object_mut(),
    ) {
        fields.insert("labels".to_owned(), labels);
    }
    let mut spec = json!({"ports": ports, "selector": selector});
    if let Some(fields) = spec.as_object_mut() {
        for (flag, field) in [
            ("type", "type"),
            ("cluster-ip", "clusterIP"),
            ("session-affinity", "sessionAffinity"),
        ] {
            if let Some(value) = invocation.text(flag) {
                fields.insert(field.to_owned(), value.into());
            }
        }
        if let Some(ip) = invocation.text("external-ip") {
            fields.insert("externalIPs".to_owned(), json!([ip]));
        }
    }
    Ok(json!({"metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}))
}

fn qualified_kind(resource: Resource) -> String {
    match resource.group() {
        "" => resource.kind().to_owned(),
        group => format!("{}.{group}", resource.kind()),
    }
}

fn read_pairs(text: &str) -> Result<Value, Failure> {
    let mut found = serde_json::Map::new();
    for pair in text.split(',') {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::error(format!("unexpected label spec: {pair}")));
        };
        found.insert(key.to_owned(), value.into());
    }
    Ok(found.into())
}

/// The ports named, or else those the containers have.
fn ports(
    invocation: &Invocation,
    object: &Object,
    template: Option<&PodTemplateSpec>,
) -> Result<Vec<Value>, Failure> {
    let spec = match object {
        Object::Pod(pod) => Some(&pod.spec),
        _ => template.map(|template| &template.spec),
    };
    let mut numbers: Vec<String> = match invocation.text("port") {
        Some(text) => text.split(',').map(str::to_owned).collect(),
        None => {
            let containers = spec.into_iter().flat_map(|spec| &spec.containers);
            let ports = containers.flat_map(|container| &container.ports);
            let mut ports: Vec<String> = ports.map(|p| p.container_port.to_string()).collect();
            if let Object::Service(service) = object {
                ports = service
                    .spec
                    .ports
                    .iter()
                    .map(|p| p.port.to_string())
                    .collect();
            }
            ports
        }
    };
    numbers.dedup();
    if numbers.is_empty() {
        return Err(Failure::error(
            "couldn't find port via --port flag or introspection",
        ));
    }
    let several = numbers.len() > 1;
    let mut ports = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let port: i32 = number.parse().map_err(|_| {
            Failure::error(format!(
                "strconv.Atoi: parsing \"{number}\": invalid syntax"
            ))
        })?;
        let target = match invocation.text("target-port") {
            Some(text) => text
                .parse::<i32>()
                .map_or_else(|_| json!(text), |n| json!(n)),
            None => json!(port),
        };
        let protocol = invocation.text("protocol").unwrap_or("TCP");
        let mut one = json!({"port": port, "protocol": protocol, "targetPort": target});
        if let (true, Some(fields)) = (several, one.as_object_mut()) {
            fields.insert("name".to_owned(), format!("port-{}", at + 1).into());
        }
        ports.push(one);
    }
    Ok(ports)
}
