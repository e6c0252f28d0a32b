//! Pod templates of a Deployment and its ReplicaSets: whether two are the same, and their hash.

use std::rc::Rc;

use crate::cluster::{
    api::{Deployment, PodTemplateSpec, ReplicaSet},
    random::ALPHABET,
};

/// The label that tells the Pods of one ReplicaSet from those of the next.
pub(super) const HASH_LABEL: &str = "pod-template-hash";

/// Whether two templates are the same but for the hash
/// (`pkg/controller/deployment/util/deployment_util.go`, EqualIgnoreHash).
fn equal_but_for_hash(one: &PodTemplateSpec, other: &PodTemplateSpec) -> bool {
    let without_hash = |template: &PodTemplateSpec| {
        let mut metadata = template.metadata.clone();
        metadata.labels.remove(HASH_LABEL);
        metadata
    };
    (Rc::ptr_eq(&one.spec, &other.spec) || one.spec == other.spec)
        && one.other == other.other
        && without_hash(one) == without_hash(other)
}

/// Whether the ReplicaSet's Pods are those the Deployment now wants.
pub(super) fn is_current(set: &ReplicaSet, deployment: &Deployment) -> bool {
    equal_but_for_hash(&set.spec.template, &deployment.spec.template)
}

/// The hash of a template in the letters of generated names
/// (`pkg/controller/controller_utils.go`, ComputeHash). Upstream hashes Go's own print of the template
/// with FNV-1a; here its JSON is hashed, so the same template has another hash than upstream, and always
/// the same one.
pub(super) fn hash(template: &PodTemplateSpec, collisions: Option<i32>) -> String {
    let json = serde_json::to_vec(template).unwrap_or_default();
    let count = collisions.map(|count| u64::from(count.unsigned_abs()).to_le_bytes());
    let bytes = json.iter().chain(count.iter().flatten());
    let sum = bytes.fold(0x811c_9dc5_u32, |sum, byte| {
        (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    safe_encoded(&sum.to_string())
}

/// From `apimachinery/pkg/util/rand/rand.go`, SafeEncodeString.
fn safe_encoded(text: &str) -> String {
    let letter = |byte: u8| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]);
    text.bytes().map(letter).collect()
}

/// The name of a Deployment's ReplicaSet: at most as long as a name may be.
pub(super) fn set_name(deployment: &str, hash: &str) -> String {
    let room = 253_usize.saturating_sub(hash.len() + 1);
    let mut end = room.min(deployment.len());
    while !deployment.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}-{hash}", &deployment[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(image: &str) -> PodTemplateSpec {
        serde_json::from_value(serde_json::json!({
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "image": image}]},
        }))
        .unwrap()
    }

    /// `apimachinery/pkg/util/rand/rand_test.go`, TestSafeEncodeString; the digits become these letters.
    #[test]
    fn hash_is_written_in_safe_letters() {
        assert_eq!(safe_encoded("0123456789"), "456789bcdf");
        let hash = hash(&template("nginx:1"), None);
        assert!(
            hash.bytes().all(|byte| b"456789bcdf".contains(&byte)),
            "{hash}"
        );
    }

    /// `pkg/controller/controller_utils_test.go`, TestComputeHash.
    #[test]
    fn hash_changes_with_the_template_and_the_collision_count() {
        let one = template("nginx:1");
        assert_eq!(hash(&one, None), hash(&one, None));
        assert_ne!(hash(&one, None), hash(&template("nginx:2"), None));
        assert_ne!(hash(&one, None), hash(&one, Some(1)));
        assert_ne!(hash(&one, Some(1)), hash(&one, Some(2)));
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestEqualIgnoreHash.
    #[test]
    fn templates_are_compared_without_their_hash() {
        let mut hashed = template("nginx:1");
        hashed.metadata.labels.set(HASH_LABEL, "abc");
        assert!(equal_but_for_hash(&template("nginx:1"), &hashed));
        assert!(!equal_but_for_hash(&template("nginx:2"), &hashed));
        hashed.metadata.labels.set("app", "other");
        assert!(!equal_but_for_hash(&template("nginx:1"), &hashed));
        let mut annotated = template("nginx:1");
        annotated.metadata.annotations.set("restartedAt", "now");
        assert!(!equal_but_for_hash(&template("nginx:1"), &annotated));
    }

    /// `pkg/controller/deployment/sync.go`, generateReplicaSetName.
    #[test]
    fn replica_set_names_are_cut_to_fit() {
        assert_eq!(set_name("web", "abc"), "web-abc");
        let long = set_name(&"x".repeat(253), "abc");
        assert_eq!(long.len(), 253);
        assert!(long.ends_with("x-abc"));
    }
}
