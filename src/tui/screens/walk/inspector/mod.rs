//! What there is to know of one part of the cluster, in sections. Look first at [`Inspector`]; each kind of
//! component has a file that says which sections it has.

mod control;
mod node;
mod page;
mod pod;

use std::{cell::Cell, rc::Rc};

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use self::page::Section;
use crate::{
    cluster::{
        Cluster,
        trace::{Actor, Step},
    },
    locale::Locale,
    tui::{keymap::Action, shared::Shared, text::width, widgets::scroll_handle},
};

/// All there is to know about one part of the cluster, a section at a time.
pub(in crate::tui) struct Inspector {
    actor: Actor,
    sections: Vec<Section>,
    /// Which section is shown.
    at: usize,
    scroll: usize,
    /// How far it can be scrolled, and how many lines are seen at once, as it was last drawn.
    last: Cell<(usize, usize)>,
}

/// Where a page's facts come from.
struct Source<'a> {
    cluster: &'a Cluster,
    /// What has happened.
    done: &'a [Rc<Step>],
    locale: &'static Locale,
}

impl Inspector {
    /// What is known of `actor` when `cursor` of these steps have happened.
    pub(in crate::tui) fn new(
        actor: Actor,
        cluster: &Cluster,
        (steps, cursor): (&[Rc<Step>], usize),
        shared: &Shared,
    ) -> Inspector {
        let mut inspector = Inspector {
            actor,
            sections: Vec::new(),
            at: 0,
            scroll: 0,
            last: Cell::new((0, 1)),
        };
        inspector.refresh(cluster, (steps, cursor), shared);
        inspector
    }

    /// The cursor or the language changed.
    pub(in crate::tui) fn refresh(
        &mut self,
        cluster: &Cluster,
        (steps, cursor): (&[Rc<Step>], usize),
        shared: &Shared,
    ) {
        let source = Source {
            cluster,
            done: &steps[..cursor.min(steps.len())],
            locale: shared.locale(),
        };
        self.sections = source.sections(&self.actor);
        self.at = self.at.min(self.sections.len().saturating_sub(1));
    }

    /// Moves through the page; false for an action that is not its own.
    pub(in crate::tui) fn act(&mut self, action: Action) -> bool {
        let (last, page) = self.last.get();
        let count = self.sections.len().max(1);
        match action {
            Action::Up => self.scroll = self.scroll.min(last).saturating_sub(1),
            Action::Down => self.scroll = (self.scroll + 1).min(last),
            Action::PageUp => self.scroll = self.scroll.min(last).saturating_sub(page),
            Action::PageDown => self.scroll = (self.scroll + page).min(last),
            Action::NextSection => self.show((self.at + 1) % count),
            Action::PreviousSection => self.show((self.at + count - 1) % count),
            _ => return false,
        }
        true
    }

    fn show(&mut self, section: usize) {
        self.at = section;
        self.scroll = 0;
    }

    /// Draws it over all of `area`.
    pub(in crate::tui) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let area = area.intersection(frame.area());
        if area.width < 4 || area.height < 2 {
            return;
        }
        let theme = &shared.theme;
        let buffer = frame.buffer_mut();
        let title = Line::styled(name(&self.actor), theme.title);
        buffer.set_line(area.x, area.y, &title, area.width);
        let tabs = self.tabs(shared, area.width);
        let mut y = area.y + 1;
        for line in &tabs {
            if y < area.bottom() {
                buffer.set_line(area.x, y, line, area.width);
            }
            y += 1;
        }
        let room = Rect {
            y: (y + 1).min(area.bottom()),
            height: area.bottom().saturating_sub(y + 1),
            width: area.width - 2,
            ..area
        };
        let Some(section) = self.sections.get(self.at) else {
            return;
        };
        let lines = section.lines(room.width.into(), shared);
        let seen = usize::from(room.height);
        let last = lines.len().saturating_sub(seen);
        self.last.set((last, seen.max(1)));
        let scroll = self.scroll.min(last);
        for (y, line) in (room.y..room.bottom()).zip(lines.iter().skip(scroll)) {
            buffer.set_line(room.x, y, line, room.width);
        }
        let edge = Rect {
            x: area.right() - 1,
            width: 1,
            ..room
        };
        let sign = shared.signs.scroll[1];
        scroll_handle(
            edge,
            (scroll, lines.len()),
            sign,
            theme.muted.into(),
            buffer,
        );
    }

    /// The names of the sections, the one shown marked, on as many lines as they need.
    fn tabs(&self, shared: &Shared, room: u16) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let mut lines = vec![Line::default()];
        let mut taken = 0;
        for (at, section) in self.sections.iter().enumerate() {
            let (mark, style) = match at == self.at {
                true => (shared.signs.selected, theme.selection),
                false => (" ", theme.muted),
            };
            let text = format!("{mark}{}  ", section.title);
            let columns = width(&text);
            if taken > 0 && taken + columns > usize::from(room) {
                lines.push(Line::default());
                taken = 0;
            }
            taken += columns;
            if let Some(line) = lines.last_mut() {
                line.push_span(Span::styled(text, style));
            }
        }
        lines
    }
}

/// What an actor is called in the inspector.
fn name(actor: &Actor) -> String {
    match actor {
        Actor::Kernel(node) => format!("node/{node}"),
        other => other.to_string(),
    }
}

impl Source<'_> {
    fn text(&self, name: &str) -> String {
        self.locale.text(name).to_owned()
    }

    fn sections(&self, actor: &Actor) -> Vec<Section> {
        match actor {
            Actor::Kubectl => vec![self.commands()],
            Actor::ApiServer => vec![self.gates(), self.watchers()],
            Actor::Etcd => vec![self.stored(), self.writes()],
            Actor::ControllerManager => vec![self.queues(), self.caches(actor)],
            Actor::Scheduler => vec![self.decision(), self.scheduling_queue(), self.caches(actor)],
            Actor::Kubelet(node) => vec![
                self.pods_on(node),
                self.images(node),
                self.lease(node),
                self.caches(actor),
            ],
            Actor::KubeProxy(node) => vec![self.rules(node), self.caches(actor)],
            Actor::Containerd(node) | Actor::Cni(node) => {
                vec![self.containers(node), self.images(node)]
            }
            Actor::Kernel(node) => vec![
                self.node(node),
                self.pods_on(node),
                self.containers(node),
                self.node_yaml(node),
            ],
            Actor::Pod(name) => self.pod(name),
            Actor::Client | Actor::Dns | Actor::Operator | Actor::Nobody => Vec::new(),
        }
    }
}
