use super::{Scan, Token, Tokens};

/// YAML: keys, quoted strings and comments; the text of block scalars stays plain.
pub(super) fn yaml(lines: &[String]) -> Vec<Tokens> {
    // The indent of the key whose block scalar we are in.
    let mut scalar: Option<usize> = None;
    lines
        .iter()
        .map(|line| {
            let mut scan = Scan::new(line);
            let indent = line.len() - line.trim_start().len();
            if let Some(outer) = scalar {
                if line.trim().is_empty() || indent > outer {
                    return scan.done();
                }
                scalar = None;
            }
            scan.take_while(Token::Plain, |c| c == ' ' || c == '-');
            let key = key_length(scan.rest());
            scan.take(key, Token::Keyword);
            while !scan.rest().is_empty() {
                if scan.rest().starts_with('#') && scan.after_space() {
                    scan.take_rest(Token::Comment);
                } else if let Some(length) = scan.quoted().filter(|_| opens(&scan)) {
                    scan.take(length, Token::String);
                } else {
                    scan.take_char(Token::Plain);
                }
            }
            let value = line.split(" #").next().unwrap_or_default().trim_end();
            let value =
                value.trim_end_matches(|c: char| c == '-' || c == '+' || c.is_ascii_digit());
            if value.ends_with(": |") || value.ends_with(": >") {
                scalar = Some(indent);
            }
            scan.done()
        })
        .collect()
}

/// JSON: keys and strings.
pub(super) fn json(lines: &[String]) -> Vec<Tokens> {
    lines
        .iter()
        .map(|line| {
            let mut scan = Scan::new(line);
            while !scan.rest().is_empty() {
                let string = scan
                    .rest()
                    .starts_with('"')
                    .then(|| scan.quoted())
                    .flatten();
                if let Some(length) = string {
                    let is_key = scan.rest()[length..].trim_start().starts_with(':');
                    scan.take(
                        length,
                        if is_key {
                            Token::Keyword
                        } else {
                            Token::String
                        },
                    );
                } else if scan.rest().starts_with("//") {
                    scan.take_rest(Token::Comment);
                } else {
                    scan.take_char(Token::Plain);
                }
            }
            scan.done()
        })
        .collect()
}

/// TOML: tables, keys, strings and comments.
pub(super) fn toml(lines: &[String]) -> Vec<Tokens> {
    lines
        .iter()
        .map(|line| {
            let mut scan = Scan::new(line);
            scan.take_while(Token::Plain, char::is_whitespace);
            if scan.rest().starts_with('[') {
                let end = scan.rest().find('#').unwrap_or(scan.rest().len());
                let table = scan.rest()[..end].trim_end();
                if table.ends_with(']') && !table.contains('=') && !table.contains(',') {
                    scan.take(table.len(), Token::Keyword);
                }
            } else {
                let key = scan.rest().split_once('=').map(|(key, _)| key.trim_end());
                let bare = key.filter(|key| key.chars().all(is_bare_key));
                scan.take(bare.map_or(0, str::len), Token::Keyword);
            }
            while !scan.rest().is_empty() {
                if scan.rest().starts_with('#') || scan.rest().starts_with(';') && scan.at == 0 {
                    scan.take_rest(Token::Comment);
                } else if let Some(length) = scan.quoted() {
                    scan.take(length, Token::String);
                } else {
                    scan.take_char(Token::Plain);
                }
            }
            scan.done()
        })
        .collect()
}

/// The length of the key a line begins with, without its colon; 0 where it begins with none.
fn key_length(rest: &str) -> usize {
    let mut at = 0;
    for c in rest.chars() {
        if c == ':' {
            let after = &rest[at + 1..];
            if after.is_empty() || after.starts_with(' ') {
                return at;
            }
        } else if matches!(c, '#' | '{' | '[' | '"' | '\'') {
            return 0;
        }
        at += c.len_utf8();
    }
    0
}

fn is_bare_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-. ".contains(c)
}

/// A quote inside a word opens nothing.
fn opens(scan: &Scan<'_>) -> bool {
    scan.line[..scan.at]
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || "[{,:-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn yaml_shows_keys_strings_and_comments() {
        let text = "apiVersion: v1 # core\n# note\nspec:\n  - name: \"web\"\n    image: nginx:1.29\n    args: ['-g', x]\n    script: |-\n      a: \"b\" # c\n\n    port: 80";
        assert_eq!(
            shown("yaml", text),
            [
                "k<apiVersion>: v1 c<# core>",
                "c<# note>",
                "k<spec>:",
                "  - k<name>: s<\"web\">",
                "    k<image>: nginx:1.29",
                "    k<args>: [s<'-g'>, x]",
                "    k<script>: |-",
                "      a: \"b\" # c",
                "",
                "    k<port>: 80",
            ]
        );
    }

    #[test]
    fn json_tells_keys_from_values() {
        assert_eq!(
            shown("json", "{\"a\" : \"b\\\"c\", \"n\": 1}"),
            ["{k<\"a\"> : s<\"b\\\"c\">, k<\"n\">: 1}"]
        );
    }

    #[test]
    fn toml_shows_tables_and_keys() {
        assert_eq!(
            shown(
                "toml",
                "[a.b] # t\nkey = \"v#\" # c\nlist = [\n  \"x=1\",\n]"
            ),
            [
                "k<[a.b]> c<# t>",
                "k<key> = s<\"v#\"> c<# c>",
                "k<list> = [",
                "  s<\"x=1\">,",
                "]",
            ]
        );
    }
}
