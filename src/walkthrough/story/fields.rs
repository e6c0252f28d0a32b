use serde_json::Value;

use crate::cluster::trace::{Change, Step, StepKind};

/// How many changed fields are shown of one step.
const SHOWN: usize = 6;
const SHOWN_OF_COMMON: usize = 2;
/// How much of a value is shown.
const LONGEST: usize = 90;

/// Fields nearly every write changes, and that say little: shown only where nothing else is.
const COMMON: [&str; 28] = [
    "lastTransitionTime",
    "lastHeartbeatTime",
    "lastUpdateTime",
    "lastProbeTime",
    "bservedGeneration",
    "creationTimestamp",
    "metadata.uid",
    "metadata.generation",
    "metadata.generateName",
    "apiVersion",
    "kube-api-access-",
    "terminationMessage",
    "containerID",
    "imageID",
    "dnsPolicy",
    "enableServiceLinks",
    "preemptionPolicy",
    "schedulerName",
    "securityContext",
    "terminationGracePeriodSeconds",
    "last-applied-configuration",
    "spec.tolerations[",
    "spec.priority",
    "startedAt",
    "].type",
    "].scores.",
    "progressDeadlineSeconds",
    "revisionHistoryLimit",
];

/// Fields worth seeing first.
const TELLING: [&str; 9] = [
    "nodeName",
    "status.phase",
    "podIP",
    "[type=Ready].status",
    "[type=PodScheduled].status",
    "restartCount",
    ".state.waiting.reason",
    ".state.terminated.exitCode",
    "spec.replicas",
];

/// Whether the step takes an object away for good.
pub(super) fn is_gone(step: &Step) -> bool {
    let mut kinds = step.changes.iter().filter(|change| change.path == "kind");
    kinds.any(|change| change.after.is_null())
}

/// The changed fields worth reading, the telling ones first, and how many more there are. A request's
/// are told where they are stored.
pub(super) fn shown(step: &Step) -> (Vec<String>, usize) {
    if step.kind == StepKind::Request || is_gone(step) {
        return (Vec::new(), 0);
    }
    let is_common = |change: &&Change| COMMON.iter().any(|common| change.path.contains(common));
    let (common, telling): (Vec<&Change>, Vec<&Change>) = step.changes.iter().partition(is_common);
    let (changes, most) = if telling.is_empty() {
        (common, SHOWN_OF_COMMON)
    } else {
        (telling, SHOWN)
    };
    let mut changes = changes;
    if step.kind != StepKind::Rules {
        changes.sort_by_key(|change| {
            let explains = change.path.ends_with(".message") || change.path.ends_with(".reason");
            let tells = TELLING.iter().any(|telling| change.path.ends_with(telling));
            (!tells, explains)
        });
    }
    let shown: Vec<String> = changes.into_iter().take(most).map(line).collect();
    let more = step.changes.len() - shown.len();
    (shown, more)
}

/// `spec.nodeName  – → node-2`; a rule that is new or gone as `+ …` or `- …`.
fn line(change: &Change) -> String {
    let Change {
        path,
        before,
        after,
    } = change;
    match (before, after) {
        (Value::Null, Value::String(rule)) if rule.starts_with("-A ") => {
            format!("+ {}", cut(rule))
        }
        (Value::String(rule), Value::Null) if rule.starts_with("-A ") => {
            format!("- {}", cut(rule))
        }
        _ => format!("{path}  {} → {}", value(before), value(after)),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => cut(text),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(LONGEST - 1).collect();
    cut.push('…');
    cut
}
