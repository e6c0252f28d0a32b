use std::borrow::Cow;

use ratatui::buffer::CellWidth;
use unicode_segmentation::{Graphemes, UnicodeSegmentation};

/// How many terminal columns a text takes when it is drawn: the sum over its grapheme clusters, as
/// `ratatui` counts them. The text must be [`safe`](super::safe()).
pub fn width(text: &str) -> usize {
    if is_printable_ascii(text) {
        return text.len();
    }
    clusters(text).map(|cluster| cluster.width).sum()
}

/// The longest beginning of a text that fits into `columns`, with `ending` (`…`) in place of what
/// was cut off. Where not even the ending fits, the text is cut without it.
pub fn truncate<'a>(text: &'a str, columns: usize, ending: &str) -> Cow<'a, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let ending = if width(ending) <= columns { ending } else { "" };
    let kept = prefix(text, columns - width(ending));
    if ending.is_empty() {
        Cow::Borrowed(kept)
    } else {
        Cow::Owned(format!("{}{ending}", kept.trim_end()))
    }
}

fn prefix(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    for cluster in clusters(text) {
        if taken + cluster.width > columns {
            return &text[..cluster.start];
        }
        taken += cluster.width;
    }
    text
}

/// A grapheme cluster: what a reader takes for one character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster {
    /// First byte.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    /// In columns.
    pub(super) width: usize,
}

/// The grapheme clusters of a text, in order.
pub(super) fn clusters(text: &str) -> Clusters<'_> {
    Clusters {
        text,
        at: 0,
        slow: None,
    }
}

/// See [`clusters`].
pub(super) struct Clusters<'a> {
    text: &'a str,
    at: usize,
    /// The segmenter and how far it has come.
    slow: Option<(usize, Graphemes<'a>)>,
}

impl Iterator for Clusters<'_> {
    type Item = Cluster;

    fn next(&mut self) -> Option<Cluster> {
        let start = self.at;
        let rest = &self.text[start..];
        let mut chars = rest.chars();
        let first = chars.next()?;
        let after = first.len_utf8();
        let (length, width) = match (alone(first), chars.next().map(alone)) {
            (Some(width), None | Some(Some(_))) => (after, width),
            _ => self.segment(start),
        };
        self.at = start + length;
        Some(Cluster {
            start,
            end: self.at,
            width,
        })
    }
}

impl Clusters<'_> {
    /// The full rules, for what [`alone`] cannot decide. The segmenter is kept while clusters follow
    /// each other, since it looks back to tell flags apart.
    fn segment(&mut self, start: usize) -> (usize, usize) {
        let fresh = || (start, self.text[start..].graphemes(true));
        let (mut at, mut graphemes) = self
            .slow
            .take()
            .filter(|(at, _)| *at == start)
            .unwrap_or_else(fresh);
        let grapheme = graphemes.next().unwrap_or_default();
        at += grapheme.len();
        self.slow = Some((at, graphemes));
        let width = if grapheme.starts_with(char::is_control) {
            0
        } else {
            usize::from(grapheme.cell_width())
        };
        (grapheme.len(), width)
    }
}

/// The width of a character that neither joins the one before it nor, unless that one asks for it,
/// the one after: printable ASCII, Chinese characters and Chinese punctuation.
fn alone(c: char) -> Option<usize> {
    match c {
        ' '..='~' => Some(1),
        '\u{3001}'..='\u{3029}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF01}'..='\u{FF60}' => Some(2),
        _ => None,
    }
}

fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{buffer::Buffer, layout::Rect, style::Style};

    use super::*;

    #[test]
    fn widths_are_those_a_terminal_draws() {
        for (text, columns) in [
            ("", 0),
            ("kubectl", 7),
            ("容器", 4),
            ("，。》", 6),
            ("“引号”", 6),
            ("ＡＢ", 4),
            ("e\u{301}", 1),
            ("👩‍👩‍👧‍👦", 2),
            ("🇨🇳🇺🇸", 4),
            ("👍🏽", 2),
            ("❤️", 2),
            ("한글", 4),
            ("→ ● │", 5),
        ] {
            assert_eq!(width(text), columns, "{text:?}");
        }
    }

    #[test]
    fn truncating_leaves_whole_characters_and_says_so() {
        assert_eq!(truncate("容器的一生", 10, "…"), "容器的一生");
        assert_eq!(truncate("容器的一生", 9, "…"), "容器的一…");
        assert_eq!(truncate("容器的一生", 8, "…"), "容器的…");
        assert_eq!(truncate("a container", 3, "…"), "a…");
        assert_eq!(truncate("ab", 1, "…"), "…");
        assert_eq!(truncate("ab", 1, "..."), "a");
        assert_eq!(truncate("容", 1, ".."), "");
    }

    proptest! {
        #[test]
        fn clusters_are_the_grapheme_clusters(text in "(?s)(.|[容，a🇨🇳🇺\u{200d}👩\u{301}\u{fe0f}]){0,30}") {
            let found: Vec<&str> = clusters(&text).map(|c| &text[c.start..c.end]).collect();
            prop_assert_eq!(found, text.graphemes(true).collect::<Vec<_>>());
        }

        #[test]
        fn a_text_ends_in_the_buffer_where_its_width_says(text in "[ -~容器，。🇨🇳👩\u{200d}éｶﾞ한]{0,20}") {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 1));
            let (end, _) = buffer.set_stringn(0, 0, &text, 120, Style::new());
            prop_assert_eq!(usize::from(end), width(&text));
        }

        #[test]
        fn truncated_text_fits(text in "\\PC{0,20}", columns in 0usize..20) {
            prop_assert!(width(&truncate(&text, columns, "…")) <= columns);
        }
    }
}
