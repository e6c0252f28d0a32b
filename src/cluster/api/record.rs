use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    rc::Rc,
    sync::OnceLock,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::Str;

/// The fields of an object that the model has no use for: carried, printed, never dropped.
/// Most objects have none, and there are many objects: nothing takes no more room than a pointer.
#[derive(Clone, Debug, Default)]
pub struct Other(Option<Box<Map<String, Value>>>);

impl Other {
    /// Takes a field away.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let fields = self.0.as_mut()?;
        let gone = fields.remove(name);
        if fields.is_empty() {
            self.0 = None;
        }
        gone
    }
}

impl Deref for Other {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        static NONE: OnceLock<Map<String, Value>> = OnceLock::new();
        match &self.0 {
            Some(fields) => fields,
            None => NONE.get_or_init(Map::new),
        }
    }
}

impl DerefMut for Other {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for Other {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            _ => **self == **other,
        }
    }
}

impl Eq for Other {}

impl Serialize for Other {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Other {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(from)?;
        Ok(Other((!fields.is_empty()).then(|| Box::new(fields))))
    }
}

/// Whether Go's `omitempty` would leave the field out.
pub(crate) trait Absent {
    /// True for what Kubernetes does not print.
    fn absent(&self) -> bool;
}

impl Absent for bool {
    fn absent(&self) -> bool {
        !self
    }
}

impl Absent for i32 {
    fn absent(&self) -> bool {
        *self == 0
    }
}

impl Absent for i64 {
    fn absent(&self) -> bool {
        *self == 0
    }
}

impl Absent for String {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for Str {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for BTreeMap<K, V> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Absent for Rc<T> {
    fn absent(&self) -> bool {
        false
    }
}

/// Structs whose fields are a Kubernetes type's: camelCase in JSON, absent when empty, and with a
/// place (`other`) for the fields the model does not read.
macro_rules! record {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$meta])*
        #[allow(missing_docs)] // the fields are documented where Kubernetes documents its API
        #[derive(
            Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(skip_serializing_if = "crate::cluster::api::Absent::absent")]
                pub $field: $ty,
            )*
            #[serde(flatten)]
            pub other: crate::cluster::api::Other,
        }

        impl crate::cluster::api::Absent for $name {
            fn absent(&self) -> bool {
                *self == $name::default()
            }
        }
    )*};
}
pub(crate) use record;
