//! A sync's last part: the status is written, if it differs.

use std::{rc::Rc, time::Duration};

use super::{
    Asked, Job, Replicas, Work,
    consistency::Through,
    status::{Counted, next_available, status_of},
    workload::Workload,
};
use crate::cluster::{
    api::{Key, ReplicaSetStatus, Status},
    controller::Desk,
    machinery::{Reply, Request, Subresource},
};

impl<W: Workload> Replicas<W> {
    pub(super) fn write_status(&mut self, mut job: Job<W>, desk: &mut Desk<'_, Self>) {
        let mut status = status_of(
            job.set.status(),
            &Counted {
                wanted: job.set.replicas(),
                min_ready_seconds: job.set.min_ready_seconds(),
                counts: job.counts,
                active: &job.active,
                counts_terminating: W::COUNTS_TERMINATING,
                failure: job.failure.as_ref(),
                now: desk.turn.now(),
            },
        );
        let generation = job.set.metadata().generation;
        if status == *job.set.status() && generation == status.observed_generation {
            return Self::finish(&job, &status, desk);
        }
        status.observed_generation = generation;
        desk.turn.rouse();
        let set = job.set.clone();
        job.work = Work::Writing {
            status,
            again: false,
        };
        self.put_status(job, set, desk);
    }

    fn put_status(&mut self, job: Job<W>, mut set: Rc<W>, desk: &mut Desk<'_, Self>) {
        if let Work::Writing { status, .. } = &job.work {
            Rc::make_mut(&mut set).set_status(status.clone());
        }
        let request = Request::update(desk.user, set.into_object()).on(Subresource::Status);
        self.ask(job, request, Asked::WriteStatus, desk);
    }

    pub(super) fn status_written(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        match (result, &mut job.work) {
            (Ok(reply), Work::Writing { status, .. }) => {
                let status = status.clone();
                self.wrote(&job, Through::Sets, &reply);
                Self::finish(&job, &status, desk);
            }
            (Err(_), Work::Writing { again, .. }) if !*again => {
                *again = true;
                let Key { namespace, name } = &job.key;
                let request = Request::get(desk.user, W::RESOURCE, namespace, name);
                self.ask(job, request, Asked::Reread, desk);
            }
            _ => desk.retry(&job.key),
        }
    }

    pub(super) fn reread(
        &mut self,
        job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        let fresh = result
            .ok()
            .and_then(|reply| reply.object_of::<W>().cloned());
        match fresh {
            Some(fresh) => self.put_status(job, fresh, desk),
            None => desk.retry(&job.key),
        }
    }

    fn finish(job: &Job<W>, status: &ReplicaSetStatus, desk: &mut Desk<'_, Self>) {
        if job.failure.is_some() {
            desk.retry(&job.key);
            return;
        }
        let seconds = job.set.min_ready_seconds();
        if seconds > 0 && status.ready_replicas != status.available_replicas {
            let wait = next_available(&job.active, seconds, desk.turn.now());
            let longest = Duration::from_secs(u64::from(seconds.unsigned_abs()));
            desk.enqueue_after(job.key.clone(), wait.unwrap_or(longest));
        }
        desk.done(&job.key);
    }
}
