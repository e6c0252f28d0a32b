//! A rollout's next move (`pkg/controller/deployment/rolling.go` and `recreate.go`).

use std::rc::Rc;

use super::{
    arithmetic::{active, actual, available, max_unavailable, new_size, replicas, size, total},
    progress::{Sets, is_complete},
    revision::by_creation,
    run::{Halt, Run},
};
use crate::cluster::api::{Deployment, ReplicaSet};

impl Run<'_, '_> {
    /// A few new Pods, or a few old ones less (rolloutRolling).
    pub(super) fn roll(
        &mut self,
        deployment: &mut Deployment,
        owned: &[Rc<ReplicaSet>],
    ) -> Result<(), Halt> {
        let sets = self.sets(deployment, owned, true)?;
        if self.size_new(deployment, &sets)? || self.shrink_old(deployment, &sets)? {
            return self.sync_rollout_status(deployment, &sets);
        }
        if is_complete(deployment, &deployment.status) {
            self.clean_up(deployment, &sets.old)?;
        }
        self.sync_rollout_status(deployment, &sets)
    }

    fn size_new(&mut self, deployment: &Deployment, sets: &Sets) -> Result<bool, Halt> {
        let Some(new) = &sets.new else {
            return Ok(false);
        };
        let (now, wanted) = (size(new), replicas(deployment));
        let to = if now < wanted {
            new_size(deployment, &sets.all(), now)
        } else {
            wanted
        };
        let (scaled, _) = self.set_size(deployment, new, to, false)?;
        Ok(scaled)
    }

    /// Old Pods go as far as enough stay available; those that are not available go first
    /// (reconcileOldReplicaSets).
    fn shrink_old(&mut self, deployment: &Deployment, sets: &Sets) -> Result<bool, Halt> {
        let Some(new) = &sets.new else {
            return Ok(false);
        };
        let mut old = active(&sets.old);
        old.sort_by(by_creation);
        let least = replicas(deployment) - max_unavailable(deployment);
        let new_unavailable = size(new) - new.status.available_replicas;
        let room = total(&sets.all()) - least - new_unavailable;
        if total(&old) == 0 || room <= 0 {
            return Ok(false);
        }
        // What one of these cannot do is not told as a failure; the next sync tries again.
        let shrunk = self.remove_unavailable(deployment, &mut old, room);
        let shrunk = shrunk.and_then(|unavailable| {
            let more = self.remove_available(deployment, &old, new, least)?;
            Ok(unavailable + more)
        });
        match shrunk {
            Ok(count) => Ok(count > 0),
            Err(Halt::Waiting) => Err(Halt::Waiting),
            Err(_) => Ok(false),
        }
    }

    /// From cleanupUnhealthyReplicas; gives how many go.
    fn remove_unavailable(
        &mut self,
        deployment: &Deployment,
        old: &mut [Rc<ReplicaSet>],
        most: i32,
    ) -> Result<i32, Halt> {
        let mut gone = 0;
        for set in old {
            if gone >= most {
                break;
            }
            let unavailable = size(set) - set.status.available_replicas;
            if size(set) == 0 || unavailable == 0 {
                continue;
            }
            let count = unavailable.min(most - gone);
            if count < 0 {
                return Err(Halt::Failed);
            }
            let (_, smaller) = self.set_size(deployment, set, size(set) - count, false)?;
            *set = smaller;
            gone += count;
        }
        Ok(gone)
    }

    /// From scaleDownOldReplicaSetsForRollingUpdate; gives how many go.
    fn remove_available(
        &mut self,
        deployment: &Deployment,
        old: &[Rc<ReplicaSet>],
        new: &Rc<ReplicaSet>,
        least: i32,
    ) -> Result<i32, Halt> {
        let most = available(old) + new.status.available_replicas - least;
        let mut gone = 0;
        for set in old {
            if gone >= most {
                break;
            }
            let count = size(set).min(most - gone);
            if count > 0 {
                self.set_size(deployment, set, size(set) - count, false)?;
                gone += count;
            }
        }
        Ok(gone)
    }

    /// All old Pods go, then all new ones come (rolloutRecreate).
    pub(super) fn recreate(
        &mut self,
        deployment: &mut Deployment,
        owned: &[Rc<ReplicaSet>],
    ) -> Result<(), Halt> {
        let mut sets = self.sets(deployment, owned, false)?;
        let mut scaled = false;
        for set in active(&sets.old) {
            scaled |= self.set_size(deployment, &set, 0, false)?.0;
        }
        if scaled || self.old_pods_run(&sets) {
            return self.sync_rollout_status(deployment, &sets);
        }
        if sets.new.is_none() {
            sets = self.sets(deployment, owned, true)?;
        }
        if let Some(new) = sets.new.clone() {
            self.set_size(deployment, &new, replicas(deployment), false)?;
        }
        if is_complete(deployment, &deployment.status) {
            self.clean_up(deployment, &sets.old)?;
        }
        self.sync_rollout_status(deployment, &sets)
    }

    fn old_pods_run(&self, sets: &Sets) -> bool {
        let new = sets.new.as_ref().map(|new| &new.metadata.uid);
        let mut with_pods = self.with_pods.iter();
        actual(&sets.old) > 0 || with_pods.any(|uid| Some(uid) != new)
    }
}
