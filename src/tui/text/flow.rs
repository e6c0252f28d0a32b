use std::{ops::Range, sync::Arc};

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    safe::safe,
    spacing::{autospace, break_is_space, sets_apart},
    style::TextStyle,
    width::width,
    wrap::{Columns, break_lines},
};
use crate::{notes::Inline, walkthrough::Link};

/// Running text on its way to lines: one string, and what each stretch of it looks like.
#[derive(Default, Debug)]
pub(super) struct Flow {
    pub(super) text: String,
    runs: Vec<Run>,
    /// Offsets at which a new line of the source begins.
    source_lines: Vec<usize>,
    addresses: Vec<Arc<str>>,
    /// A line end of the source that may yet become a space.
    soft_break: bool,
    ends_in_code: bool,
}

/// A stretch of text in one style.
#[derive(Debug)]
struct Run {
    /// The byte after its last.
    end: usize,
    style: Style,
    /// Which of the flow's addresses it leads to.
    link: Option<usize>,
}

/// A part of a line that leads somewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkSpot {
    /// Its columns, counted from the line's first.
    pub columns: Range<u16>,
    /// Where it leads, as the notes have it.
    pub url: Arc<str>,
}

/// What a piece of text is, which decides what is done to it.
#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Prose,
    Code,
}

#[derive(Clone, Copy)]
struct Context {
    style: Style,
    link: Option<usize>,
}

impl Flow {
    /// Running text in the styles of `style`, on the ground of `base`.
    pub(super) fn new(inlines: &[Inline], style: &TextStyle, base: Style, addresses: bool) -> Self {
        Self::build(inlines, style, base, addresses, true)
    }

    /// Running text with addresses and without spaces the author did not write.
    pub(super) fn as_written(inlines: &[Inline], style: &TextStyle) -> Self {
        Self::build(inlines, style, style.text, true, false)
    }

    fn build(
        inlines: &[Inline],
        style: &TextStyle,
        base: Style,
        addresses: bool,
        spaced: bool,
    ) -> Self {
        let mut flow = Flow::default();
        let context = Context {
            style: base,
            link: None,
        };
        Builder {
            style,
            base,
            addresses,
            spaced,
            flow: &mut flow,
        }
        .all(inlines, context);
        flow
    }

    /// Text in one style.
    pub(super) fn plain(text: &str, style: Style) -> Self {
        let mut flow = Flow::default();
        flow.push_raw(&autospace(&safe(text)), Context { style, link: None });
        flow
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Breaks it into lines.
    pub(super) fn lines(&self, columns: Columns) -> Vec<Range<usize>> {
        break_lines(&self.text, columns)
    }

    /// How many source lines begin between the first byte and `offset`.
    pub(super) fn source_line(&self, offset: usize) -> u32 {
        self.source_lines.partition_point(|at| *at <= offset) as u32
    }

    /// Adds a part of the text to a line.
    pub(super) fn write(
        &self,
        range: Range<usize>,
        line: &mut Line<'static>,
        links: &mut Vec<LinkSpot>,
    ) {
        let mut at = range.start;
        let first = self.runs.partition_point(|run| run.end <= at);
        for run in &self.runs[first..] {
            if at >= range.end {
                break;
            }
            let end = run.end.min(range.end);
            let text = &self.text[at..end];
            if let Some(link) = run.link {
                let from = line_width(line);
                let columns = from..from + width(text) as u16;
                if !columns.is_empty() {
                    let url = Arc::clone(&self.addresses[link]);
                    links.push(LinkSpot { columns, url });
                }
            }
            line.spans.push(Span::styled(text.to_owned(), run.style));
            at = end;
        }
    }

    fn push_raw(&mut self, text: &str, context: Context) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let end = self.text.len();
        match self.runs.last_mut() {
            Some(last) if last.style == context.style && last.link == context.link => {
                last.end = end;
            }
            _ => self.runs.push(Run {
                end,
                style: context.style,
                link: context.link,
            }),
        }
    }
}

/// Wraps styled text as [`break_lines`] does, made [`safe`] and with Chinese and Latin set apart where
/// they meet within a span. For short texts of the program; notes go through [`layout`](super::layout).
pub fn wrap<'a>(
    spans: impl IntoIterator<Item = &'a Span<'a>>,
    columns: Columns,
) -> Vec<Line<'static>> {
    let mut flow = Flow::default();
    for span in spans {
        let context = Context {
            style: span.style,
            link: None,
        };
        for (index, text) in span.content.split('\n').enumerate() {
            if index > 0 {
                flow.push_raw("\n", context);
            }
            flow.push_raw(&autospace(&safe(text)), context);
        }
    }
    let lines = flow.lines(columns).into_iter();
    let written = lines.map(|range| {
        let mut line = Line::default();
        flow.write(range, &mut line, &mut Vec::new());
        line
    });
    written.collect()
}

fn line_width(line: &Line<'_>) -> u16 {
    line.spans
        .iter()
        .map(|span| width(&span.content))
        .sum::<usize>() as u16
}

struct Builder<'a> {
    style: &'a TextStyle,
    base: Style,
    addresses: bool,
    /// Whether Chinese and Latin are set apart.
    spaced: bool,
    flow: &'a mut Flow,
}

impl Builder<'_> {
    /// A walkthrough that stands alone says what it is.
    fn all(&mut self, inlines: &[Inline], context: Context) {
        if let [link @ Inline::Link { url, text }] = inlines
            && Link::parse(url).is_some()
        {
            let label = self.style.labels.walk;
            let says_so = matches!(&text[..], [Inline::Text(text), ..] if text.starts_with(label));
            if !says_so {
                let muted = Context {
                    style: context.style.patch(self.style.muted),
                    ..context
                };
                self.piece(&format!("{label} "), Piece::Prose, muted);
            }
            return self.inline(link, context);
        }
        self.inlines(inlines, context);
    }

    fn inlines(&mut self, inlines: &[Inline], context: Context) {
        for inline in inlines {
            self.inline(inline, context);
        }
    }

    fn inline(&mut self, inline: &Inline, context: Context) {
        let over = |style| Context {
            style: context.style.patch(style),
            ..context
        };
        match inline {
            Inline::Text(text) => self.piece(text, Piece::Prose, context),
            Inline::Code(text) => self.piece(text, Piece::Code, over(self.style.code)),
            Inline::Emphasis(inner) => self.inlines(inner, over(self.style.emphasis)),
            Inline::Strong(inner) => self.inlines(inner, over(self.style.strong)),
            Inline::Strikethrough(inner) => self.inlines(inner, over(self.style.strikethrough)),
            Inline::Link { url, text } => self.link(url, text, context),
            Inline::Image { alt, path } => {
                let shown = image(self.style.labels.image, alt, path);
                self.piece(&shown, Piece::Prose, over(self.style.muted));
            }
            Inline::FootnoteRef(label) => {
                self.piece(&format!("[{label}]"), Piece::Prose, over(self.style.muted));
            }
            Inline::SoftBreak => {
                self.flow.soft_break = true;
                self.flow.source_lines.push(self.flow.text.len());
            }
            Inline::HardBreak => {
                self.flow.soft_break = false;
                self.flow.push_raw("\n", context);
                self.flow.source_lines.push(self.flow.text.len());
            }
        }
    }

    fn link(&mut self, url: &str, text: &[Inline], context: Context) {
        let from = self.flow.text.len();
        let link = self.flow.addresses.len();
        self.flow.addresses.push(url.into());
        let inner = Context {
            style: context.style.patch(self.style.link),
            link: Some(link),
        };
        self.inlines(text, inner);
        if let Some(walk) = Link::parse(url) {
            if self.flow.text[from..].trim().is_empty() {
                self.piece(&walk.to_string(), Piece::Code, inner);
            }
            let leads = if self.spaced {
                format!(" {}", self.style.glyphs.leads)
            } else {
                format!(" (podlings walk {walk})")
            };
            self.flow.push_raw(&safe(&leads), inner);
            return;
        }
        let shown = self.flow.text[from..].trim();
        if shown.is_empty() {
            self.piece(url, Piece::Code, inner);
        } else if self.addresses && shows_address(url, shown) {
            let muted = Context {
                style: context.style.patch(self.style.muted),
                link: Some(link),
            };
            self.flow.push_raw(" ", context);
            self.flow.push_raw(&format!("({})", safe(url)), muted);
            self.flow.ends_in_code = true;
        }
    }

    fn piece(&mut self, text: &str, piece: Piece, context: Context) {
        let text = safe(text);
        let text = match piece {
            Piece::Prose if self.spaced => autospace(&text),
            _ => text,
        };
        let Some(first) = text.chars().next() else {
            return;
        };
        let ground = Context {
            style: self.base,
            link: None,
        };
        let flow = &mut *self.flow;
        if let Some(last) = flow.text.chars().next_back() {
            // Code counts as a letter, whatever it begins or ends with.
            let before = if flow.ends_in_code { 'a' } else { last };
            let after = if piece == Piece::Code { 'a' } else { first };
            let space = self.spaced && sets_apart(before, after)
                || flow.soft_break && break_is_space(before, after);
            if space && !last.is_whitespace() && !first.is_whitespace() {
                let inside = flow
                    .runs
                    .last()
                    .is_some_and(|run| run.style == context.style && run.link == context.link);
                flow.push_raw(" ", if inside { context } else { ground });
            }
        }
        flow.soft_break = false;
        flow.ends_in_code = piece == Piece::Code;
        flow.push_raw(&text, context);
    }
}

/// An image in words.
pub(super) fn image(label: &str, alt: &str, path: &str) -> String {
    match (alt.trim(), path) {
        ("", path) => format!("[{label}: {path}]"),
        (alt, "") => format!("[{label} {alt}]"),
        (alt, path) => format!("[{label} {alt}: {path}]"),
    }
}

/// Whether a link's address says more than its text.
pub(super) fn shows_address(url: &str, shown: &str) -> bool {
    let bare = |text: &str| {
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        text.trim_end_matches('/').to_owned()
    };
    url.contains("://") && bare(url) != bare(shown)
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;
    use crate::{
        locale::Locale,
        tui::text::{Glyphs, Labels},
    };

    fn text(it: &str) -> Inline {
        Inline::Text(it.into())
    }

    fn code(it: &str) -> Inline {
        Inline::Code(it.into())
    }

    fn flow(inlines: &[Inline]) -> Flow {
        let style = TextStyle::uncoloured(Glyphs::UNICODE, Labels::new(Locale::zh()));
        Flow::new(inlines, &style, style.text, true)
    }

    #[test]
    fn code_and_strong_text_stand_apart_from_chinese() {
        let found = flow(&[
            text("用"),
            code("docker ps -a"),
            text("看，"),
            code("--rm"),
            text("会删"),
            Inline::Strong(vec![text("Pod")]),
            text("的。"),
        ]);
        assert_eq!(found.text, "用 docker ps -a 看，--rm 会删 Pod 的。");
        let spaces: Vec<Style> = found
            .runs
            .iter()
            .filter(|run| run.style != Style::new())
            .map(|run| run.style)
            .collect();
        assert_eq!(spaces.len(), 3, "spaces are outside what they set apart");
    }

    #[test]
    fn a_soft_break_is_a_space_only_between_words() {
        let found = flow(&[
            text("容器没有"),
            Inline::SoftBreak,
            text("开机，"),
            Inline::SoftBreak,
            text("Docker"),
            Inline::SoftBreak,
            text("runs"),
            Inline::HardBreak,
            text("it"),
        ]);
        assert_eq!(found.text, "容器没有开机，Docker runs\nit");
        assert_eq!(found.source_line(0), 0);
        assert_eq!(found.source_line("容器没有".len()), 1);
        assert_eq!(found.source_line(found.text.len()), 4);
    }

    #[test]
    fn a_link_shows_where_it_leads_if_its_text_does_not() {
        let link = |url: &str, shown: &str| {
            flow(&[Inline::Link {
                url: url.into(),
                text: vec![text(shown)],
            }])
            .text
        };
        assert_eq!(
            link("https://k8s.io/docs", "文档"),
            "文档 (https://k8s.io/docs)"
        );
        assert_eq!(link("https://k8s.io/", "k8s.io"), "k8s.io");
        assert_eq!(link("#pods", "Pods"), "Pods");
        assert_eq!(link("https://k8s.io", ""), "https://k8s.io");
    }

    #[test]
    fn a_line_knows_where_its_links_are() {
        let found = flow(&[
            text("看"),
            Inline::Link {
                url: "#a".into(),
                text: vec![text("架构"), Inline::Strong(vec![text("图")])],
            },
        ]);
        let mut line = Line::default();
        let mut links = Vec::new();
        found.write(0..found.text.len(), &mut line, &mut links);
        assert_eq!(links[0].columns, 2..6);
        assert_eq!(links[1].columns, 6..8);
        assert!(line.spans[2].style.add_modifier.contains(Modifier::BOLD));
    }

    #[test]
    fn styled_text_keeps_its_styles_over_a_break() {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let spans = [Span::raw("下一张："), Span::styled("容器Docker", bold)];
        let lines = wrap(&spans, Columns { first: 12, rest: 8 });
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0].spans,
            [Span::raw("下一张："), Span::styled("容器", bold)]
        );
        assert_eq!(lines[1].spans, [Span::styled("Docker", bold)]);
        assert_eq!(wrap(&[Span::raw("a\nb")], Columns::all(9)).len(), 2);
    }

    #[test]
    fn an_image_is_told_in_words() {
        let found = flow(&[Inline::Image {
            alt: "架构".into(),
            path: "arch.png".into(),
        }]);
        assert_eq!(found.text, "[图 架构: arch.png]");
    }

    #[test]
    fn escapes_in_notes_are_shown() {
        assert_eq!(
            flow(&[text("a\x1b[2J"), code("\x1b]0;x\x07")]).text,
            "a␛[2J␛]0;x␇"
        );
    }
}
