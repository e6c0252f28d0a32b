//! The branches of a story: their names, and what differs between two of them as text.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::Line,
};

use super::page::Page;
use crate::{
    cluster::{Fault, Part, PodChoice},
    tui::{
        keymap::Action,
        shared::Shared,
        text::{safe, truncate},
        widgets::popup,
    },
    walkthrough::{Act, Branch, BranchId, Difference, Found, Player},
};

/// How many fields are shown of one object that differs.
const FIELDS: usize = 5;

/// The list of branches.
pub(super) struct Branches {
    pub(super) at: usize,
    /// Whether the one that is on is taken away when it is asked for once more.
    is_sure: bool,
}

impl Branches {
    pub(super) fn new(active: BranchId) -> Branches {
        Branches {
            at: active.0,
            is_sure: false,
        }
    }

    pub(super) fn choose(&mut self, row: usize) {
        self.at = row;
        self.is_sure = false;
    }

    pub(super) fn act(&mut self, action: Action, count: usize) {
        let last = count.saturating_sub(1);
        self.choose(match action {
            Action::Up => self.at.saturating_sub(1),
            Action::Down => (self.at + 1).min(last),
            Action::Top => 0,
            Action::Bottom => last,
            _ => self.at,
        });
    }

    /// The branch to be taken away, when it is asked for the second time. The story as it was written stays.
    pub(super) fn discard(&mut self) -> Option<BranchId> {
        let sure = std::mem::replace(&mut self.is_sure, self.at > 0);
        (sure && self.at > 0).then_some(BranchId(self.at))
    }
}

/// What was done, as it would be written.
pub(super) fn told(act: &Act) -> String {
    match act {
        Act::Command(line) => line.clone(),
        Act::Fault(fault) => written(fault),
    }
}

fn written(fault: &Fault) -> String {
    match fault {
        Fault::Stop(part) => format!("stop {}", part_name(part)),
        Fault::Start(part) => format!("start {}", part_name(part)),
        Fault::Cut(node) => format!("cut {node}"),
        Fault::Heal(node) => format!("heal {node}"),
        Fault::DropWatch(part) => format!("drop-watch {}", part_name(part)),
        Fault::SlowEtcd(millis) => format!("slow-etcd {millis}"),
        Fault::Crash { pod, container } => match container {
            Some(container) => format!("crash {} {container}", pod_name(pod)),
            None => format!("crash {}", pod_name(pod)),
        },
        Fault::FailProbe(pod) => format!("fail-probe {}", pod_name(pod)),
        Fault::HealProbe(pod) => format!("heal-probe {}", pod_name(pod)),
        Fault::FailPull(image) => format!("fail-pull {image}"),
        Fault::FillDisk(node) => format!("fill-disk {node}"),
    }
}

fn part_name(part: &Part) -> String {
    match part {
        Part::Etcd => "etcd".to_owned(),
        Part::ApiServer => "kube-apiserver".to_owned(),
        Part::ControllerManager => "kube-controller-manager".to_owned(),
        Part::Scheduler => "kube-scheduler".to_owned(),
        Part::Kubelet(node) => format!("kubelet@{node}"),
        Part::KubeProxy(node) => format!("kube-proxy@{node}"),
        Part::Containerd(node) => format!("containerd@{node}"),
        Part::Node(node) => node.to_string(),
    }
}

fn pod_name(pod: &PodChoice) -> String {
    match pod {
        PodChoice::Named(name) => name.to_string(),
        PodChoice::Labelled { key, value, index } => format!("{key}={value}#{index}"),
    }
}

/// `2  after step 44: kubectl delete pod web-x7k2p`
pub(super) fn name(at: usize, branch: &Branch, shared: &Shared) -> String {
    let what = match &branch.from {
        None => shared.text("walk.first-branch"),
        Some((from, step, act)) => {
            let act = safe(&told(act)).into_owned();
            let places: [(&str, &dyn std::fmt::Display); 3] =
                [("from", &(from.0 + 1)), ("n", &step.0), ("act", &act)];
            let form = match from.0 {
                0 => "walk.branch",
                _ => "walk.branch-of",
            };
            shared.fill(form, &places)
        }
    };
    format!("{}  {what}", at + 1)
}

/// What differs between the branch that is played and another at the moment of the cursor.
pub(super) fn comparison(player: &Player, with: BranchId, shared: &Shared) -> Page {
    let theme = &shared.theme;
    let millis = player.now().millis();
    let at = format!("{}.{:03} s", millis / 1000, millis % 1000);
    let title = shared.fill("walk.compare", &[("at", &at)]);
    let named = |id: BranchId| {
        let branch = player.branches().get(id.0);
        branch.map_or_else(String::new, |branch| name(id.0, branch, shared))
    };
    let differences = player.compare(with);
    let count = |found: Found| {
        let found = differences.iter().filter(|one| one.found == found);
        found.count()
    };
    let counted = match differences.is_empty() {
        true => shared.text("walk.same"),
        false => shared.fill(
            "walk.differ",
            &[
                ("both", &count(Found::Both)),
                ("first", &count(Found::First)),
                ("second", &count(Found::Second)),
            ],
        ),
    };
    let mut lines = vec![
        (
            shared.fill("walk.compare-this", &[("one", &named(player.active()))]),
            theme.good.into(),
        ),
        (
            shared.fill("walk.compare-with", &[("one", &named(with))]),
            theme.bad.into(),
        ),
        (String::new(), Style::default()),
        (counted, theme.text.into()),
    ];
    for difference in &differences {
        object(difference, &mut lines, shared);
    }
    Page::text(title, lines)
}

fn object(difference: &Difference, lines: &mut Vec<(String, Style)>, shared: &Shared) {
    let theme = &shared.theme;
    let name = format!("{} {}", difference.resource.kind(), difference.key.name);
    // The first of the two is the branch that is played.
    let (only, style): (_, Style) = match difference.found {
        Found::Both => (None, theme.heading.into()),
        Found::First => (Some("walk.only-first"), theme.good.into()),
        Found::Second => (Some("walk.only-second"), theme.bad.into()),
    };
    if let Some(only) = only {
        lines.push((shared.fill(only, &[("name", &name)]), style));
        return;
    }
    lines.push((name, style));
    let value = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "–".to_owned(),
        serde_json::Value::String(text) => short(text, shared),
        other => short(&other.to_string(), shared),
    };
    for change in difference.changes.iter().take(FIELDS) {
        let (here, there) = (value(&change.before), value(&change.after));
        lines.push((format!("  {}", safe(&change.path)), theme.text.into()));
        lines.push((format!("    + {here}"), theme.good.into()));
        lines.push((format!("    - {there}"), theme.bad.into()));
    }
    if difference.changes.len() > FIELDS {
        let more = difference.changes.len() - FIELDS;
        let more = shared.fill("walk.more", &[("n", &more)]);
        lines.push((format!("  {more}"), theme.muted.into()));
    }
}

fn short(text: &str, shared: &Shared) -> String {
    truncate(&safe(text), 36, shared.glyphs.ellipsis).into_owned()
}

impl Branches {
    /// The branch at a place of the list.
    pub(super) fn row_at(
        at: Position,
        area: Rect,
        player: &Player,
        shared: &Shared,
    ) -> Option<usize> {
        let inner = Branches::size(area, player, shared);
        let row = usize::from(at.y.checked_sub(inner.y)?);
        (inner.contains(at) && row < player.branches().len()).then_some(row)
    }

    /// The room inside the popup, as `popup` places it.
    fn size(area: Rect, player: &Player, _shared: &Shared) -> Rect {
        let width = area.width.saturating_sub(8).min(84);
        let height = (player.branches().len() as u16 + 4).min(area.height.saturating_sub(1));
        let y = area.y + ((area.height - height) / 3).max(1);
        Rect {
            x: area.x + (area.width - width) / 2 + 2,
            y: y + 1,
            width: width.saturating_sub(4),
            height: height.saturating_sub(4),
        }
    }

    pub(super) fn draw(&self, area: Rect, player: &Player, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let width = area.width.saturating_sub(8).min(84);
        let rows = player.branches().len();
        let inner = popup(
            area,
            (width, rows as u16 + 4),
            &shared.text("walk.branches"),
            shared.signs.ascii,
            frame.buffer_mut(),
            theme,
        );
        let list = Rect {
            height: inner.height.saturating_sub(2),
            ..inner
        };
        let first = (self.at + 1).saturating_sub(usize::from(list.height));
        let all = player.branches().iter().enumerate().skip(first);
        let room = usize::from(inner.width).saturating_sub(4);
        for (y, (at, branch)) in (list.y..list.bottom()).zip(all) {
            let name = name(at, branch, shared);
            let name = truncate(&name, room, shared.glyphs.ellipsis).into_owned();
            let playing = if BranchId(at) == player.active() {
                shared.signs.playing[0]
            } else {
                " "
            };
            let (sign, style): (_, Style) = if at == self.at {
                (shared.signs.selected, theme.selection.into())
            } else {
                (" ", theme.text.into())
            };
            let line = Line::styled(format!("{sign} {playing} {name}"), style);
            frame.buffer_mut().set_line(inner.x, y, &line, inner.width);
        }
        let line = match self.is_sure {
            true => {
                let others = player.family(BranchId(self.at)).len() - 1;
                let said = match others {
                    0 => shared.text("walk.discard"),
                    _ => shared.fill("walk.discard-all", &[("n", &others)]),
                };
                Line::styled(said, theme.warn)
            }
            false => Line::styled(shared.text("walk.branches-help"), theme.muted),
        };
        let y = inner.bottom().saturating_sub(1);
        frame.buffer_mut().set_line(inner.x, y, &line, inner.width);
    }
}
