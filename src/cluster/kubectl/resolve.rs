//! What YAML 1.1 reads in bare words, for a reader of YAML 1.2: kubectl's library resolves `yes` and `0644`
//! as the older version does (`sigs.k8s.io/yaml`, its copy of `go.yaml.in/yaml/v2`, resolve.go).

use serde_json::Value;

/// The text with every bare word that means something else in YAML 1.1 written so that YAML 1.2 reads the
/// same. Lines stay where they are.
pub(super) fn as_yaml_1_2(text: &str) -> String {
    let mut scanner = Scanner::default();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let next = lines.clone().find(|line| !line.trim().is_empty());
        scanner.line(
            line,
            next.map_or(0, |next| next.len() - next.trim_start_matches(' ').len()),
        );
    }
    scanner.out
}

#[derive(Default)]
struct Scanner {
    out: String,
    /// How many brackets of a flow collection are open.
    depth: usize,
    /// The quote of a scalar that goes on over the end of the line.
    quote: Option<char>,
    /// Deeper lines than this belong to the scalar before.
    scalar: Option<usize>,
}

impl Scanner {
    /// `below`: how far the next line with something on it is indented.
    fn line(&mut self, line: &str, below: usize) {
        let body = line.trim_start_matches(' ');
        let indent = line.len() - body.len();
        let mut rest = line;
        if let Some(parent) = self.scalar {
            if body.trim().is_empty() || indent > parent {
                self.out.push_str(line);
                return;
            }
            self.scalar = None;
        }
        if let Some(quote) = self.quote {
            rest = self.quoted(rest, quote);
        }
        let mut parent = indent;
        let mut tagged = false;
        while let Some(first) = rest.chars().next() {
            let column = line.len() - rest.len();
            let follows = rest[first.len_utf8()..].chars().next();
            let parted = follows.is_none_or(char::is_whitespace);
            match first {
                _ if first.is_whitespace() => rest = self.copy(rest, first.len_utf8()),
                '#' => rest = self.copy(rest, rest.len()),
                '"' | '\'' => {
                    self.out.push(first);
                    rest = self.quoted(&rest[1..], first);
                    tagged = false;
                }
                '[' | '{' => {
                    self.depth += 1;
                    rest = self.copy(rest, 1);
                }
                ']' | '}' => {
                    self.depth = self.depth.saturating_sub(1);
                    rest = self.copy(rest, 1);
                }
                ',' | ':' if self.depth > 0 => rest = self.copy(rest, 1),
                '-' | '?' if parted => {
                    parent = column;
                    rest = self.copy(rest, 1);
                }
                ':' if parted => rest = self.copy(rest, 1),
                '|' | '>' if self.depth == 0 => {
                    self.scalar = Some(parent);
                    rest = self.copy(rest, rest.len());
                }
                '&' | '*' | '!' => {
                    tagged |= first == '!';
                    let ends = |c: char| c.is_whitespace() || (self.depth > 0 && ",]}".contains(c));
                    rest = self.copy(rest, rest.find(ends).unwrap_or(rest.len()));
                }
                _ => {
                    let (word, key) = self.plain(rest);
                    if key {
                        parent = column;
                    }
                    let after = &rest[word.len()..];
                    let ends = after.trim().is_empty() || after.trim_start().starts_with('#');
                    if ends && self.depth == 0 && !key {
                        self.scalar = Some(parent);
                    }
                    let goes_on = self.scalar.is_some_and(|parent| below > parent);
                    match resolved(word) {
                        Some(meant) if !tagged && !goes_on => self.out.push_str(&meant),
                        _ => self.out.push_str(word),
                    }
                    tagged = false;
                    rest = after;
                }
            }
        }
    }

    fn copy<'t>(&mut self, text: &'t str, length: usize) -> &'t str {
        let (taken, rest) = text.split_at(length);
        self.out.push_str(taken);
        rest
    }

    /// Copies up to the closing quote, if it stands on this line.
    fn quoted<'t>(&mut self, text: &'t str, quote: char) -> &'t str {
        let mut escaped = false;
        for (at, character) in text.char_indices() {
            if escaped {
                escaped = false;
            } else if quote == '"' && character == '\\' {
                escaped = true;
            } else if character == quote {
                self.quote = None;
                return self.copy(text, at + 1);
            }
        }
        self.quote = Some(quote);
        self.copy(text, text.len())
    }

    /// The bare word that stands first, and whether it is a key.
    fn plain<'t>(&self, text: &'t str) -> (&'t str, bool) {
        let mut end = text.trim_end().len();
        let mut key = false;
        let mut before = ' ';
        for (at, character) in text.char_indices() {
            let next = text[at + character.len_utf8()..].chars().next();
            let in_flow = self.depth > 0;
            let parts = next.is_none_or(char::is_whitespace)
                || (in_flow && next.is_some_and(|next| ",]}".contains(next)));
            let ends_key = character == ':' && parts;
            let ends_flow = in_flow && ",[]{}".contains(character);
            if ends_key || ends_flow || (character == '#' && before.is_whitespace()) {
                end = end.min(at);
                key = ends_key;
                break;
            }
            before = character;
        }
        (text[..end].trim_end(), key)
    }
}

/// What a bare word means, if YAML 1.2 reads it differently.
fn resolved(word: &str) -> Option<String> {
    match word {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some("true".to_owned()),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some("false".to_owned()),
        _ => {}
    }
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word.strip_prefix('+').unwrap_or(word)),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let bare = digits.replace('_', "");
    let radix = |prefix: &str, radix| {
        let digits = bare.strip_prefix(prefix)?;
        i64::from_str_radix(digits, radix).ok()
    };
    let number = match &*bare {
        "0" => None,
        _ if bare.starts_with("0x") => radix("0x", 16),
        _ if bare.starts_with("0b") => radix("0b", 2),
        _ if bare.starts_with("0o") => radix("0o", 8),
        // What is no octal number is read as a decimal fraction: `08` is 8.
        _ if bare.starts_with('0') => radix("0", 8).or_else(|| bare.parse().ok()),
        _ if bare.len() < digits.len() => bare.parse().ok(),
        _ => None,
    };
    number.map(|number: i64| format!("{sign}{number}"))
}

/// Takes in what `<<` names: the map's own keys win, and of several maps the first.
///
/// # Errors
/// If `<<` names something else (decode.go, failWantMap).
pub(super) fn merged(value: Value) -> Result<Value, String> {
    const WANTS_MAP: &str = "map merge requires map or sequence of maps as the value";
    Ok(match value {
        Value::Array(items) => {
            Value::Array(items.into_iter().map(merged).collect::<Result<_, _>>()?)
        }
        Value::Object(mut fields) => {
            let others = match fields.remove("<<") {
                None => Vec::new(),
                Some(Value::Array(several)) => several,
                Some(one) => vec![one],
            };
            for other in others {
                let Value::Object(other) = other else {
                    return Err(WANTS_MAP.to_owned());
                };
                for (key, value) in other {
                    fields.entry(key).or_insert(value);
                }
            }
            let fields = fields.into_iter();
            let fields = fields.map(|(key, value)| Ok((key, merged(value)?)));
            Value::Object(fields.collect::<Result<_, String>>()?)
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        merged(serde_norway::from_str(&as_yaml_1_2(text)).unwrap()).unwrap()
    }

    /// `go.yaml.in/yaml/v2`, decode_test.go: unmarshalTests.
    #[test]
    fn bare_words_mean_what_yaml_1_1_says() {
        for (text, meant) in [
            ("v: yes", json!({"v": true})),
            ("v: \"yes\"", json!({"v": "yes"})),
            ("v: 'on' # on", json!({"v": "on"})),
            ("on: Off", json!({"true": false})),
            ("v: !!str yes", json!({"v": "yes"})),
            (
                "v: [on, y, no way, 'n', {off: n}]",
                json!({"v": [true, true, "no way", "n", {"false": false}]}),
            ),
            (
                "mode: 0644\nother: 0o644",
                json!({"mode": 420, "other": 420}),
            ),
            (
                "v: 1_000\nw: -012\nx: 0x1F\ny1: 08\nz: 0b11",
                json!({"v": 1000, "w": -10, "x": 31, "y1": 8, "z": 3}),
            ),
            (
                "v: 0\nw: 10\nx: 1.29\ny1: 0.5",
                json!({"v": 0, "w": 10, "x": 1.29, "y1": 0.5}),
            ),
            (
                "v: |\n  yes\n  a: on\nw: on",
                json!({"v": "yes\na: on\n", "w": true}),
            ),
            ("- |\n yes\n- >-\n  no\n- no", json!(["yes\n", "no", false])),
            (
                "v: yes\n  and no\nw: no",
                json!({"v": "yes and no", "w": false}),
            ),
            (
                "v: \"a\n  yes\n  on\"\nw: on",
                json!({"v": "a yes on", "w": true}),
            ),
            (
                "- name: on\n  value: no\n- {name: y}",
                json!([{"name": true, "value": false}, {"name": true}]),
            ),
            (
                "v: http://yes:80/on\nw: a:on",
                json!({"v": "http://yes:80/on", "w": "a:on"}),
            ),
            ("v: &a yes\nw: *a", json!({"v": true, "w": true})),
        ] {
            assert_eq!(read(text), meant, "{text}");
        }
    }

    #[test]
    fn merge_keys_take_in_other_maps() {
        let text = "a: &a {image: x, k: 1}\nb: {<<: *a, k: 2}\nc: {<<: [*a, {k: 3, m: 4}]}";
        let read = read(text);
        assert_eq!(read["b"], json!({"image": "x", "k": 2}));
        assert_eq!(read["c"], json!({"image": "x", "k": 1, "m": 4}));
        assert!(merged(json!({"<<": 1})).is_err());
    }
}
