//! LimitRanger (`plugin/pkg/admission/limitranger/admission.go`).

use std::rc::Rc;

use crate::cluster::{
    api::{
        Container, LimitRange, LimitRangeItem, Object, Quantity, Resource, ResourceList, Status,
        Str,
    },
    etcd::Etcd,
};

fn ranges<'a>(namespace: &str, etcd: &'a Etcd) -> Vec<&'a Rc<LimitRange>> {
    if etcd.all(Resource::LimitRanges).next().is_none() {
        return Vec::new();
    }
    etcd.range(Resource::LimitRanges, namespace)
        .into_iter()
        .filter_map(|stored| match &stored.value {
            Object::LimitRange(range) => Some(range),
            _ => None,
        })
        .collect()
}

/// Gives containers the requests and limits they lack.
pub(super) fn apply_defaults(object: &mut Object, etcd: &Etcd, noted: &mut Vec<&str>) {
    let Object::Pod(pod) = object else {
        return;
    };
    let found = ranges(&pod.metadata.namespace, etcd);
    for item in found.iter().flat_map(|range| &range.spec.limits) {
        if &*item.kind != "Container" {
            continue;
        }
        let pod = Rc::make_mut(pod);
        let spec = Rc::make_mut(&mut pod.spec);
        let mut changed = Vec::new();
        for container in &mut spec.init_containers {
            note("init container", container, item, &mut changed);
        }
        for container in &mut spec.containers {
            note("container", container, item, &mut changed);
        }
        if !changed.is_empty() {
            let text = format!("LimitRanger plugin set: {}", changed.join("; "));
            pod.metadata
                .annotations
                .set("kubernetes.io/limit-ranger", text);
            noted.push("LimitRanger sets the namespace's default requests and limits");
        }
    }
}

fn note(what: &str, container: &mut Container, item: &LimitRangeItem, changed: &mut Vec<String>) {
    let name = container.name.clone();
    let mut set = |list: &mut ResourceList, defaults: &ResourceList, which: &str| {
        let missing: Vec<&Str> = defaults
            .keys()
            .filter(|key| !list.contains_key(*key))
            .collect();
        if missing.is_empty() {
            return;
        }
        let names: Vec<&str> = missing.iter().map(|key| &***key).collect();
        changed.push(format!("{} {which} for {what} {name}", names.join(", ")));
        for key in missing {
            if let Some(amount) = defaults.get(key) {
                list.insert(key.clone(), *amount);
            }
        }
    };
    set(
        &mut container.resources.requests,
        &item.default_request,
        "request",
    );
    set(&mut container.resources.limits, &item.default, "limit");
}

/// Refuses a Pod that passes a bound; all that is wrong is said.
pub(super) fn validate(object: &Object, etcd: &Etcd) -> Result<(), Status> {
    let Object::Pod(pod) = object else {
        return Ok(());
    };
    let mut wrong = Vec::new();
    for item in ranges(&pod.metadata.namespace, etcd)
        .iter()
        .flat_map(|range| &range.spec.limits)
    {
        match &*item.kind {
            "Container" => {
                for container in &pod.spec.containers {
                    let resources = &container.resources;
                    bounds(
                        "Container",
                        item,
                        &resources.requests,
                        &resources.limits,
                        &mut wrong,
                    );
                }
            }
            "Pod" => {
                let sum = |of: fn(&Container) -> &ResourceList| {
                    let mut total = ResourceList::default();
                    for container in &pod.spec.containers {
                        for (name, amount) in of(container) {
                            let all = total.entry(name.clone()).or_insert(Quantity::ZERO);
                            *all = all.plus(*amount);
                        }
                    }
                    total
                };
                let requests = sum(|container| &container.resources.requests);
                let limits = sum(|container| &container.resources.limits);
                bounds("Pod", item, &requests, &limits, &mut wrong);
            }
            _ => {}
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let all = match wrong.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Err(Status::forbidden(Resource::Pods, &pod.metadata.name, all))
}

fn bounds(
    kind: &str,
    item: &LimitRangeItem,
    requests: &ResourceList,
    limits: &ResourceList,
    wrong: &mut Vec<String>,
) {
    for (name, least) in &item.min {
        match (requests.get(name), limits.get(name)) {
            (None, _) => wrong.push(format!(
                "minimum {name} usage per {kind} is {least}.  No request is specified"
            )),
            (Some(request), _) if request < least => wrong.push(format!(
                "minimum {name} usage per {kind} is {least}, but request is {request}"
            )),
            (_, Some(limit)) if limit < least => wrong.push(format!(
                "minimum {name} usage per {kind} is {least}, but limit is {limit}"
            )),
            _ => {}
        }
    }
    for (name, most) in &item.max {
        match (requests.get(name), limits.get(name)) {
            (_, None) => wrong.push(format!(
                "maximum {name} usage per {kind} is {most}.  No limit is specified"
            )),
            (_, Some(limit)) if limit > most => wrong.push(format!(
                "maximum {name} usage per {kind} is {most}, but limit is {limit}"
            )),
            (Some(request), _) if request > most => wrong.push(format!(
                "maximum {name} usage per {kind} is {most}, but request is {request}"
            )),
            _ => {}
        }
    }
    for (name, ratio) in &item.max_limit_request_ratio {
        let (request, limit) = (requests.get(name), limits.get(name));
        match (request, limit) {
            (Some(request), Some(limit)) if request.milli_value() > 0 => {
                let found = limit.milli_value() as f64 / request.milli_value() as f64;
                if found > ratio.milli_value() as f64 / 1000.0 {
                    wrong.push(format!(
                        "{name} max limit to request ratio per {kind} is {ratio}, but provided ratio is {found:.6}"
                    ));
                }
            }
            (None, _) => wrong.push(format!(
                "{name} max limit to request ratio per {kind} is {ratio}, but no request is specified or request is 0"
            )),
            _ => wrong.push(format!(
                "{name} max limit to request ratio per {kind} is {ratio}, but no limit is specified or limit is 0"
            )),
        }
    }
}
