use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::cluster::api::{Endpoint, Uid};

/// The endpoints a group should have, each until it has found its place.
pub(super) struct Wanted<'a> {
    members: &'a [&'a Rc<Endpoint>],
    /// Where each stands in the list. What is already in its place is the very same object, so that this
    /// finds it and nothing needs comparing.
    places: FxHashMap<*const Endpoint, usize>,
    taken: Vec<bool>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(members: &'a [&'a Rc<Endpoint>]) -> Wanted<'a> {
        let places = members.iter().enumerate();
        Wanted {
            members,
            places: places.map(|(at, one)| (Rc::as_ptr(one), at)).collect(),
            taken: vec![false; members.len()],
        }
    }

    /// The endpoints of a slice as they should be, without those that should not be there.
    pub(super) fn take_all(&mut self, slice: &[Rc<Endpoint>]) -> Vec<Rc<Endpoint>> {
        let mut found = Vec::with_capacity(slice.len() + 1);
        found.extend(slice.iter().filter_map(|endpoint| self.take(endpoint)));
        found
    }

    fn take(&mut self, endpoint: &Rc<Endpoint>) -> Option<Rc<Endpoint>> {
        let same = self.places.get(&Rc::as_ptr(endpoint)).copied();
        let at = same.or_else(|| {
            let others = self.members.iter().zip(&self.taken);
            let mut others = others.enumerate();
            others
                .find(|(_, (one, taken))| !**taken && is_same(one, endpoint))
                .map(|(at, _)| at)
        })?;
        let taken = self.taken.get_mut(at)?;
        if std::mem::replace(taken, true) {
            return None;
        }
        self.members.get(at).map(|one| (*one).clone())
    }

    pub(super) fn left(self) -> Vec<Rc<Endpoint>> {
        let all = self.members.iter().zip(self.taken);
        all.filter(|(_, taken)| !taken)
            .map(|(one, _)| (*one).clone())
            .collect()
    }
}

/// Whether two endpoints are two states of one.
fn is_same(one: &Endpoint, other: &Endpoint) -> bool {
    fn uid(endpoint: &Endpoint) -> Option<&Uid> {
        endpoint.target_ref.as_ref().map(|target| &target.uid)
    }
    one.addresses == other.addresses && uid(one) == uid(other)
}
