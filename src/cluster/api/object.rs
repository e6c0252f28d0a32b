use std::{cmp::Ordering, rc::Rc};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    ClusterRole, ClusterRoleBinding, ConfigMap, Deployment, EndpointSlice, Endpoints, Event,
    IpAddress, Key, Lease, LimitRange, Namespace, Node, ObjectMeta, ObjectReference, Pod,
    PriorityClass, ReplicaSet, ReplicationController, Resource, ResourceQuota, Role, RoleBinding,
    Secret, Service, ServiceAccount, Str, served,
};

/// A type of object the API server serves.
pub trait Kind: Clone + Default + Eq + Serialize + DeserializeOwned + 'static {
    /// The resource its objects belong to.
    const RESOURCE: Resource;

    /// What every object carries.
    fn metadata(&self) -> &ObjectMeta;

    /// What every object carries, to change.
    fn metadata_mut(&mut self) -> &mut ObjectMeta;

    /// The object as one of any kind.
    fn into_object(self: Rc<Self>) -> Object;

    /// The object of this kind, if it is one.
    fn of(object: &Object) -> Option<&Rc<Self>>;
}

macro_rules! objects {
    ($($resource:ident $kind:ident,)*) => {
        /// An object of any kind: cheap to copy, since what it holds is shared.
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[allow(missing_docs)] // one for each kind
        pub enum Object {
            $($kind(Rc<$kind>),)*
        }

        $(
            impl Kind for $kind {
                const RESOURCE: Resource = Resource::$resource;

                fn metadata(&self) -> &ObjectMeta {
                    &self.metadata
                }

                fn metadata_mut(&mut self) -> &mut ObjectMeta {
                    &mut self.metadata
                }

                fn into_object(self: Rc<Self>) -> Object {
                    Object::$kind(self)
                }

                fn of(object: &Object) -> Option<&Rc<Self>> {
                    match object {
                        Object::$kind(found) => Some(found),
                        _ => None,
                    }
                }
            }

            impl From<$kind> for Object {
                fn from(object: $kind) -> Object {
                    Object::$kind(Rc::new(object))
                }
            }
        )*

        impl Object {
            /// The resource the object belongs to.
            pub fn resource(&self) -> Resource {
                match self {
                    $(Object::$kind(_) => Resource::$resource,)*
                }
            }

            /// What every object carries.
            pub fn metadata(&self) -> &ObjectMeta {
                match self {
                    $(Object::$kind(object) => &object.metadata,)*
                }
            }

            /// What every object carries, to change; what is shared is copied first.
            pub fn metadata_mut(&mut self) -> &mut ObjectMeta {
                match self {
                    $(Object::$kind(object) => &mut Rc::make_mut(object).metadata,)*
                }
            }

            /// Reads an object of this resource from JSON without nulls.
            ///
            /// # Errors
            /// If a field the model reads has the wrong type.
            pub fn from_json(resource: Resource, json: Value) -> Result<Object, serde_json::Error> {
                Ok(match resource {
                    $(Resource::$resource => {
                        let mut object: $kind = serde_json::from_value(json)?;
                        // The resource says them; kept as fields they would be printed twice.
                        object.other.remove("apiVersion");
                        object.other.remove("kind");
                        object.into()
                    })*
                })
            }

            fn fields(&self) -> Result<Value, serde_json::Error> {
                match self {
                    $(Object::$kind(object) => serde_json::to_value(object),)*
                }
            }
        }
    };
}

objects! {
    Pods Pod,
    Nodes Node,
    ReplicationControllers ReplicationController,
    ReplicaSets ReplicaSet,
    Deployments Deployment,
    Services Service,
    Endpoints Endpoints,
    EndpointSlices EndpointSlice,
    IpAddresses IpAddress,
    Namespaces Namespace,
    ServiceAccounts ServiceAccount,
    ConfigMaps ConfigMap,
    Secrets Secret,
    ResourceQuotas ResourceQuota,
    LimitRanges LimitRange,
    PriorityClasses PriorityClass,
    Events Event,
    Leases Lease,
    Roles Role,
    ClusterRoles ClusterRole,
    RoleBindings RoleBinding,
    ClusterRoleBindings ClusterRoleBinding,
}

impl Object {
    /// Where the object stands among those of its resource.
    pub fn key(&self) -> Key {
        self.metadata().key()
    }

    /// A pointer to the object, as events carry it.
    pub fn reference(&self) -> ObjectReference {
        let (resource, meta) = (self.resource(), self.metadata());
        ObjectReference {
            api_version: resource.version_word(),
            kind: Str::word(resource.kind()),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            uid: meta.uid.clone(),
            resource_version: meta.resource_version,
            ..ObjectReference::default()
        }
    }

    /// Orders objects of one resource by their keys.
    pub(crate) fn by_key(one: &Object, other: &Object) -> Ordering {
        let (one, other) = (one.metadata(), other.metadata());
        (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name))
    }

    /// The object as the API server would send it.
    pub fn to_json(&self) -> Value {
        let mut json = to_json(self);
        if let Value::Object(fields) = &mut json {
            served::complete(self.resource(), fields);
        }
        json
    }
}

/// The object's fields that are not empty, with `apiVersion` and `kind`.
pub(crate) fn to_json(object: &Object) -> Value {
    let resource = object.resource();
    // Every field is text, a number or a map with text keys, so this cannot fail.
    let mut json = object.fields().unwrap_or_default();
    if let Value::Object(fields) = &mut json {
        fields.insert("apiVersion".into(), resource.api_version().into());
        fields.insert("kind".into(), resource.kind().into());
    }
    json
}
