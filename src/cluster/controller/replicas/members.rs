use std::{collections::VecDeque, rc::Rc};

use super::workload::Workload;
use crate::cluster::{
    api::{Labels, Pod, SelectorError, Uid},
    controller::{
        Caches,
        ownership::{Claim, Matcher, claim},
        roster::{Roster, Sum},
    },
};

/// The Pods a set might have to do with, and what it has to do with each.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    /// Of which set, in which generation of its wishes, and whether it is being deleted.
    of: Option<(Uid, i64, bool)>,
    pods: Roster<Option<Member>, Tally>,
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

/// What the members come to.
#[derive(Clone, Debug, Default)]
struct Tally {
    counts: Counts,
    /// How many are to be adopted or released.
    claims: usize,
}

impl Tally {
    fn change(&mut self, member: Option<&Member>, by: fn(&mut usize, usize)) {
        let Some(member) = member else {
            return;
        };
        let counts = &mut self.counts;
        match member.matter {
            Claim::Own if member.deleting => by(&mut counts.terminating, 1),
            Claim::Own => {
                by(&mut counts.active, 1);
                by(&mut counts.labeled, usize::from(member.labeled));
                by(&mut counts.ready, usize::from(member.ready));
            }
            Claim::Adopt | Claim::Release => by(&mut self.claims, 1),
            _ => {}
        }
    }
}

impl Sum<Option<Member>> for Tally {
    fn add(&mut self, member: &Option<Member>) {
        self.change(member.as_ref(), |count, by| *count += by);
    }

    fn subtract(&mut self, member: &Option<Member>) {
        self.change(member.as_ref(), |count, by| *count -= by);
    }
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
        let work_out = |pod: &Rc<Pod>| {
            let counts = !pod.status.phase.is_finished();
            counts.then(|| Member {
                matter: claim(owner, matcher, &pod.metadata),
                deleting: pod.metadata.is_deleting(),
                labeled: is_labeled(pod, template),
                ready: pod.status.is_ready(),
            })
        };
        let mut orphans = caches.orphan_pods(&owner.namespace).peekable();
        if orphans.peek().is_some() {
            let pods = caches.pods_of(&owner.uid).chain(orphans);
            self.pods.update(pods, work_out);
        } else {
            self.pods
                .follow(caches.group_of(&owner.uid), |_| true, work_out);
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = (&Rc<Pod>, Member)> {
        let pods = self.pods.iter();
        pods.filter_map(|(pod, member)| Some((pod, (*member)?)))
    }

    pub(super) fn counts(&self) -> Counts {
        self.pods.sum().counts
    }

    /// Its own, without those that are being deleted.
    pub(super) fn active(&self) -> impl Iterator<Item = &Rc<Pod>> {
        let own = self
            .all()
            .filter(|(_, member)| member.matter == Claim::Own && !member.deleting);
        own.map(|(pod, _)| pod)
    }

    /// Those to be taken and those to be let go.
    pub(super) fn claims(&self) -> VecDeque<(Claim, Rc<Pod>)> {
        if self.pods.sum().claims == 0 {
            return VecDeque::new();
        }
        let matters = self.all().filter(|(_, member)| {
            matches!(member.matter, Claim::Adopt | Claim::Release) && !member.deleting
        });
        matters
            .map(|(pod, member)| (member.matter, pod.clone()))
            .collect()
    }
}
