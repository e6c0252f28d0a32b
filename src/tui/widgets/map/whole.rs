use ratatui::{layout::Rect, style::Style};

use super::{
    Map,
    picture::{Part, Picture},
    pods::{ContainerView, PodView},
    scene::NodeView,
};
use crate::{cluster::trace::Actor, tui::text::width};

/// The least width of a Pod with all that is in it.
const POD: u16 = 46;

/// A Pod that is placed: which, in which column, at which row.
type Placed = (usize, u16, u16);

impl Map<'_> {
    /// The Pods of a node with their containers, what is mounted into them and how they are probed.
    pub(super) fn lay_whole(&self, picture: &mut Picture, node: &NodeView, room: Rect) {
        if node.pods.is_empty() && self.zoom.is_none() {
            return;
        }
        if node.pods.is_empty() {
            let text = self.locale.text("map.no-pods").to_owned();
            picture.write(
                (room.x, room.y),
                room.width,
                vec![(text.into(), self.calm())],
            );
            return;
        }
        let count = (room.width / POD).clamp(1, 3);
        let column = room.width / count;
        let is_wanted = |pod: &PodView| {
            self.is_lit(&pod.key.name)
                || matches!(self.selected, Some(Actor::Pod(name)) if *name == pod.key.name)
        };
        let wanted = node.pods.iter().position(is_wanted).unwrap_or(0);
        let mut first = 0;
        let mut placed = fill(&node.pods[first..], (count, room.height));
        // The one in the light is among them.
        while first < wanted && placed.iter().all(|(at, ..)| first + at != wanted) {
            first += 1;
            placed = fill(&node.pods[first..], (count, room.height));
        }
        let shown = placed.len();
        for (at, across, down) in placed {
            let place = Rect {
                x: room.x + across * column,
                y: room.y + down,
                width: column.saturating_sub(2),
                height: room.height - down,
            };
            self.lay_pod(picture, &node.pods[first + at], place);
        }
        if shown < node.pods.len() && room.height > 0 {
            let hidden = node.pods.len() - shown;
            let mut parts: Vec<Part> = vec![(
                self.locale.fill("map.more-pods", &[("n", &hidden)]).into(),
                self.calm(),
            )];
            parts.push(("   ".into(), Style::new()));
            parts.extend(self.counts(&node.pods));
            let y = room.bottom() - 1;
            picture.write((room.x, y), room.width, parts);
        }
    }

    fn lay_pod(&self, picture: &mut Picture, pod: &PodView, place: Rect) {
        let actor = Actor::Pod(pod.key.name.clone());
        let lines = self.pod_lines(pod);
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        picture.place(
            Rect {
                height: height.min(place.height),
                ..place
            },
            &actor,
        );
        for (y, line) in (place.y..place.bottom()).zip(lines) {
            picture.write((place.x, y), place.width, line);
        }
    }

    fn pod_lines(&self, pod: &PodView) -> Vec<Vec<Part>> {
        let quiet = Style::from(self.theme.muted);
        let mut head = self.pod_line(pod, true);
        if !pod.ip.is_empty() {
            head.push((format!("  {}", pod.ip).into(), quiet));
        }
        let mut lines = vec![head];
        let names = pod.containers.iter().map(|one| width(&one.name)).max();
        let names = names.unwrap_or(0);
        for container in &pod.containers {
            lines.push(self.container(container, names));
        }
        if !pod.volumes.is_empty() {
            let volumes: Vec<&str> = pod.volumes.iter().map(|name| &**name).collect();
            let volumes = volumes.join(", ");
            let text = self.locale.fill("map.volumes", &[("names", &volumes)]);
            lines.push(vec![(format!("  {text}").into(), quiet)]);
        }
        lines
    }

    fn container(&self, container: &ContainerView, names: usize) -> Vec<Part> {
        let quiet = Style::from(self.theme.muted);
        let state = container.state;
        let air = names.saturating_sub(width(&container.name));
        let mut parts: Vec<Part> = vec![
            ("  ".into(), Style::new()),
            (state.sign(self.signs).into(), state.style(self.theme)),
            (
                format!(" {}{}  ", container.name, " ".repeat(air)).into(),
                self.theme.text.into(),
            ),
            (
                self.locale.text(state.text()).to_owned().into(),
                state.style(self.theme),
            ),
        ];
        let mut say = |text: String, style| parts.push((format!("  {text}").into(), style));
        if container.image.is_empty() {
            say(self.locale.text("map.pause").to_owned(), quiet);
            return parts;
        }
        say(container.image.to_string(), quiet);
        if container.restarts > 0 {
            let text = self
                .locale
                .fill("map.restarts", &[("n", &container.restarts)]);
            say(text, self.theme.warn.into());
        }
        if !container.probes.is_empty() {
            let probes = container.probes.join(", ");
            say(self.locale.fill("map.probes", &[("names", &probes)]), quiet);
        }
        parts
    }
}

/// As many Pods as there is room for, in columns; the last row is kept for what has none.
fn fill(pods: &[PodView], (columns, height): (u16, u16)) -> Vec<Placed> {
    let tall = |pod: &PodView| 1 + pod.containers.len() as u16 + u16::from(!pod.volumes.is_empty());
    let whole = place(pods.iter().map(tall), (columns, height));
    if whole.len() == pods.len() {
        return whole;
    }
    let mut placed = place(pods.iter().map(tall), (columns, height.saturating_sub(1)));
    if placed.is_empty() && !pods.is_empty() {
        placed.push((0, 0, 0));
    }
    placed
}

fn place(heights: impl Iterator<Item = u16>, (columns, height): (u16, u16)) -> Vec<Placed> {
    let (mut across, mut down) = (0, 0);
    let mut placed = Vec::new();
    for (at, tall) in heights.enumerate() {
        if down > 0 && down + tall > height {
            (across, down) = (across + 1, 0);
        }
        if across >= columns || tall > height {
            break;
        }
        placed.push((at, across, down));
        down += tall + 1;
    }
    placed
}
