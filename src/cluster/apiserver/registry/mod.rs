//! What each verb does to the objects in etcd. A request is first prepared against what etcd holds now;
//! what comes of it is a [`Plan`], which etcd carries out if nothing moved meanwhile, as the API server's
//! optimistic transactions do. Look first at [`prepare`] and [`commit`].

mod commit;
mod create;
mod delete;
mod patch;
mod read;
mod update;

pub(crate) use self::read::selects;
pub(super) use self::{
    commit::{Written, commit},
    read::{list, read},
};
use super::{field::Gates, validation};
use crate::cluster::{
    api::{Key, Object, Status, StatusReason},
    etcd::{Etcd, KeyValue},
    machinery::{Body, Request, Subresource, Turn, Verb},
};

/// What a request comes to, if the object has not moved on when etcd gets to it.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// The object is written for the first time.
    Create {
        object: Object,
        /// As the client sent it, if anybody will look at the difference.
        asked: Option<Object>,
    },
    /// The object is written again.
    Update { before: Object, after: Object },
    /// The object is deleted; if there is an `ended`, it is written like that first.
    Delete {
        before: Object,
        ended: Option<Object>,
    },
    /// Nothing differs, so nothing is written (`etcd3/store.go`, GuaranteedUpdate).
    Nothing(Object),
}

impl Plan {
    /// The object as it stood when the plan was made; None: it was not there.
    pub(super) fn before(&self) -> Option<&Object> {
        match self {
            Plan::Create { .. } => None,
            Plan::Update { before, .. } | Plan::Delete { before, .. } | Plan::Nothing(before) => {
                Some(before)
            }
        }
    }

    /// The object the plan is about.
    pub(super) fn object(&self) -> &Object {
        match self {
            Plan::Create { object, .. } => object,
            Plan::Update { after, .. } => after,
            Plan::Delete { before, .. } | Plan::Nothing(before) => before,
        }
    }
}

/// Works out what a write comes to, as things stand.
pub(super) fn prepare(
    request: &Request,
    etcd: &Etcd,
    gates: &mut Gates,
    turn: &mut Turn<'_>,
) -> Result<Plan, Status> {
    match (request.verb, &request.body) {
        (Verb::Create, Body::Binding { node, uid }) => update::bind(request, node, uid, etcd, turn),
        (Verb::Create, body) if request.subresource == Subresource::None => {
            let object = object_of(request, body, gates)?;
            create::prepare(request, object, etcd, gates, turn)
        }
        (Verb::Update | Verb::Patch, Body::Scale(replicas)) => {
            update::scale(request, *replicas, etcd, gates)
        }
        (Verb::Update, body) => {
            let object = object_of(request, body, gates)?;
            update::replace(request, object, etcd, gates)
        }
        (Verb::Patch, Body::Patch(change)) => {
            let before = &stored(request, etcd)?.value;
            if request.subresource == Subresource::Scale {
                let replicas = patch::scale(change)?;
                return update::scale(request, replicas, etcd, gates);
            }
            let after = patch::patched(before, change, gates)?;
            update::change(request, before, after, etcd, gates)
        }
        (Verb::Delete, Body::Delete(options)) => delete::prepare(request, options, etcd, turn),
        _ => Err(not_allowed()),
    }
}

fn not_allowed() -> Status {
    Status::new(
        405,
        StatusReason::MethodNotAllowed,
        "the server does not allow this method on the requested resource",
    )
}

/// The object a request carries, decoded if a person wrote it.
fn object_of(request: &Request, body: &Body, gates: &mut Gates) -> Result<Object, Status> {
    match body {
        Body::Object(object) => Ok(object.clone()),
        Body::Manifest(manifest) => {
            super::decode::decode(request.resource, manifest.clone(), gates)
        }
        _ => Err(not_allowed()),
    }
}

fn stored(request: &Request, etcd: &Etcd) -> Result<KeyValue, Status> {
    let key = Key::new(request.namespace.clone(), request.name.clone());
    etcd.read(request.resource, &key)
        .ok_or_else(|| Status::not_found(request.resource, &request.name))
}

/// What a client hears whose copy is old (`apiserver/pkg/registry/generic/registry/store.go`).
pub(super) const MODIFIED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";
