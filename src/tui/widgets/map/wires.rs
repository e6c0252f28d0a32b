use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// A cell of the screen.
pub(super) type Spot = (u16, u16);

const NORTH: u8 = 1;
const EAST: u8 = 2;
const SOUTH: u8 = 4;
const WEST: u8 = 8;

/// Lines that join wherever they meet: borders of boxes and the wires between them.
pub(super) struct Wires {
    area: Rect,
    cells: Vec<(u8, Tone)>,
}

/// How bright a line is; the brighter wins where two meet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) enum Tone {
    #[default]
    Calm,
    Chosen,
    Lit,
    Bad,
}

/// What a line is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stroke {
    Thin,
    Solid,
    Dotted,
}

impl Wires {
    pub(super) fn new(area: Rect) -> Wires {
        Wires {
            area,
            cells: vec![(0, Tone::Calm); usize::from(area.width) * usize::from(area.height)],
        }
    }

    /// What the lines are drawn in.
    pub(super) fn area(&self) -> Rect {
        self.area
    }

    fn mark(&mut self, (x, y): Spot, sides: u8, tone: Tone) {
        if x < self.area.left()
            || x >= self.area.right()
            || y < self.area.top()
            || y >= self.area.bottom()
        {
            return;
        }
        let row = usize::from(y - self.area.y) * usize::from(self.area.width);
        let cell = &mut self.cells[row + usize::from(x - self.area.x)];
        cell.0 |= sides;
        cell.1 = cell.1.max(tone);
    }

    /// A line from cell to cell, each beside the one before.
    pub(super) fn line(&mut self, path: &[Spot], tone: Tone) {
        for pair in path.windows(2) {
            let (one, other) = (pair[0], pair[1]);
            let (out, back) = sides(one, other);
            self.mark(one, out, tone);
            self.mark(other, back, tone);
        }
    }

    /// The border of a box.
    pub(super) fn frame(&mut self, rect: Rect, tone: Tone) {
        if rect.width < 2 || rect.height < 2 {
            return;
        }
        let (left, right) = (rect.left(), rect.right() - 1);
        let (top, bottom) = (rect.top(), rect.bottom() - 1);
        for x in left + 1..right {
            self.mark((x, top), EAST | WEST, tone);
            self.mark((x, bottom), EAST | WEST, tone);
        }
        for y in top + 1..bottom {
            self.mark((left, y), NORTH | SOUTH, tone);
            self.mark((right, y), NORTH | SOUTH, tone);
        }
        self.mark((left, top), EAST | SOUTH, tone);
        self.mark((right, top), WEST | SOUTH, tone);
        self.mark((left, bottom), EAST | NORTH, tone);
        self.mark((right, bottom), WEST | NORTH, tone);
    }

    /// The sides to which lines go out from a cell.
    pub(super) fn sides_at(&self, (x, y): Spot) -> u8 {
        if !self.area.contains((x, y).into()) {
            return 0;
        }
        let row = usize::from(y - self.area.y) * usize::from(self.area.width);
        self.cells[row + usize::from(x - self.area.x)].0
    }

    pub(super) fn draw(&self, buffer: &mut Buffer, ascii: bool, style: impl Fn(Tone) -> Style) {
        let width = usize::from(self.area.width).max(1);
        for (row, cells) in (self.area.y..).zip(self.cells.chunks(width)) {
            for (x, (sides, tone)) in (self.area.x..).zip(cells) {
                if *sides != 0
                    && let Some(cell) = buffer.cell_mut((x, row))
                {
                    cell.set_symbol(glyph(*sides, Stroke::Thin, ascii));
                    cell.set_style(style(*tone));
                }
            }
        }
    }
}

/// The sides on which two neighbours meet, of the one and of the other.
fn sides(one: Spot, other: Spot) -> (u8, u8) {
    if other.0 > one.0 {
        (EAST, WEST)
    } else if other.0 < one.0 {
        (WEST, EAST)
    } else if other.1 > one.1 {
        (SOUTH, NORTH)
    } else {
        (NORTH, SOUTH)
    }
}

/// The glyph of the cell in the middle of these three, where other lines may go out to some sides.
pub(super) fn stroke(
    (before, at, after): (Option<Spot>, Spot, Option<Spot>),
    others: u8,
    stroke: Stroke,
    ascii: bool,
) -> &'static str {
    let to = |other: Option<Spot>| other.map_or(0, |other| sides(at, other).0);
    let mut both = to(before) | to(after);
    if both.count_ones() == 1 {
        both |= if both & (NORTH | SOUTH) != 0 {
            NORTH | SOUTH
        } else {
            EAST | WEST
        };
    }
    let all = both | others;
    if all == both || ascii {
        return glyph(both, stroke, ascii);
    }
    match (stroke, both, all & !both) {
        (Stroke::Thin, ..) => glyph(all, stroke, ascii),
        (Stroke::Solid, 10, NORTH) => "┷",
        (Stroke::Solid, 10, SOUTH) => "┯",
        (Stroke::Solid, 10, _) => "┿",
        (Stroke::Solid, 5, EAST) => "┠",
        (Stroke::Solid, 5, WEST) => "┨",
        (Stroke::Solid, 5, _) => "╂",
        (Stroke::Dotted, 5 | 10, _) | (Stroke::Solid, ..) => glyph(both, stroke, ascii),
        _ => glyph(all, Stroke::Thin, ascii),
    }
}

/// Which way it goes from one cell to the next: right, down, left, up.
pub(super) fn heading(one: Spot, other: Spot) -> usize {
    match sides(one, other).0 {
        EAST => 0,
        SOUTH => 1,
        WEST => 2,
        _ => 3,
    }
}

fn glyph(sides: u8, stroke: Stroke, ascii: bool) -> &'static str {
    const ACROSS: u8 = EAST | WEST;
    const DOWN: u8 = NORTH | SOUTH;
    match (ascii, stroke, sides) {
        (true, Stroke::Dotted, ACROSS) => ".",
        (true, Stroke::Dotted, DOWN) => ":",
        (true, Stroke::Solid, ACROSS) => "=",
        (true, _, ACROSS | EAST | WEST) => "-",
        (true, _, DOWN | NORTH | SOUTH) => "|",
        (true, ..) => "+",
        (_, Stroke::Dotted, ACROSS) => "┄",
        (_, Stroke::Dotted, DOWN) => "┆",
        (_, Stroke::Solid, _) => [
            " ", "┃", "━", "┗", "┃", "┃", "┏", "┣", "━", "┛", "━", "┻", "┓", "┫", "┳", "╋",
        ][usize::from(sides & 15)],
        _ => [
            " ", "│", "─", "└", "│", "│", "┌", "├", "─", "┘", "─", "┴", "┐", "┤", "┬", "┼",
        ][usize::from(sides & 15)],
    }
}
