use serde_json::Value;

/// Writes a value as `sigs.k8s.io/yaml` does: keys sorted, lists not indented, text quoted where YAML 1.1
/// would read something else, long lines folded after 80 columns.
pub(super) fn write(value: &Value) -> String {
    let mut out = Writer {
        text: String::new(),
        column: 0,
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => out.mapping(fields, 0, false),
        Value::Array(items) if !items.is_empty() => out.sequence(items, 0),
        scalar => out.scalar(scalar, 0),
    }
    out.text
}

/// Lines are folded at the first blank beyond this column.
const BEST_WIDTH: usize = 80;

struct Writer {
    text: String,
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn line(&mut self, indent: usize) {
        self.put("\n");
        self.put(&" ".repeat(indent));
    }

    /// `continues`: its first key stands on a line that has begun.
    fn mapping(&mut self, fields: &serde_json::Map<String, Value>, indent: usize, continues: bool) {
        let mut keys: Vec<&String> = fields.keys().collect();
        keys.sort();
        for (at, key) in keys.into_iter().enumerate() {
            if at > 0 || !continues {
                self.put(&" ".repeat(indent));
            }
            self.put(&quoted(key));
            self.put(":");
            match fields.get(key) {
                Some(Value::Object(inner)) if !inner.is_empty() => {
                    self.put("\n");
                    self.mapping(inner, indent + 2, false);
                }
                Some(Value::Array(items)) if !items.is_empty() => {
                    self.put("\n");
                    self.sequence(items, indent);
                }
                Some(scalar) => {
                    self.put(" ");
                    self.scalar(scalar, indent + 2);
                }
                None => self.put("\n"),
            }
        }
    }

    fn sequence(&mut self, items: &[Value], indent: usize) {
        for item in items {
            self.put(&" ".repeat(indent));
            self.put("- ");
            match item {
                Value::Object(inner) if !inner.is_empty() => self.mapping(inner, indent + 2, true),
                Value::Array(inner) if !inner.is_empty() => {
                    // The first inner item stands on the same line.
                    let mut nested = Writer {
                        text: String::new(),
                        column: 0,
                    };
                    nested.sequence(inner, indent + 2);
                    self.put(nested.text.trim_start_matches(' '));
                }
                scalar => self.scalar(scalar, indent + 2),
            }
        }
    }

    /// A scalar and the end of its line.
    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Null => self.put("null"),
            Value::Bool(truth) => self.put(if *truth { "true" } else { "false" }),
            Value::Number(number) => self.put(&number.to_string()),
            Value::Object(_) => self.put("{}"),
            Value::Array(_) => self.put("[]"),
            Value::String(text) => self.string(text, indent),
        }
        self.put("\n");
    }

    fn string(&mut self, text: &str, indent: usize) {
        match Style::of(text) {
            Style::Literal => self.literal(text, indent),
            Style::Plain => self.folded(text, indent),
            Style::Single => {
                self.put("'");
                self.folded(&text.replace('\'', "''"), indent);
                self.put("'");
            }
            Style::Double => self.put(&double_quoted(text)),
        }
    }

    fn folded(&mut self, text: &str, indent: usize) {
        let characters: Vec<char> = text.chars().collect();
        let mut blank = false;
        for (at, character) in characters.iter().enumerate() {
            let next = characters.get(at + 1);
            let folds = *character == ' '
                && !blank
                && at > 0
                && self.column > BEST_WIDTH
                && next.is_some_and(|next| *next != ' ');
            if folds {
                self.line(indent);
            } else {
                self.put(character.encode_utf8(&mut [0; 4]));
            }
            blank = *character == ' ';
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        if !text.ends_with('\n') {
            self.put("-");
        } else if text.ends_with("\n\n") || text == "\n" {
            self.put("+");
        }
        let body = text.strip_suffix('\n').unwrap_or(text);
        for line in body.split('\n') {
            match line {
                "" => self.put("\n"),
                line => {
                    self.line(indent);
                    self.put(line);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

impl Style {
    /// `go.yaml.in/yaml/v2`, encode.go and emitterc.go.
    fn of(text: &str) -> Style {
        let special = text
            .chars()
            .any(|character| is_special(character) && character != '\n');
        if special {
            return Style::Double;
        }
        if text.contains('\n') {
            let loose = text.ends_with(' ') || text.contains(" \n");
            return if loose { Style::Double } else { Style::Literal };
        }
        if is_something_else(text) {
            return Style::Double;
        }
        if plain_is_allowed(text) {
            Style::Plain
        } else {
            Style::Single
        }
    }
}

/// What YAML does not show as it is: also everything beyond the first plane
/// (`go.yaml.in/yaml/v2`, yamlprivateh.go, is_printable).
fn is_special(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}'..
        )
}

/// A key, on one line.
fn quoted(text: &str) -> String {
    match Style::of(text) {
        Style::Plain => text.to_owned(),
        Style::Single => format!("'{}'", text.replace('\'', "''")),
        Style::Double | Style::Literal => double_quoted(text),
    }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            special if is_special(special) => {
                let code = u32::from(special);
                out.push_str(&match code {
                    ..0x100 => format!("\\x{code:02X}"),
                    0x100..0x1_0000 => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                });
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Whether YAML 1.1 reads the bare text as null, a truth value, a number or a time
/// (`go.yaml.in/yaml/v2`, resolve.go).
fn is_something_else(text: &str) -> bool {
    const WORDS: [&str; 40] = [
        "", "~", "null", "Null", "NULL", "<<", "y", "Y", "yes", "Yes", "YES", "true", "True",
        "TRUE", "on", "On", "ON", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off",
        "Off", "OFF", ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF",
        "-.inf", "-.Inf", "-.INF",
    ];
    if WORDS.contains(&text) {
        return true;
    }
    is_number(text) || is_time(text) || is_base_60(text)
}

fn is_number(text: &str) -> bool {
    let bare = text.replace('_', "");
    let digits = bare.strip_prefix(['-', '+']).unwrap_or(&bare);
    let radix = |prefix: &str, radix: u32| {
        let digits = digits.strip_prefix(prefix);
        digits.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    if radix("0x", 16) || radix("0X", 16) || radix("0b", 2) || radix("0o", 8) {
        return true;
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let all_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, part)) => {
            all_digits(whole) && all_digits(part) && !(whole.is_empty() && part.is_empty())
        }
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    mantissa_fits && exponent_fits
}

fn is_time(text: &str) -> bool {
    let date = text.get(..10).unwrap_or(text);
    let shaped = date.len() >= 8
        && date.bytes().take(4).all(|byte| byte.is_ascii_digit())
        && date.as_bytes().get(4) == Some(&b'-');
    shaped
        && (chrono::DateTime::parse_from_rfc3339(text).is_ok()
            || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
            || chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").is_ok())
}

/// `190:20:30`, a number to YAML 1.1.
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = text.split(':');
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let first = parts.next().is_some_and(|part| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_digit() || c == '_')
    });
    let rest: Vec<&str> = parts.collect();
    first
        && !rest.is_empty()
        && rest.iter().all(|part| {
            let whole = part.split('.').next().unwrap_or_default();
            digits(whole) && whole.len() <= 2 && whole.parse::<u8>().is_ok_and(|n| n < 60)
        })
}

/// Whether the text can stand without quotes in a block (emitterc.go, yaml_emitter_analyze_scalar).
fn plain_is_allowed(text: &str) -> bool {
    if text.starts_with("---") || text.starts_with("...") {
        return false;
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return false;
    }
    let characters: Vec<char> = text.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        let then_blank = characters
            .get(at + 1)
            .is_none_or(|next| next.is_whitespace());
        let after_blank = at == 0 || characters.get(at - 1).is_some_and(|c| c.is_whitespace());
        let indicates = match character {
            ':' => then_blank,
            '#' => after_blank,
            '-' | '?' => at == 0 && then_blank,
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
            | '`' => at == 0,
            _ => false,
        };
        if indicates {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Facts of `go.yaml.in/yaml/v2`'s encode_test.go, as kubectl's output shows them.
    #[test]
    fn text_is_quoted_where_yaml_would_read_something_else() {
        for (text, written) in [
            ("web", "web"),
            ("", "\"\""),
            ("1", "\"1\""),
            ("0x1f", "\"0x1f\""),
            ("1e3", "\"1e3\""),
            ("1.29", "\"1.29\""),
            ("100m", "100m"),
            ("128Mi", "128Mi"),
            ("1.2.3.4", "1.2.3.4"),
            ("yes", "\"yes\""),
            ("off", "\"off\""),
            ("true", "\"true\""),
            ("null", "\"null\""),
            ("2026-01-01T00:00:00Z", "\"2026-01-01T00:00:00Z\""),
            ("2026-01-01", "\"2026-01-01\""),
            ("12:30", "\"12:30\""),
            ("nginx:1.29", "nginx:1.29"),
            ("a: b", "'a: b'"),
            ("a\u{fffe}", "\"a\\uFFFE\""),
            ("\u{1f600}", "\"\\U0001F600\""),
            ("a\u{8}b", "\"a\\bb\""),
            ("a #b", "'a #b'"),
            ("it's", "it's"),
            ("'x", "'''x'"),
            ("- x", "'- x'"),
            ("-c", "-c"),
            ("{}", "'{}'"),
            ("a\tb", "\"a\\tb\""),
            ("trailing ", "'trailing '"),
        ] {
            assert_eq!(write(&json!(text)), format!("{written}\n"), "{text:?}");
        }
    }

    #[test]
    fn objects_are_written_as_kubectl_writes_them() {
        let value = json!({
            "metadata": {"name": "x", "labels": {}, "annotations": {"a": "one\ntwo\n", "b": "one\ntwo"}},
            "args": ["-c", ["x", {"y": 1}], {"b": null, "a": true}],
            "none": [],
        });
        let written = "\
args:
- -c
- - x
  - \"y\": 1
- a: true
  b: null
metadata:
  annotations:
    a: |
      one
      two
    b: |-
      one
      two
  labels: {}
  name: x
none: []
";
        assert_eq!(write(&value), written);
    }

    #[test]
    fn long_text_is_folded_beyond_column_80() {
        let words = "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims";
        assert_eq!(
            write(&json!({"status": {"message": words}})),
            "status:\n  message: '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient\n    cpu. no new claims'\n"
        );
    }

    proptest::proptest! {
        /// Whatever is written is read back as it was.
        #[test]
        fn any_text_is_read_back(text in "(?s).{0,120}", key in ".{0,20}") {
            let value = json!({"list": [text.clone(), {"deep": text.clone()}], key: text});
            let read: Value = serde_norway::from_str(&write(&value)).unwrap();
            proptest::prop_assert_eq!(read, value);
        }

        #[test]
        fn words_with_signs_are_read_back(text in "[-?:,#&*!|>'\"%@` a1\\[\\]{}\n~.=<]{0,24}") {
            let value = json!({"a": {"b": text}});
            let read: Value = serde_norway::from_str(&write(&value)).unwrap();
            proptest::prop_assert_eq!(read, value);
        }
    }
}
