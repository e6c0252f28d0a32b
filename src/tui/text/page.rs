use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    flow::{Flow, LinkSpot},
    style::TextStyle,
    width::width,
    wrap::Columns,
};

/// What a margin must leave to the text; one that would not is left out.
const LEAST_ROOM: usize = 8;

/// Laid out blocks.
#[derive(Clone, Default, Debug)]
pub struct Laid {
    /// From top to bottom.
    pub lines: Vec<LaidLine>,
}

/// One line, and where it comes from.
#[derive(Clone, PartialEq, Debug)]
pub struct LaidLine {
    /// What is drawn.
    pub line: Line<'static>,
    /// Where its text stands in the notes. An empty line has the place of the line above it.
    pub place: Place,
    /// Which of the blocks it belongs to, counted from 0.
    pub block: u32,
    /// The links on it, from left to right.
    pub links: Vec<LinkSpot>,
}

/// A place in the notes that stays the same when the width changes. Places of a page ascend.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct Place {
    /// Line in the file, counted from 1.
    pub source: u32,
    /// How far into the text that begins there, in bytes.
    pub offset: u32,
}

impl Place {
    /// The beginning of a line of the file.
    pub fn line(source: u32) -> Self {
        Self { source, offset: 0 }
    }
}

impl Laid {
    /// The index of the line that shows a place: the first line of the text that stands there, or of
    /// the last text before it. 0 where there are no lines.
    pub fn line_at(&self, place: Place) -> usize {
        let after = self.lines.partition_point(|line| line.place <= place);
        let Some(last) = after.checked_sub(1) else {
            return 0;
        };
        let found = self.lines[last].place;
        self.lines.partition_point(|line| line.place < found)
    }
}

/// A page being filled with lines, inside margins.
pub(super) struct Page<'a> {
    pub(super) style: &'a TextStyle,
    /// The style of running text here.
    pub(super) base: Style,
    /// The block lines are written for.
    pub(super) block: u32,
    /// Whether web addresses are shown.
    pub(super) addresses: bool,
    /// How many lists stand around this one.
    pub(super) list_depth: usize,
    lines: Vec<LaidLine>,
    room: usize,
    margins: Vec<Margin>,
    /// The last line of the file that was written or passed.
    last_source: u32,
}

/// What stands at the left of lines: on the first something else than on the rest, both equally
/// wide.
pub(super) struct Margin {
    pub(super) first: Option<Span<'static>>,
    pub(super) rest: Span<'static>,
}

impl Margin {
    /// The same on each line.
    pub(super) fn bar(glyph: &str, style: Style) -> Self {
        Self {
            first: None,
            rest: Span::styled(format!("{glyph} "), style),
        }
    }

    /// A mark on the first line and nothing on the rest.
    pub(super) fn mark(mark: String, style: Style) -> Self {
        let rest = Span::raw(" ".repeat(width(&mark)));
        Self {
            first: Some(Span::styled(mark, style)),
            rest,
        }
    }

    fn width(&self) -> usize {
        width(&self.rest.content)
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(style: &'a TextStyle, columns: usize, addresses: bool) -> Self {
        Self {
            style,
            base: style.text,
            block: 0,
            addresses,
            list_depth: 0,
            lines: Vec::new(),
            room: columns.max(LEAST_ROOM),
            margins: Vec::new(),
            last_source: 0,
        }
    }

    pub(super) fn finish(self) -> Laid {
        Laid { lines: self.lines }
    }

    /// Whether lines begin at the page's left edge here.
    pub(super) fn is_at_edge(&self) -> bool {
        self.margins.is_empty()
    }

    /// Columns left to the text here.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    pub(super) fn last_source(&self) -> u32 {
        self.last_source
    }

    /// Goes on below a line of the file that shows nothing.
    pub(super) fn pass(&mut self, source: u32) {
        self.last_source = self.last_source.max(source);
    }

    /// Writes what `write` writes inside a margin.
    pub(super) fn inside(&mut self, margin: Margin, write: impl FnOnce(&mut Self)) {
        let taken = margin.width();
        if self.room < LEAST_ROOM + taken {
            write(self);
            return;
        }
        self.room -= taken;
        self.margins.push(margin);
        write(self);
        self.margins.pop();
        self.room += taken;
    }

    /// Leaves lines empty, unless nothing stands above them here.
    pub(super) fn gap(&mut self, lines: usize) {
        if self.lines.is_empty() || self.margins.iter().any(|margin| margin.first.is_some()) {
            return;
        }
        let last_drawn = self
            .margins
            .iter()
            .rposition(|margin| !margin.rest.content.trim_end().is_empty())
            .map_or(0, |at| at + 1);
        for _ in 0..lines {
            let margins = self.margins[..last_drawn].iter();
            let mut line = Line::from_iter(margins.map(|margin| margin.rest.clone()));
            if let Some(last) = line.spans.last_mut() {
                last.content = last.content.trim_end().to_owned().into();
            }
            let place = self
                .lines
                .last()
                .map_or(Place::default(), |line| line.place);
            self.lines.push(LaidLine {
                line,
                place,
                block: self.block,
                links: Vec::new(),
            });
        }
    }

    /// Writes a line of these spans.
    pub(super) fn line(&mut self, place: Place, spans: impl IntoIterator<Item = Span<'static>>) {
        self.write(place, |line, _| line.spans.extend(spans));
    }

    /// Writes a line that `fill` fills.
    pub(super) fn write(
        &mut self,
        place: Place,
        fill: impl FnOnce(&mut Line<'static>, &mut Vec<LinkSpot>),
    ) {
        let mut line = Line::default();
        line.spans.reserve(self.margins.len() + 2);
        for margin in &mut self.margins {
            let span = margin.first.take().unwrap_or_else(|| margin.rest.clone());
            line.spans.push(span);
        }
        let mut links = Vec::new();
        fill(&mut line, &mut links);
        self.pass(place.source);
        self.lines.push(LaidLine {
            line,
            place,
            block: self.block,
            links,
        });
    }

    /// Writes running text that begins on a line of the file.
    pub(super) fn flow(&mut self, flow: &Flow, source: u32) {
        if flow.is_empty() {
            return;
        }
        for range in flow.lines(Columns::all(self.room)) {
            let place = Place {
                source: source + flow.source_line(range.start),
                offset: range.start as u32,
            };
            self.write(place, |line, links| flow.write(range, line, links));
        }
        self.pass(source + flow.source_line(flow.text.len()));
    }
}
