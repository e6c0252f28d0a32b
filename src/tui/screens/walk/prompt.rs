//! A kubectl prompt: what was given before, and what a word may become.

use ratatui::{
    Frame,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::input::Typed;
use crate::{
    cluster::{Cluster, Files, api::Resource},
    tui::{shared::Shared, text::width, widgets::popup},
};

/// Lines of candidates below the prompt.
const CANDIDATES: usize = 4;

/// What may follow `kubectl`, most wanted first, and what each takes next.
const COMMANDS: [(&str, Takes); 24] = [
    ("get", Takes::Objects),
    ("describe", Takes::Objects),
    ("delete", Takes::Objects),
    ("scale", Takes::Slashed),
    (
        "create",
        Takes::Words(&["-f", "deployment", "namespace", "service", "quota"]),
    ),
    ("apply", Takes::Words(&["-f"])),
    ("run", Takes::Nothing),
    ("expose", Takes::Slashed),
    ("set", Takes::Words(&["image"])),
    (
        "rollout",
        Takes::Words(&["status", "history", "undo", "restart", "pause", "resume"]),
    ),
    ("logs", Takes::Of(Resource::Pods)),
    ("cordon", Takes::Of(Resource::Nodes)),
    ("uncordon", Takes::Of(Resource::Nodes)),
    ("taint", Takes::Words(&["nodes"])),
    ("label", Takes::Objects),
    ("annotate", Takes::Objects),
    ("api-resources", Takes::Nothing),
    ("cluster-info", Takes::Nothing),
    ("version", Takes::Nothing),
    ("image", Takes::Slashed),
    ("status", Takes::Slashed),
    ("history", Takes::Slashed),
    ("undo", Takes::Slashed),
    ("restart", Takes::Slashed),
];

/// How many of the commands may stand first; the others are second words.
const FIRST: usize = 19;

#[derive(Clone, Copy)]
enum Takes {
    /// A resource, then names of its objects.
    Objects,
    /// `deployment/web`.
    Slashed,
    /// One of these.
    Words(&'static [&'static str]),
    /// The name of one of these.
    Of(Resource),
    Nothing,
}

/// The resources people type most, first.
const RESOURCES: [Resource; 12] = [
    Resource::Pods,
    Resource::Nodes,
    Resource::Services,
    Resource::Deployments,
    Resource::ReplicaSets,
    Resource::ReplicationControllers,
    Resource::Endpoints,
    Resource::EndpointSlices,
    Resource::Events,
    Resource::Namespaces,
    Resource::ServiceAccounts,
    Resource::ResourceQuotas,
];

/// A line being typed.
pub(super) struct Prompt {
    typed: Typed,
    history: Vec<String>,
    /// Which of the history is shown; its length: what is being typed.
    at: usize,
}

/// What a key did to the prompt.
pub(super) enum Prompted {
    Nothing,
    Left,
    Given(String),
}

impl Prompt {
    pub(super) fn new(history: &[String]) -> Prompt {
        let mut typed = Typed::default();
        typed.set("kubectl ".to_owned());
        Prompt {
            typed,
            at: history.len(),
            history: history.to_vec(),
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent, cluster: &Cluster, files: &Files) -> Prompted {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => return Prompted::Left,
            KeyCode::Tab => self.complete(cluster, files),
            KeyCode::Up => self.recall(self.at.saturating_sub(1)),
            KeyCode::Down => self.recall(self.at + 1),
            _ => self.typed.key(key),
        }
        Prompted::Nothing
    }

    /// The line, if there is one.
    pub(super) fn given(&self) -> Prompted {
        let line = self.typed.text().trim();
        if matches!(line, "" | "kubectl" | "k") {
            return Prompted::Left;
        }
        let first = line.split_whitespace().next().unwrap_or_default();
        if matches!(first, "kubectl" | "k" | "curl") {
            Prompted::Given(line.to_owned())
        } else {
            Prompted::Given(format!("kubectl {line}"))
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.typed.paste(text);
    }

    fn recall(&mut self, at: usize) {
        self.at = at.min(self.history.len());
        let line = self.history.get(self.at).cloned();
        self.typed
            .set(line.unwrap_or_else(|| "kubectl ".to_owned()));
    }

    fn complete(&mut self, cluster: &Cluster, files: &Files) {
        let line = self.typed.text().to_owned();
        let candidates = candidates(&line, cluster, files);
        let begun = last_word(&line);
        let Some(common) = common_beginning(&candidates) else {
            return;
        };
        // Where the candidates have no more in common, the first is taken.
        let (word, is_whole) = match candidates.len() {
            1 => (common, true),
            _ if common.len() > begun.len() => (common, false),
            _ => (candidates[0].clone(), true),
        };
        let mut line = line[..line.len() - begun.len()].to_owned();
        line.push_str(&word);
        if is_whole && !word.ends_with('/') {
            line.push(' ');
        }
        self.typed.set(line);
    }

    pub(super) fn draw(
        &self,
        area: Rect,
        (step, cluster, files): (usize, &Cluster, &Files),
        frame: &mut Frame,
        shared: &Shared,
    ) {
        let theme = &shared.theme;
        let columns = area.width.saturating_sub(6).min(100);
        let inner = popup(
            area,
            (columns, CANDIDATES as u16 + 5),
            &shared.fill("walk.prompt", &[("n", &step)]),
            shared.signs.ascii,
            frame.buffer_mut(),
            theme,
        );
        if inner.height < 2 {
            return;
        }
        self.typed.draw("$", inner, frame, shared);
        let candidates = candidates(self.typed.text(), cluster, files);
        let lines = flowed(&candidates, usize::from(inner.width.saturating_sub(2)));
        let buffer = frame.buffer_mut();
        let room = inner.bottom().saturating_sub(1);
        for (y, line) in (inner.y + 1..room).zip(lines.iter().take(CANDIDATES)) {
            let line = Line::styled(line.clone(), theme.muted);
            buffer.set_line(inner.x + 2, y, &line, inner.width.saturating_sub(2));
        }
        let help = Line::from(Span::styled(
            shared.text("walk.prompt-help"),
            Style::from(theme.muted),
        ));
        buffer.set_line(inner.x, room, &help, inner.width);
    }
}

/// Words side by side, as many to a line as have room.
fn flowed(words: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if width(line) + 2 + width(word) <= columns => {
                line.push_str("  ");
                line.push_str(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    lines
}

fn last_word(line: &str) -> &str {
    let start = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    &line[start..]
}

/// What the last word may become.
fn candidates(line: &str, cluster: &Cluster, files: &Files) -> Vec<String> {
    let begun = last_word(line);
    let mut words: Vec<&str> = line[..line.len() - begun.len()]
        .split_whitespace()
        .collect();
    if matches!(words.first(), Some(&("kubectl" | "k"))) {
        words.remove(0);
    } else if words.first() == Some(&"curl") || words.is_empty() {
        return Vec::new();
    }
    if words.last() == Some(&"-f") {
        return beginning(files.keys().cloned(), begun);
    }
    words.retain(|word| !word.starts_with('-'));
    let named = |word: &str, from: &[(&str, Takes)]| {
        let mut all = from.iter();
        all.find(|(name, _)| *name == word).map(|(_, takes)| *takes)
    };
    let (takes, rest) = match words[..] {
        [] => {
            let first = COMMANDS[..FIRST].iter();
            return beginning(first.map(|(name, _)| (*name).to_owned()), begun);
        }
        ["set" | "rollout", second, ref rest @ ..] => {
            let takes = named(second, &COMMANDS[FIRST..]).unwrap_or(Takes::Slashed);
            (takes, rest.len())
        }
        ["taint", "nodes"] => (Takes::Of(Resource::Nodes), 0),
        [first, ref rest @ ..] => match (named(first, &COMMANDS[..FIRST]), rest) {
            (Some(Takes::Objects), [resource, ..]) => match Resource::named(resource) {
                Some(resource) => (Takes::Of(resource), 0),
                None => return Vec::new(),
            },
            (Some(takes), _) => (takes, rest.len()),
            (None, _) => return Vec::new(),
        },
    };
    if rest > 0 {
        return Vec::new();
    }
    match takes {
        Takes::Nothing => Vec::new(),
        Takes::Words(words) => beginning(words.iter().map(|word| (*word).to_owned()), begun),
        Takes::Of(resource) => beginning(names(resource, cluster), begun),
        Takes::Objects => {
            let plurals = RESOURCES.iter().map(|one| one.plural().to_owned());
            beginning(plurals, begun)
        }
        Takes::Slashed => {
            let kinds = [
                (Resource::Deployments, "deployment"),
                (Resource::ReplicaSets, "rs"),
                (Resource::ReplicationControllers, "rc"),
            ];
            let all = kinds.into_iter().flat_map(|(resource, kind)| {
                names(resource, cluster).map(move |name| format!("{kind}/{name}"))
            });
            beginning(all, begun)
        }
    }
}

fn names(resource: Resource, cluster: &Cluster) -> impl Iterator<Item = String> {
    // As kubectl does without `-n`: what belongs to a namespace is looked for in `default`.
    let objects = match resource {
        Resource::Nodes | Resource::Namespaces => cluster.objects(resource, ""),
        _ => cluster.objects(resource, "default"),
    };
    objects
        .into_iter()
        .map(|object| object.metadata().name.to_string())
}

fn beginning(words: impl Iterator<Item = String>, begun: &str) -> Vec<String> {
    words.filter(|word| word.starts_with(begun)).collect()
}

fn common_beginning(words: &[String]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let mut length = first.len();
    for word in rest {
        let same = first.bytes().zip(word.bytes());
        length = length.min(same.take_while(|(one, other)| one == other).count());
    }
    while !first.is_char_boundary(length) {
        length -= 1;
    }
    Some(first[..length].to_owned())
}

/// Whether a command only looks: it changes nothing, so the story does not branch.
pub(super) fn only_looks(line: &str) -> bool {
    if line.starts_with("curl") {
        return false;
    }
    let mut value_follows = false;
    let mut words = line.split_whitespace().skip(1).filter(|word| {
        let is_value = std::mem::replace(&mut value_follows, matches!(*word, "-n" | "--namespace"));
        !is_value && !word.starts_with('-')
    });
    match (words.next(), words.next()) {
        (
            Some(
                "get" | "describe" | "logs" | "api-resources" | "version" | "cluster-info" | "auth"
                | "explain" | "top" | "help",
            ),
            _,
        )
        | (Some("rollout"), Some("status" | "history")) => true,
        (first, _) => first.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cluster::ClusterConfig;

    #[test]
    fn a_word_becomes_what_may_stand_there() {
        let cluster = Cluster::new(&ClusterConfig::with_nodes(2, 1));
        let files: Files =
            std::sync::Arc::new(BTreeMap::from([("rc.yaml".to_owned(), String::new())]));
        let of = |line: &str| candidates(line, &cluster, &files);
        assert!(of("kubectl ").contains(&"rollout".to_owned()));
        assert_eq!(of("kubectl des"), ["describe"]);
        assert_eq!(of("k get no"), ["nodes"]);
        assert_eq!(of("kubectl describe node "), ["node-1", "node-2"]);
        assert_eq!(of("kubectl cordon node-2"), ["node-2"]);
        assert_eq!(of("kubectl create -f "), ["rc.yaml"]);
        assert_eq!(of("kubectl rollout un"), ["undo"]);
        assert_eq!(of("kubectl nonsense x"), Vec::<String>::new());
        assert_eq!(of("curl 10"), Vec::<String>::new());
    }

    #[test]
    fn looking_is_told_from_changing() {
        for line in [
            "kubectl get pods",
            "k -n x get rc",
            "kubectl rollout status deploy/web",
        ] {
            assert!(only_looks(line), "{line}");
        }
        for line in [
            "kubectl delete pod a",
            "kubectl rollout undo deploy/web",
            "curl web",
        ] {
            assert!(!only_looks(line), "{line}");
        }
    }
}
