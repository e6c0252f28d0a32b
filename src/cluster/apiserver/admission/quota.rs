//! ResourceQuota (`apiserver/pkg/admission/plugin/resourcequota/controller.go`, `pkg/quota/v1`): what a
//! namespace uses is kept in the status of its quotas, and moves with each object in one transaction.

use std::rc::Rc;

use crate::cluster::{
    api::{Object, Pod, Quantity, Resource, ResourceList, ResourceQuota, Status, Str, usage},
    etcd::Etcd,
};

/// A quota before and after.
type Moved = Vec<(Object, Object)>;

fn quotas<'a>(namespace: &str, etcd: &'a Etcd) -> Vec<&'a Rc<ResourceQuota>> {
    if namespace.is_empty() || etcd.all(Resource::ResourceQuotas).next().is_none() {
        return Vec::new();
    }
    etcd.range(Resource::ResourceQuotas, namespace)
        .into_iter()
        .filter_map(|stored| match &stored.value {
            Object::ResourceQuota(quota) => Some(quota),
            _ => None,
        })
        .collect()
}

/// Whether the namespace has quotas at all: most have none.
fn is_counted(object: &Object, etcd: &Etcd) -> bool {
    !matches!(object, Object::Event(_) | Object::Lease(_))
        && etcd.all(Resource::ResourceQuotas).next().is_some()
}

/// What a new object adds, or why there is no room for it. A quota limits nothing before its controller
/// has counted: that is when its status says what is limited.
pub(in crate::cluster::apiserver) fn charge(object: &Object, etcd: &Etcd) -> Result<Moved, Status> {
    if !is_counted(object, etcd) {
        return Ok(Vec::new());
    }
    let used = usage(object);
    let meta = object.metadata();
    let mut moved = Vec::new();
    for quota in quotas(&meta.namespace, etcd) {
        let limited = &quota.status.hard;
        if let Object::Pod(pod) = object {
            unspecified(quota, limited, pod)?;
        }
        let requested: ResourceList = used
            .iter()
            .filter(|(name, amount)| limited.contains_key(*name) && !amount.is_zero())
            .map(|(name, amount)| (name.clone(), *amount))
            .collect();
        if requested.is_empty() {
            continue;
        }
        let had = quota.status.used.clone();
        let mut sum = had.clone();
        let mut passed: Vec<&Str> = Vec::new();
        for (name, amount) in &requested {
            let total = sum.entry(name.clone()).or_insert(Quantity::ZERO);
            *total = total.plus(*amount);
            if limited.get(name).is_some_and(|most| *total > *most) {
                passed.push(name);
            }
        }
        if !passed.is_empty() {
            let list = |of: &ResourceList| {
                let each: Vec<String> = passed
                    .iter()
                    .map(|name| {
                        let amount = of.get(*name).copied().unwrap_or(Quantity::ZERO);
                        format!("{name}={amount}")
                    })
                    .collect();
                each.join(",")
            };
            let why = format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                quota.metadata.name,
                list(&requested),
                list(&had),
                list(limited)
            );
            return Err(Status::forbidden(object.resource(), &meta.name, why));
        }
        moved.push(with_usage(quota, sum));
    }
    Ok(moved)
}

fn with_usage(quota: &Rc<ResourceQuota>, used: ResourceList) -> (Object, Object) {
    let mut after = quota.clone();
    Rc::make_mut(&mut after).status.used = used;
    (
        Object::ResourceQuota(quota.clone()),
        Object::ResourceQuota(after),
    )
}

/// A quota on compute resources demands that every container says what it wants.
fn unspecified(quota: &ResourceQuota, limited: &ResourceList, pod: &Pod) -> Result<(), Status> {
    let mut missing: Vec<(&Str, Vec<&str>)> = Vec::new();
    for name in limited.keys() {
        let (list, key): (fn(&crate::cluster::api::Container) -> &ResourceList, &str) =
            if let Some(key) = name.strip_prefix("limits.") {
                (|container| &container.resources.limits, key)
            } else if let Some(key) = name.strip_prefix("requests.") {
                (|container| &container.resources.requests, key)
            } else {
                (|container| &container.resources.requests, name)
            };
        if !matches!(key, "cpu" | "memory") {
            continue;
        }
        let without: Vec<&str> = pod
            .spec
            .containers
            .iter()
            .filter(|container| !list(container).contains_key(key))
            .map(|container| &*container.name)
            .collect();
        if !without.is_empty() {
            missing.push((name, without));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let each: Vec<String> = missing
        .iter()
        .map(|(name, containers)| format!("{name} for: {}", containers.join(",")))
        .collect();
    let why = format!(
        "failed quota: {}: must specify {}",
        quota.metadata.name,
        each.join("; ")
    );
    Err(Status::forbidden(Resource::Pods, &pod.metadata.name, why))
}

/// What a change adds; only what grows can be refused.
pub(in crate::cluster::apiserver) fn recharge(
    before: &Object,
    after: &Object,
    etcd: &Etcd,
) -> Result<Moved, Status> {
    if !is_counted(after, etcd) {
        return Ok(Vec::new());
    }
    let (had, has) = (usage(before), usage(after));
    if had == has {
        return Ok(Vec::new());
    }
    Ok(move_all(&after.metadata().namespace, &had, &has, etcd))
}

fn move_all(namespace: &str, had: &ResourceList, has: &ResourceList, etcd: &Etcd) -> Moved {
    let zero = Quantity::ZERO;
    quotas(namespace, etcd)
        .into_iter()
        .filter_map(|quota| {
            if quota.status.used.is_empty() {
                return None;
            }
            let mut used = quota.status.used.clone();
            for (name, total) in &mut used {
                let (less, more) = (
                    had.get(name).unwrap_or(&zero),
                    has.get(name).unwrap_or(&zero),
                );
                let left = total.minus(*less).plus(*more);
                *total = if left.is_negative() { zero } else { left };
            }
            (used != quota.status.used).then(|| with_usage(quota, used))
        })
        .collect()
}
