use std::{
    fmt,
    ops::{Deref, DerefMut},
    rc::Rc,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Absent;

/// Parts of an object in a row, shared until they are changed: the Pods of one template have the same
/// containers, and what a kubelet knows of a Pod it has told the API server.
pub struct List<T>(Option<Rc<Vec<T>>>);

impl<T: 'static> List<T> {
    const EMPTY: &'static Vec<T> = &Vec::new();
}

impl<T: PartialEq + 'static> List<T> {
    /// These parts; the list itself if they are its own.
    pub(crate) fn or(&self, parts: Vec<T>) -> List<T> {
        if **self == parts {
            self.clone()
        } else {
            parts.into()
        }
    }
}

impl<T: Clone + 'static> List<T> {
    /// Adds a part, and room for no more than that: lists are short, and there are many.
    pub(crate) fn push(&mut self, part: T) {
        let parts: &mut Vec<T> = self;
        parts.reserve_exact(1);
        parts.push(part);
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> List<T> {
        List(self.0.clone())
    }
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List(None)
    }
}

impl<T: 'static> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        self.0.as_deref().unwrap_or(Self::EMPTY)
    }
}

/// What is shared is copied first.
impl<T: Clone + 'static> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        Rc::make_mut(self.0.get_or_insert_default())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(parts: Vec<T>) -> List<T> {
        List((!parts.is_empty()).then(|| Rc::new(parts)))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(parts: I) -> List<T> {
        parts.into_iter().collect::<Vec<T>>().into()
    }
}

impl<'a, T: 'static> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: Clone + 'static> IntoIterator for &'a mut List<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: PartialEq + 'static> PartialEq for List<T> {
    fn eq(&self, other: &List<T>) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) if Rc::ptr_eq(one, other) => true,
            _ => **self == **other,
        }
    }
}

impl<T: Eq + 'static> Eq for List<T> {}

impl<T: fmt::Debug + 'static> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize + 'static> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<List<T>, D::Error> {
        Vec::deserialize(from).map(List::from)
    }
}

impl<T: 'static> Absent for List<T> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}
