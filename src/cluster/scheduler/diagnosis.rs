use std::{borrow::Cow, collections::BTreeMap};

use super::{
    cache::Slot,
    framework::{Plugin, Plugins, Rejection},
    requests::Requests,
};

/// Why no node will do (`pkg/scheduler/framework/types.go`, Diagnosis).
#[derive(Clone, Debug, Default)]
pub(super) struct Diagnosis {
    /// What PreFilter said, if it rejected the Pod for all nodes.
    pub(super) pre_filter: Option<&'static str>,
    /// The nodes that were looked at, and why they will not do.
    pub(super) rejected: Vec<(Slot, Rejection)>,
    /// Why the others were not looked at.
    pub(super) absent: Option<&'static str>,
    pub(super) nodes: usize,
    /// What PostFilter said.
    pub(super) post_filter: String,
}

impl Diagnosis {
    /// Those who rejected the Pod.
    pub(super) fn rejectors(&self) -> Plugins {
        let mut plugins = Plugins::default();
        for (_, rejection) in &self.rejected {
            plugins.insert(rejection.plugin());
        }
        if self.pre_filter.is_some() || self.absent.is_some() {
            plugins.insert(Plugin::NodeAffinity);
        }
        plugins
    }

    /// `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. …`
    pub(super) fn message(&self, requests: &Requests) -> String {
        let reasons = match self.pre_filter {
            Some(reason) => Reasons {
                sentence: Some(reason),
                ..Reasons::default()
            },
            None => {
                let mut reasons = Reasons::default();
                for (_, rejection) in &self.rejected {
                    for reason in rejection.reasons(requests) {
                        reasons.add(reason, 1);
                    }
                }
                let absent = self.nodes.saturating_sub(self.rejected.len());
                if let (Some(reason), 1..) = (self.absent, absent) {
                    reasons.add(reason.into(), absent);
                }
                reasons
            }
        };
        let mut message = reasons.message(self.nodes);
        if !self.post_filter.is_empty() {
            message.push(' ');
            message.push_str(&self.post_filter);
        }
        message
    }
}

/// Reasons and how many nodes they hold for.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    counts: BTreeMap<Cow<'static, str>, usize>,
    sentence: Option<&'static str>,
}

impl Reasons {
    pub(super) fn add(&mut self, reason: Cow<'static, str>, nodes: usize) {
        *self.counts.entry(reason).or_insert(0) += nodes;
    }

    /// The counted reasons are sorted as texts, so that 10 comes before 2.
    pub(super) fn message(&self, nodes: usize) -> String {
        let mut message = format!("0/{nodes} nodes are available:");
        let counts = self.counts.iter();
        let mut counted: Vec<String> = counts
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        counted.sort();
        counted.extend(self.sentence.map(str::to_owned));
        if !counted.is_empty() {
            message.push_str(&format!(" {}.", counted.join(", ")));
        }
        message
    }
}
