use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    Map,
    gates::Mark,
    layout::Form,
    picture::{Part, Picture},
    routes::{INSET, line},
    wires::Tone,
};
use crate::{
    cluster::trace::{Actor, StepKind},
    tui::text::{safe, truncate, width},
    walkthrough::{gate_name, said},
};

/// The columns of the names where each component has a line.
pub(super) const NAMES: u16 = 13;

impl Map<'_> {
    /// kubectl, the control plane and, where requests are sent, their sender.
    pub(super) fn lay_parts(&self, picture: &mut Picture) {
        let plane = picture.layout.plane;
        let of_plane = [
            Actor::ApiServer,
            Actor::Etcd,
            Actor::ControllerManager,
            Actor::Scheduler,
        ];
        if self.is_empty() {
            self.lay_nothing(picture);
        }
        if !plane.is_empty() && of_plane.iter().any(|part| self.appears(part)) {
            picture.wires.frame(plane, Tone::Calm);
            let title = format!(" {} ", self.locale.text("map.plane"));
            let room = plane.width.saturating_sub(4);
            picture.write(
                (plane.x + 2, plane.y),
                room,
                vec![(title.into(), self.calm())],
            );
        }
        let layout = &picture.layout;
        let (kubectl, client) = (layout.kubectl, layout.client);
        let (api, etcd) = (layout.apiserver, layout.etcd);
        let (manager, scheduler) = (layout.manager, layout.scheduler);
        let wide = api.width >= 46 || picture.layout.form == Form::Lane && api.width >= 64;
        let command = self.command(kubectl);
        self.part(picture, kubectl, "kubectl", &Actor::Kubectl, command);
        let lines = vec![self.gates(wide), self.request()];
        self.part(picture, api, "API Server", &Actor::ApiServer, lines);
        self.part(picture, etcd, "etcd", &Actor::Etcd, self.store());
        let lines = vec![self.controllers(), self.decision(&Actor::ControllerManager)];
        let name = if manager.width >= 26 {
            "Controller Manager"
        } else {
            "Controller Mgr"
        };
        let name = match picture.layout.form {
            Form::Boxes => name,
            Form::Lane => "Controllers",
        };
        self.part(picture, manager, name, &Actor::ControllerManager, lines);
        let lines = vec![self.scheduling(), self.pending()];
        self.part(picture, scheduler, "Scheduler", &Actor::Scheduler, lines);
        if let Some(client) = client {
            self.lay_client(picture, client);
        }
        self.lay_services(picture);
    }

    /// The map of a story that is still to be told.
    fn lay_nothing(&self, picture: &mut Picture) {
        let area = picture.wires.area();
        let text = self.locale.text("map.untold").to_owned();
        let columns = (width(&text) as u16).min(area.width);
        let at = (
            area.x + (area.width - columns) / 2,
            area.y + area.height / 2,
        );
        picture.write(at, columns, vec![(text.into(), self.theme.muted.into())]);
    }

    /// A component: a box with its name in the border, or a line that begins with it.
    fn part(
        &self,
        picture: &mut Picture,
        rect: Rect,
        name: &'static str,
        actor: &Actor,
        lines: Vec<Vec<Part>>,
    ) {
        if rect.is_empty() || !self.appears(actor) {
            return;
        }
        picture.place(rect, actor);
        let tone = self.tone(actor);
        let title = self.title(name, actor, self.scene.stopped.contains(actor));
        if picture.layout.form == Form::Lane {
            picture.write((rect.x, rect.y), NAMES.min(rect.width), title);
            if let Some(line) = lines.into_iter().next() {
                let room = rect.width.saturating_sub(NAMES);
                picture.write((rect.x + NAMES, rect.y), room, line);
            }
            return;
        }
        picture.wires.frame(rect, tone);
        let indent = self.title_indent(actor);
        let room = rect.width.saturating_sub(indent + 1);
        picture.write((rect.x + indent, rect.y), room, spaced(title));
        let inside = usize::from(rect.height.saturating_sub(2));
        for (y, line) in (rect.y + 1..).zip(lines.into_iter().take(inside)) {
            picture.write((rect.x + 2, y), rect.width.saturating_sub(4), line);
        }
    }

    /// Where a wire comes down into the border, the title makes way.
    fn title_indent(&self, actor: &Actor) -> u16 {
        match actor {
            Actor::ControllerManager | Actor::Scheduler | Actor::Kernel(_) | Actor::Client => {
                INSET + 1
            }
            _ => 1,
        }
    }

    /// A name, marked if the keys would inspect it and if its process has ended.
    pub(super) fn title(&self, name: &str, actor: &Actor, stopped: bool) -> Vec<Part> {
        let mut parts = Vec::with_capacity(3);
        let mut style = self.style(self.tone(actor));
        if self.selected == Some(actor) {
            let mark = format!("{} ", self.signs.selected);
            parts.push((mark.into(), self.theme.selection.into()));
            style = self.theme.selection.into();
        } else if self.tone(actor) > Tone::Chosen {
            style = style.add_modifier(Modifier::BOLD);
        }
        parts.push((name.to_owned().into(), style));
        if stopped {
            parts.push((
                format!(" {}", self.signs.problem).into(),
                self.theme.bad.into(),
            ));
        }
        parts
    }

    fn command(&self, rect: Rect) -> Vec<Vec<Part>> {
        let style = self.style(self.tone(&Actor::Kubectl));
        let command = safe(&self.scene.command).into_owned();
        let room = usize::from(rect.width.saturating_sub(4)).max(1);
        let lines = usize::from(rect.height.saturating_sub(2)).max(1);
        if lines == 1 || width(&command) <= room {
            return vec![vec![(command.into(), style)]];
        }
        let mut rows = vec![String::new()];
        for word in command.split(' ') {
            let last = rows.len() - 1;
            let row = &mut rows[last];
            if row.is_empty() || width(row) + 1 + width(word) <= room || rows.len() == lines {
                let row = &mut rows[last];
                if !row.is_empty() {
                    row.push(' ');
                }
                row.push_str(word);
            } else {
                rows.push(word.to_owned());
            }
        }
        rows.into_iter()
            .map(|row| vec![(row.into(), style)])
            .collect()
    }

    fn gates(&self, wide: bool) -> Vec<Part> {
        let gates = &self.scene.gates;
        let names = match wide {
            true => ["map.authentication", "map.authorization", "map.admission"],
            false => ["map.authn", "map.authz", "map.admit"],
        };
        let mut parts = Vec::new();
        for (at, name) in names.into_iter().enumerate() {
            let mark = match gates.at_end && !self.has_arrived() {
                true => Mark::Untouched,
                false => gates.marks[at],
            };
            let (sign, style) = match mark {
                Mark::Untouched => ("", self.calm()),
                Mark::Passed => (self.signs.done, Style::from(self.theme.good)),
                Mark::Refused => (self.signs.problem, Style::from(self.theme.bad)),
            };
            let now = gates.now.as_ref().is_some_and(|(now, _)| *now == at);
            let name_style = match (mark, now) {
                (Mark::Refused, _) => style.add_modifier(Modifier::BOLD),
                (_, true) => self.style(Tone::Lit).add_modifier(Modifier::BOLD),
                _ => self.calm(),
            };
            if !self.gate_appears(at) {
                continue;
            }
            if !parts.is_empty() {
                parts.push(("  ".into(), Style::new()));
            }
            parts.push((self.locale.text(name).to_owned().into(), name_style));
            // An empty mark keeps its place, so that the others do not move when it comes.
            let sign = if sign.is_empty() { " " } else { sign };
            parts.push((format!(" {sign}").into(), style));
        }
        parts
    }

    /// Which stage of the way a request is at, or what is asked.
    fn request(&self) -> Vec<Part> {
        let gates = &self.scene.gates;
        let style = self.style(self.tone(&Actor::ApiServer));
        let text = match &gates.now {
            Some((_, name)) => gate_name(name, self.locale),
            None => gates.request.clone(),
        };
        vec![(text.into(), style)]
    }

    fn store(&self) -> Vec<Vec<Part>> {
        let tone = self.tone(&Actor::Etcd);
        let style = self.style(tone);
        let revision = match tone {
            Tone::Lit => style.add_modifier(Modifier::BOLD),
            _ => style,
        };
        let light = self.scene.light.as_ref();
        let written = light.filter(|light| light.kind == StepKind::Store && self.has_arrived());
        let key = written.map_or_else(String::new, |light| light.subject.clone());
        vec![
            vec![(format!("rev {}", self.scene.revision).into(), revision)],
            vec![(key.into(), style)],
        ]
    }

    fn controllers(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let calm = self.style(match self.tone(&Actor::ControllerManager) {
            Tone::Chosen => Tone::Chosen,
            _ => Tone::Calm,
        });
        for controller in &self.scene.controllers {
            let style = match controller.acts {
                true => self.style(Tone::Lit).add_modifier(Modifier::BOLD),
                false => calm,
            };
            if !parts.is_empty() {
                parts.push(("  ".into(), Style::new()));
            }
            parts.push((controller.name.into(), style));
        }
        parts
    }

    /// What a component has just worked out.
    fn decision(&self, actor: &Actor) -> Vec<Part> {
        let light = self.scene.light.as_ref();
        let own = light.filter(|light| light.kind == StepKind::Decision && light.from == *actor);
        own.map_or_else(Vec::new, |light| {
            let said = said(&light.subject, self.locale).into_owned();
            vec![(said.into(), self.style(Tone::Lit))]
        })
    }

    fn scheduling(&self) -> Vec<Part> {
        let tone = self.tone(&Actor::Scheduler);
        let style = self.style(tone);
        let Some((pod, node)) = &self.scene.scheduling else {
            return vec![(self.locale.text("map.idle").to_owned().into(), self.calm())];
        };
        let node = node.as_deref().unwrap_or("?").to_owned();
        let node_style = match tone {
            Tone::Lit => style.add_modifier(Modifier::BOLD),
            _ => style,
        };
        vec![
            (pod.to_string().into(), style),
            (format!(" {} ", self.signs.map.to).into(), style),
            (node.into(), node_style),
        ]
    }

    fn pending(&self) -> Vec<Part> {
        let light = self.scene.light.as_ref();
        let decides = light.is_some_and(|light| light.kind == StepKind::Decision);
        if decides && self.tone(&Actor::Scheduler) == Tone::Lit {
            return self.decision(&Actor::Scheduler);
        }
        if self.scene.pending == 0 {
            return Vec::new();
        }
        let text = self
            .locale
            .fill("map.pending", &[("n", &self.scene.pending)]);
        vec![(text.into(), self.calm())]
    }

    /// Whoever sends requests, and on a wire the DNS it asks first.
    fn lay_client(&self, picture: &mut Picture, client: Rect) {
        let dns = self.style(self.tone(&Actor::Dns));
        let mut dns: Vec<Part> = vec![("DNS".into(), dns)];
        dns.retain(|_| self.appears(&Actor::Dns));
        if picture.layout.form == Form::Lane {
            self.part(picture, client, "curl", &Actor::Client, vec![dns]);
            return;
        }
        self.part(picture, client, "curl", &Actor::Client, Vec::new());
        if !self.appears(&Actor::Dns) {
            return;
        }
        let (x, y) = (client.x + INSET, client.y + 1);
        picture.wires.line(&line((x, y), (x + 1, y)), Tone::Calm);
        picture.wires.line(&line((x, y - 1), (x, y)), Tone::Calm);
        picture.write((x + 3, y), client.width.saturating_sub(7), dns);
    }

    /// Each Service with how many addresses stand behind it.
    fn lay_services(&self, picture: &mut Picture) {
        let Some(rect) = picture.layout.services else {
            return;
        };
        if self.told.is_some() && self.scene.services.is_empty() {
            return;
        }
        let light = self.scene.light.as_ref();
        let lit = light.and_then(|light| light.service.as_ref());
        let mut parts: Vec<Part> = vec![("Service  ".into(), self.calm())];
        if self.scene.services.is_empty() {
            parts.push((self.locale.text("map.none").to_owned().into(), self.calm()));
        }
        for (at, service) in self.scene.services.iter().enumerate() {
            let style = match lit == Some(&service.name) && self.has_arrived() {
                true => self.style(Tone::Lit),
                false => self.calm(),
            };
            let address = match &*service.ip {
                "" | "None" => String::new(),
                ip => format!(" {ip}:{}", service.port),
            };
            let gap = if at > 0 { "   " } else { "" };
            let count = self.locale.fill("map.endpoints", &[("n", &service.ready)]);
            let text = format!(
                "{gap}{}{address} {} {count}",
                service.name, self.signs.map.to
            );
            parts.push((text.into(), style));
        }
        picture.write((rect.x, rect.y), rect.width, parts);
    }

    /// What is sent, beside the route it takes.
    pub(super) fn lay_label(&self, picture: &mut Picture) {
        let Some(light) = &self.scene.light else {
            return;
        };
        let layout = &picture.layout;
        if layout.form == Form::Lane || light.label.is_empty() {
            return;
        }
        let other = match &light.to {
            Actor::ApiServer => &light.from,
            other => other,
        };
        let is_there = |actor| {
            layout
                .rect_of(self.scene, actor)
                .is_some_and(|rect| !rect.is_empty())
        };
        if !is_there(other) {
            return;
        }
        let (x, y, room) = match other {
            Actor::Kubectl => {
                let rect = layout.kubectl;
                (
                    rect.x,
                    rect.bottom(),
                    layout.plane.x.saturating_sub(rect.x + 1),
                )
            }
            Actor::Etcd => {
                let rect = layout.etcd;
                (rect.x, rect.bottom(), rect.width)
            }
            Actor::ControllerManager | Actor::Scheduler
                if layout.route(self.scene, &Actor::ApiServer, other).is_some() =>
            {
                let rect = if *other == Actor::Scheduler {
                    layout.scheduler
                } else {
                    layout.manager
                };
                (rect.x + INSET + 2, rect.y - 1, rect.width - INSET - 2)
            }
            Actor::Kubelet(_) | Actor::KubeProxy(_) if light.touches(&Actor::ApiServer) => {
                let (x, y) = layout.trunk;
                let above = layout.plane.bottom().max(layout.apiserver.bottom());
                let end = layout.plane.right().max(layout.apiserver.right());
                // Where wires run along the row it would stand in, there is no room for it.
                if y == above && layout.nodes.shown.len() > 1 && layout.riser.is_none() {
                    return;
                }
                (x + 2, above, end.saturating_sub(x + 2))
            }
            _ => return,
        };
        if light.from == *other && light.to == Actor::Nobody {
            return;
        }
        let style = match light.bad && self.has_arrived() {
            true => self.style(Tone::Bad),
            false => self.style(Tone::Lit),
        };
        let text = truncate(
            &light.label,
            room.into(),
            if self.signs.ascii { "~" } else { "…" },
        )
        .into_owned();
        picture.write((x, y), room, vec![(text.into(), style)]);
    }
}

/// With air at both ends, as it stands in a border.
pub(super) fn spaced(mut parts: Vec<Part>) -> Vec<Part> {
    parts.insert(0, (" ".into(), Style::new()));
    parts.push((" ".into(), Style::new()));
    parts
}
