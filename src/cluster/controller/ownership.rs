use serde_json::{Value, json};

use crate::cluster::{
    api::{Labels, Object, ObjectMeta, OwnerReference, Selector},
    machinery::Patch,
};

/// What becomes of an object one controller looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Claim {
    /// It is this controller's.
    Own,
    /// Nobody manages it, and the selector matches: this controller takes it.
    Adopt,
    /// It is this controller's, but the selector matches no more: it lets it go.
    Release,
    /// It is none of its business.
    Leave,
}

/// A selector that remembers what it said of the last labels: Pods of one template share theirs.
pub(super) struct Matcher<'a> {
    selector: &'a Selector,
    last: Option<(Labels, bool)>,
}

impl Matcher<'_> {
    pub(super) fn new(selector: &Selector) -> Matcher<'_> {
        Matcher {
            selector,
            last: None,
        }
    }

    fn matches(&mut self, labels: &Labels) -> bool {
        if let Some((last, said)) = &self.last
            && last.is(labels)
        {
            return *said;
        }
        let said = self.selector.matches(labels);
        self.last = Some((labels.clone(), said));
        said
    }
}

/// From `pkg/controller/controller_ref_manager.go`, ClaimObject.
pub(super) fn claim(
    controller: &ObjectMeta,
    selector: &mut Matcher<'_>,
    object: &ObjectMeta,
) -> Claim {
    let mut matches = || selector.matches(&object.labels);
    match object.controller() {
        Some(owner) if owner.uid != controller.uid => Claim::Leave,
        Some(_) if matches() => Claim::Own,
        Some(_) if controller.is_deleting() => Claim::Leave,
        Some(_) => Claim::Release,
        None if controller.is_deleting() || object.is_deleting() || !matches() => Claim::Leave,
        None => Claim::Adopt,
    }
}

/// The reference by which an object names the one that manages it.
pub(super) fn controller_reference(owner: &Object) -> OwnerReference {
    let (resource, meta) = (owner.resource(), owner.metadata());
    OwnerReference {
        api_version: resource.api_version().into(),
        kind: resource.kind().into(),
        name: meta.name.clone(),
        uid: meta.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
        ..OwnerReference::default()
    }
}

/// Adds the owner to an object's references, if the object is still the same one.
pub(super) fn adoption(owner: &Object, object: &ObjectMeta) -> Patch {
    let reference = controller_reference(owner);
    Patch::Strategic(json!({"metadata": {
        "ownerReferences": [serde_json::to_value(reference).unwrap_or(Value::Null)],
        "uid": &*object.uid.0,
    }}))
}

/// Takes the owner out of an object's references.
pub(super) fn release(owner: &ObjectMeta, object: &ObjectMeta) -> Patch {
    Patch::Strategic(json!({"metadata": {
        "ownerReferences": [{"$patch": "delete", "uid": &*owner.uid.0}],
        "uid": &*object.uid.0,
    }}))
}
