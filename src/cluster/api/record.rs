use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

/// The fields of an object that the model has no use for: carried, printed, never dropped.
pub(crate) type Other = Map<String, Value>;

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

impl Absent for Arc<str> {
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

impl<T> Absent for Arc<T> {
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
