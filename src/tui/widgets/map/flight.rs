use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
};

use super::{
    Map,
    layout::Form,
    picture::Picture,
    plan::NodeForm,
    wires::{Spot, Stroke, Tone, heading, stroke},
};
use crate::cluster::trace::{Actor, StepKind};

/// The longest tail, in cells.
const TAIL: usize = 14;

impl Map<'_> {
    /// The wires messages may take.
    pub(super) fn lay_wires(&self, picture: &mut Picture) {
        if picture.layout.form == Form::Lane {
            return self.lay_lane(picture);
        }
        let parts = [
            Actor::Kubectl,
            Actor::Etcd,
            Actor::ControllerManager,
            Actor::Scheduler,
        ];
        for end in parts {
            if self.appears(&Actor::ApiServer)
                && self.appears(&end)
                && let Some(path) = picture.layout.route(self.scene, &Actor::ApiServer, &end)
            {
                picture.wires.line(&path, Tone::Calm);
            }
        }
        for shown in picture.layout.nodes.shown.clone() {
            let node = &self.scene.nodes[shown.node];
            let is_seen = self.node_appears(node) && self.appears(&Actor::ApiServer);
            if shown.form == NodeForm::Cell || !is_seen {
                continue;
            }
            let mut path = picture.layout.way_to_node(&shown);
            // A line that stands beside its wire has no border to end on.
            if shown.form == NodeForm::Line {
                path.pop();
            }
            picture.wires.line(&path, Tone::Calm);
        }
        if let Some(grid) = picture.layout.nodes.grid
            && self.grid_appears()
        {
            let path = picture.layout.way_to_grid(grid);
            picture.wires.line(&path, Tone::Calm);
        }
        if let (Some(_), Some(first)) = (picture.layout.client, picture.layout.nodes.shown.first())
        {
            let node = Actor::Kernel(self.scene.nodes[first.node].name.clone());
            if self.appears(&Actor::Client)
                && self.appears(&node)
                && let Some(path) = picture.layout.route(self.scene, &Actor::Client, &node)
            {
                picture.wires.line(&path, Tone::Calm);
            }
        }
    }

    fn lay_lane(&self, picture: &mut Picture) {
        let nodes = picture.layout.nodes.shown.iter();
        let cells: Vec<u16> = nodes
            .filter(|shown| shown.form == NodeForm::Cell)
            .map(|shown| shown.rect.y)
            .collect();
        let rows: Vec<u16> = picture
            .places
            .iter()
            .filter(|(rect, _)| rect.x == picture.layout.kubectl.x && !cells.contains(&rect.y))
            .map(|(rect, _)| rect.y)
            .collect();
        let x = picture.layout.trunk.0;
        if let (Some(first), Some(last)) = (rows.iter().min(), rows.iter().max()) {
            let path = super::routes::line((x, *first), (x, *last));
            picture.wires.line(&path, Tone::Calm);
        }
        for y in rows {
            picture.wires.line(&[(x, y), (x + 1, y)], Tone::Calm);
        }
    }

    /// The message of the step in the light: on its way, a bright head and a fading tail; arrived, the way
    /// it took.
    pub(super) fn draw_flight(&self, picture: &Picture, buffer: &mut Buffer) {
        let layout = &picture.layout;
        let Some(light) = &self.scene.light else {
            return;
        };
        if !self.appears(&light.from) || !self.appears(&light.to) {
            return;
        }
        let Some(path) = layout.route(self.scene, &light.from, &light.to) else {
            return;
        };
        // The ends of a path lie on the borders of boxes.
        let first = usize::from(layout.form == Form::Boxes);
        let inner = path.get(first..path.len() - first).unwrap_or(&[]);
        let made_of = match light.kind {
            StepKind::Watch => Stroke::Dotted,
            StepKind::Event => Stroke::Thin,
            _ => Stroke::Solid,
        };
        let Some(last) = inner.len().checked_sub(1) else {
            return;
        };
        let ascii = self.signs.ascii;
        let bright = self.style(Tone::Lit);
        let glyph = |at: usize| {
            let place = at + first;
            let before = place.checked_sub(1).and_then(|at| path.get(at)).copied();
            let spots = (before, path[place], path.get(place + 1).copied());
            stroke(spots, picture.wires.sides_at(inner[at]), made_of, ascii)
        };
        let mut put = |spot: Spot, symbol: &str, style: Style| {
            if let Some(cell) = buffer.cell_mut(spot) {
                cell.set_symbol(symbol).set_style(style);
            }
        };
        if self.has_arrived() {
            let style = match light.bad {
                true => self.style(Tone::Bad),
                false => bright,
            };
            for (at, spot) in inner.iter().enumerate().take(last) {
                put(*spot, glyph(at), style);
            }
            let end = match (light.bad, path.len()) {
                (true, _) => self.signs.problem,
                (false, length) => {
                    let to = (first + last + 1).min(length - 1);
                    let from = to.saturating_sub(1);
                    self.signs.map.arrows[heading(path[from], path[to])]
                }
            };
            put(inner[last], end, style.add_modifier(Modifier::BOLD));
            return;
        }
        let come = self.flight.clamp(0.0, 1.0) * inner.len() as f32;
        let head = (come as usize).min(last);
        let tail = (inner.len() / 2).clamp(2, TAIL);
        let behind = inner.iter().enumerate().take(head);
        for (at, spot) in behind.skip(head.saturating_sub(tail)) {
            let share = (head - at) as f32 / (tail + 1) as f32;
            put(*spot, glyph(at), self.faded(share));
        }
        let style = bright.add_modifier(Modifier::BOLD);
        put(inner[head], self.signs.map.message, style);
    }

    /// From the accent (0) to the calm wires (1).
    fn faded(&self, share: f32) -> Style {
        let (from, to) = (
            Style::from(self.theme.accent),
            Style::from(self.theme.border),
        );
        match (from.fg, to.fg) {
            (Some(Color::Rgb(r, g, b)), Some(Color::Rgb(r2, g2, b2))) => {
                let mix = |one: u8, other: u8| {
                    (f32::from(one) + (f32::from(other) - f32::from(one)) * share).round() as u8
                };
                from.fg(Color::Rgb(mix(r, r2), mix(g, g2), mix(b, b2)))
            }
            _ if share < 0.5 => from,
            _ => to,
        }
    }
}
