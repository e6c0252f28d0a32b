use super::{Scan, Token, Tokens};

/// A Dockerfile: instructions, `AS`, strings and comments.
pub(super) fn dockerfile(lines: &[String]) -> Vec<Tokens> {
    let mut continues = false;
    lines
        .iter()
        .map(|line| {
            let mut scan = Scan::new(line);
            scan.take_while(Token::Plain, char::is_whitespace);
            // A comment may stand between the lines of one instruction.
            if scan.rest().starts_with('#') {
                scan.take_rest(Token::Comment);
                return scan.done();
            }
            if !continues {
                scan.take_while(Token::Keyword, |c| c.is_ascii_alphabetic());
            }
            arguments(&mut scan);
            continues = line.trim_end().ends_with('\\') || continues && line.trim().is_empty();
            scan.done()
        })
        .collect()
}

fn arguments(scan: &mut Scan<'_>) {
    while !scan.rest().is_empty() {
        if let Some(length) = scan.quoted().filter(|_| scan.opens_string()) {
            scan.take(length, Token::String);
        } else if scan.after_space() && is_as(scan.rest()) {
            scan.take(2, Token::Keyword);
        } else {
            scan.take_char(Token::Plain);
        }
    }
}

fn is_as(rest: &str) -> bool {
    rest.get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("as "))
}

impl Scan<'_> {
    /// An apostrophe inside a word opens nothing.
    fn opens_string(&self) -> bool {
        !self.line[..self.at].ends_with(char::is_alphanumeric)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn instructions_stand_out_and_their_continuations_do_not() {
        let text = "# syntax=docker/dockerfile:1\nFROM golang:1.26 AS build\nRUN apt-get update \\\n    # why\n    && echo don't\nCMD [\"nginx\", \"-g\"]";
        assert_eq!(
            shown("Dockerfile", text),
            [
                "c<# syntax=docker/dockerfile:1>",
                "k<FROM> golang:1.26 k<AS> build",
                "k<RUN> apt-get update \\",
                "    c<# why>",
                "    && echo don't",
                "k<CMD> [s<\"nginx\">, s<\"-g\">]",
            ]
        );
    }
}
