//! Light colouring of code: small tokenizers, one for each family of languages, that never fail and
//! keep every byte. What they do not know stays plain.

mod data;
mod dockerfile;
mod shell;

use std::ops::Range;

/// What a stretch of code is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    Plain,
    /// An instruction, a key, a command.
    Keyword,
    String,
    Comment,
    /// What a command printed, and the prompt before it.
    Output,
}

/// The tokens of one line, one after the other without holes.
pub(super) type Tokens = Vec<(Range<usize>, Token)>;

/// The tokens of each line of a block.
pub(super) fn highlight(language: &str, lines: &[String]) -> Vec<Tokens> {
    match language.to_ascii_lowercase().as_str() {
        "console" | "shell-session" | "shellsession" | "terminal" => shell::session(lines),
        "sh" | "bash" | "zsh" | "shell" => {
            if lines.iter().any(|line| line.starts_with("$ ")) {
                shell::session(lines)
            } else {
                shell::script(lines)
            }
        }
        "dockerfile" | "docker" | "containerfile" => dockerfile::dockerfile(lines),
        "yaml" | "yml" => data::yaml(lines),
        "json" | "jsonc" => data::json(lines),
        "toml" | "ini" => data::toml(lines),
        _ => lines
            .iter()
            .map(|line| vec![(0..line.len(), Token::Plain)])
            .collect(),
    }
}

/// A line being cut into tokens.
struct Scan<'a> {
    line: &'a str,
    at: usize,
    tokens: Tokens,
}

impl<'a> Scan<'a> {
    fn new(line: &'a str) -> Self {
        Self {
            line,
            at: 0,
            tokens: Vec::new(),
        }
    }

    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    /// Takes the next bytes; tokens of one kind become one.
    fn take(&mut self, length: usize, token: Token) {
        if length == 0 {
            return;
        }
        let end = self.at + length;
        match self.tokens.last_mut() {
            Some((range, last)) if *last == token => range.end = end,
            _ => self.tokens.push((self.at..end, token)),
        }
        self.at = end;
    }

    /// Takes characters as long as they are such.
    fn take_while(&mut self, token: Token, such: impl Fn(char) -> bool) {
        let rest = self.rest();
        let length = rest.find(|c| !such(c)).unwrap_or(rest.len());
        self.take(length, token);
    }

    fn take_char(&mut self, token: Token) {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.take(length, token);
    }

    fn take_rest(&mut self, token: Token) {
        self.take(self.rest().len(), token);
    }

    /// The length of the quoted string that begins here, its quotes included; one that is never
    /// closed reaches the end of the line.
    fn quoted(&self) -> Option<usize> {
        let mut chars = self.rest().char_indices();
        let (_, quote @ ('"' | '\'')) = chars.next()? else {
            return None;
        };
        while let Some((at, c)) = chars.next() {
            if c == quote {
                return Some(at + 1);
            }
            if c == '\\' && quote == '"' {
                chars.next();
            }
        }
        Some(self.rest().len())
    }

    fn after_space(&self) -> bool {
        self.line[..self.at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    }

    fn done(mut self) -> Tokens {
        self.take_rest(Token::Plain);
        self.tokens
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tokens of a block as text: each with a letter for its kind, plain ones bare.
    pub(super) fn shown(language: &str, text: &str) -> Vec<String> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        highlight(language, &lines)
            .iter()
            .zip(&lines)
            .map(|(tokens, line)| {
                tokens
                    .iter()
                    .map(|(range, token)| {
                        let text = &line[range.clone()];
                        match token {
                            Token::Plain => text.to_owned(),
                            Token::Keyword => format!("k<{text}>"),
                            Token::String => format!("s<{text}>"),
                            Token::Comment => format!("c<{text}>"),
                            Token::Output => format!("o<{text}>"),
                        }
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn an_unknown_language_stays_plain() {
        assert_eq!(shown("", "FROM x # y"), ["FROM x # y"]);
        assert_eq!(shown("rust", "let a = \"b\";"), ["let a = \"b\";"]);
    }

    proptest! {
        #[test]
        fn every_byte_is_kept(
            language in "console|bash|dockerfile|yaml|json|toml|text",
            lines in prop::collection::vec("([ -~]|[容“ 😀]|\\$ |# |\"|'|: |\\\\){0,30}", 0..6),
        ) {
            for (tokens, line) in highlight(&language, &lines).iter().zip(&lines) {
                let mut at = 0;
                for (range, _) in tokens {
                    prop_assert_eq!(range.start, at);
                    prop_assert!(line.is_char_boundary(range.end));
                    at = range.end;
                }
                prop_assert_eq!(at, line.len());
            }
        }
    }
}
