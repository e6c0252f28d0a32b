use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    rc::Rc,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Absent, Quantity, Str};

type Amounts = BTreeMap<Str, Quantity>;

/// Amounts by the name of the resource: `cpu`, `memory`, `pods`. Shared until they are changed: the Pods of
/// one template ask for the same.
#[derive(Clone, Debug, Default)]
pub struct ResourceList(Option<Rc<Amounts>>);

impl ResourceList {
    const EMPTY: &'static Amounts = &Amounts::new();
}

impl Deref for ResourceList {
    type Target = Amounts;

    fn deref(&self) -> &Amounts {
        self.0.as_deref().unwrap_or(Self::EMPTY)
    }
}

/// What is shared is copied first.
impl DerefMut for ResourceList {
    fn deref_mut(&mut self) -> &mut Amounts {
        Rc::make_mut(self.0.get_or_insert_default())
    }
}

impl PartialEq for ResourceList {
    fn eq(&self, other: &ResourceList) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) if Rc::ptr_eq(one, other) => true,
            _ => **self == **other,
        }
    }
}

impl Eq for ResourceList {}

impl FromIterator<(Str, Quantity)> for ResourceList {
    fn from_iter<I: IntoIterator<Item = (Str, Quantity)>>(amounts: I) -> ResourceList {
        let amounts: Amounts = amounts.into_iter().collect();
        ResourceList((!amounts.is_empty()).then(|| Rc::new(amounts)))
    }
}

impl<'a> IntoIterator for &'a ResourceList {
    type Item = (&'a Str, &'a Quantity);
    type IntoIter = std::collections::btree_map::Iter<'a, Str, Quantity>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut ResourceList {
    type Item = (&'a Str, &'a mut Quantity);
    type IntoIter = std::collections::btree_map::IterMut<'a, Str, Quantity>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl Absent for ResourceList {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl Serialize for ResourceList {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(to)
    }
}

impl<'de> Deserialize<'de> for ResourceList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<ResourceList, D::Error> {
        Amounts::deserialize(from).map(ResourceList::from_iter)
    }
}
