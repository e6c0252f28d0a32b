use std::fmt;

/// Why a command failed, for the person who gave it: one line that says what and where, and one
/// that says what to do.
#[derive(Debug)]
pub(super) struct Failure {
    what: String,
    advice: String,
    usage: bool,
}

impl Failure {
    /// A command that could not be carried out.
    pub(super) fn new(what: impl fmt::Display, advice: impl fmt::Display) -> Failure {
        Failure {
            what: one_line(&what.to_string()),
            advice: one_line(&advice.to_string()),
            usage: false,
        }
    }

    /// A command that was given wrongly.
    pub(super) fn usage(what: impl fmt::Display, advice: impl fmt::Display) -> Failure {
        Failure {
            usage: true,
            ..Failure::new(format!("{what} (command line)"), advice)
        }
    }

    /// 1 failed, 2 wrong usage.
    pub(super) fn exit_code(&self) -> u8 {
        if self.usage { 2 } else { 1 }
    }
}

/// Names of files may hold anything; an error stays on its line and writes no escape sequence.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "podlings: error: {}", self.what)?;
        write!(f, "{}", self.advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_two_lines_and_sends_nothing_to_the_terminal() {
        let failure = Failure::new("cannot read it (a\u{1b}[31m\nb.md)", "Rename it.");
        assert_eq!(
            failure.to_string(),
            "podlings: error: cannot read it (a\u{fffd}[31m\u{fffd}b.md)\nRename it."
        );
    }
}
