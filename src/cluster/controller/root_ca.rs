use std::convert::Infallible;

use super::{Change, Controller, Desk, Ticket, Timer, Wake, states};
use crate::cluster::{
    api::{ConfigMap, Key, Labels, ObjectMeta, Resource},
    machinery::{Answer, Request},
};

/// Sees to it that every namespace has the ConfigMap `kube-root-ca.crt`, with which Pods know the API
/// server (`pkg/controller/certificates/rootcacertpublisher/publisher.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct RootCa;

const NAME: &str = "kube-root-ca.crt";
const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";
/// Nobody here checks a certificate.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";

impl Controller for RootCa {
    const NAME: &'static str = "root-ca-cert-publisher";
    const ACCOUNT: &'static str = "root-ca-cert-publisher";
    const WORKERS: usize = 1;
    const TICKET: fn(Key) -> Ticket = Ticket::RootCa;
    const TIMER: fn(Wake<Key, Infallible>) -> Timer = Timer::RootCa;
    type Key = Key;
    type Ticket = Key;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        let namespace = match change {
            Change::Namespace(seen) => states(seen).1.map(|it| it.metadata.name.clone()),
            Change::ConfigMap(seen) => match states(seen) {
                (Some(map), _) if &*map.metadata.name == NAME => {
                    Some(map.metadata.namespace.clone())
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(namespace) = namespace {
            desk.enqueue(Key::new("", namespace));
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        let namespace = desk.caches.namespaces.get(&key);
        let active = namespace.is_some_and(|it| &*it.status.phase != "Terminating");
        let at = Key::new(key.name.clone(), NAME);
        let known = desk.caches.config_maps.get(&at);
        let right = |map: &ConfigMap| map.data.get("ca.crt") == Some(CERTIFICATE);
        if !active || known.is_some_and(|map| right(map)) {
            desk.done(&key);
            return;
        }
        let mut map = known.map_or_else(
            || ConfigMap {
                metadata: ObjectMeta {
                    name: at.name,
                    namespace: at.namespace,
                    ..ObjectMeta::default()
                },
                ..ConfigMap::default()
            },
            |map| (**map).clone(),
        );
        let exists = known.is_some();
        map.data = Labels::from_iter([("ca.crt", CERTIFICATE)]);
        let notes = &mut map.metadata.annotations;
        notes.set("kubernetes.io/description", DESCRIPTION);
        desk.turn.rouse();
        desk.decide((Resource::Namespaces, &key.namespace, &key.name), || {
            let what = if exists { "has a wrong" } else { "has no" };
            let message = format!("the namespace {what} ConfigMap {NAME}, writing it");
            (message, Vec::new())
        });
        let request = if exists {
            Request::update(desk.user, map)
        } else {
            Request::create(desk.user, map)
        };
        desk.request(request, key);
    }

    fn answer(&mut self, key: Key, answer: Answer, desk: &mut Desk<'_, Self>) {
        match answer.result {
            // A namespace that is gone or goes needs none.
            Err(status) if status.code != 404 && status.code != 403 => desk.retry(&key),
            _ => desk.done(&key),
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}
