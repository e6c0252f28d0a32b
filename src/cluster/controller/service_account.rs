use std::convert::Infallible;

use super::{Change, Controller, Desk, Ticket, Timer, Wake, states};
use crate::cluster::{
    api::{Key, ObjectMeta, Resource, ServiceAccount},
    machinery::{Answer, Request},
};

/// Sees to it that every active namespace has the service account `default`
/// (`pkg/controller/serviceaccount/serviceaccounts_controller.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct ServiceAccounts;

impl Controller for ServiceAccounts {
    const NAME: &'static str = "serviceaccount";
    const ACCOUNT: &'static str = "service-account-controller";
    const WORKERS: usize = 1;
    const TICKET: fn(Key) -> Ticket = Ticket::ServiceAccounts;
    const TIMER: fn(Wake<Key, Infallible>) -> Timer = Timer::ServiceAccounts;
    type Key = Key;
    type Ticket = Key;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        let namespace = match change {
            Change::Namespace(seen) => states(seen).1.map(|it| it.metadata.name.clone()),
            Change::ServiceAccount(seen) => match states(seen) {
                (Some(gone), None) if &*gone.metadata.name == "default" => {
                    Some(gone.metadata.namespace.clone())
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
        let account = Key::new(key.name.clone(), "default");
        if !active || desk.caches.service_accounts.get(&account).is_some() {
            desk.done(&key);
            return;
        }
        desk.turn.rouse();
        desk.decide((Resource::Namespaces, &key.namespace, &key.name), || {
            let message = "the namespace has no service account default, creating it";
            (message.to_owned(), Vec::new())
        });
        let account = ServiceAccount {
            metadata: ObjectMeta {
                name: account.name,
                namespace: account.namespace,
                ..ObjectMeta::default()
            },
            ..ServiceAccount::default()
        };
        desk.request(Request::create(desk.user, account), key);
    }

    fn answer(&mut self, key: Key, answer: Answer, desk: &mut Desk<'_, Self>) {
        match answer.result {
            Err(status) if status.code != 409 => desk.retry(&key),
            _ => desk.done(&key),
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}
