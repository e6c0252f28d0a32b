use std::ops::Range;

use ratatui::{style::Style, text::Span};

use super::{
    highlight::{Token, highlight},
    page::{Margin, Page, Place},
    safe::safe,
    style::TextStyle,
    width::{clusters, width},
};

impl Page<'_> {
    /// A code block whose fence stands on `line`.
    pub(super) fn code(&mut self, language: &str, text: &str, line: u32) {
        let base = self.base.patch(self.style.code_block);
        let filled = self.style.code_block.bg.is_some();
        let margin = if filled {
            Margin {
                first: None,
                rest: Span::styled(" ", base),
            }
        } else {
            Margin::bar(self.style.glyphs.code_bar, self.style.rule)
        };
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| safe(line.trim_end_matches('\r')).into_owned())
            .collect();
        let tokens = highlight(language, &lines);
        self.inside(margin, |page| {
            for (index, (text, tokens)) in lines.iter().zip(&tokens).enumerate() {
                page.code_line(text, tokens, base, line + 1 + index as u32, filled);
            }
        });
        self.pass(line + 1 + lines.len() as u32);
    }

    fn code_line(
        &mut self,
        text: &str,
        tokens: &[(Range<usize>, Token)],
        base: Style,
        source: u32,
        filled: bool,
    ) {
        let room = self.room();
        let sign = self.style.glyphs.continued;
        let parts = break_code(text, room, width(sign));
        let last = parts.len() - 1;
        for (index, part) in parts.into_iter().enumerate() {
            let mut spans = Vec::new();
            let mut taken = part.indent + width(&text[part.bytes.clone()]);
            if part.indent > 0 {
                spans.push(Span::styled(" ".repeat(part.indent), base));
            }
            let first = tokens.partition_point(|(bytes, _)| bytes.end <= part.bytes.start);
            let here = tokens[first..]
                .iter()
                .take_while(|(bytes, _)| bytes.start < part.bytes.end);
            for (bytes, token) in here {
                let from = bytes.start.max(part.bytes.start);
                let to = bytes.end.min(part.bytes.end);
                let style = base.patch(token_style(*token, self.style));
                spans.push(Span::styled(text[from..to].to_owned(), style));
            }
            if index < last {
                spans.push(Span::styled(sign, base.patch(self.style.muted)));
                taken += width(sign);
            }
            if filled && taken < room {
                spans.push(Span::styled(" ".repeat(room - taken), base));
            }
            let offset = part.bytes.start as u32;
            self.line(Place { source, offset }, spans);
        }
    }
}

fn token_style(token: Token, style: &TextStyle) -> Style {
    match token {
        Token::Plain => Style::new(),
        Token::Keyword => style.code_keyword,
        Token::String => style.code_string,
        Token::Comment => style.code_comment,
        Token::Output => style.code_output,
    }
}

/// A part of a code line that stands on a line of its own.
struct Part {
    bytes: Range<usize>,
    /// Columns before it.
    indent: usize,
}

/// Cuts a code line that is wider than the room into parts, each but the last with room for the
/// continuation sign. Nothing is dropped; a cut behind a space is preferred. The parts after the
/// first stand a little further in than the line.
fn break_code(text: &str, room: usize, sign: usize) -> Vec<Part> {
    let mut rest = Part {
        bytes: 0..text.len(),
        indent: 0,
    };
    let mut parts = Vec::new();
    let own_indent = text.len() - text.trim_start_matches(' ').len();
    let hanging = if own_indent + 2 <= room / 2 {
        own_indent + 2
    } else {
        0
    };
    while !fits(&text[rest.bytes.clone()], room.saturating_sub(rest.indent)) {
        let limit = room.saturating_sub(rest.indent + sign).max(1);
        let cut = rest.bytes.start + cut_at(&text[rest.bytes.clone()], limit);
        parts.push(Part {
            bytes: rest.bytes.start..cut,
            indent: rest.indent,
        });
        rest = Part {
            bytes: cut..text.len(),
            indent: hanging,
        };
    }
    parts.push(rest);
    parts
}

/// Whether a text is no wider than the room; a single cluster always fits. Looks no further than the
/// room.
fn fits(text: &str, room: usize) -> bool {
    let mut filled = 0;
    clusters(text).all(|cluster| {
        filled += cluster.width;
        filled <= room || cluster.start == 0
    })
}

/// Where to cut a text that is wider than `limit`: behind the last space of the last third, else as
/// late as possible.
fn cut_at(text: &str, limit: usize) -> usize {
    let mut filled = 0;
    let mut fitting = 0;
    let mut space = None;
    for cluster in clusters(text) {
        filled += cluster.width;
        if filled > limit && fitting > 0 {
            break;
        }
        fitting = cluster.end;
        if &text[cluster.start..cluster.end] == " " && filled > limit * 2 / 3 {
            space = Some(fitting);
        }
    }
    space.unwrap_or(fitting)
}
