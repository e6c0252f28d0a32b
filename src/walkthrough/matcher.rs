use serde::Deserialize;
use serde_json::Value;

use crate::cluster::trace::{Actor, Step, StepKind};

/// Which steps are meant. What is not said matches anything; a text may hold `*` for any text, since
/// the names the cluster makes are not known beforehand.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matcher {
    kind: Option<String>,
    from: Option<String>,
    to: Option<String>,
    verb: Option<String>,
    resource: Option<String>,
    subresource: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    code: Option<u16>,
    reason: Option<String>,
    message: Option<String>,
    /// A field that the step changes.
    field: Option<String>,
    /// What the field is afterwards.
    after: Option<toml::Value>,
}

impl Matcher {
    /// What is wrong with it, if anything: a kind no step has, or nothing said at all.
    pub fn problem(&self) -> Option<String> {
        if *self == Matcher::default() {
            return Some("matches every step: say at least a kind".to_owned());
        }
        if self.after.is_some() && self.field.is_none() {
            return Some("`after` needs a `field`".to_owned());
        }
        let kind = self.kind.as_deref()?;
        let known = StepKind::ALL.iter().any(|one| one.as_str() == kind);
        (!known).then(|| format!("there is no kind of step \"{kind}\""))
    }

    /// Whether this step is meant.
    pub fn matches(&self, step: &Step) -> bool {
        let text = |pattern: &Option<String>, text: &str| {
            pattern
                .as_deref()
                .is_none_or(|pattern| matches_text(pattern, text))
        };
        self.kind
            .as_deref()
            .is_none_or(|kind| kind == step.kind.as_str())
            && matches_actor(self.from.as_deref(), &step.from)
            && matches_actor(self.to.as_deref(), &step.to)
            && text(&self.verb, &step.verb)
            && text(&self.resource, step.resource)
            && text(&self.subresource, step.subresource)
            && text(&self.namespace, &step.namespace)
            && text(&self.name, &step.name)
            && self.code.is_none_or(|code| code == step.code)
            && text(&self.reason, &step.reason)
            && text(&self.message, &step.message)
            && self.changes(step)
    }

    fn changes(&self, step: &Step) -> bool {
        let Some(field) = &self.field else {
            return true;
        };
        step.changes.iter().any(|change| {
            matches_text(field, &change.path)
                && self
                    .after
                    .as_ref()
                    .is_none_or(|after| same(after, &change.after))
        })
    }
}

fn same(written: &toml::Value, value: &Value) -> bool {
    match (written, value) {
        (toml::Value::String(pattern), Value::String(text)) => matches_text(pattern, text),
        (toml::Value::Integer(one), Value::Number(other)) => Some(*one) == other.as_i64(),
        (toml::Value::Boolean(one), Value::Bool(other)) => one == other,
        _ => false,
    }
}

/// A component may be named without its node: `kubelet` is any node's.
fn matches_actor(pattern: Option<&str>, actor: &Actor) -> bool {
    let Some(pattern) = pattern else {
        return true;
    };
    let name = actor.to_string();
    if pattern.contains(['@', '/']) {
        return matches_text(pattern, &name);
    }
    let component = name.split(['@', '/']).next().unwrap_or(&name);
    matches_text(pattern, component)
}

/// Whether a text is what a pattern says, `*` standing for any text.
pub(super) fn matches_text(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("web", "web", true),
            ("web", "web-1", false),
            ("web-*", "web-x7k2p", true),
            ("web-*", "web", false),
            ("*", "", true),
            ("*Insufficient*", "2 Insufficient cpu.", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*a", "a", false),
            ("调度*", "调度器", true),
        ] {
            assert_eq!(matches_text(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_component_without_its_node_is_any_nodes() {
        let kubelet = Actor::Kubelet("node-1".into());
        assert!(matches_actor(Some("kubelet"), &kubelet));
        assert!(matches_actor(Some("kubelet@node-1"), &kubelet));
        assert!(!matches_actor(Some("kubelet@node-2"), &kubelet));
        assert!(!matches_actor(Some("kube-proxy"), &kubelet));
    }
}
