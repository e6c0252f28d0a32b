//! Authorization as kubeadm sets it up: first the Node authorizer, then RBAC over the Role and Binding
//! objects in etcd. Look first at [`Authorizer`].

mod node;
mod policy;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

pub(super) use self::policy::objects as bootstrap_objects;
use crate::cluster::{
    api::{Key, Object, PolicyRule, Resource, RoleRef, Status, Str, Subject},
    etcd::Etcd,
    machinery::{Request, Subresource, User, Verb},
};

/// Who may do what, as far as it was asked before.
#[derive(Clone, Debug, Default)]
pub(super) struct Authorizer {
    decided: FxHashMap<Question, Decision>,
    nodes: node::Graph,
    /// What every kubelet may do whatever it is called, as far as it was asked: that never changes.
    granted: FxHashSet<(Verb, Resource, Subresource)>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Question {
    user: Str,
    groups: Rc<[Str]>,
    verb: Verb,
    resource: Resource,
    subresource: Subresource,
    namespace: Str,
}

/// Allowed by what; or not.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Decision {
    /// In a sentence, who allowed it.
    Allowed(Str),
    /// Nobody did; perhaps somebody said why not.
    Denied(Str),
}

impl Authorizer {
    /// Over what etcd holds.
    pub(super) fn new(etcd: &Etcd) -> Authorizer {
        Authorizer {
            decided: FxHashMap::default(),
            nodes: node::Graph::new(etcd),
            granted: FxHashSet::default(),
        }
    }

    /// Something was written; after: None if it is gone.
    pub(super) fn see(&mut self, before: Option<&Object>, after: Option<&Object>) {
        let Some(resource) = after.or(before).map(Object::resource) else {
            return;
        };
        match resource {
            Resource::Pods => self.nodes.change(before, after),
            // An object of RBAC changed: nothing decided before is sure.
            _ if is_policy(resource) => self.decided.clear(),
            _ => {}
        }
    }

    /// Decides whether the request's user may do what it asks.
    pub(super) fn decide(&mut self, request: &Request, etcd: &Etcd) -> Decision {
        let user = &request.user;
        if has_group(user, "system:masters") {
            let why = "The group system:masters may do everything.";
            return Decision::Allowed(Str::word(why));
        }
        let mut why_not = String::new();
        if let Some(node) = node_of(user) {
            let may = match request.resource {
                Resource::ConfigMaps | Resource::Secrets => self.nodes.allows(node, request),
                _ if self.is_granted(request) => Ok(()),
                _ => Err(String::new()),
            };
            match may {
                Ok(()) => {
                    let why = "The Node authorizer lets a kubelet do this.";
                    return Decision::Allowed(Str::word(why));
                }
                Err(why) => why_not = why,
            }
        }
        let question = Question {
            user: user.name.clone(),
            groups: user.groups.clone(),
            verb: request.verb,
            resource: request.resource,
            subresource: request.subresource,
            namespace: request.namespace.clone(),
        };
        if let Some(decision) = self.decided.get(&question) {
            return decision.clone();
        }
        let (decision, by_name) = evaluate(request, etcd);
        if let (Decision::Denied(_), false) = (&decision, why_not.is_empty()) {
            return Decision::Denied(why_not.into());
        }
        if !by_name {
            self.decided.insert(question, decision.clone());
        }
        decision
    }
}

impl Authorizer {
    fn is_granted(&mut self, request: &Request) -> bool {
        let question = (request.verb, request.resource, request.subresource);
        if self.granted.contains(&question) {
            return true;
        }
        let allowed = allowed_by(&policy::node_rules(), request);
        if allowed == Some(false) {
            self.granted.insert(question);
        }
        allowed.is_some()
    }
}

fn has_group(user: &User, group: &str) -> bool {
    user.groups.iter().any(|one| &**one == group)
}

/// The node whose kubelet the user is.
fn node_of(user: &User) -> Option<&str> {
    let name = user.name.strip_prefix("system:node:")?;
    has_group(user, "system:nodes").then_some(name)
}

/// Asks every binding (`plugin/pkg/auth/authorizer/rbac/rbac.go`): those of the cluster first. Also says
/// whether the answer holds for this name only.
fn evaluate(request: &Request, etcd: &Etcd) -> (Decision, bool) {
    let mut by_name = false;
    let mut ask = |kind: &str, name: &Str, namespace: &Str, to: &RoleRef, subjects: &[Subject]| {
        let subject = subjects
            .iter()
            .find(|subject| is_meant(subject, namespace, &request.user))?;
        let named = with_rules(to, namespace, etcd, |rules| allowed_by(rules, request))??;
        by_name |= named;
        let everything = kind == "ClusterRoleBinding" && &*to.name == "cluster-admin";
        let what = if everything { "everything" } else { "this" };
        Some(format!(
            "{} {} may do {what}: the {kind} {name} gives it the {} {}.",
            subject.kind, subject.name, to.kind, to.name
        ))
    };
    for stored in etcd.range(Resource::ClusterRoleBindings, "") {
        if let Object::ClusterRoleBinding(binding) = &stored.value
            && let Some(why) = ask(
                "ClusterRoleBinding",
                &binding.metadata.name,
                &Str::default(),
                &binding.role_ref,
                &binding.subjects,
            )
        {
            return (Decision::Allowed(why.into()), by_name);
        }
    }
    if !request.namespace.is_empty() {
        for stored in etcd.range(Resource::RoleBindings, &request.namespace) {
            if let Object::RoleBinding(binding) = &stored.value
                && let Some(why) = ask(
                    "RoleBinding",
                    &binding.metadata.name,
                    &request.namespace,
                    &binding.role_ref,
                    &binding.subjects,
                )
            {
                return (Decision::Allowed(why.into()), by_name);
            }
        }
    }
    // A refusal may be for this name only: whether any rule names objects is not looked for again.
    (Decision::Denied(Str::default()), !request.name.is_empty())
}

fn is_meant(subject: &Subject, namespace: &Str, user: &User) -> bool {
    match &*subject.kind {
        "User" => subject.name == user.name,
        "Group" => has_group(user, &subject.name),
        "ServiceAccount" => {
            let space = if subject.namespace.is_empty() {
                namespace
            } else {
                &subject.namespace
            };
            let rest = user.name.strip_prefix("system:serviceaccount:");
            rest.and_then(|rest| rest.split_once(':')) == Some((&**space, &*subject.name))
        }
        _ => false,
    }
}

fn with_rules<T>(
    to: &RoleRef,
    namespace: &Str,
    etcd: &Etcd,
    ask: impl FnOnce(&[PolicyRule]) -> T,
) -> Option<T> {
    let (resource, key) = if &*to.kind == "Role" {
        (
            Resource::Roles,
            Key::new(namespace.clone(), to.name.clone()),
        )
    } else {
        (Resource::ClusterRoles, Key::new("", to.name.clone()))
    };
    match &etcd.get(resource, &key)?.value {
        Object::Role(role) => Some(ask(&role.rules)),
        Object::ClusterRole(role) => Some(ask(&role.rules)),
        _ => None,
    }
}

/// Whether one of the rules allows it; if so, whether only because of the object's name.
fn allowed_by(rules: &[PolicyRule], request: &Request) -> Option<bool> {
    let group = request.resource.group();
    let plural = request.resource.plural();
    let sub = request.subresource.as_str();
    let verb = request.verb.as_str();
    let has = |list: &[Str], word: &str| list.iter().any(|one| &**one == "*" || &**one == word);
    rules.iter().find_map(|rule| {
        let covers = has(&rule.verbs, verb)
            && has(&rule.api_groups, group)
            && rule.resources.iter().any(|one| covers(one, plural, sub));
        if !covers {
            return None;
        }
        if rule.resource_names.is_empty() {
            return Some(false);
        }
        // The name of what is to be created is not in the URL.
        let named = request.verb != Verb::Create || !sub.is_empty();
        (named && rule.resource_names.contains(&request.name)).then_some(true)
    })
}

/// `pods`, `pods/status`, `*/status` or `*` (`pkg/apis/rbac/v1/evaluation_helpers.go`).
fn covers(rule: &str, plural: &str, sub: &str) -> bool {
    if rule == "*" {
        return true;
    }
    match rule.split_once('/') {
        None => sub.is_empty() && rule == plural,
        Some((one, other)) => other == sub && (one == "*" || one == plural),
    }
}

/// `pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "n"`
/// (`apiserver/pkg/endpoints/handlers/responsewriters/errors.go`).
pub(super) fn refusal(request: &Request, why: &str) -> Status {
    let Request {
        resource,
        namespace,
        user,
        verb,
        subresource,
        ..
    } = request;
    let plural = match subresource {
        Subresource::None => resource.plural().to_owned(),
        sub => format!("{}/{}", resource.plural(), sub.as_str()),
    };
    let place = if namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{namespace}\"")
    };
    let name = match (verb, subresource) {
        (Verb::Create, Subresource::None) => "",
        _ => &*request.name,
    };
    let colon = if why.is_empty() { "" } else { ": " };
    Status::forbidden(
        *resource,
        name,
        format!(
            "User \"{}\" cannot {} resource \"{plural}\" in API group \"{}\" {place}{colon}{why}",
            user.name,
            verb.as_str(),
            resource.group()
        ),
    )
}

/// Whether a change of this resource may change who may do what.
fn is_policy(resource: Resource) -> bool {
    matches!(
        resource,
        Resource::Roles
            | Resource::ClusterRoles
            | Resource::RoleBindings
            | Resource::ClusterRoleBindings
    )
}
