//! A kubectl prompt: what was given before, and what is being typed.

use ratatui::{
    Frame,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    complete::{candidates, common_beginning, last_word},
    input::Typed,
};
use crate::{
    cluster::{Cluster, Files},
    tui::{shared::Shared, text::width, widgets::popup},
};

/// Lines of candidates below the prompt.
const CANDIDATES: usize = 4;

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
        let is_command = |line: &str| {
            let first = line.split_whitespace().next();
            matches!(first, Some("kubectl" | "k" | "curl"))
        };
        // `kubectl` stands there already; whoever types a whole command after it means that one.
        let typed_after = line.strip_prefix("kubectl ").map(str::trim_start);
        let line = typed_after.filter(|rest| is_command(rest)).unwrap_or(line);
        if is_command(line) {
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
    use super::*;

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
