use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::{flow::wrap, width::width, wrap::Columns};

/// A styled line broken to a number of columns, as [`wrap`] breaks spans.
pub fn wrap_line(line: &Line<'_>, columns: usize) -> Vec<Line<'static>> {
    let spans: Vec<Span<'_>> = line
        .spans
        .iter()
        .map(|span| Span::styled(&*span.content, line.style.patch(span.style)))
        .collect();
    wrap(&spans, Columns::all(columns))
}

/// The text without its first columns; a wide character that is cut goes as a whole.
pub fn skip_columns(text: &str, columns: usize) -> &str {
    let mut skipped = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        if skipped >= columns {
            return &text[at..];
        }
        skipped += width(grapheme);
    }
    ""
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style};

    use super::*;

    #[test]
    fn styles_survive_a_break() {
        let red = Style::new().fg(Color::Red);
        let line = Line::from(vec![Span::raw("one two "), Span::styled("three four", red)]);
        let lines = wrap_line(&line, 9);
        let shown: Vec<String> = lines.iter().map(Line::to_string).collect();
        assert_eq!(shown, ["one two", "three", "four"]);
        assert_eq!(lines[1].spans[0].style, red);
        assert_eq!(lines[2].spans[0].style, red);
    }

    #[test]
    fn columns_are_skipped_by_whole_characters() {
        assert_eq!(skip_columns("状态ok", 0), "状态ok");
        assert_eq!(skip_columns("状态ok", 1), "态ok");
        assert_eq!(skip_columns("状态ok", 2), "态ok");
        assert_eq!(skip_columns("状态ok", 5), "k");
        assert_eq!(skip_columns("ok", 9), "");
    }
}
