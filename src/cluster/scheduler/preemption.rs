//! DefaultPreemption, the PostFilter plugin: room is made for a Pod by deleting Pods of lower priority
//! (`defaultpreemption/default_preemption.go`, `framework/preemption/preemption.go`). The model has no
//! PodDisruptionBudgets.

use std::{cmp::Reverse, rc::Rc};

use super::{
    algorithm::{Algorithm, CycleState},
    cache::Slot,
    diagnosis::{Diagnosis, Reasons},
    framework::Rejection,
    pod_info::PodInfo,
};
use crate::cluster::{
    api::{ConditionStatus, Pod, Str},
    moment::{Moment, Timestamp},
    random::Random,
};

/// Why the DynamicResources plugin, which runs before, did not help (`dynamicresources.go`, PostFilter).
const NO_CLAIMS: &str = "no new claims to deallocate";

/// At least so many nodes are tried in thought, or a tenth (DefaultPreemptionArgs).
const LEAST_CANDIDATES: usize = 100;

/// What PostFilter came to.
#[derive(Clone, Debug)]
pub(super) enum PostFilter {
    /// These Pods are to go, and the Pod is to have their node.
    Preempt { node: Str, victims: Vec<Rc<Pod>> },
    /// Nothing helps; the Pod has no claim to a node.
    Useless(String),
    /// Nothing is done now; if the Pod has a claim to a node, it keeps it.
    NotEligible(String),
}

/// A node, and the Pods that would have to go, the most important first.
struct Candidate {
    slot: Slot,
    victims: Vec<Rc<PodInfo>>,
}

impl Algorithm {
    /// Looks for Pods whose deletion would let this one in.
    pub(super) fn post_filter(
        &mut self,
        info: &Rc<PodInfo>,
        state: Option<&CycleState>,
        diagnosis: &Diagnosis,
        now: Moment,
        random: &mut Random,
    ) -> PostFilter {
        if let Some(why) = self.not_eligible(info, diagnosis) {
            return PostFilter::NotEligible(format!("{NO_CLAIMS}, preemption: {why}"));
        }
        let mut potential: Vec<Slot> = diagnosis
            .rejected
            .iter()
            .filter(|(_, rejection)| !rejection.is_unresolvable())
            .map(|(slot, _)| *slot)
            .collect();
        let mut reasons = Reasons::default();
        let mut tried = 0;
        let mut candidates = Vec::new();
        if let Some(state) = state.filter(|_| !potential.is_empty()) {
            let offset = random.below(potential.len() as u64) as usize;
            potential.rotate_left(offset);
            let enough = (potential.len() / 10)
                .max(LEAST_CANDIDATES)
                .min(potential.len());
            for slot in potential {
                match self.victims_on(info, state, slot, now) {
                    Ok(victims) => {
                        candidates.push(Candidate { slot, victims });
                        if candidates.len() >= enough {
                            break;
                        }
                    }
                    Err(failed) => {
                        tried += 1;
                        match failed {
                            None => reasons
                                .add("No preemption victims found for incoming pod".into(), 1),
                            Some(rejection) => {
                                for reason in rejection.reasons(&info.requests) {
                                    reasons.add(reason, 1);
                                }
                            }
                        }
                    }
                }
            }
        }
        candidates.sort_by_key(|candidate| candidate.slot);
        let Some(best) = best_of(candidates, now) else {
            let others = diagnosis.nodes.saturating_sub(tried);
            if others > 0 {
                let reason = "Preemption is not helpful for scheduling";
                reasons.add(reason.into(), others);
            }
            let why = reasons.message(diagnosis.nodes);
            return PostFilter::Useless(format!("{NO_CLAIMS}, preemption: {why}"));
        };
        let victims = best.victims.iter();
        PostFilter::Preempt {
            node: self.cache.node(best.slot).name.clone(),
            victims: victims.map(|victim| victim.pod.clone()).collect(),
        }
    }

    /// PodEligibleToPreemptOthers.
    fn not_eligible(&self, info: &PodInfo, diagnosis: &Diagnosis) -> Option<&'static str> {
        if &*info.pod.spec.preemption_policy == "Never" {
            return Some("not eligible due to preemptionPolicy=Never.");
        }
        let slot = self.cache.find(&info.pod.status.nominated_node_name)?;
        let mut rejected = diagnosis.rejected.iter();
        let rejection = rejected.find(|(one, _)| *one == slot);
        if rejection.is_some_and(|(_, rejection)| rejection.is_unresolvable()) {
            return None;
        }
        let pods = self.cache.node(slot).pods.iter();
        let mut pods = pods.filter_map(|uid| self.cache.pod(uid));
        pods.any(|placed| {
            placed.info.priority < info.priority && is_going_for_another(&placed.info.pod)
        })
        .then_some("not eligible due to a terminating pod on the nominated node.")
    }

    /// SelectVictimsOnNode: all of lower priority are taken away; if the Pod then fits, as many as can stay
    /// are put back, the most important first. Err(None) if there is nobody to take away.
    fn victims_on(
        &mut self,
        info: &Rc<PodInfo>,
        state: &CycleState,
        slot: Slot,
        now: Moment,
    ) -> Result<Vec<Rc<PodInfo>>, Option<Rejection>> {
        let mut node = self.cache.node(slot).clone();
        let mut state = state.clone();
        let pods = node.pods.iter().filter_map(|uid| self.cache.pod(uid));
        let mut lower: Vec<Rc<PodInfo>> = pods
            .map(|placed| placed.info.clone())
            .filter(|other| other.priority < info.priority)
            .collect();
        if lower.is_empty() {
            return Err(None);
        }
        for other in &lower {
            node.remove(other);
            self.update(&mut state, info, (other, slot), -1);
        }
        if let Some(rejection) = self.filter_as(info, &state, slot, &node) {
            return Err(Some(rejection));
        }
        lower.sort_by_key(|other| {
            let since = start_of(&other.pod, now);
            (Reverse(other.priority), since, other.uid().clone())
        });
        let mut victims = Vec::new();
        for other in lower {
            node.add(&other);
            self.update(&mut state, info, (&other, slot), 1);
            if self.filter_as(info, &state, slot, &node).is_some() {
                node.remove(&other);
                self.update(&mut state, info, (&other, slot), -1);
                victims.push(other);
            }
        }
        if victims.is_empty() {
            return Err(None);
        }
        Ok(victims)
    }
}

/// A Pod that has not begun counts as beginning now.
fn start_of(pod: &Pod, now: Moment) -> Timestamp {
    pod.status.start_time.unwrap_or(now.timestamp())
}

/// pickOneNodeForPreemption: the node whose most important victim is least important, then the one with the
/// least important victims together, then with the fewest, then with those that run for the shortest time.
fn best_of(candidates: Vec<Candidate>, now: Moment) -> Option<Candidate> {
    candidates.into_iter().min_by_key(|candidate| {
        let victims = &candidate.victims;
        let highest = victims.iter().map(|victim| victim.priority).max();
        let sum: i64 = victims
            .iter()
            .map(|victim| i64::from(victim.priority) + i64::from(i32::MAX) + 1)
            .sum();
        let most_important = victims
            .iter()
            .filter(|victim| Some(victim.priority) == highest);
        let earliest = most_important
            .map(|victim| start_of(&victim.pod, now))
            .min();
        (highest, sum, victims.len(), Reverse(earliest))
    })
}

/// Whether the Pod is being deleted to make room for another (podTerminatingByPreemption).
fn is_going_for_another(pod: &Pod) -> bool {
    let target = pod.status.condition("DisruptionTarget");
    pod.metadata.is_deleting()
        && target.is_some_and(|condition| {
            condition.status == ConditionStatus::True
                && &*condition.reason == "PreemptionByScheduler"
        })
}
