use ratatui::layout::Rect;

use super::scene::Scene;

/// The nodes that are shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    /// Their places. One that stands apart from the many comes before them, and again among them.
    pub(super) shown: Vec<Shown>,
    /// The frame around the many.
    pub(super) grid: Option<Rect>,
    /// How many are not shown, before and after.
    pub(super) hidden: (usize, usize),
    /// Where that is said, if it is not said in the frame.
    pub(super) note: Rect,
}

/// A node and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) node: usize,
    pub(super) rect: Rect,
    pub(super) form: NodeForm,
}

/// How much is drawn of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NodeForm {
    /// A box with all there is to see in its Pods.
    Whole,
    /// A box with its parts and a line or two for each Pod.
    Full,
    /// A line with its parts and its Pods.
    Line,
    /// Its name and a sign for each Pod.
    Cell,
}

/// Which nodes are wanted.
pub(super) struct Focus {
    pub(super) first: usize,
    /// Nodes that must be seen, the one that matters most last.
    pub(super) keep: [Option<usize>; 2],
    /// The one that is shown with its parts where the others are cells.
    pub(super) stage: usize,
    pub(super) zoom: Option<usize>,
}

/// As many boxes stand side by side or in rows; of more, one is a box and all are cells.
const FEW: usize = 8;
const FULL_WIDTH: u16 = 24;
/// A cell, with the air after it.
const CELL: u16 = 15;
/// A node takes so many rows, if there is room, before any Pod is there: it does not grow with them.
const TALL: u16 = 11;
/// The least room in which a node among others is shown with all there is in its Pods.
const WHOLE: (u16, u16) = (44, 2 * TALL + 1);
/// The least height of a box beside cells.
const STAGE: u16 = 6;

impl Focus {
    /// The nodes of a window of so many, moved by whole rows.
    fn window(&self, count: usize, room: usize, columns: usize) -> std::ops::Range<usize> {
        if let Some(zoom) = self.zoom {
            return zoom..(zoom + 1).min(count);
        }
        if room >= count {
            return 0..count;
        }
        if room == 0 {
            return 0..0;
        }
        let columns = columns.max(1);
        let last = (count - room).div_ceil(columns) * columns;
        let mut first = self.first.min(last) / columns * columns;
        for keep in self.keep.into_iter().flatten() {
            if keep < first {
                first = keep / columns * columns;
            } else if keep >= first + room {
                first = (keep + 1 - room).div_ceil(columns) * columns;
            }
        }
        first..(first + room).min(count)
    }
}

impl Nodes {
    /// Only this one.
    pub(super) fn only(node: usize, rect: Rect) -> Nodes {
        Nodes {
            shown: vec![Shown {
                node,
                rect,
                form: NodeForm::Whole,
            }],
            ..Nodes::default()
        }
    }

    /// Where the last of them ends.
    pub(super) fn bottom(&self) -> Option<u16> {
        let ends = self.shown.iter().map(|shown| shown.rect.bottom());
        ends.chain(self.grid.map(|grid| grid.bottom()))
            .chain((!self.note.is_empty()).then(|| self.note.bottom()))
            .max()
    }

    /// A node where most is seen of it.
    pub(super) fn find(&self, node: usize) -> Option<&Shown> {
        self.shown.iter().find(|shown| shown.node == node)
    }
}

/// How nodes fill the room below the control plane; each row of boxes has a wire above it.
pub(super) enum Plan {
    Boxes {
        columns: u16,
        rows: u16,
        /// A node's height, at least.
        least: u16,
        /// With all there is to say.
        ideal: u16,
    },
    Lines(u16),
    /// A box, and a frame with a cell for each.
    Grid(u16),
}

impl Plan {
    pub(super) fn of((width, height): (u16, u16), scene: &Scene, count: usize) -> Plan {
        let pods = scene.nodes.iter().map(|node| node.pods.len()).max();
        let pods = u16::try_from(pods.unwrap_or(0)).unwrap_or(u16::MAX).max(1);
        let many = u16::try_from(count).unwrap_or(u16::MAX).max(1);
        let fit = |width: u16| ((width + 1) / (FULL_WIDTH + 1)).max(1);
        let columns = if fit(width) >= many {
            many
        } else {
            fit(width.saturating_sub(2))
        };
        let rows = many.div_ceil(columns);
        for least in [5, 4] {
            if count <= FEW && rows * (1 + least) <= height {
                let ideal = pods.saturating_mul(2).saturating_add(4);
                // Where there is room to spare, Pods are shown with all that is in them.
                let spare = (height / rows).saturating_sub(1);
                let ideal = if spare > 3 * TALL {
                    spare
                } else {
                    ideal.clamp(TALL, 2 * TALL)
                };
                return Plan::Boxes {
                    columns: many.div_ceil(rows),
                    rows,
                    least,
                    ideal: ideal.min(3 * TALL),
                };
            }
        }
        if many < height || height < STAGE + 1 {
            return Plan::Lines(many.min(height.saturating_sub(1)));
        }
        let cells = (width.saturating_sub(stage_width(width) + 4) / CELL).max(1);
        Plan::Grid((many.div_ceil(cells) + 2).max(STAGE).min(height - 1))
    }

    pub(super) fn height(&self) -> u16 {
        match self {
            Plan::Boxes { rows, least, .. } => rows.saturating_mul(1 + least),
            Plan::Lines(rows) | Plan::Grid(rows) => 1 + rows,
        }
    }

    /// The nodes, and the column in which a wire goes from row to row.
    pub(super) fn place(&self, room: Rect, count: usize, focus: &Focus) -> (Nodes, Option<u16>) {
        let below = Rect {
            y: room.y + 1,
            height: room.height.saturating_sub(1),
            ..room
        };
        match *self {
            Plan::Boxes {
                columns,
                rows,
                least,
                ideal,
            } => {
                let per_row = room.height / rows.max(1);
                let height = per_row.saturating_sub(1).clamp(least, ideal.max(least));
                let nodes = boxes(room, count, (columns, rows, height));
                (nodes, (rows > 1).then_some(room.x))
            }
            Plan::Lines(rows) => {
                let below = Rect {
                    x: below.x + 3,
                    width: below.width.saturating_sub(3),
                    height: rows.min(below.height),
                    ..below
                };
                (lines(below, count, focus), Some(room.x))
            }
            Plan::Grid(rows) => {
                let height = (rows.max(TALL)).min(below.height);
                (grid(Rect { height, ..below }, count, focus), None)
            }
        }
    }
}

fn boxes(room: Rect, count: usize, (columns, rows, height): (u16, u16, u16)) -> Nodes {
    let indent = if rows > 1 { 2 } else { 0 };
    let (x, width) = (room.x + indent, room.width.saturating_sub(indent));
    // What is left over goes to the last columns, one to each.
    let left = |column: u16| {
        let share = u32::from(width + 1) * u32::from(column) / u32::from(columns.max(1));
        u16::try_from(share).unwrap_or(u16::MAX)
    };
    let many = usize::from(columns.max(1));
    let cell = |at: usize| {
        let (row, column) = ((at / many) as u16, (at % many) as u16);
        Rect {
            x: x + left(column),
            y: room.y + 1 + row * (1 + height),
            width: (left(column + 1) - left(column)).saturating_sub(1),
            height,
        }
        .intersection(room)
    };
    let shown = (0..count).map(|node| {
        let rect = cell(node);
        let is_roomy = rect.width >= WHOLE.0 && rect.height >= WHOLE.1;
        let form = match is_roomy {
            true => NodeForm::Whole,
            false => NodeForm::Full,
        };
        Shown { node, rect, form }
    });
    Nodes {
        shown: shown.filter(|shown| !shown.rect.is_empty()).collect(),
        ..Nodes::default()
    }
}

/// A line for each node; of more than there is room for one, and all of them in cells below it.
pub(super) fn lines(room: Rect, count: usize, focus: &Focus) -> Nodes {
    let row = |at: u16| Rect {
        y: room.y + at,
        height: 1,
        ..room
    };
    let line = |node: usize, rect: Rect| Shown {
        node,
        rect,
        form: NodeForm::Line,
    };
    if let Some(node) = focus.zoom {
        let rect = row(0).intersection(room);
        let shown = (!rect.is_empty()).then(|| line(node, rect));
        return Nodes {
            shown: shown.into_iter().collect(),
            ..Nodes::default()
        };
    }
    if count <= usize::from(room.height) {
        return Nodes {
            shown: (0..count)
                .map(|node| line(node, row(node as u16)))
                .collect(),
            ..Nodes::default()
        };
    }
    if room.height == 0 {
        return Nodes::default();
    }
    let cells = Rect {
        y: room.y + 1,
        height: room.height.saturating_sub(2),
        ..room
    };
    let (many, hidden) = cells_in(cells, count, focus);
    let mut shown = vec![line(focus.stage.min(count - 1), row(0))];
    shown.extend(many);
    Nodes {
        shown,
        grid: None,
        hidden,
        note: row(room.height - 1),
    }
}

fn stage_width(width: u16) -> u16 {
    (width / 3).clamp(FULL_WIDTH, 44)
}

fn grid(room: Rect, count: usize, focus: &Focus) -> Nodes {
    let width = stage_width(room.width);
    let stage = Shown {
        node: focus.stage.min(count.saturating_sub(1)),
        rect: Rect { width, ..room },
        form: NodeForm::Full,
    };
    let frame = Rect {
        x: room.x + width + 1,
        width: room.width.saturating_sub(width + 1),
        ..room
    };
    let inside = Rect {
        x: frame.x + 2,
        y: frame.y + 1,
        width: frame.width.saturating_sub(3),
        height: frame.height.saturating_sub(2),
    };
    let (many, hidden) = cells_in(inside, count, focus);
    let mut shown = vec![stage];
    shown.extend(many);
    Nodes {
        shown,
        grid: Some(frame),
        hidden,
        note: Rect::default(),
    }
}

/// Cells in rows, and how many have no room before and after.
fn cells_in(room: Rect, count: usize, focus: &Focus) -> (Vec<Shown>, (usize, usize)) {
    let columns = (room.width / CELL).max(1);
    let width = room.width / columns;
    let columns = usize::from(columns);
    let window = focus.window(count, columns * usize::from(room.height), columns);
    let hidden = (window.start, count - window.end);
    let place = |at: usize| Rect {
        x: room.x + (at % columns) as u16 * width,
        y: room.y + (at / columns) as u16,
        width: width.saturating_sub(1),
        height: 1,
    };
    let cells = window.enumerate().map(|(at, node)| Shown {
        node,
        rect: place(at).intersection(room),
        form: NodeForm::Cell,
    });
    (cells.collect(), hidden)
}
