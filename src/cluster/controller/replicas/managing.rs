//! A sync's second part: Pods are created or deleted.

use std::rc::Rc;

use super::{
    Asked, BURST, Failure, Job, Replicas, Work,
    consistency::Through,
    slow_start::{Progress, SlowStart},
    victims::{Victim, victims},
    workload::Workload,
};
use crate::cluster::{
    api::{Key, Object, Pod, Resource, Status},
    controller::Desk,
    machinery::{DeleteOptions, Reply, Request},
};

impl<W: Workload> Replicas<W> {
    pub(super) fn manage(&mut self, job: Job<W>, desk: &mut Desk<'_, Self>) {
        let found = job.counts.active;
        let wanted = usize::try_from(job.set.replicas()).unwrap_or(0);
        if !job.may_manage || job.set.metadata().is_deleting() || found == wanted {
            self.write_status(job, desk);
        } else if found < wanted {
            self.create(job, (wanted - found).min(BURST), desk);
        } else {
            self.delete(job, (found - wanted).min(BURST), desk);
        }
    }

    fn create(&mut self, mut job: Job<W>, count: usize, desk: &mut Desk<'_, Self>) {
        desk.turn.rouse();
        Self::decide(&job, desk, || {
            let (found, wanted) = (job.counts.active, job.set.replicas());
            format!("found {found} of {wanted} pods, creating {count}")
        });
        let now = desk.turn.now();
        self.expectations.expect_creations(&job.key, count, now);
        let (start, batch) = SlowStart::new(count);
        let pod = job.new_pod();
        job.work = Work::Creating(start, pod.clone());
        self.create_batch(job, batch, &pod, desk);
    }

    fn create_batch(
        &mut self,
        job: Job<W>,
        batch: usize,
        pod: &Rc<Pod>,
        desk: &mut Desk<'_, Self>,
    ) {
        Self::decide(&job, desk, || match &job.work {
            Work::Creating(start, _) => format!(
                "slow start: a batch of {batch}, after {} of {}",
                start.succeeded(),
                start.wanted()
            ),
            _ => String::new(),
        });
        for _ in 0..batch {
            let request = Request::create(desk.user, Object::Pod(pod.clone()));
            desk.request(request, job.ticket(Asked::Create));
        }
        self.jobs.insert(job.key.clone(), job);
    }

    pub(super) fn created(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        let well = match result {
            Ok(reply) => {
                self.wrote(&job, Through::Pods, &reply);
                let object = reply.object.as_ref().map(Object::metadata);
                let name = object.map_or("", |meta| &*meta.name);
                let message = format!("Created pod: {name}");
                desk.event(
                    W::SOURCE,
                    &job.object(),
                    (false, "SuccessfulCreate"),
                    message,
                );
                true
            }
            // Every creation fails in a namespace that goes: nothing needs doing.
            Err(status) if is_namespace_terminating(&status) => true,
            Err(status) => {
                let message = format!("Error creating: {status}");
                desk.event(W::SOURCE, &job.object(), (true, "FailedCreate"), message);
                job.failure.get_or_insert(Failure {
                    message: status.message,
                });
                false
            }
        };
        let Work::Creating(start, pod) = &mut job.work else {
            return self.write_status(job, desk);
        };
        match start.answered(well) {
            Progress::Waiting => {
                self.jobs.insert(job.key.clone(), job);
            }
            Progress::Next(batch) => {
                let pod = pod.clone();
                self.create_batch(job, batch, &pod, desk);
            }
            Progress::Over => {
                // The cache will never show those that failed or were not tried.
                for _ in start.succeeded()..start.wanted() {
                    self.expectations.creation_observed(&job.key);
                }
                let (failed, skipped) = (start.failed(), start.remaining());
                if skipped > 0 {
                    Self::decide(&job, desk, || {
                        format!(
                            "slow start: {failed} of the batch failed, the other {skipped} are not tried"
                        )
                    });
                }
                self.write_status(job, desk);
            }
        }
    }

    fn delete(&mut self, mut job: Job<W>, count: usize, desk: &mut Desk<'_, Self>) {
        desk.turn.rouse();
        let related = job.set.related_pods(desk.caches);
        let now = desk.turn.now();
        let victims = victims(&job.active, related.iter(), count, now);
        Self::decide(&job, desk, || {
            let (found, wanted) = (job.counts.active, job.set.replicas());
            let names: Vec<String> = victims.iter().map(Victim::describe).collect();
            let names = names.join(", ");
            format!("found {found} of {wanted} pods, deleting {count}: {names}")
        });
        let keys = victims.iter().map(|victim| victim.pod.metadata.key());
        self.expectations.expect_deletions(&job.key, keys, now);
        job.work = Work::Deleting {
            unanswered: victims.len(),
        };
        for victim in &victims {
            let Key { namespace, name } = victim.pod.metadata.key();
            let options = DeleteOptions::default();
            let request = Request::delete(desk.user, Resource::Pods, &namespace, &name, options);
            desk.request(request, job.ticket(Asked::Delete(Key { namespace, name })));
        }
        self.jobs.insert(job.key.clone(), job);
    }

    pub(super) fn deleted(
        &mut self,
        mut job: Job<W>,
        pod: &Key,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        match result {
            Ok(_) => {
                let message = format!("Deleted pod: {}", pod.name);
                desk.event(
                    W::SOURCE,
                    &job.object(),
                    (false, "SuccessfulDelete"),
                    message,
                );
            }
            Err(status) => {
                self.expectations.deletion_observed(&job.key, pod);
                if status.code != 404 {
                    let message = format!("Error deleting: {status}");
                    desk.event(W::SOURCE, &job.object(), (true, "FailedDelete"), message);
                    job.failure.get_or_insert(Failure {
                        message: format!("unable to delete pods: {status}"),
                    });
                }
            }
        }
        if let Work::Deleting { unanswered } = &mut job.work
            && *unanswered > 1
        {
            *unanswered -= 1;
            self.jobs.insert(job.key.clone(), job);
            return;
        }
        self.write_status(job, desk);
    }
}

impl Victim {
    fn describe(&self) -> String {
        let name = &self.pod.metadata.name;
        match self.because {
            Some(rule) => format!("{name} ({rule})"),
            None => name.to_string(),
        }
    }
}

fn is_namespace_terminating(status: &Status) -> bool {
    let mut causes = status.details.causes.iter();
    causes.any(|cause| cause.reason == "NamespaceTerminating")
}
