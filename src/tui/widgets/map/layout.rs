use ratatui::layout::Rect;

use super::{
    plan::{Focus, Nodes, Plan},
    scene::Scene,
};

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

/// The least room for boxes.
const LEAST: (u16, u16) = (60, 13);
/// Beyond this a few nodes do not spread.
const WIDEST: u16 = 156;
/// The rows of the control plane where room is short: its frame, two rows of boxes, a row between.
const PLANE: u16 = 9;
/// The least room in which one node is shown with what is in it.
const ZOOM: (u16, u16) = (34, 9);

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
            stage: scene
                .node_in_light()
                .or(selected)
                .unwrap_or(scene.last_node),
            zoom,
        };
        if let Some(node) = zoom
            && area.width >= ZOOM.0
            && area.height >= ZOOM.1
        {
            return zoomed(area, scene, node);
        }
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return lane(area, scene, &focus);
        }
        boxes(area, scene, &focus)
    }
}

fn boxes(area: Rect, scene: &Scene, focus: &Focus) -> Layout {
    let count = scene.nodes.len();
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
    let (nodes, riser) = plan.place(room, count, focus);
    let services = (services > 0).then(|| Rect {
        y: (nodes.bottom().unwrap_or(room.bottom()) + 1).min(area.bottom() - 1),
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

/// One node with all there is to see in it; of the rest only the API server it talks to.
fn zoomed(area: Rect, scene: &Scene, node: usize) -> Layout {
    let nowhere = Rect::new(area.x, area.y, 0, 0);
    let top = if area.height >= 14 { 4 } else { 3 };
    let apiserver = Rect {
        height: top,
        ..area
    };
    let bus = if area.height >= 20 { 2 } else { 1 };
    let box_of_node = Rect {
        y: area.y + top + bus,
        height: area.height - top - bus,
        ..area
    };
    Layout {
        form: Form::Boxes,
        kubectl: nowhere,
        client: None,
        plane: nowhere,
        apiserver,
        etcd: nowhere,
        manager: nowhere,
        scheduler: nowhere,
        trunk: (area.x + super::routes::INSET, box_of_node.y - 1),
        riser: None,
        nodes: Nodes::only(node.min(scene.nodes.len().saturating_sub(1)), box_of_node),
        services: None,
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
    let room = Rect {
        x,
        y: area.y + fixed.min(area.height),
        width,
        height: area.height.saturating_sub(fixed),
    };
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
        nodes: super::plan::lines(room, scene.nodes.len(), focus),
        services: None,
    }
}
