use ratatui::{
    Frame,
    crossterm::event::KeyEvent,
    layout::{Position, Rect},
    text::Line,
};

use crate::{
    cluster::{
        Cluster,
        api::{Object, Resource},
    },
    notes::fuzzy,
    tui::{
        overlays::finder::{Finder, FinderRow, Found},
        shared::Shared,
    },
};

/// What can be broken or mended now, found by typing.
pub(super) struct Faults {
    finder: Finder,
    /// A fault as it is written, and the name of the text that says what it does.
    all: Vec<(String, &'static str)>,
    shown: Vec<usize>,
}

impl Faults {
    pub(super) fn new(cluster: &Cluster) -> Faults {
        let all = all(cluster);
        Faults {
            finder: Finder::default(),
            shown: (0..all.len()).collect(),
            all,
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent, shared: &Shared) -> Found {
        let found = self.finder.key(key, self.shown.len(), &shared.keymap);
        self.narrow(&found, shared);
        found
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.finder.paste(text);
    }

    pub(super) fn click(&self, at: Position) -> Found {
        self.finder.click(at, self.shown.len())
    }

    pub(super) fn accept(&self) -> Found {
        self.finder.accept(self.shown.len())
    }

    /// The fault on this row, as it is written.
    pub(super) fn fault(&self, row: usize) -> Option<&str> {
        let at = self.shown.get(row)?;
        self.all.get(*at).map(|(fault, _)| fault.as_str())
    }

    fn narrow(&mut self, found: &Found, shared: &Shared) {
        if !matches!(found, Found::Typed) {
            return;
        }
        let query = self.finder.text();
        let scored = self
            .all
            .iter()
            .enumerate()
            .filter_map(|(at, (fault, why))| {
                let score = fuzzy(fault, query).max(fuzzy(&shared.text(why), query))?;
                Some((-score, at))
            });
        let mut scored: Vec<(i64, usize)> = scored.collect();
        scored.sort_unstable();
        self.shown = scored.into_iter().map(|(_, at)| at).collect();
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let rows: Vec<FinderRow> = self
            .shown
            .iter()
            .filter_map(|at| self.all.get(*at))
            .map(|(fault, why)| FinderRow {
                left: Line::styled(fault.clone(), shared.theme.text),
                right: shared.text(why),
            })
            .collect();
        let title = shared.text("walk.faults");
        let empty = shared.text("walk.no-fault");
        self.finder.draw(&title, &empty, &rows, area, frame, shared);
    }
}

/// All there is, the parts of the control plane first.
fn all(cluster: &Cluster) -> Vec<(String, &'static str)> {
    let mut all = Vec::new();
    let mut push = |fault: String, why| all.push((fault, why));
    let control_plane = [
        "kube-scheduler",
        "kube-controller-manager",
        "kube-apiserver",
        "etcd",
    ];
    for part in control_plane {
        push(format!("stop {part}"), "walk.fault-stop");
    }
    let pods = cluster.objects(Resource::Pods, "default");
    for pod in &pods {
        let name = &pod.metadata().name;
        push(format!("crash {name}"), "walk.fault-crash");
    }
    let nodes: Vec<&str> = cluster
        .config()
        .nodes
        .iter()
        .map(|node| &*node.name)
        .collect();
    for node in &nodes {
        push(format!("stop {node}"), "walk.fault-stop");
    }
    for node in &nodes {
        push(format!("cut {node}"), "walk.fault-cut");
    }
    for node in &nodes {
        for part in ["kubelet", "kube-proxy", "containerd"] {
            push(format!("stop {part}@{node}"), "walk.fault-stop");
        }
    }
    for image in images(&pods) {
        push(format!("fail-pull {image}"), "walk.fault-pull");
    }
    for pod in &pods {
        push(
            format!("fail-probe {}", pod.metadata().name),
            "walk.fault-probe",
        );
    }
    push("slow-etcd 500".to_owned(), "walk.fault-slow");
    for part in ["kube-scheduler", "kube-controller-manager"] {
        push(format!("drop-watch {part}"), "walk.fault-drop-watch");
    }
    for node in &nodes {
        push(format!("fill-disk {node}"), "walk.fault-disk");
    }
    for part in control_plane {
        push(format!("start {part}"), "walk.fault-start");
    }
    for node in &nodes {
        push(format!("start {node}"), "walk.fault-start");
        push(format!("heal {node}"), "walk.fault-heal");
        for part in ["kubelet", "kube-proxy", "containerd"] {
            push(format!("start {part}@{node}"), "walk.fault-start");
        }
    }
    for pod in &pods {
        push(
            format!("heal-probe {}", pod.metadata().name),
            "walk.fault-heal-probe",
        );
    }
    all
}

fn images(pods: &[Object]) -> Vec<String> {
    let mut images: Vec<String> = pods
        .iter()
        .filter_map(|pod| match pod {
            Object::Pod(pod) => Some(pod),
            _ => None,
        })
        .flat_map(|pod| pod.spec.containers.iter())
        .map(|container| container.image.to_string())
        .collect();
    images.sort();
    images.dedup();
    images
}
