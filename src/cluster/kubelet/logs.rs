use std::time::Duration;

use super::{Common, Errand, ServerRequest, worker::Worker};
use crate::cluster::{
    api::{ContainerState, Status, StatusReason, Str},
    machinery::{Body, Call, LogOptions, Reply, Turn},
    runtime::{Cri, CriError, CriReply},
};

/// A log that is being fetched.
#[derive(Clone, Debug)]
pub(crate) struct LogRequest {
    call: Call,
    container: Str,
    /// So many lines of its end; None: all.
    tail: Option<usize>,
}

/// How long a log takes to be sent, in microseconds.
const SEND: std::ops::RangeInclusive<u64> = 600..=1_800;

/// Finds the container whose log is meant (`pkg/kubelet/kubelet_pods.go`, GetKubeletContainerLogs).
pub(super) fn serve(
    request: ServerRequest,
    worker: Option<&Worker>,
    common: &Common,
    turn: &mut Turn<'_>,
) {
    let call = request.call;
    let Some(worker) = worker else {
        let name = &call.request.name;
        let message = format!("pod \"{name}\" cannot be found - no logs available");
        return refuse(&call, message, turn);
    };
    let options = match &call.request.body {
        Body::Log(options) => options.clone(),
        _ => LogOptions::default(),
    };
    match container_id(worker, &request.container, options.previous) {
        Ok(container) => {
            let what = Cri::PodStatus {
                uid: worker.uid.clone(),
            };
            let tail = options.tail;
            let request = Box::new(LogRequest {
                call,
                container,
                tail,
            });
            common.ask(Errand::Log(request), what, turn);
        }
        Err(message) => refuse(&call, message, turn),
    }
}

fn refuse(call: &Call, message: String, turn: &mut Turn<'_>) {
    let wait = turn.within(&SEND);
    let status = Status::new(400, StatusReason::BadRequest, message);
    turn.answer_after(wait, call, Err(status), Vec::new());
}

/// Whose log it is, or why there is none (validateContainerLogStatus).
fn container_id(worker: &Worker, name: &str, previous: bool) -> Result<Str, String> {
    let status = worker.report.status();
    let statuses = status.container_statuses.iter();
    let mut statuses = statuses.chain(&status.init_container_statuses);
    let pod = &worker.pod.metadata.name;
    let Some(status) = statuses.find(|one| *one.name == *name) else {
        return Err(format!(
            "container \"{name}\" in pod \"{pod}\" is not available"
        ));
    };
    let plain = |id: &Str| -> Option<Str> {
        let id = id.strip_prefix("containerd://")?;
        Some(id.into())
    };
    if previous {
        let last = match &status.last_state {
            Some(ContainerState::Terminated { container_id, .. }) => plain(container_id),
            _ => None,
        };
        return last.ok_or_else(|| {
            format!("previous terminated container \"{name}\" in pod \"{pod}\" not found")
        });
    }
    let id = match (&status.state, &status.last_state) {
        (ContainerState::Running { .. }, _) => plain(&status.container_id),
        (ContainerState::Terminated { container_id, .. }, _)
        | (_, Some(ContainerState::Terminated { container_id, .. })) => {
            return plain(container_id)
                .ok_or_else(|| format!("container \"{name}\" in pod \"{pod}\" is terminated"));
        }
        (ContainerState::Waiting { reason, .. }, _) => {
            let why = match &**reason {
                "ErrImagePull" => "image can't be pulled",
                "ImagePullBackOff" => "trying and failing to pull image",
                reason => reason,
            };
            return Err(format!(
                "container \"{name}\" in pod \"{pod}\" is waiting to start: {why}"
            ));
        }
    };
    id.ok_or_else(|| {
        format!("container \"{name}\" in pod \"{pod}\" is waiting to start - no logs yet")
    })
}

impl LogRequest {
    /// The runtime has said what the container printed.
    pub(super) fn answer(self, result: Result<CriReply, CriError>, turn: &mut Turn<'_>) {
        let record = match result {
            Ok(CriReply::Pod(record)) => record,
            Ok(_) => return refuse(&self.call, "no logs available".to_owned(), turn),
            Err(error) => return refuse(&self.call, error.to_string(), turn),
        };
        let Some(one) = record.container(&self.container) else {
            let message = format!(
                "unable to retrieve container logs for containerd://{}",
                self.container
            );
            return refuse(&self.call, message, turn);
        };
        let started = one.started.unwrap_or_else(|| turn.now());
        let until = one.finished().unwrap_or_else(|| turn.now());
        let lines = one.program.printed(until.since(started));
        let kept = self.tail.unwrap_or(lines.len()).min(lines.len());
        let skipped = lines.len() - kept;
        let text = lines
            .into_iter()
            .skip(skipped)
            .fold(String::new(), |mut text, (_, line)| {
                text.push_str(&line);
                text.push('\n');
                text
            });
        let reply = Reply {
            code: 200,
            text,
            ..Reply::default()
        };
        let wait: Duration = turn.within(&SEND);
        turn.answer_after(wait, &self.call, Ok(reply), Vec::new());
    }
}
