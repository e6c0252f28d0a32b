use std::convert::Infallible;

use super::{Change, Controller, Desk, Ticket, Timer, Wake, states};
use crate::cluster::{
    api::{
        Key, Object, Quantity, Resource, ResourceList, ResourceQuota, ResourceQuotaStatus, usage,
    },
    machinery::{Answer, Request, Seen, Subresource},
};

/// Counts again what a namespace uses, when something in it has gone: admission only ever adds
/// (`pkg/controller/resourcequota/resource_quota_controller.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct ResourceQuotas;

impl Controller for ResourceQuotas {
    const NAME: &'static str = "resourcequota";
    const ACCOUNT: &'static str = "resourcequota-controller";
    const WORKERS: usize = 5;
    const TICKET: fn(Key) -> Ticket = Ticket::ResourceQuotas;
    const TIMER: fn(Wake<Key, Infallible>) -> Timer = Timer::ResourceQuotas;
    type Key = Key;
    type Ticket = Key;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        if let Change::ResourceQuota(seen) = change {
            let (before, after) = states(seen);
            let respecified = before.is_none_or(|it| after.is_none_or(|now| now.spec != it.spec));
            if respecified {
                desk.enqueue(seen.object().metadata.key());
            }
        }
        if desk.caches.resource_quotas.len() > 0 && frees(change) {
            let (before, _) = change.states();
            let namespace = before.map(|it| it.metadata().namespace.clone());
            let quotas = desk.caches.quotas_in(&namespace.unwrap_or_default());
            let keys: Vec<Key> = quotas.map(|quota| quota.metadata.key()).collect();
            for key in keys {
                desk.enqueue(key);
            }
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        let Some(quota) = desk.caches.resource_quotas.get(&key).cloned() else {
            desk.done(&key);
            return;
        };
        let objects = desk.caches.counted_in(&key.namespace);
        let status = counted(&quota, objects);
        if status == quota.status {
            desk.done(&key);
            return;
        }
        desk.turn.rouse();
        let Key { namespace, name } = &key;
        desk.decide((Resource::ResourceQuotas, namespace, name), || {
            let used = status.used.iter();
            let used: Vec<String> = used.map(|(name, used)| format!("{name}={used}")).collect();
            let message = format!("counted again what the namespace uses: {}", used.join(", "));
            (message, Vec::new())
        });
        let quota = ResourceQuota {
            status,
            ..(*quota).clone()
        };
        let request = Request::update(desk.user, quota).on(Subresource::Status);
        desk.request(request, key);
    }

    fn answer(&mut self, key: Key, answer: Answer, desk: &mut Desk<'_, Self>) {
        match answer.result {
            Ok(_) => desk.done(&key),
            Err(status) if status.code == 404 => desk.done(&key),
            Err(_) => desk.retry(&key),
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}

/// Whether a change makes a namespace use less (`pkg/quota/v1/install/update_filter.go`).
fn frees(change: &Change) -> bool {
    match change {
        Change::Lease(_) | Change::Node(_) | Change::Namespace(_) | Change::ResourceQuota(_) => {
            false
        }
        Change::Pod(Seen::Updated { before, after }) => {
            !before.status.phase.is_finished() && after.status.phase.is_finished()
        }
        Change::Service(Seen::Updated { before, after }) => before.spec.kind != after.spec.kind,
        _ => matches!(change.states(), (Some(_), None)),
    }
}

/// The status as the namespace's objects have it.
fn counted(quota: &ResourceQuota, objects: impl Iterator<Item = Object>) -> ResourceQuotaStatus {
    let hard = quota.spec.hard.clone();
    let names = hard.keys().cloned();
    let mut used: ResourceList = names.map(|name| (name, Quantity::ZERO)).collect();
    for object in objects {
        for (name, amount) in &usage(&object) {
            if let Some(total) = used.get_mut(name) {
                *total = total.plus(*amount);
            }
        }
    }
    ResourceQuotaStatus {
        hard,
        used,
        ..quota.status.clone()
    }
}
