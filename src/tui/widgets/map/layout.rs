use ratatui::layout::Rect;

use super::scene::Scene;

/// Where everything stands.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) form: Form,
    pub(super) kubectl: Rect,
    /// Whoever sends requests through Services, and the DNS it asks.
    pub(super) client: Option<Rect>,
    /// The frame around the control plane; empty where there is no room for one.
    pub(super) plane: Rect,
    pub(super) apiserver: Rect,
    pub(super) etcd: Rect,
    pub(super) manager: Rect,
    pub(super) scheduler: Rect,
    /// Where the wires from the API server to the nodes leave the control plane: the column, and the row
    /// they then follow.
    pub(super) trunk: (u16, u16),
    /// The column in which that row goes on down, where nodes stand in more than one row.
    pub(super) riser: Option<u16>,
    pub(super) nodes: Nodes,
    pub(super) services: Option<Rect>,
}

/// How much is drawn of each component.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// Boxes with wires between them.
    Boxes,
    /// A line each, all on one wire at their left.
    Lane,
}

/// The nodes that are shown.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    pub(super) form: NodeForm,
    /// Their places, first to last.
    pub(super) shown: Vec<(usize, Rect)>,
    /// How many are not shown, before and after.
    pub(super) hidden: (usize, usize),
    /// Where that is said.
    pub(super) note: Rect,
}

/// How much is drawn of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NodeForm {
    /// A box with its parts and a line for each Pod.
    Full,
    /// A box with a sign for each Pod.
    Chip,
    /// A line.
    Line,
}

/// The least room for boxes.
const LEAST: (u16, u16) = (60, 13);
/// Beyond this a few nodes do not spread.
const WIDEST: u16 = 156;
/// The rows of the control plane where room is short: its frame, two rows of boxes, a row between.
const PLANE: u16 = 9;
const FULL_WIDTH: u16 = 24;
const CHIP_WIDTH: u16 = 17;
/// A node takes so many rows, if there is room, before any Pod is there: it does not grow with them.
const TALL: u16 = 11;

impl Layout {
    pub(super) fn new(
        area: Rect,
        scene: &Scene,
        (first, selected): (usize, Option<usize>),
        zoom: Option<usize>,
    ) -> Layout {
        let focus = Focus {
            first,
            keep: [selected, scene.node_in_light()],
            zoom,
        };
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return lane(area, scene, &focus);
        }
        boxes(area, scene, &focus)
    }
}

/// Which nodes are wanted.
struct Focus {
    first: usize,
    /// Nodes that must be seen, the one that matters most last.
    keep: [Option<usize>; 2],
    zoom: Option<usize>,
}

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

fn boxes(area: Rect, scene: &Scene, focus: &Focus) -> Layout {
    let count = if focus.zoom.is_some() {
        1
    } else {
        scene.nodes.len()
    };
    let area = if count <= 6 && area.width > WIDEST {
        Rect {
            x: area.x + (area.width - WIDEST) / 2,
            width: WIDEST,
            ..area
        }
    } else {
        area
    };
    let services = u16::from(scene.serves && area.height >= PLANE + 7);
    let below = area.height - PLANE - services * 2;
    let plan = Plan::of((area.width, below), scene, count);
    let slack = below.saturating_sub(plan.height());
    // What is left over goes first into air between the boxes, then into what they say.
    let extra = [1, 2, 3, 5, 9, 14, 20].map(|at| u16::from(slack >= at));
    let [bus, top, bottom, gap, gap2, bus2, more] = extra;
    let (gap, top, bottom) = (1 + gap + gap2 + more, 3 + top + more, 3 + bottom + more);
    let bus = 1 + bus + bus2;
    let left = (area.width / 5).clamp(13, 28);
    let kubectl = Rect::new(area.x, area.y + 1, left, top);
    let plane = Rect {
        x: area.x + left + 3,
        width: area.width - left - 3,
        height: 2 + top + gap + bottom,
        ..area
    };
    let inner = plane.width - 4;
    let (x, y) = (plane.x + 2, plane.y + 1);
    let api = (inner * 5 / 8).max(26).min(inner - 13);
    let apiserver = Rect::new(x, y, api, top);
    let etcd = Rect::new(x + api + 3, y, inner - api - 3, top);
    let manager_width = (inner - 3) / 2;
    let lower = y + top + gap;
    let manager = Rect::new(x, lower, manager_width, bottom);
    let scheduler = Rect {
        x: x + manager_width + 3,
        width: inner - manager_width - 3,
        ..manager
    };
    let client = scene.traffic.then_some(Rect {
        y: lower,
        height: 3,
        ..kubectl
    });
    let trunk = (manager.right() + 1, plane.bottom() + bus - 1);
    let room = Rect {
        y: plane.bottom() + bus - 1,
        height: (area.bottom() - services * 2).saturating_sub(plane.bottom() + bus - 1),
        ..area
    };
    let (nodes, riser) = plan.place(room, scene, focus);
    let bottom = nodes
        .shown
        .last()
        .map_or(room.bottom(), |(_, rect)| rect.bottom());
    let services = (services > 0).then(|| Rect {
        y: (bottom.max(nodes.note.bottom()) + 1).min(area.bottom() - 1),
        height: 1,
        ..area
    });
    Layout {
        form: Form::Boxes,
        kubectl,
        client,
        plane,
        apiserver,
        etcd,
        manager,
        scheduler,
        trunk,
        riser,
        nodes,
        services,
    }
}

/// How nodes fill the room below the control plane: in rows, each with a wire above it.
struct Plan {
    form: NodeForm,
    columns: u16,
    rows: u16,
    /// Of a node, at least.
    least: u16,
    /// Of a node with all there is to say.
    ideal: u16,
    scrolls: bool,
}

impl Plan {
    fn of((width, height): (u16, u16), scene: &Scene, count: usize) -> Plan {
        let count = u16::try_from(count).unwrap_or(u16::MAX).max(1);
        let pods = scene.nodes.iter().map(|node| node.pods.len()).max();
        let pods = u16::try_from(pods.unwrap_or(0)).unwrap_or(u16::MAX).max(1);
        let boxes = |form, least_width: u16, least: u16, ideal: u16| {
            let fit = |width: u16| ((width + 1) / (least_width + 1)).max(1);
            let single = fit(width) >= count;
            let columns = if single { count } else { fit(width - 2) };
            let rows = count.div_ceil(columns);
            Plan {
                form,
                columns: count.div_ceil(rows),
                rows,
                least,
                ideal,
                scrolls: false,
            }
        };
        let full = boxes(
            NodeForm::Full,
            FULL_WIDTH,
            5,
            pods.saturating_mul(2)
                .saturating_add(4)
                .clamp(TALL, 2 * TALL),
        );
        if full.height() <= height {
            return full;
        }
        let low = Plan { least: 4, ..full };
        if low.height() <= height {
            return low;
        }
        let chips = boxes(NodeForm::Chip, CHIP_WIDTH, 3, 3);
        let lines = Plan {
            form: NodeForm::Line,
            columns: 1,
            rows: count.min(height.saturating_sub(1)),
            least: 1,
            ideal: 1,
            scrolls: count > height.saturating_sub(1),
        };
        if count > 6 && chips.height() <= height {
            return chips;
        }
        if !lines.scrolls {
            return lines;
        }
        let fit = ((width - 1) / (CHIP_WIDTH + 1)).max(1);
        let rows = height.saturating_sub(1) / 4;
        if rows * fit > lines.rows {
            return Plan {
                columns: fit,
                rows,
                scrolls: true,
                ..chips
            };
        }
        Plan {
            rows: lines.rows.saturating_sub(1),
            ..lines
        }
    }

    fn height(&self) -> u16 {
        match self.form {
            NodeForm::Line => 1 + self.rows + u16::from(self.scrolls),
            _ => self.rows.saturating_mul(1 + self.least) + u16::from(self.scrolls),
        }
    }

    /// The nodes, and the column in which a wire goes from row to row.
    fn place(&self, room: Rect, scene: &Scene, focus: &Focus) -> (Nodes, Option<u16>) {
        let columns = usize::from(self.columns);
        let window = focus.window(scene.nodes.len(), columns * usize::from(self.rows), columns);
        let hidden = (window.start, scene.nodes.len() - window.end);
        let rises = self.rows > 1 || self.form == NodeForm::Line;
        let indent = if rises { 2 } else { 0 };
        let (x, width) = (room.x + indent, room.width - indent);
        let note = u16::from(self.scrolls);
        let per_row = (room.height - note.min(room.height)) / self.rows.max(1);
        let height = per_row
            .saturating_sub(1)
            .clamp(self.least, self.ideal.max(self.least));
        // What is left over goes to the last columns, one to each.
        let left = |column: u16| {
            let share = u32::from(width + 1) * u32::from(column) / u32::from(self.columns.max(1));
            u16::try_from(share).unwrap_or(u16::MAX)
        };
        let cell = |at: usize| {
            let (row, column) = ((at / columns.max(1)) as u16, (at % columns.max(1)) as u16);
            let rect = match self.form {
                NodeForm::Line => Rect::new(x + 1, room.y + 1 + row, width - 1, 1),
                _ => Rect {
                    x: x + left(column),
                    y: room.y + 1 + row * (1 + height),
                    width: (left(column + 1) - left(column)).saturating_sub(1),
                    height,
                },
            };
            rect.intersection(room)
        };
        let shown: Vec<(usize, Rect)> = window
            .clone()
            .enumerate()
            .map(|(at, node)| (node, cell(at)))
            .filter(|(_, rect)| !rect.is_empty())
            .collect();
        let end = shown.last().map_or(room.y + 1, |(_, rect)| rect.bottom());
        let note = Rect::new(x, end, width, note).intersection(room);
        let nodes = Nodes {
            form: self.form,
            shown,
            hidden: if focus.zoom.is_some() { (0, 0) } else { hidden },
            note,
        };
        (nodes, rises.then_some(room.x))
    }
}

/// A line each, as many as there is room for.
fn lane(area: Rect, scene: &Scene, focus: &Focus) -> Layout {
    let x = area.x + 3.min(area.width);
    let width = area.right() - x;
    let row = |at: u16| {
        if at < area.height {
            Rect::new(x, area.y + at, width, 1)
        } else {
            Rect::new(x, area.bottom(), 0, 0)
        }
    };
    let fixed = 5 + u16::from(scene.traffic);
    let count = if focus.zoom.is_some() {
        1
    } else {
        scene.nodes.len()
    };
    let room = area.height.saturating_sub(fixed);
    let scrolls = usize::from(room) < count;
    let lines = room.saturating_sub(u16::from(scrolls));
    let window = focus.window(scene.nodes.len(), lines.into(), 1);
    let hidden = (window.start, scene.nodes.len() - window.end);
    let shown = window
        .zip(fixed..fixed + lines)
        .map(|(node, at)| (node, row(at)))
        .collect();
    let nowhere = Rect::new(area.x, area.y, 0, 0);
    Layout {
        form: Form::Lane,
        kubectl: row(0),
        client: scene.traffic.then(|| row(5)),
        plane: nowhere,
        apiserver: row(1),
        etcd: row(2),
        manager: row(3),
        scheduler: row(4),
        trunk: (area.x + 1, area.y),
        riser: None,
        nodes: Nodes {
            form: NodeForm::Line,
            shown,
            hidden: if focus.zoom.is_some() { (0, 0) } else { hidden },
            note: if scrolls && room > 0 {
                row(fixed + lines)
            } else {
                nowhere
            },
        },
        services: None,
    }
}
