use std::rc::Rc;

use super::journal::Group;
use crate::cluster::api::{Key, Pod};

/// What was worked out of each of a group of Pods. It need not be worked out again of those that are the
/// same as they were, and most are: a sync of a large group costs little more than its changes.
///
/// `S` is what its members come to together.
#[derive(Clone, Debug)]
pub(super) struct Roster<T, S = ()> {
    members: Vec<(Rc<Pod>, T)>,
    sum: S,
    /// Up to which change of the group's journal it knows all; None: it does not go by one.
    seen: Option<u64>,
}

/// What members come to together, kept as they come and go.
pub(super) trait Sum<T>: Default {
    fn add(&mut self, member: &T);
    fn subtract(&mut self, member: &T);
}

impl<T> Sum<T> for () {
    fn add(&mut self, _: &T) {}
    fn subtract(&mut self, _: &T) {}
}

impl<T, S: Default> Default for Roster<T, S> {
    fn default() -> Self {
        Roster {
            members: Vec::new(),
            sum: S::default(),
            seen: None,
        }
    }
}

impl<T, S: Sum<T>> Roster<T, S> {
    /// Takes in the group as it is at this moment of its journal, but for Pods that are not wanted.
    pub(super) fn follow(
        &mut self,
        (group, now): (Option<&Group>, u64),
        wanted: impl Fn(&Pod) -> bool,
        mut work_out: impl FnMut(&Rc<Pod>) -> T,
    ) {
        let changed = group.zip(self.seen);
        let changed = changed.and_then(|(group, seen)| Some((group, group.changed_after(seen)?)));
        match changed {
            Some((group, keys)) => {
                for key in keys {
                    let pod = group.get(key).filter(|pod| wanted(pod));
                    self.set(key, pod, &mut work_out);
                }
            }
            None => {
                let pods = group.into_iter().flat_map(Group::pods);
                self.update(pods.filter(|pod| wanted(pod)), work_out);
            }
        }
        self.seen = Some(now);
    }

    /// One Pod, as it is now.
    fn set(&mut self, key: &Key, pod: Option<&Rc<Pod>>, work_out: &mut impl FnMut(&Rc<Pod>) -> T) {
        let place = self.members.binary_search_by(|(known, _)| {
            let meta = &known.metadata;
            (&meta.namespace, &meta.name).cmp(&(&key.namespace, &key.name))
        });
        match (place, pod) {
            (Ok(at), None) => self.remove(at),
            (Ok(at), Some(pod)) => {
                let same = self.members.get(at);
                if !same.is_some_and(|(known, _)| Rc::ptr_eq(known, pod)) {
                    self.replace(at, pod, work_out(pod));
                }
            }
            (Err(at), Some(pod)) => self.insert(at, pod, work_out(pod)),
            (Err(_), None) => {}
        }
    }

    /// Takes in the group as it is now, in the order of the Pods' keys; whether anything differs.
    pub(super) fn update<'a>(
        &mut self,
        pods: impl Iterator<Item = &'a Rc<Pod>>,
        mut work_out: impl FnMut(&Rc<Pod>) -> T,
    ) -> bool {
        self.seen = None;
        let mut differs = false;
        let mut at = 0;
        pods.for_each(|pod| {
            if let Some((known, _)) = self.members.get(at)
                && Rc::ptr_eq(known, pod)
            {
                at += 1;
                return;
            }
            differs = true;
            while let Some((known, _)) = self.members.get(at)
                && precedes(known, pod)
            {
                self.remove(at);
            }
            match self.members.get(at) {
                Some((known, _)) if Rc::ptr_eq(known, pod) => {}
                Some((known, _)) if known.metadata.name == pod.metadata.name => {
                    self.replace(at, pod, work_out(pod));
                }
                _ => self.insert(at, pod, work_out(pod)),
            }
            at += 1;
        });
        differs |= at < self.members.len();
        while at < self.members.len() {
            self.remove(self.members.len() - 1);
        }
        differs
    }

    fn insert(&mut self, at: usize, pod: &Rc<Pod>, member: T) {
        self.sum.add(&member);
        self.members.insert(at, (pod.clone(), member));
    }

    fn replace(&mut self, at: usize, pod: &Rc<Pod>, member: T) {
        self.sum.add(&member);
        if let Some(place) = self.members.get_mut(at) {
            let (_, before) = std::mem::replace(place, (pod.clone(), member));
            self.sum.subtract(&before);
        }
    }

    fn remove(&mut self, at: usize) {
        let (_, member) = self.members.remove(at);
        self.sum.subtract(&member);
    }

    pub(super) fn clear(&mut self) {
        *self = Roster::default();
    }

    pub(super) fn sum(&self) -> &S {
        &self.sum
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &(Rc<Pod>, T)> + Clone {
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
    use crate::cluster::{api::Str, controller::journal::Journal, random::Random};

    fn pod(name: &str) -> Rc<Pod> {
        let mut pod = Pod::default();
        pod.metadata.name = name.into();
        Rc::new(pod)
    }

    #[test]
    fn only_what_is_new_is_worked_out() {
        let mut roster: Roster<Str> = Roster::default();
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
                assert!(Rc::ptr_eq(known, pod) && *name == pod.metadata.name);
            }
        }
    }
    /// How many there are, and how long their names are together.
    #[derive(Clone, PartialEq, Debug, Default)]
    struct Total(usize, usize);

    impl Sum<Str> for Total {
        fn add(&mut self, name: &Str) {
            *self = Total(self.0 + 1, self.1 + name.len());
        }

        fn subtract(&mut self, name: &Str) {
            *self = Total(self.0 - 1, self.1 - name.len());
        }
    }

    #[test]
    fn whoever_follows_a_journal_knows_what_is_there() {
        let mut random = Random::new(1);
        let mut journal = Journal::default();
        let mut roster: Roster<Str, Total> = Roster::default();
        for _ in 0..300 {
            // Now and then more than the journal remembers, and now and then all that there is.
            for _ in 0..random.below(100) {
                let pod = pod(&format!("p{}", random.below(30)));
                let key = pod.metadata.key();
                match random.below(3) {
                    0 => journal.insert("group", key, pod),
                    1 => journal.insert("other", key, pod),
                    _ => journal.remove(&"group", &key),
                }
            }
            let group = journal.of(&"group");
            let wanted = |pod: &Pod| !pod.metadata.name.ends_with('7');
            roster.follow((group, journal.now()), wanted, |pod| {
                pod.metadata.name.clone()
            });
            let pods = group.into_iter().flat_map(Group::pods);
            let pods: Vec<&Rc<Pod>> = pods.filter(|pod| wanted(pod)).collect();
            assert_eq!(roster.iter().len(), pods.len());
            let mut total = Total::default();
            for ((known, name), pod) in roster.iter().zip(pods) {
                assert!(Rc::ptr_eq(known, pod) && *name == pod.metadata.name);
                total.add(name);
            }
            assert_eq!(*roster.sum(), total);
        }
    }
}
