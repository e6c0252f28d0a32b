//! Lengths of time as Go reads them (`time.ParseDuration`).

/// How many microseconds a text such as `1m30s` means, or Go's complaint.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration \"{text}\"");
    let (negative, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0;
    let mut left = rest;
    while !left.is_empty() {
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        let end = left.find(|c| !is_number(c)).unwrap_or(left.len());
        let (number, after) = left.split_at(end);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let end = after.find(is_number).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let micros = match unit {
            "" => return Err(format!("time: missing unit in duration \"{text}\"")),
            "ns" => 0.001,
            "us" | "µs" | "μs" => 1.0,
            "ms" => 1e3,
            "s" => 1e6,
            "m" => 60e6,
            "h" => 3600e6,
            unit => {
                return Err(format!(
                    "time: unknown unit \"{unit}\" in duration \"{text}\""
                ));
            }
        };
        total += number * micros;
        left = after;
    }
    // What is too long is as long as can be.
    let total = total as i64;
    Ok(if negative { -total } else { total })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts of Go's `time_test.go`, TestParseDuration.
    #[test]
    fn lengths_are_read_as_go_reads_them() {
        for (text, micros) in [
            ("0", 0),
            ("5s", 5_000_000),
            ("-5s", -5_000_000),
            ("1m30s", 90_000_000),
            ("1.5h", 5_400_000_000),
            ("250ms", 250_000),
            (".5s", 500_000),
        ] {
            assert_eq!(parse(text), Ok(micros), "{text}");
        }
        for (text, why) in [
            ("", "time: invalid duration \"\""),
            ("s", "time: invalid duration \"s\""),
            ("5", "time: missing unit in duration \"5\""),
            ("5x", "time: unknown unit \"x\" in duration \"5x\""),
        ] {
            assert_eq!(parse(text), Err(why.to_owned()), "{text}");
        }
    }
}
