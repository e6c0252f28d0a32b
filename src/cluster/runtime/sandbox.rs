use std::{ops::RangeInclusive, time::Duration};

use super::{CriError, CriReply, Runtime, Sandbox, change, new_id};
use crate::cluster::{
    api::{Key, Str, Uid},
    kubelet::Errand,
    machinery::Turn,
    trace::{Actor, Step, StepKind},
};

/// How long the calls take, in microseconds: what a person sees on an idle machine.
const SANDBOX: RangeInclusive<u64> = 120_000..=320_000;
const CNI: RangeInclusive<u64> = 30_000..=90_000;
const STOP_SANDBOX: RangeInclusive<u64> = 40_000..=110_000;

impl Runtime {
    pub(super) fn run_sandbox(
        &mut self,
        errand: Errand,
        pod: Key,
        uid: Uid,
        (attempt, host_network): (u32, bool),
        turn: &mut Turn<'_>,
    ) {
        let mut wait = turn.within(&SANDBOX);
        let mut ip = Str::default();
        if !host_network {
            let plugged = turn.within(&CNI);
            wait += plugged;
            match self.network.allocate() {
                Some(address) => ip = address,
                None => {
                    let error = CriError::no_addresses(&self.network.range());
                    return self.reply(errand, wait, Err(error), turn);
                }
            }
            self.record_cni("ADD", &pod, plugged, Some(&ip), turn);
        }
        let sandbox = Sandbox {
            id: new_id(turn),
            ready: true,
            ip: ip.clone(),
            attempt,
            created: turn.now(),
        };
        let shared = self.pods.entry(uid).or_default();
        let record = change(shared);
        record.key = pod;
        record.sandbox = Some(sandbox);
        let record = shared.clone();
        self.reply(errand, wait, Ok(CriReply::Pod(record)), turn);
    }

    fn record_cni(
        &self,
        verb: &str,
        pod: &Key,
        length: Duration,
        ip: Option<&str>,
        turn: &mut Turn<'_>,
    ) {
        let node = turn.shared.machine(self.node);
        let done = turn.now() + length;
        turn.record(StepKind::Runtime, done, |actor| Step {
            to: Actor::Cni(node),
            verb: verb.into(),
            resource: "pods",
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            message: match ip {
                Some(ip) => format!("The Pod's network namespace gets eth0 with {ip}."),
                None => "The Pod's network is taken down and its address given back.".to_owned(),
            },
            ..Step::new(StepKind::Runtime, actor)
        });
    }

    pub(super) fn stop_sandbox(&mut self, errand: Errand, uid: &Uid, turn: &mut Turn<'_>) {
        let mut wait = Duration::ZERO;
        if let Some(record) = self.pods.get_mut(uid) {
            let record = change(record);
            if let Some(sandbox) = record.sandbox.as_mut().filter(|sandbox| sandbox.ready) {
                sandbox.ready = false;
                wait = turn.within(&STOP_SANDBOX);
                let (ip, key) = (sandbox.ip.clone(), record.key.clone());
                if !ip.is_empty() {
                    self.network.release(&ip);
                    let unplugged = turn.within(&CNI).min(wait);
                    self.record_cni("DEL", &key, unplugged, None, turn);
                }
            }
        }
        self.reply_pod(errand, wait, uid, turn);
    }
}
