use serde::{Deserialize, Serialize};

/// A count, or a percentage of one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum IntOrString {
    /// A number.
    Int(i32),
    /// Text: a percentage such as `25%`, or the name of a port.
    Text(String),
}

impl IntOrString {
    /// The number meant, of `total` if it is a percentage; None if the text is no percentage.
    ///
    /// From `apimachinery/pkg/util/intstr/intstr.go`, GetScaledValueFromIntOrPercent.
    pub fn scaled(&self, total: i32, round_up: bool) -> Option<i32> {
        match self {
            IntOrString::Int(number) => Some(*number),
            IntOrString::Text(text) => {
                let percent: i64 = text.strip_suffix('%')?.parse().ok()?;
                let product = percent * i64::from(total);
                let scaled = if round_up {
                    (product + 99).div_euclid(100)
                } else {
                    product.div_euclid(100)
                };
                i32::try_from(scaled).ok()
            }
        }
    }
}
