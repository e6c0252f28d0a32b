use std::rc::Rc;

use super::light::short;
use crate::cluster::trace::{Actor, Step, StepKind};

/// The API server's gates, as far as the request in the light has come through them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Gates {
    /// Authentication, authorization, admission.
    pub(super) marks: [Mark; 3],
    /// The marks are true only once the message has arrived.
    pub(super) at_end: bool,
    /// Which of them the step in the light is, and its own name.
    pub(super) now: Option<(usize, String)>,
    /// What is asked.
    pub(super) request: String,
}

/// What a gate did with the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Mark {
    #[default]
    Untouched,
    Passed,
    Refused,
}

/// Which of the three gates a stage of the API server's way belongs to, and whether it is the last there.
pub(super) fn stage(name: &str) -> (usize, bool) {
    match name {
        "authentication" => (0, true),
        "authorization" => (1, true),
        "impersonation" | "audit" | "priority and fairness" => (1, false),
        "validating admission" => (2, true),
        _ => (2, false),
    }
}

impl Gates {
    pub(super) fn new(done: &[Rc<Step>]) -> Gates {
        let Some(step) = done.last() else {
            return Gates::default();
        };
        let mut gates = Gates {
            request: asked(step),
            ..Gates::default()
        };
        match step.kind {
            StepKind::Gate => gates.walk(step, done),
            StepKind::Store if step.from == Actor::ApiServer && !step.verb.is_empty() => {
                gates.marks = [Mark::Passed; 3];
            }
            // The learner's own requests go through the gates one by one, in steps of their own.
            StepKind::Request if step.from == Actor::Kubectl => {}
            StepKind::Request | StepKind::Event if step.to == Actor::ApiServer => {
                gates.at_end = true;
                gates.marks = outcome(step);
            }
            _ => gates.request.clear(),
        }
        gates
    }

    /// Back through the gates the request has come through.
    fn walk(&mut self, last: &Step, done: &[Rc<Step>]) {
        self.now = Some((stage(&last.reason).0, last.reason.to_string()));
        let mut step = last;
        while step.kind == StepKind::Gate {
            let (gate, is_last) = stage(&step.reason);
            if step.code != 0 {
                self.marks[gate] = Mark::Refused;
            } else if is_last {
                self.marks[gate] = Mark::Passed;
            }
            let cause = (step.cause.0 as usize).checked_sub(1);
            match cause.and_then(|cause| done.get(cause)) {
                Some(cause) => step = cause,
                None => break,
            }
        }
    }
}

/// What became of a request whose way through the gates is not told in steps.
fn outcome(step: &Step) -> [Mark; 3] {
    let mut marks = [Mark::Passed; 3];
    let refused = match step.code {
        0 => return [Mark::Untouched; 3],
        401 => 0,
        403 if step.message.contains(" cannot ") => 1,
        400 | 403 | 422 => 2,
        _ => return marks,
    };
    marks[refused] = Mark::Refused;
    marks[refused + 1..].fill(Mark::Untouched);
    marks
}

fn asked(step: &Step) -> String {
    let mut text = step.verb.to_string();
    if step.kind == StepKind::Event {
        return format!("create events {}", step.reason);
    }
    for part in [step.resource, step.subresource] {
        if !part.is_empty() {
            text.push(if part == step.resource { ' ' } else { '/' });
            text.push_str(short(part));
        }
    }
    if !step.name.is_empty() {
        text.push(' ');
        text.push_str(&step.name);
    }
    text
}
