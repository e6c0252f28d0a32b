//! `GET pods/NAME/log`: the API server has the node's kubelet answer (`pkg/registry/core/pod/rest/log.go`).

use std::time::Duration;

use crate::cluster::{
    api::{Key, Object, Pod, Resource, Status, StatusReason, Str},
    etcd::Etcd,
    kubelet::ServerRequest,
    machinery::{Address, Body, Call, Happening, NodeIndex, Reply, Turn},
};

/// Hands the call on to the kubelet, which answers it.
pub(super) fn hand_on(call: Call, etcd: &Etcd, turn: &mut Turn<'_>) {
    match target(&call, etcd, turn) {
        Err(status) => super::reply(&call, Err(status), turn),
        // A Pod without a node has written nothing.
        Ok(None) => {
            let empty = Reply {
                code: 200,
                ..Reply::default()
            };
            super::reply(&call, Ok(empty), turn);
        }
        Ok(Some((node, container))) => {
            let to = Address::Kubelet(node);
            let url = format!(
                "Get \"https://{}:10250/containerLogs/{}/{}/{}\": dial tcp {}:10250: ",
                turn.shared.machine(node),
                call.request.namespace,
                call.request.name,
                container,
                turn.shared.machine(node),
            );
            if turn.shared.is_cut(to) {
                let status = internal(format!("{url}i/o timeout"));
                turn.answer_after(Duration::from_secs(30), &call, Err(status), Vec::new());
                return;
            }
            if turn.shared.stopped.contains(&to) {
                let status = internal(format!("{url}connect: connection refused"));
                super::reply(&call, Err(status), turn);
                return;
            }
            let hop = turn.shared.latency.hop.clone();
            let hop = turn.within(&hop);
            let request = ServerRequest { call, container };
            turn.post(hop, to, Happening::KubeletRequest(Box::new(request)));
        }
    }
}

fn internal(message: String) -> Status {
    Status::new(500, StatusReason::InternalError, message)
}

/// The node and the container a log is asked of.
fn target(call: &Call, etcd: &Etcd, turn: &Turn<'_>) -> Result<Option<(NodeIndex, Str)>, Status> {
    let request = &call.request;
    let key = Key::new(request.namespace.clone(), request.name.clone());
    let stored = etcd.get(Resource::Pods, &key).map(|stored| &stored.value);
    let Some(Object::Pod(pod)) = stored else {
        return Err(Status::not_found(Resource::Pods, &request.name));
    };
    let asked = match &request.body {
        Body::Log(options) => options.container.clone(),
        _ => None,
    };
    let container = container(pod, asked)?;
    let machines = turn.shared.machines.iter().zip((0..).map(NodeIndex));
    let node = machines
        .into_iter()
        .find(|(machine, _)| **machine == pod.spec.node_name);
    Ok(node.map(|(_, node)| (node, container)))
}

fn container(pod: &Pod, asked: Option<Str>) -> Result<Str, Status> {
    let bad = |message: String| Err(Status::new(400, StatusReason::BadRequest, message));
    let name = &pod.metadata.name;
    let containers = &pod.spec.containers;
    let default = pod
        .metadata
        .annotations
        .get("kubectl.kubernetes.io/default-container");
    let list = |all: &[crate::cluster::api::Container]| {
        let names: Vec<&str> = all.iter().map(|container| &*container.name).collect();
        names.join(" ")
    };
    match asked.or(default.map(Str::from)) {
        Some(asked) => {
            let mut all = pod.spec.init_containers.iter().chain(containers);
            if all.any(|container| container.name == asked) {
                Ok(asked)
            } else {
                bad(format!("container {asked} is not valid for pod {name}"))
            }
        }
        None => match containers.as_slice() {
            [only] => Ok(only.name.clone()),
            several => {
                let mut choices = format!("choose one of: [{}]", list(several));
                if !pod.spec.init_containers.is_empty() {
                    choices.push_str(&format!(
                        " or one of the init containers: [{}]",
                        list(&pod.spec.init_containers)
                    ));
                }
                bad(format!(
                    "a container name must be specified for pod {name}, {choices}"
                ))
            }
        },
    }
}
