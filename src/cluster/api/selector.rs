use std::fmt;

use super::{Labels, Str, record};

record! {
    /// Which labels an object must have, as it was written.
    LabelSelector {
        match_labels: Labels,
        match_expressions: Vec<super::Requirement>,
    }
}

/// Which labels an object must have, ready to be asked.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Selector {
    requirements: Vec<SelectorRequirement>,
    nothing: bool,
}

/// One thing a label must satisfy.
#[derive(Clone, PartialEq, Debug)]
pub struct SelectorRequirement {
    /// The label's key.
    pub key: Str,
    /// How its value is held against the values.
    pub operator: Operator,
    /// The values.
    pub values: Vec<Str>,
}

/// How a label's value is held against the values of a requirement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// It is one of them.
    In,
    /// It is none of them, or there is no such label.
    NotIn,
    /// There is such a label.
    Exists,
    /// There is none.
    DoesNotExist,
    /// It is a number greater than the one given.
    Gt,
    /// It is a number less than the one given.
    Lt,
}

/// Why a text or an object is no selector.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SelectorError(pub String);

impl Selector {
    /// Selects every object.
    pub fn everything() -> Selector {
        Selector::default()
    }

    /// Selects no object.
    pub fn nothing() -> Selector {
        Selector {
            requirements: Vec::new(),
            nothing: true,
        }
    }

    /// Selects by these requirements, all of which must hold.
    pub fn new(requirements: Vec<SelectorRequirement>) -> Selector {
        Selector {
            requirements,
            nothing: false,
        }
    }

    /// Selects what carries all these labels.
    pub fn of_labels(labels: &Labels) -> Selector {
        Selector::new(
            labels
                .iter()
                .map(|(key, value)| SelectorRequirement {
                    key: key.clone(),
                    operator: Operator::In,
                    values: vec![value.clone()],
                })
                .collect(),
        )
    }

    /// The selector a LabelSelector means; without one, nothing is selected.
    ///
    /// # Errors
    /// If an expression has an operator Kubernetes does not know.
    pub fn of(selector: Option<&LabelSelector>) -> Result<Selector, SelectorError> {
        let Some(selector) = selector else {
            return Ok(Selector::nothing());
        };
        let mut result = Selector::of_labels(&selector.match_labels);
        for expression in &selector.match_expressions {
            let operator = match &*expression.operator {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                other => {
                    return Err(SelectorError(format!(
                        "\"{other}\" is not a valid label selector operator"
                    )));
                }
            };
            result.requirements.push(SelectorRequirement {
                key: expression.key.clone(),
                operator,
                values: expression.values.clone(),
            });
        }
        Ok(result)
    }

    /// Whether an object with these labels is selected.
    pub fn matches(&self, labels: &Labels) -> bool {
        !self.nothing
            && self
                .requirements
                .iter()
                .all(|requirement| requirement.matches(labels))
    }

    /// Whether it selects every object.
    pub fn is_everything(&self) -> bool {
        !self.nothing && self.requirements.is_empty()
    }

    /// What must hold.
    pub fn requirements(&self) -> &[SelectorRequirement] {
        &self.requirements
    }
}

impl SelectorRequirement {
    /// Whether these labels satisfy it.
    ///
    /// From `apimachinery/pkg/labels/selector.go`, Requirement.Matches.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        let among = |value: &str| self.values.iter().any(|one| &**one == value);
        let number = |text: &str| text.parse::<i64>().ok();
        let bound = || self.values.first().and_then(|one| number(one));
        match self.operator {
            Operator::In => value.is_some_and(among),
            Operator::NotIn => !value.is_some_and(among),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Gt => {
                matches!((value.and_then(number), bound()), (Some(v), Some(b)) if v > b)
            }
            Operator::Lt => {
                matches!((value.and_then(number), bound()), (Some(v), Some(b)) if v < b)
            }
        }
    }
}

/// As kubectl prints it: `app=web,tier in (a,b),!canary`.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, requirement) in self.requirements.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            let SelectorRequirement {
                key,
                operator,
                values,
            } = requirement;
            let list = values.join(",");
            match operator {
                Operator::In if values.len() == 1 => write!(f, "{key}={list}")?,
                Operator::In => write!(f, "{key} in ({list})")?,
                Operator::NotIn if values.len() == 1 => write!(f, "{key}!={list}")?,
                Operator::NotIn => write!(f, "{key} notin ({list})")?,
                Operator::Exists => write!(f, "{key}")?,
                Operator::DoesNotExist => write!(f, "!{key}")?,
                Operator::Gt => write!(f, "{key}>{list}")?,
                Operator::Lt => write!(f, "{key}<{list}")?,
            }
        }
        Ok(())
    }
}
