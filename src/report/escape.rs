//! Text of notes and answers, made harmless for where it is shown.

use std::fmt;

/// One line of at most so many characters: breaks and runs of blanks become one blank, what would
/// command a terminal or turn the direction of reading is shown as U+FFFD.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut blank = false;
    for (count, c) in text.trim().chars().enumerate() {
        if count >= most {
            line.push('…');
            break;
        }
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            line.push(' ');
        }
        line.push(if is_harmful(c) { '\u{fffd}' } else { c });
    }
    line
}

/// Control characters, the marks that turn text round, and what XML does not allow.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Text within HTML or SVG, or within a quoted attribute of either.
pub(super) struct Html<'a>(pub(super) &'a str);

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

/// Text within Markdown: what would be markup, a link or a cell's end stands for itself.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '!'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A cell of a table that a spreadsheet reads: one that would be a formula begins with an apostrophe.
/// Those signs are what OWASP's page on CSV injection names, with their full-width forms; a tab or a
/// carriage return before one of them is skipped by spreadsheets.
pub(super) fn cell(text: &str) -> String {
    const SIGNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    let begins = text.trim_start_matches([' ', '\n', '\u{feff}', '\u{3000}']);
    let harmless = if begins.starts_with(SIGNS) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if harmless.contains([',', '"', '\n', '\r', '\'']) {
        format!("\"{}\"", harmless.replace('"', "\"\""))
    } else {
        harmless
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_and_commands_nothing() {
        assert_eq!(one_line(" a\n\tb  c ", 9), "a b c");
        assert_eq!(
            one_line("\u{1b}[31m红\u{202e}x", 9),
            "\u{fffd}[31m红\u{fffd}x"
        );
        assert_eq!(one_line("一二三四", 3), "一二三…");
    }

    #[test]
    fn html_is_text_in_text_and_in_attributes() {
        assert_eq!(
            Html("<a href=\"x\" on='y'>&").to_string(),
            "&lt;a href=&quot;x&quot; on=&#39;y&#39;&gt;&amp;"
        );
    }

    #[test]
    fn markdown_stands_for_itself() {
        assert_eq!(
            markdown("[x](y) | `z` <b>"),
            "\\[x\\](y) \\| \\`z\\` \\<b\\>"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for harmful in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "\u{feff}=1",
        ] {
            let cell = cell(harmful);
            assert!(cell.trim_start_matches('"').starts_with('\''), "{cell}");
        }
        assert_eq!(cell("a = b"), "a = b");
        assert_eq!(cell("say \"so\", then"), "\"say \"\"so\"\", then\"");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }
}
