use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An amount as Kubernetes writes it: `100m`, `200Mi`, `1e3`, `0.5`. It is printed in canonical form.
///
/// From `apimachinery/pkg/api/resource/quantity.go`.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// In thousandths of a thousandth of a thousandth, the finest Kubernetes keeps.
    nanos: i128,
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    DecimalSi,
    BinarySi,
    DecimalExponent,
}

/// Why a text is no amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QuantityError {
    /// It does not read as a number with a suffix.
    #[error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )]
    Format,
    /// The suffix is unknown.
    #[error("unable to parse quantity's suffix")]
    Suffix,
}

const NANO: i128 = 1_000_000_000;

const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

const BINARY: [(&str, u32); 6] = [
    ("Ki", 10),
    ("Mi", 20),
    ("Gi", 30),
    ("Ti", 40),
    ("Pi", 50),
    ("Ei", 60),
];

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity::whole(0);

    /// So many, in decimal form.
    pub const fn whole(number: i64) -> Quantity {
        Quantity {
            nanos: number as i128 * NANO,
            format: Format::DecimalSi,
        }
    }

    /// So many thousandths: CPU is counted in them.
    pub const fn milli(number: i64) -> Quantity {
        Quantity {
            nanos: number as i128 * (NANO / 1000),
            format: Format::DecimalSi,
        }
    }

    /// So many bytes, in binary form.
    pub const fn bytes(number: i64) -> Quantity {
        Quantity {
            nanos: number as i128 * NANO,
            format: Format::BinarySi,
        }
    }

    /// In whole units, rounded up.
    pub fn value(self) -> i64 {
        clamp(ceiling(self.nanos, NANO))
    }

    /// In thousandths, rounded up.
    pub fn milli_value(self) -> i64 {
        clamp(ceiling(self.nanos, NANO / 1000))
    }

    /// Both together, in this one's form.
    pub fn plus(self, other: Quantity) -> Quantity {
        Quantity {
            nanos: self.nanos.saturating_add(other.nanos),
            format: if self.nanos == 0 {
                other.format
            } else {
                self.format
            },
        }
    }

    /// This one without the other, in this one's form.
    pub fn minus(self, other: Quantity) -> Quantity {
        Quantity {
            nanos: self.nanos.saturating_sub(other.nanos),
            format: self.format,
        }
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// Whether it is less than nothing.
    pub fn is_negative(self) -> bool {
        self.nanos < 0
    }
}

fn ceiling(nanos: i128, unit: i128) -> i128 {
    nanos.div_euclid(unit) + i128::from(nanos.rem_euclid(unit) != 0)
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Quantity, QuantityError> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let split = unsigned
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(split);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(QuantityError::Format);
        }
        let (scale, format) = scale(suffix)?;
        let digits: i128 = match format!("{whole}{fraction}").parse() {
            Ok(digits) => digits,
            Err(_) => i128::from(i64::MAX), // upstream clamps at 2^63 - 1
        };
        let mut numerator = digits.saturating_mul(NANO);
        let mut denominator = 1_i128;
        match scale {
            Scale::Ten(exponent) => {
                let power = 10_i128.saturating_pow(exponent.unsigned_abs().min(38));
                if exponent < 0 {
                    denominator = power;
                } else {
                    numerator = numerator.saturating_mul(power);
                }
            }
            Scale::Two(exponent) => numerator = numerator.saturating_mul(1 << exponent),
        }
        let places = u32::try_from(fraction.len()).unwrap_or(38).min(38);
        denominator = denominator.saturating_mul(10_i128.saturating_pow(places));
        let mut nanos = ceiling(numerator, denominator);
        if text.starts_with('-') {
            nanos = -nanos;
        }
        let most = i128::from(i64::MAX) * NANO;
        Ok(Quantity {
            nanos: nanos.clamp(-most, most),
            format,
        })
    }
}

enum Scale {
    Ten(i32),
    Two(u32),
}

fn scale(suffix: &str) -> Result<(Scale, Format), QuantityError> {
    if let Some((_, exponent)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Ok((Scale::Ten(*exponent), Format::DecimalSi));
    }
    if let Some((_, exponent)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Ok((Scale::Two(*exponent), Format::BinarySi));
    }
    if let Some(exponent) = suffix.strip_prefix(['e', 'E']) {
        let exponent: i32 = exponent.parse().map_err(|_| QuantityError::Suffix)?;
        return Ok((Scale::Ten(exponent), Format::DecimalExponent));
    }
    let known = |c: char| c.is_ascii_digit() || "eEinumkKMGTP+-".contains(c);
    Err(if suffix.chars().all(known) {
        QuantityError::Suffix
    } else {
        QuantityError::Format
    })
}

/// In canonical form: no fraction, the largest suffix that keeps the number whole.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            return f.pad("0");
        }
        let whole = self.nanos % NANO == 0;
        // Below 1024 a binary amount is written in decimal, as upstream does.
        let binary = self.format == Format::BinarySi && whole && self.nanos.abs() >= 1024 * NANO;
        if binary {
            let mut number = self.nanos / NANO;
            let mut suffix = "";
            for (name, _) in BINARY {
                if number % 1024 != 0 {
                    break;
                }
                number /= 1024;
                suffix = name;
            }
            return f.pad(&format!("{number}{suffix}"));
        }
        let mut number = self.nanos;
        let mut at = 0;
        while at + 1 < DECIMAL.len() && number % 1000 == 0 {
            number /= 1000;
            at += 1;
        }
        let (name, exponent) = DECIMAL[at];
        if self.format == Format::DecimalExponent && exponent != 0 {
            return f.pad(&format!("{number}e{exponent}"));
        }
        f.pad(&format!("{number}{name}"))
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(serde_json::Number),
        }
        let text = match Written::deserialize(from)? {
            Written::Text(text) => text,
            Written::Number(number) => number.to_string(),
        };
        text.parse().map_err(de::Error::custom)
    }
}
