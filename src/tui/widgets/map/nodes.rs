use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    Map,
    layout::Form,
    parts::{NAMES, spaced},
    picture::{Part, Picture, columns},
    plan::{NodeForm, Shown},
    pods::{PodState, PodView},
    routes::{INSET, line},
    scene::{NodeCondition, NodeView},
    wires::Tone,
};
use crate::cluster::{api::Str, trace::Actor};

impl Map<'_> {
    pub(super) fn lay_nodes(&self, picture: &mut Picture) {
        self.lay_grid(picture);
        let shown = picture.layout.nodes.shown.clone();
        // Where a node is shown twice, most is seen of the first.
        for Shown { node, rect, form } in shown.into_iter().rev() {
            let node = &self.scene.nodes[node];
            if !self.node_appears(node) {
                continue;
            }
            picture.place(rect, &Actor::Kernel(node.name.clone()));
            match form {
                NodeForm::Cell => self.lay_cell(picture, node, rect),
                NodeForm::Line => self.lay_line(picture, node, rect),
                NodeForm::Full | NodeForm::Whole => self.lay_box(picture, node, rect, form),
            }
        }
        let nodes = &picture.layout.nodes;
        if let Some(text) = self.hidden(nodes.hidden)
            && self.grid_appears()
        {
            let note = nodes.note;
            picture.write(
                (note.x, note.y),
                note.width,
                vec![(text.into(), self.calm())],
            );
        }
    }

    /// How many nodes have no room.
    fn hidden(&self, (above, below): (usize, usize)) -> Option<String> {
        let [up, down] = self.signs.map.more;
        (above + below > 0).then(|| {
            self.locale.fill(
                "map.hidden",
                &[
                    ("up", &up),
                    ("above", &above),
                    ("down", &down),
                    ("below", &below),
                ],
            )
        })
    }

    /// The frame around many nodes.
    fn lay_grid(&self, picture: &mut Picture) {
        let Some(grid) = picture.layout.nodes.grid else {
            return;
        };
        if !self.grid_appears() {
            return;
        }
        picture.wires.frame(grid, Tone::Calm);
        let room = grid.width.saturating_sub(INSET + 2);
        let all = self.scene.nodes.len();
        let title = self.locale.fill("map.all-nodes", &[("n", &all)]);
        picture.write(
            (grid.x + INSET + 1, grid.y),
            room,
            vec![(format!(" {title} ").into(), self.calm())],
        );
        if let Some(text) = self.hidden(picture.layout.nodes.hidden) {
            picture.write(
                (grid.x + 2, grid.bottom() - 1),
                grid.width.saturating_sub(4),
                vec![(format!(" {text} ").into(), self.calm())],
            );
        }
    }

    /// A node of many: its name and its Pods as signs.
    fn lay_cell(&self, picture: &mut Picture, node: &NodeView, rect: Rect) {
        let is_bad = node.cut
            || node.stopped.contains(&true)
            || matches!(
                node.condition,
                NodeCondition::NotReady | NodeCondition::Unknown
            );
        let mut parts = self.title(&node.name, &Actor::Kernel(node.name.clone()), is_bad);
        let tone = self.node_tone(node);
        if tone > Tone::Chosen
            && let Some(name) = parts.first_mut()
        {
            name.1 = self.style(tone).add_modifier(Modifier::BOLD);
        }
        parts.push((" ".into(), Style::new()));
        let room = rect.width.saturating_sub(columns(&parts));
        match node.pods.len() * 2 > usize::from(room) + 1 {
            false => parts.extend(self.pod_signs(&node.pods, room + 1)),
            true => parts.push((node.pods.len().to_string().into(), self.calm())),
        }
        picture.write((rect.x, rect.y), rect.width, parts);
    }

    /// How bright a node is: as the brightest of its parts.
    fn node_tone(&self, node: &NodeView) -> Tone {
        let name = &node.name;
        let parts = [
            Actor::Kernel(name.clone()),
            Actor::Kubelet(name.clone()),
            Actor::KubeProxy(name.clone()),
            Actor::Containerd(name.clone()),
            Actor::Cni(name.clone()),
        ];
        parts
            .iter()
            .map(|part| self.tone(part))
            .max()
            .unwrap_or_default()
    }

    fn node_title(&self, node: &NodeView) -> Vec<Part> {
        let mut parts = self.title(&node.name, &Actor::Kernel(node.name.clone()), false);
        let tone = self.node_tone(node);
        if tone > Tone::Chosen
            && let Some(name) = parts.last_mut()
        {
            name.1 = self.style(tone).add_modifier(Modifier::BOLD);
        }
        let bad = Style::from(self.theme.bad);
        let mut say = |text: &str, style| parts.push((format!(" {text}").into(), style));
        if node.cut {
            say(self.signs.problem, bad);
            say(self.locale.text("map.cut"), bad);
        }
        match node.condition {
            NodeCondition::Ready => {}
            NodeCondition::NotReady | NodeCondition::Unknown => say("NotReady", bad),
            NodeCondition::Absent => say(self.locale.text("map.absent"), self.calm()),
        }
        if node.cordoned {
            say("SchedulingDisabled", self.theme.warn.into());
        }
        parts
    }

    /// kubelet, kube-proxy and containerd as words, with a sign for one that has ended.
    fn words(&self, node: &NodeView) -> [(Actor, Vec<Part>); 3] {
        let name = &node.name;
        let parts = [
            (Actor::Kubelet(name.clone()), "kubelet"),
            (Actor::KubeProxy(name.clone()), "kube-proxy"),
            (Actor::Containerd(name.clone()), "containerd"),
        ];
        let mut stopped = node.stopped.into_iter();
        parts.map(|(actor, word)| {
            let title = self.title(word, &actor, stopped.next().unwrap_or(false));
            (actor, title)
        })
    }

    fn put_word(
        &self,
        picture: &mut Picture,
        (x, y): (u16, u16),
        end: u16,
        (actor, parts): (Actor, Vec<Part>),
    ) -> u16 {
        if !self.appears(&actor) {
            return x;
        }
        let room = columns(&parts).min(end.saturating_sub(x));
        picture.place(Rect::new(x, y, room, 1), &actor);
        picture.write((x, y), room, parts);
        x + room
    }

    fn lay_box(&self, picture: &mut Picture, node: &NodeView, rect: Rect, form: NodeForm) {
        if rect.width < 6 || rect.height < 3 {
            return;
        }
        picture.wires.frame(rect, self.node_tone(node));
        let indent = INSET + 1;
        let room = rect.width.saturating_sub(indent + 1);
        picture.write(
            (rect.x + indent, rect.y),
            room,
            spaced(self.node_title(node)),
        );
        let (x, end) = (rect.x + 2, rect.right() - 2);
        let mut y = rect.y + 1;
        let bottom = rect.bottom() - 1;
        let [kubelet, proxy, runtime] = self.words(node);
        let after = self.put_word(picture, (x, y), end, kubelet);
        let gap = if after > x { 3 } else { 0 };
        if after + gap < end {
            self.put_word(picture, (after + gap, y), end, proxy);
        }
        y += 1;
        if rect.height >= 5 && self.appears(&runtime.0) {
            picture.wires.line(&line((x, y), (x + 1, y)), Tone::Calm);
            picture.wires.line(&line((x, y - 1), (x, y)), Tone::Calm);
            let after = self.put_word(picture, (x + 3, y), end, runtime);
            let cni = Actor::Cni(node.name.clone());
            if after + 6 < end && self.appears(&cni) {
                let wire = line((after + 1, y), (after + 2, y));
                picture.wires.line(&wire, Tone::Calm);
                let style = self.style(self.tone(&cni));
                picture.write((after + 4, y), end - after - 4, vec![("cni".into(), style)]);
            }
            y += 1;
        }
        let room = Rect::new(x, y, end - x, bottom.saturating_sub(y));
        match form {
            NodeForm::Whole => self.lay_whole(picture, node, room),
            _ => self.lay_pods(picture, node, room),
        }
        self.lay_call(picture, node, rect);
    }

    /// What is called inside a node.
    fn call(&self, node: &NodeView) -> Option<Part> {
        let light = self.scene.light.as_ref()?;
        let inside = [
            Actor::Containerd(node.name.clone()),
            Actor::Cni(node.name.clone()),
            Actor::Kernel(node.name.clone()),
        ];
        let called = inside.contains(&light.to) || inside.contains(&light.from);
        let text = format!(" {} ", light.label);
        (called && !light.label.is_empty()).then(|| (text.into(), self.style(Tone::Lit)))
    }

    /// It stands in the lower border of the node's box.
    fn lay_call(&self, picture: &mut Picture, node: &NodeView, rect: Rect) {
        if let Some(call) = self.call(node) {
            let room = rect.width.saturating_sub(4);
            picture.write((rect.x + 2, rect.bottom() - 1), room, vec![call]);
        }
    }

    fn lay_pods(&self, picture: &mut Picture, node: &NodeView, room: Rect) {
        let rows = usize::from(room.height);
        if node.pods.is_empty() || rows == 0 {
            return;
        }
        let roomy = node.pods.len() * 2 <= rows && room.width >= 20;
        let fits = node.pods.len() <= rows;
        let shown = if fits { node.pods.len() } else { rows - 1 };
        let first = self.first_pod(&node.pods, shown);
        let mut y = room.y;
        for pod in node.pods.iter().skip(first).take(shown) {
            let actor = Actor::Pod(pod.key.name.clone());
            let height = if roomy { 2 } else { 1 };
            picture.place(Rect::new(room.x, y, room.width, height), &actor);
            picture.write((room.x, y), room.width, self.pod_line(pod, true));
            if roomy {
                let line = self.container_line(pod, room.width - 2);
                picture.write((room.x + 2, y + 1), room.width - 2, line);
            }
            y += height;
        }
        if !fits {
            picture.write((room.x, y), room.width, self.counts(&node.pods));
        }
    }

    /// From which Pod on so many are shown, the one in the light among them.
    fn first_pod(&self, pods: &[PodView], shown: usize) -> usize {
        let is_wanted = |pod: &PodView| {
            self.is_lit(&pod.key.name)
                || matches!(self.selected, Some(Actor::Pod(name)) if *name == pod.key.name)
        };
        let wanted = pods.iter().position(is_wanted).unwrap_or(0);
        (wanted + 1).saturating_sub(shown)
    }

    pub(super) fn is_lit(&self, pod: &Str) -> bool {
        let light = self.scene.light.as_ref();
        light.is_some_and(|light| light.pod.as_ref() == Some(pod)) && self.has_arrived()
    }

    pub(super) fn pod_line(&self, pod: &PodView, says: bool) -> Vec<Part> {
        let lit = self.is_lit(&pod.key.name);
        let actor = Actor::Pod(pod.key.name.clone());
        let sign = (
            pod.state.sign(self.signs).into(),
            pod.state.style(self.theme),
        );
        let mut parts: Vec<Part> = vec![sign, (" ".into(), Style::new())];
        let mut title = self.title(&pod.key.name, &actor, false);
        if lit
            && self.selected != Some(&actor)
            && let Some(name) = title.last_mut()
        {
            name.1 = self.style(Tone::Lit);
        }
        parts.append(&mut title);
        if says && pod.state != PodState::Ready {
            let word = match &*pod.reason {
                "" => self.locale.text(pod.state.text()),
                reason => reason,
            };
            parts.push((format!(" {word}").into(), pod.state.style(self.theme)));
        }
        parts
    }

    fn container_line(&self, pod: &PodView, room: u16) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for container in &pod.containers {
            let gap = if parts.is_empty() { "" } else { "  " };
            let name = &container.name;
            parts.push((format!("{gap}{name} ").into(), self.theme.muted.into()));
            let state = container.state;
            parts.push((state.sign(self.signs).into(), state.style(self.theme)));
        }
        let ip: Part = (format!("  {}", pod.ip).into(), self.theme.muted.into());
        if !pod.ip.is_empty() && columns(&parts) + columns(std::slice::from_ref(&ip)) <= room {
            parts.push(ip);
        }
        parts
    }

    /// A sign for each Pod, or how many there are of each kind.
    fn pod_signs(&self, pods: &[PodView], room: u16) -> Vec<Part> {
        if pods.len() * 2 > usize::from(room) {
            return self.counts(pods);
        }
        let signs = pods.iter().flat_map(|pod| {
            let mut style = pod.state.style(self.theme);
            if self.is_lit(&pod.key.name) {
                style = self.style(Tone::Lit);
            }
            [
                (pod.state.sign(self.signs).into(), style),
                (" ".into(), Style::new()),
            ]
        });
        signs.collect()
    }

    pub(super) fn counts(&self, pods: &[PodView]) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for state in PodState::ALL {
            let count = pods.iter().filter(|pod| pod.state == state).count();
            if count > 0 {
                parts.push((state.sign(self.signs).into(), state.style(self.theme)));
                parts.push((format!(" {count}  ").into(), self.calm()));
            }
        }
        parts
    }

    fn lay_line(&self, picture: &mut Picture, node: &NodeView, rect: Rect) {
        let y = rect.y;
        let names = self.names_width(picture).min(rect.width);
        picture.write((rect.x, y), names.saturating_sub(1), self.node_title(node));
        let (mut x, end) = (rect.x + names, rect.right());
        let wanted: u16 = if rect.width >= 66 { 3 } else { 0 };
        let light = self.scene.light.as_ref();
        for (at, word) in (0..).zip(self.words(node)) {
            // Without room for all of them, the one that acts is named.
            let acts = light.is_some_and(|light| light.touches(&word.0));
            if at < wanted || acts || node.stopped[usize::from(at)] {
                x = self.put_word(picture, (x, y), end, word) + 2;
            }
        }
        if let Some(call) = self.call(node) {
            let room = columns(std::slice::from_ref(&call)).min(end.saturating_sub(x));
            picture.write((x.saturating_sub(1), y), room, vec![call]);
            x += room;
        }
        if x >= end {
            return;
        }
        let room = end - x;
        let pods: Vec<Vec<Part>> = node
            .pods
            .iter()
            .map(|pod| self.pod_line(pod, node.pods.len() <= 2))
            .collect();
        let taken: u16 = pods.iter().map(|pod| columns(pod) + 2).sum();
        if taken > room + 2 {
            picture.write((x, y), room, self.crowded(node, room));
            return;
        }
        for (pod, parts) in node.pods.iter().zip(pods) {
            let actor = Actor::Pod(pod.key.name.clone());
            x = self.put_word(picture, (x, y), end, (actor, parts)) + 2;
        }
    }

    /// Too many Pods for a line: the one in the light by name, the others as signs or numbers.
    fn crowded(&self, node: &NodeView, room: u16) -> Vec<Part> {
        let lit = node.pods.iter().find(|pod| self.is_lit(&pod.key.name));
        let mut parts = lit.map_or_else(Vec::new, |pod| self.pod_line(pod, true));
        if !parts.is_empty() {
            parts.push(("  ".into(), Style::new()));
        }
        let room = room.saturating_sub(columns(&parts));
        parts.extend(self.pod_signs(&node.pods, room));
        parts
    }

    fn names_width(&self, picture: &Picture) -> u16 {
        if picture.layout.form == Form::Lane {
            return NAMES;
        }
        let shown = &picture.layout.nodes.shown;
        let widest = shown
            .iter()
            .filter(|shown| shown.form == NodeForm::Line)
            .map(|shown| columns(&self.node_title(&self.scene.nodes[shown.node])))
            .max();
        widest.unwrap_or(0).min(28) + 2
    }
}
