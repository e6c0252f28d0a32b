//! What an object must satisfy before it is stored, in upstream's words (`pkg/apis/core/validation`,
//! `pkg/apis/apps/validation`). Look first at [`created`] and [`updated`].

mod container;
mod meta;
mod pod;
mod service;
#[cfg(test)]
mod tests;
mod words;
mod workload;

pub(super) use self::words::words;
use super::field::{self, FieldError};
use crate::cluster::{
    api::{Object, Status},
    machinery::Subresource,
};

/// What is wrong, in upstream's order.
type Wrong = Vec<FieldError>;

/// Holds a new object against the rules; `unknown` is what is wrong already.
pub(super) fn created(object: &Object, unknown: &[FieldError]) -> Result<(), Status> {
    let mut wrong = Wrong::new();
    meta::created(object, &mut wrong);
    main(object, &mut wrong);
    wrong.extend_from_slice(unknown);
    answer(object, wrong)
}

/// Holds a changed object against the rules. A status is its component's own business.
pub(super) fn updated(
    before: &Object,
    after: &Object,
    subresource: Subresource,
    unknown: &[FieldError],
) -> Result<(), Status> {
    let mut wrong = Wrong::new();
    meta::updated(before, after, &mut wrong);
    if subresource == Subresource::None {
        match (before, after) {
            (Object::Pod(before), Object::Pod(after)) => {
                if before.spec != after.spec {
                    pod::updated(before, after, &mut wrong);
                }
            }
            (Object::ReplicaSet(old), Object::ReplicaSet(new)) => {
                main(after, &mut wrong);
                workload::same_selector(
                    old.spec.selector.as_ref(),
                    new.spec.selector.as_ref(),
                    &mut wrong,
                );
            }
            (Object::Deployment(old), Object::Deployment(new)) => {
                main(after, &mut wrong);
                workload::same_selector(
                    old.spec.selector.as_ref(),
                    new.spec.selector.as_ref(),
                    &mut wrong,
                );
            }
            (Object::Service(old), Object::Service(new)) => {
                service::updated(old, new, &mut wrong);
                main(after, &mut wrong);
            }
            _ => main(after, &mut wrong),
        }
    }
    wrong.extend_from_slice(unknown);
    answer(after, wrong)
}

fn main(object: &Object, wrong: &mut Wrong) {
    match object {
        Object::Pod(one) => pod::spec(&one.spec, "spec", wrong),
        Object::ReplicationController(one) => workload::replication_controller(&one.spec, wrong),
        Object::ReplicaSet(one) => workload::replica_set(&one.spec, wrong),
        Object::Deployment(one) => workload::deployment(&one.spec, wrong),
        Object::Service(one) => service::service(one, wrong),
        Object::ResourceQuota(one) => {
            for (name, amount) in &one.spec.hard {
                if amount.is_negative() {
                    let path = format!("spec.hard[{name}]");
                    wrong.push(FieldError::invalid(path, amount, NEGATIVE));
                }
            }
        }
        Object::PriorityClass(one) => {
            // (`pkg/apis/scheduling/validation/validation.go`)
            let name = &one.metadata.name;
            let system = matches!(&**name, "system-node-critical" | "system-cluster-critical");
            if name.starts_with("system-") && !system {
                wrong.push(FieldError::forbidden(
                    "metadata.name",
                    "priority class names with 'system-' prefix are reserved for system use only. error: only system priority classes can have names starting with \"system-\"",
                ));
            }
            if one.value > 1_000_000_000 && !system {
                wrong.push(FieldError::forbidden(
                    "value",
                    "maximum allowed value of a user defined priority is 1000000000",
                ));
            }
        }
        _ => {}
    }
}

/// (`apimachinery/pkg/api/validation/generic.go`, IsNegativeErrorMsg)
const NEGATIVE: &str = "must be greater than or equal to 0";

fn not_negative(path: impl FnOnce() -> String, value: i64, wrong: &mut Wrong) {
    if value < 0 {
        wrong.push(FieldError::invalid(path(), value, NEGATIVE));
    }
}

fn answer(object: &Object, wrong: Wrong) -> Result<(), Status> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(field::invalid(object, wrong))
    }
}
