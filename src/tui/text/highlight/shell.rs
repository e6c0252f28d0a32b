use super::{Scan, Token, Tokens};

/// A session: commands behind prompts, and what they printed.
pub(super) fn session(lines: &[String]) -> Vec<Tokens> {
    let mut continues = false;
    lines
        .iter()
        .map(|line| {
            let mut scan = Scan::new(line);
            let prompt = ["$ ", "> "]
                .into_iter()
                .find(|prompt| line.starts_with(prompt) && (*prompt == "$ " || continues));
            if let Some(prompt) = prompt {
                scan.take(prompt.len(), Token::Output);
                commands(&mut scan, continues);
            } else if continues {
                commands(&mut scan, true);
            } else if line.trim_start().starts_with("# ") {
                scan.take_rest(Token::Comment);
            } else {
                scan.take_rest(Token::Output);
                return scan.done();
            }
            continues = line.ends_with('\\');
            scan.done()
        })
        .collect()
}

/// Commands alone.
pub(super) fn script(lines: &[String]) -> Vec<Tokens> {
    let mut continues = false;
    lines
        .iter()
        .map(|line| {
            let mut scan = Scan::new(line);
            commands(&mut scan, continues);
            continues = line.ends_with('\\');
            scan.done()
        })
        .collect()
}

/// The rest of a line: the first word of each command, strings and comments.
fn commands(scan: &mut Scan<'_>, continued: bool) {
    let mut expects_command = !continued;
    while let Some(c) = scan.rest().chars().next() {
        match c {
            '#' if scan.after_space() => scan.take_rest(Token::Comment),
            '"' | '\'' => {
                let length = scan.quoted().unwrap_or(1);
                scan.take(length, Token::String);
                expects_command = false;
            }
            '|' | '&' | ';' | '(' => {
                scan.take_char(Token::Plain);
                expects_command = true;
            }
            c if c.is_whitespace() => scan.take_char(Token::Plain),
            _ => {
                let is_word = |c: char| !c.is_whitespace() && !"|&;()\"'".contains(c);
                let rest = scan.rest();
                let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
                let assigns = word.contains('=');
                let token = if expects_command && !assigns {
                    Token::Keyword
                } else {
                    Token::Plain
                };
                scan.take(word.len().max(c.len_utf8()), token);
                expects_command &= assigns || word == "sudo";
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn a_session_tells_commands_from_what_they_print() {
        let text = "$ docker run -d --name web nginx:1.29\n$ docker exec web sh -c 'echo hi > /tmp/note'\n$ docker ps -a  # all\nCONTAINER ID\n\n# later\n$ a | b && C=1 d \\\n  --flag\nout";
        assert_eq!(
            shown("console", text),
            [
                "o<$ >k<docker> run -d --name web nginx:1.29",
                "o<$ >k<docker> exec web sh -c s<'echo hi > /tmp/note'>",
                "o<$ >k<docker> ps -a  c<# all>",
                "o<CONTAINER ID>",
                "",
                "c<# later>",
                "o<$ >k<a> | k<b> && C=1 k<d> \\",
                "  --flag",
                "o<out>",
            ]
        );
    }

    #[test]
    fn a_script_has_no_prompt() {
        assert_eq!(
            shown("bash", "sudo apt-get install 'x y' # z\necho $#"),
            ["k<sudo apt-get> install s<'x y'> c<# z>", "k<echo> $#"]
                .map(|line| line.replace("k<sudo apt-get>", "k<sudo> k<apt-get>"))
        );
    }
}
