use std::rc::Rc;

use serde_json::Value;

use super::{Address, Life, Ticket};
use crate::cluster::{
    api::{Labels, NodeStatus, Object, PodStatus, Resource, Selector, Status, Str, Uid},
    apiserver::Plan,
    trace::{Mark, StepId},
};

/// What is asked of the API server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Verb {
    Get,
    List,
    Watch,
    Create,
    Update,
    Patch,
    Delete,
}

impl Verb {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "get",
            Verb::List => "list",
            Verb::Watch => "watch",
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
        }
    }
}

/// A part of an object with rules of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum Subresource {
    #[default]
    None,
    Status,
    Binding,
    Scale,
    /// Of a namespace: its controller takes `kubernetes` out of `spec.finalizers` here.
    Finalize,
    Log,
}

impl Subresource {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Subresource::None => "",
            Subresource::Status => "status",
            Subresource::Binding => "binding",
            Subresource::Scale => "scale",
            Subresource::Finalize => "finalize",
            Subresource::Log => "log",
        }
    }
}

/// Who asks.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct User {
    pub(crate) name: Str,
    pub(crate) groups: Rc<[Str]>,
    /// Who asks in this user's name (`kubectl --as`).
    pub(crate) impersonator: Option<Rc<User>>,
}

impl User {
    /// A user with these groups besides `system:authenticated`.
    pub(crate) fn new(name: impl Into<Str>, groups: &[&str]) -> User {
        User {
            name: name.into(),
            groups: groups
                .iter()
                .copied()
                .chain(["system:authenticated"])
                .map(Str::from)
                .collect(),
            impersonator: None,
        }
    }

    /// Whoever shows a token nobody issued.
    pub(crate) fn unknown() -> User {
        User {
            name: Str::default(),
            groups: Rc::default(),
            impersonator: None,
        }
    }

    /// This user, asking in the name of another.
    pub(crate) fn acting_as(self, name: impl Into<Str>, groups: &[&str]) -> User {
        User {
            impersonator: Some(Rc::new(self)),
            ..User::new(name, groups)
        }
    }

    /// What kubeadm puts into `admin.conf`.
    pub(crate) fn admin() -> User {
        User::new("kubernetes-admin", &["kubeadm:cluster-admins"])
    }

    /// A service account of kube-system: each controller has its own.
    pub(crate) fn controller(name: &str) -> User {
        User::new(
            format!("system:serviceaccount:kube-system:{name}"),
            &[
                "system:serviceaccounts",
                "system:serviceaccounts:kube-system",
            ],
        )
    }

    /// Whoever tells an Event: nobody asks, so all are one.
    pub(crate) fn event_recorder() -> User {
        thread_local! {
            static USER: User = User::controller("event-recorder");
        }
        USER.with(User::clone)
    }

    /// The kubelet of this node.
    pub(crate) fn node(name: &str) -> User {
        User::new(format!("system:node:{name}"), &["system:nodes"])
    }
}

/// A request to the API server. Names are empty where they do not apply.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) user: User,
    pub(crate) verb: Verb,
    pub(crate) resource: Resource,
    pub(crate) subresource: Subresource,
    pub(crate) namespace: Str,
    pub(crate) name: Str,
    pub(crate) body: Body,
}

impl Request {
    fn new(user: &User, verb: Verb, resource: Resource, namespace: &Str, name: &Str) -> Request {
        Request {
            user: user.clone(),
            verb,
            resource,
            subresource: Subresource::None,
            namespace: namespace.clone(),
            name: name.clone(),
            body: Body::Nothing,
        }
    }

    pub(crate) fn get(user: &User, resource: Resource, namespace: &Str, name: &Str) -> Request {
        Request::new(user, Verb::Get, resource, namespace, name)
    }

    pub(crate) fn list(
        user: &User,
        resource: Resource,
        namespace: &Str,
        options: ListOptions,
    ) -> Request {
        Request {
            body: Body::List(options),
            ..Request::new(user, Verb::List, resource, namespace, &Str::default())
        }
    }

    /// Creates what is already an object; its namespace and name are taken from it.
    pub(crate) fn create(user: &User, object: impl Into<Object>) -> Request {
        let object = object.into();
        let meta = object.metadata();
        Request {
            body: Body::Object(object.clone()),
            ..Request::new(
                user,
                Verb::Create,
                object.resource(),
                &meta.namespace,
                &meta.name,
            )
        }
    }

    /// Replaces an object; with a resourceVersion only if it is still at that.
    pub(crate) fn update(user: &User, object: impl Into<Object>) -> Request {
        let object = object.into();
        Request {
            verb: Verb::Update,
            ..Request::create(user, object)
        }
    }

    pub(crate) fn patch(
        user: &User,
        resource: Resource,
        namespace: &Str,
        name: &Str,
        patch: Patch,
    ) -> Request {
        Request {
            body: Body::Patch(patch),
            ..Request::new(user, Verb::Patch, resource, namespace, name)
        }
    }

    pub(crate) fn delete(
        user: &User,
        resource: Resource,
        namespace: &Str,
        name: &Str,
        options: DeleteOptions,
    ) -> Request {
        Request {
            body: Body::Delete(options),
            ..Request::new(user, Verb::Delete, resource, namespace, name)
        }
    }

    /// `POST pods/NAME/binding`.
    pub(crate) fn bind(user: &User, namespace: &Str, pod: &Str, uid: &Uid, node: &Str) -> Request {
        Request {
            subresource: Subresource::Binding,
            body: Body::Binding {
                node: node.clone(),
                uid: uid.clone(),
            },
            ..Request::new(user, Verb::Create, Resource::Pods, namespace, pod)
        }
    }

    /// The same request, to a subresource.
    pub(crate) fn on(mut self, subresource: Subresource) -> Request {
        self.subresource = subresource;
        self
    }
}

/// What a request carries.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Nothing,
    /// An object a component made.
    Object(Object),
    /// An object as a person wrote it: the server decodes it.
    Manifest(Value),
    Patch(Patch),
    Binding {
        node: Str,
        uid: Uid,
    },
    /// The wanted number, for the scale subresource.
    Scale(i32),
    Delete(DeleteOptions),
    Log(LogOptions),
    List(ListOptions),
    Watch(WatchStart),
}

/// How an object is to be changed.
#[derive(Clone, Debug)]
pub(crate) enum Patch {
    /// JSON merge patch (RFC 7386).
    Merge(Value),
    /// Strategic merge patch: lists are merged by their keys.
    Strategic(Value),
    /// A kubelet's strategic merge patch of a Pod's status: conditions of types it does not name stay.
    PodStatus(Box<PodStatus>),
    /// A kubelet's patch of its node's status: conditions of types it does not name stay.
    NodeStatus(Box<NodeStatus>),
    /// One condition of an object's status, merged by type.
    Condition(Box<crate::cluster::api::Condition>),
    /// Labels and annotations to set (None: to remove).
    Labels(Vec<(Str, Option<Str>)>),
}

/// How an object is to be deleted.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct DeleteOptions {
    /// None: the object's own.
    pub(crate) grace_period_seconds: Option<i64>,
    pub(crate) preconditions: Preconditions,
    pub(crate) propagation: Option<Propagation>,
}

/// What must hold of the object for the deletion to go on.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Preconditions {
    pub(crate) uid: Option<Uid>,
    pub(crate) resource_version: Option<u64>,
}

/// What becomes of the objects that belong to a deleted one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Propagation {
    /// They stay, without an owner.
    Orphan,
    /// They are deleted afterwards.
    Background,
    /// They are deleted first.
    Foreground,
}

/// Which objects are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListOptions {
    pub(crate) labels: Option<Selector>,
    /// Field selectors the server knows, by path: `spec.nodeName`, `metadata.name`, `status.phase`,
    /// `involvedObject.name`.
    pub(crate) fields: Vec<(&'static str, Str)>,
}

/// Which log is wanted, and how much of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct LogOptions {
    /// None: the only one's.
    pub(crate) container: Option<Str>,
    /// Of the instance before.
    pub(crate) previous: bool,
    /// So many lines of its end.
    pub(crate) tail: Option<usize>,
}

/// Where a watch begins.
#[derive(Clone, Debug)]
pub(crate) struct WatchStart {
    pub(crate) options: ListOptions,
    /// After this revision; None: with the objects there are, ended by a bookmark.
    pub(crate) after: Option<u64>,
    /// Tells one watch of a component from its next.
    pub(crate) connection: u32,
}

/// A request on its way, with what is needed to answer it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) request: Request,
    pub(crate) from: Address,
    pub(crate) life: Life,
    /// Who waits for the answer, and for what; None: nobody.
    pub(crate) ticket: Option<Ticket>,
    /// The request's own step.
    pub(crate) mark: Mark,
    /// The step of its transaction with etcd, once that has begun.
    pub(crate) stored: Mark,
    /// What the API server has made of the request and asks of etcd.
    pub(crate) plan: Option<Box<Plan>>,
    /// Heartbeats and the like: hidden unless asked for.
    pub(crate) routine: bool,
    /// An Event: it has one row in the trace and no gates or store of its own.
    pub(crate) is_event: bool,
}

/// The API server's answer to a request, or the network's.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) result: Result<Reply, Status>,
    /// `Warning` headers, which kubectl prints.
    pub(crate) warnings: Vec<String>,
}

/// What the API server sends when it does what was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    /// The revision written, or the one read at.
    pub(crate) revision: u64,
    pub(crate) object: Option<Object>,
    pub(crate) items: Vec<Object>,
    /// A Pod's log.
    pub(crate) text: String,
}

impl Reply {
    /// The object, of the kind that was asked for.
    pub(crate) fn object_of<K: crate::cluster::api::Kind>(&self) -> Option<&Rc<K>> {
        self.object.as_ref().and_then(K::of)
    }
}

/// What an informer hears.
#[derive(Clone, Debug)]
pub(crate) enum WatchEvent {
    /// All there is, at this revision, ended by the bookmark `k8s.io/initial-events-end`.
    Initial {
        items: Vec<Object>,
        revision: u64,
    },
    Added(Object),
    Modified(Object),
    Deleted(Object),
    /// Nothing up to this revision.
    Bookmark(u64),
    /// The watch cannot go on: `too old resource version`.
    Error(Box<Status>),
    /// The connection broke.
    Closed,
}

impl WatchEvent {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            WatchEvent::Initial { .. } => "initial",
            WatchEvent::Added(_) => "added",
            WatchEvent::Modified(_) => "modified",
            WatchEvent::Deleted(_) => "deleted",
            WatchEvent::Bookmark(_) => "bookmark",
            WatchEvent::Error(_) => "error",
            WatchEvent::Closed => "closed",
        }
    }
}

/// Labels as a patch sets them.
impl From<&Labels> for Patch {
    fn from(labels: &Labels) -> Patch {
        Patch::Labels(
            labels
                .iter()
                .map(|(key, value)| (key.clone(), Some(value.clone())))
                .collect(),
        )
    }
}

/// The step that answers count as their cause.
impl Call {
    pub(crate) fn cause(&self) -> StepId {
        self.mark.step
    }
}
