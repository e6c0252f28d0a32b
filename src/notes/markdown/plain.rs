use std::borrow::Cow;

use pulldown_cmark::{Event, Parser, Tag};

use super::options;

/// The text of a piece of Markdown without its marks. Line breaks are kept as the source has them
/// and nothing is put in, save one blank between the cells of a table. Comments are dropped; other
/// HTML is text.
pub fn plain(markdown: &str) -> String {
    if has_no_marks(markdown) {
        return markdown.trim_end().to_owned();
    }
    let mut text = String::with_capacity(markdown.len());
    let mut seen = 0;
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        let words = match &event {
            Event::Text(words) | Event::Code(words) => Cow::Borrowed(&**words),
            Event::InlineHtml(html) | Event::Html(html) => comment_free(html),
            Event::FootnoteReference(_) => Cow::Borrowed(&markdown[range.clone()]),
            Event::Start(Tag::TableCell) if !text.is_empty() => Cow::Borrowed(" "),
            _ => continue,
        };
        if !text.is_empty() {
            let gap = markdown.get(seen..range.start).unwrap_or_default();
            text.extend(gap.chars().filter(|c| *c == '\n'));
        }
        if words == " " && text.ends_with(char::is_whitespace) {
            seen = seen.max(range.start);
            continue;
        }
        text.push_str(&words);
        seen = match event {
            Event::Start(_) => range.start,
            _ => range.end,
        };
    }
    text.truncate(text.trim_end().len());
    text
}

/// HTML without its comments. A comment that is never closed is text: it would hide the rest.
pub(in crate::notes) fn comment_free(html: &str) -> Cow<'_, str> {
    let Some(start) = html.find("<!--") else {
        return Cow::Borrowed(html);
    };
    let Some(length) = html[start..].find("-->") else {
        return Cow::Borrowed(html);
    };
    let rest = comment_free(&html[start + length + 3..]);
    Cow::Owned(format!("{}{rest}", &html[..start]))
}

/// One line of text as Markdown that reads the same.
pub(in crate::notes) fn escaped(line: &str) -> Cow<'_, str> {
    let line = line.trim();
    if has_no_marks(line) {
        return Cow::Borrowed(line);
    }
    let mut markdown = String::with_capacity(line.len() + 8);
    let number = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, c) in line.char_indices() {
        let opens_list = at == number && number > 0 && matches!(c, '.' | ')');
        if MARKS.contains(&c) || opens_list {
            markdown.push('\\');
        }
        markdown.push(c);
    }
    Cow::Owned(markdown)
}

const MARKS: [char; 18] = [
    '\\', '`', '*', '_', '[', ']', '<', '>', '&', '~', '|', '#', '+', '-', '=', '!', '{', '}',
];

/// Whether Markdown reads this as the same text. It may say no where the answer is yes.
fn has_no_marks(text: &str) -> bool {
    !text.contains(MARKS)
        && !text.contains("  ")
        && text.lines().all(|line| {
            !line.starts_with(|c: char| c.is_whitespace() || c.is_ascii_digit())
                && !line.ends_with(char::is_whitespace)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_line_breaks_stay() {
        assert_eq!(plain("a **b** `c*`\nd  \ne\\\nf"), "a b c*\nd\ne\nf");
        assert_eq!(plain("a\n\nb"), "a\n\nb");
        assert_eq!(plain("- one\n- two\n  three"), "one\ntwo\nthree");
        assert_eq!(plain("[text](url) ![alt](path)"), "text alt");
        assert_eq!(plain("```\nFROM   x\n\nRUN  y\n```"), "FROM   x\n\nRUN  y");
        assert_eq!(
            plain("1 < 2 &amp; <b>3</b> <!-- no -->"),
            "1 < 2 & <b>3</b>"
        );
        assert_eq!(plain("| a | b |\n|---|---|\n| 1 | 2 |"), "a b\n\n1 2");
        assert_eq!(plain("[…]是第一步"), "[…]是第一步");
    }

    #[test]
    fn comments_go_and_unclosed_ones_do_not_hide_the_rest() {
        assert_eq!(comment_free("a<!-- b -->c<!---->d"), "acd");
        assert_eq!(comment_free("a<!-- b"), "a<!-- b");
    }

    #[test]
    fn escaped_text_reads_the_same() {
        for line in [
            "a*b*c",
            "1. x",
            "12) y",
            "# h",
            "- l",
            "`c` & <d>",
            "> q",
            "{{c1::x}}",
            "普通",
            "+ a",
            "===",
            "~~s~~",
            "![i](p)",
        ] {
            assert_eq!(plain(&escaped(line)), line);
        }
    }
}
