use std::sync::Arc;

use crate::cluster::api::Pod;

/// What was worked out of each of a group of Pods. It need not be worked out again of those that are the
/// same as they were, and most are: a sync of a large group costs little more than its changes.
#[derive(Clone, Debug)]
pub(super) struct Roster<T> {
    members: Vec<(Arc<Pod>, T)>,
}

impl<T> Default for Roster<T> {
    fn default() -> Self {
        Roster {
            members: Vec::new(),
        }
    }
}

impl<T> Roster<T> {
    /// Takes in the group as it is now, in the order of the Pods' keys; whether anything differs.
    pub(super) fn update<'a>(
        &mut self,
        pods: impl Iterator<Item = &'a Arc<Pod>>,
        mut work_out: impl FnMut(&Arc<Pod>) -> T,
    ) -> bool {
        let mut differs = false;
        let mut at = 0;
        pods.for_each(|pod| {
            if let Some((known, _)) = self.members.get(at)
                && Arc::ptr_eq(known, pod)
            {
                at += 1;
                return;
            }
            differs = true;
            let left = self.members.get(at..).unwrap_or_default();
            let gone = left.iter().take_while(|(known, _)| precedes(known, pod));
            let gone = gone.count();
            self.members.drain(at..at + gone);
            match self.members.get_mut(at) {
                Some((known, _)) if Arc::ptr_eq(known, pod) => {}
                Some(member) if member.0.metadata.name == pod.metadata.name => {
                    *member = (pod.clone(), work_out(pod));
                }
                _ => self.members.insert(at, (pod.clone(), work_out(pod))),
            }
            at += 1;
        });
        differs |= at < self.members.len();
        self.members.truncate(at);
        differs
    }

    /// Forgets all of it: something else it rests on has changed.
    pub(super) fn clear(&mut self) {
        self.members.clear();
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &(Arc<Pod>, T)> + Clone {
        self.members.iter()
    }
}

fn precedes(one: &Pod, other: &Pod) -> bool {
    let (one, other) = (&one.metadata, &other.metadata);
    (&one.namespace, &one.name) < (&other.namespace, &other.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(name: &str) -> Arc<Pod> {
        let mut pod = Pod::default();
        pod.metadata.name = name.into();
        Arc::new(pod)
    }

    #[test]
    fn only_what_is_new_is_worked_out() {
        let mut roster = Roster::default();
        let [a, b, c, d] = ["a", "b", "c", "d"].map(pod);
        let again = pod("c");
        for (pods, new, differs) in [
            (vec![&b, &c], vec!["b", "c"], true),
            (vec![&b, &c], vec![], false),
            (vec![&a, &b, &again, &d], vec!["a", "c", "d"], true),
            (vec![&b, &d], vec![], true),
            (vec![], vec![], true),
            (vec![], vec![], false),
        ] {
            let mut worked_out = Vec::new();
            let found = roster.update(pods.iter().copied(), |pod| {
                worked_out.push(pod.metadata.name.to_string());
                pod.metadata.name.clone()
            });
            assert_eq!(found, differs);
            assert_eq!(worked_out, new);
            assert_eq!(roster.iter().len(), pods.len());
            for ((known, name), pod) in roster.iter().zip(pods) {
                assert!(Arc::ptr_eq(known, pod) && *name == pod.metadata.name);
            }
        }
    }
}
