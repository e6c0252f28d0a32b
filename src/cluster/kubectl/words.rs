use super::failure::Failure;

/// Splits a command line into words as a shell does: quotes group, a backslash takes the next character as
/// it is, `#` at the start of a word begins a comment. Nothing is expanded.
pub(super) fn split(line: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        match character {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next() {
                        Some('\'') => break,
                        Some(inside) => word.push(inside),
                        None => return Err(unmatched('\'')),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next() {
                        Some('"') => break,
                        Some('\\') => match rest.next() {
                            Some(inside @ ('"' | '\\' | '$' | '`')) => word.push(inside),
                            Some('\n') => {}
                            Some(inside) => word.extend(['\\', inside]),
                            None => return Err(unmatched('"')),
                        },
                        Some(inside) => word.push(inside),
                        None => return Err(unmatched('"')),
                    }
                }
            }
            '\\' => match rest.next() {
                Some('\n') | None => {}
                Some(next) => word.get_or_insert_default().push(next),
            },
            '#' if word.is_none() => {
                rest.by_ref().find(|character| *character == '\n');
            }
            space if space.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

/// As bash complains.
fn unmatched(quote: char) -> Failure {
    Failure::verbatim(format!(
        "bash: unexpected EOF while looking for matching `{quote}'"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        let split = |line| super::split(line).ok();
        for (line, words) in [
            ("  a  b ", vec!["a", "b"]),
            ("a 'b c' d", vec!["a", "b c", "d"]),
            ("a \"b \\\" c\"d", vec!["a", "b \" cd"]),
            ("a b\\ c", vec!["a", "b c"]),
            ("a '' # a comment", vec!["a", ""]),
            ("a=b#c", vec!["a=b#c"]),
            ("", vec![]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        assert_eq!(split("a 'b"), None);
    }
}
