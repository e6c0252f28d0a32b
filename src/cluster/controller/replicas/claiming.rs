//! A sync's first part: which Pods are the object's own.

use super::{Asked, Job, Replicas, consistency::Through, workload::Workload};
use crate::cluster::{
    api::{Key, Resource, Status},
    controller::{
        Desk,
        ownership::{self, Claim},
    },
    machinery::{Reply, Request},
};

impl<W: Workload> Replicas<W> {
    /// Adopts and releases Pods, one after the other, and goes on when all is settled.
    pub(super) fn claim_next(&mut self, job: Job<W>, desk: &mut Desk<'_, Self>) {
        let Some((matter, pod)) = job.claims.front() else {
            if job.claims_failed {
                desk.retry(&job.key);
            } else {
                self.manage(job, desk);
            }
            return;
        };
        desk.turn.rouse();
        if *matter == Claim::Adopt && !job.rechecked {
            let Key { namespace, name } = &job.key;
            let request = Request::get(desk.user, W::RESOURCE, namespace, name);
            return self.ask(job, request, Asked::Recheck, desk);
        }
        let (meta, owner) = (&pod.metadata, job.set.metadata());
        let patch = match matter {
            Claim::Adopt => {
                Self::decide(&job, desk, || {
                    let name = &meta.name;
                    format!("{name} has no controller and matches the selector: adopting it")
                });
                ownership::adoption(&job.object(), meta)
            }
            _ => {
                Self::decide(&job, desk, || {
                    let name = &meta.name;
                    format!("{name} no longer matches the selector: releasing it")
                });
                ownership::release(owner, meta)
            }
        };
        let request = Request::patch(
            desk.user,
            Resource::Pods,
            &meta.namespace,
            &meta.name,
            patch,
        );
        self.ask(job, request, Asked::Claim, desk);
    }

    pub(super) fn rechecked(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        let fresh = result.ok().and_then(|reply| reply.object);
        let may_adopt = fresh.is_some_and(|fresh| {
            let (fresh, known) = (fresh.metadata(), job.set.metadata());
            fresh.uid == known.uid && !fresh.is_deleting()
        });
        job.rechecked = true;
        if !may_adopt {
            job.claims.retain(|(matter, _)| *matter != Claim::Adopt);
            job.claims_failed = true;
        }
        self.claim_next(job, desk);
    }

    pub(super) fn claimed(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        let claimed = job.claims.pop_front();
        match (claimed, result) {
            (Some((Claim::Adopt, pod)), Ok(reply)) => {
                self.wrote(&job, Through::Pods, &reply);
                let template = job.set.template().map(|it| &it.metadata.labels);
                job.counts.add(&pod, template);
                job.active.push(pod);
            }
            (Some(_), Ok(reply)) => self.wrote(&job, Through::Pods, &reply),
            // What is gone needs no owner, and what is another's by now none of ours.
            (Some((Claim::Release, _)), Err(status)) if matches!(status.code, 404 | 422) => {}
            (_, Err(status)) if status.code == 404 => {}
            _ => job.claims_failed = true,
        }
        self.claim_next(job, desk);
    }
}
