use crate::cluster::api::{
    Labels, Node, NodeSelectorTerm, Operator, PodSpec, Requirement, SelectorRequirement, Str,
};

/// What a Pod demands of a node's labels: its nodeSelector and its required node affinity
/// (`component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct RequiredNodeAffinity {
    selector: Labels,
    /// One of them must hold.
    terms: Option<Vec<Term>>,
}

/// What a Pod prefers, by weight.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::scheduler) struct PreferredNodeAffinity(Vec<(i64, Term)>);

/// Requirements that must all hold; None: they do not read as any, so they never hold.
#[derive(Clone, Debug)]
struct Term(Option<Parsed>);

#[derive(Clone, Debug)]
struct Parsed {
    labels: Vec<SelectorRequirement>,
    /// Of `metadata.name`, and whether it must be that or must not.
    names: Vec<(Str, bool)>,
}

impl RequiredNodeAffinity {
    pub(crate) fn of(spec: &PodSpec) -> RequiredNodeAffinity {
        let affinity = spec.affinity.as_deref();
        let affinity = affinity.and_then(|affinity| affinity.node_affinity.as_ref());
        let required = affinity.and_then(|affinity| {
            affinity
                .required_during_scheduling_ignored_during_execution
                .as_ref()
        });
        RequiredNodeAffinity {
            selector: spec.node_selector.clone(),
            terms: required.map(|required| {
                let terms = required.node_selector_terms.iter();
                terms.filter(|term| !is_empty(term)).map(Term::of).collect()
            }),
        }
    }

    /// Whether every node will do.
    pub(in crate::cluster::scheduler) fn is_none(&self) -> bool {
        self.selector.is_empty() && self.terms.is_none()
    }

    pub(crate) fn matches(&self, node: &Node) -> bool {
        self.selector.all_in(&node.metadata.labels)
            && self
                .terms
                .as_ref()
                .is_none_or(|terms| terms.iter().any(|term| term.matches(node)))
    }
}

impl PreferredNodeAffinity {
    pub(in crate::cluster::scheduler) fn of(spec: &PodSpec) -> PreferredNodeAffinity {
        let affinity = spec.affinity.as_deref();
        let affinity = affinity.and_then(|affinity| affinity.node_affinity.as_ref());
        let terms = affinity
            .into_iter()
            .flat_map(|affinity| &affinity.preferred_during_scheduling_ignored_during_execution);
        let terms = terms.filter(|term| term.weight != 0 && !is_empty(&term.preference));
        PreferredNodeAffinity(
            terms
                .map(|term| (i64::from(term.weight), Term::of(&term.preference)))
                .collect(),
        )
    }

    /// Whether the Pod says nothing, so that the plugin does not score.
    pub(in crate::cluster::scheduler) fn is_skipped(spec: &PodSpec) -> bool {
        let affinity = spec.affinity.as_deref();
        affinity
            .and_then(|affinity| affinity.node_affinity.as_ref())
            .is_none_or(|affinity| {
                affinity
                    .preferred_during_scheduling_ignored_during_execution
                    .is_empty()
            })
    }

    /// Score, before it is normalised: the weights of the terms that hold.
    pub(in crate::cluster::scheduler) fn score(&self, node: &Node) -> i64 {
        let terms = self.0.iter().filter(|(_, term)| term.matches(node));
        terms.map(|(weight, _)| weight).sum()
    }
}

/// PreFilter: the names the Pod is bound to by every term, if it is; Err if no node can have them
/// (`nodeaffinity/node_affinity.go`, PreFilter).
pub(in crate::cluster::scheduler) fn pre_filter(
    spec: &PodSpec,
) -> Result<Option<Vec<Str>>, &'static str> {
    let affinity = spec.affinity.as_deref();
    let affinity = affinity.and_then(|affinity| affinity.node_affinity.as_ref());
    let Some(required) = affinity.and_then(|affinity| {
        affinity
            .required_during_scheduling_ignored_during_execution
            .as_ref()
    }) else {
        return Ok(None);
    };
    if required.node_selector_terms.is_empty() {
        return Ok(None);
    }
    let mut names: Vec<Str> = Vec::new();
    for term in &required.node_selector_terms {
        let fields = term.match_fields.iter();
        let mut fields =
            fields.filter(|field| &*field.key == "metadata.name" && &*field.operator == "In");
        let Some(first) = fields.next() else {
            return Ok(None);
        };
        let mut of_term = first.values.clone();
        for field in fields {
            of_term.retain(|name| field.values.contains(name));
        }
        names.extend(of_term);
    }
    if names.is_empty() {
        return Err("pod affinity terms conflict");
    }
    names.sort();
    names.dedup();
    Ok(Some(names))
}

fn is_empty(term: &NodeSelectorTerm) -> bool {
    term.match_expressions.is_empty() && term.match_fields.is_empty()
}

impl Term {
    fn of(term: &NodeSelectorTerm) -> Term {
        let labels = term.match_expressions.iter().map(of_label);
        let names = term.match_fields.iter().map(of_field);
        let labels: Option<Vec<_>> = labels.collect();
        let names: Option<Vec<_>> = names.collect();
        Term(
            labels
                .zip(names)
                .map(|(labels, names)| Parsed { labels, names }),
        )
    }

    fn matches(&self, node: &Node) -> bool {
        let Some(parsed) = &self.0 else {
            return false;
        };
        let labels = &node.metadata.labels;
        let name = &node.metadata.name;
        parsed.labels.iter().all(|one| one.matches(labels))
            && parsed.names.iter().all(|(one, is)| (one == name) == *is)
    }
}

/// What `labels.NewRequirement` accepts.
fn of_label(written: &Requirement) -> Option<SelectorRequirement> {
    let number = |value: &Str| value.parse::<i64>().is_ok();
    let values = &written.values;
    let (operator, reads) = match &*written.operator {
        "In" => (Operator::In, !values.is_empty()),
        "NotIn" => (Operator::NotIn, !values.is_empty()),
        "Exists" => (Operator::Exists, values.is_empty()),
        "DoesNotExist" => (Operator::DoesNotExist, values.is_empty()),
        "Gt" => (Operator::Gt, values.len() == 1 && values.iter().all(number)),
        "Lt" => (Operator::Lt, values.len() == 1 && values.iter().all(number)),
        _ => return None,
    };
    reads.then(|| SelectorRequirement {
        key: written.key.clone(),
        operator,
        values: values.clone(),
    })
}

/// A node has one field, its name.
fn of_field(written: &Requirement) -> Option<(Str, bool)> {
    let [value] = &*written.values else {
        return None;
    };
    match (&*written.key, &*written.operator) {
        ("metadata.name", "In") => Some((value.clone(), true)),
        ("metadata.name", "NotIn") => Some((value.clone(), false)),
        _ => None,
    }
}
