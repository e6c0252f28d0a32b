use std::{collections::VecDeque, sync::Arc};

use super::workload::Workload;
use crate::cluster::{
    api::{Labels, Pod, SelectorError, Uid},
    controller::{
        Caches,
        ownership::{Claim, Matcher, claim},
        roster::Roster,
    },
};

/// The Pods a set might have to do with, and what it has to do with each.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    /// Of which set, in which generation of its wishes, and whether it is being deleted.
    of: Option<(Uid, i64, bool)>,
    pods: Roster<Option<Member>>,
}

/// One that has not ended.
#[derive(Clone, Copy, Debug)]
struct Member {
    matter: Claim,
    deleting: bool,
    labeled: bool,
    ready: bool,
}

/// How many of its own there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Counts {
    pub(super) active: usize,
    /// Of these, how many carry the template's labels, and how many are ready.
    pub(super) labeled: usize,
    pub(super) ready: usize,
    pub(super) terminating: usize,
}

impl Counts {
    /// One more that is active.
    pub(super) fn add(&mut self, pod: &Pod, template: Option<&Labels>) {
        self.active += 1;
        self.labeled += usize::from(is_labeled(pod, template));
        self.ready += usize::from(pod.status.is_ready());
    }
}

fn is_labeled(pod: &Pod, template: Option<&Labels>) -> bool {
    template.is_none_or(|labels| labels.all_in(&pod.metadata.labels))
}

impl Members {
    /// Takes in the Pods there are now.
    pub(super) fn update<W: Workload>(
        &mut self,
        set: &W,
        caches: &Caches,
    ) -> Result<(), SelectorError> {
        let owner = set.metadata();
        let of = (owner.uid.clone(), owner.generation, owner.is_deleting());
        if self.of.as_ref() != Some(&of) {
            self.pods.clear();
            self.of = Some(of);
        }
        let selector = set.selector()?;
        let matcher = &mut Matcher::new(&selector);
        let template = set.template().map(|template| &template.metadata.labels);
        let own = caches.pods_of(&owner.uid);
        let pods = own.chain(caches.orphan_pods(&owner.namespace));
        self.pods.update(pods, |pod| {
            let counts = !pod.status.phase.is_finished();
            counts.then(|| Member {
                matter: claim(owner, matcher, &pod.metadata),
                deleting: pod.metadata.is_deleting(),
                labeled: is_labeled(pod, template),
                ready: pod.status.is_ready(),
            })
        });
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = (&Arc<Pod>, Member)> {
        let pods = self.pods.iter();
        pods.filter_map(|(pod, member)| Some((pod, (*member)?)))
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, member) in self.all() {
            match member.matter {
                Claim::Own if member.deleting => counts.terminating += 1,
                Claim::Own => {
                    counts.active += 1;
                    counts.labeled += usize::from(member.labeled);
                    counts.ready += usize::from(member.ready);
                }
                _ => {}
            }
        }
        counts
    }

    /// Its own, without those that are being deleted.
    pub(super) fn active(&self) -> impl Iterator<Item = &Arc<Pod>> {
        let own = self
            .all()
            .filter(|(_, member)| member.matter == Claim::Own && !member.deleting);
        own.map(|(pod, _)| pod)
    }

    /// Those to be taken and those to be let go.
    pub(super) fn claims(&self) -> VecDeque<(Claim, Arc<Pod>)> {
        let matters = self.all().filter(|(_, member)| {
            matches!(member.matter, Claim::Adopt | Claim::Release) && !member.deleting
        });
        matters
            .map(|(pod, member)| (member.matter, pod.clone()))
            .collect()
    }
}
