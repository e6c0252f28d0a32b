//! What is opened over a story: a prompt, a menu, a text. The story waits meanwhile.

use std::rc::Rc;

use ratatui::{
    Frame,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
    layout::{Position, Rect},
    text::Line,
};

use super::{
    Walk,
    branches::{Branches, comparison, name},
    causes::Causes,
    faults::Faults,
    input::Typed,
    page::Page,
    panel::all_of,
    prompt::{Prompt, Prompted, only_looks},
    ways::Ways,
};
use crate::{
    cluster::{
        Cluster, Moment,
        trace::{Actor, Step as Happened, StepKind},
    },
    ids::Now,
    tui::{
        app::{Notice, Step},
        keymap::{Action, Place},
        overlays::finder::Found,
        shared::Shared,
        widgets::{popup, recede},
    },
    walkthrough::{Act, BranchId, Way},
};

/// How long a command that only looks may take, on the cluster's clock.
const PATIENCE: Moment = Moment::from_millis(30_000);

/// What is open.
pub(super) enum Over {
    Prompt(Prompt),
    Jump(Typed),
    Faults(Faults),
    Branches(Branches),
    Causes(Causes),
    Page(Page),
    Ways(Ways),
}

impl Over {
    pub(super) fn prompt(history: &[String]) -> Over {
        Over::Prompt(Prompt::new(history))
    }

    pub(super) fn jump() -> Over {
        Over::Jump(Typed::default())
    }

    pub(super) fn faults(cluster: &Cluster, _shared: &Shared) -> Over {
        Over::Faults(Faults::new(cluster))
    }

    pub(super) fn branches(active: BranchId) -> Over {
        Over::Branches(Branches::new(active))
    }

    pub(super) fn places(&self) -> Vec<Place> {
        match self {
            Over::Prompt(_) | Over::Jump(_) | Over::Faults(_) => vec![Place::Typing],
            Over::Branches(_) => vec![Place::Branches, Place::Popup, Place::List],
            Over::Causes(_) => vec![Place::Causes, Place::Popup, Place::List],
            Over::Page(_) => vec![Place::Popup, Place::List],
            Over::Ways(_) => vec![Place::Ask, Place::Popup, Place::List],
        }
    }

    pub(super) fn hints(&self) -> Vec<Action> {
        match self {
            Over::Prompt(_) | Over::Jump(_) | Over::Faults(_) => {
                vec![Action::Accept, Action::Cancel]
            }
            Over::Branches(_) => vec![
                Action::Open,
                Action::Compare,
                Action::Discard,
                Action::Close,
            ],
            Over::Causes(_) => vec![Action::Open, Action::Cause, Action::Close],
            Over::Page(_) => vec![Action::Close, Action::Down],
            Over::Ways(_) => vec![Action::Accept, Action::Down, Action::Close],
        }
    }
}

impl Walk {
    fn is_typing(&self) -> bool {
        let places = self.over.as_ref().map(Over::places);
        places.is_some_and(|places| places.contains(&Place::Typing))
    }

    pub(in crate::tui::screens) fn typed(
        &mut self,
        key: KeyEvent,
        shared: &Shared,
        now: &Now,
    ) -> Option<Vec<Step>> {
        if !self.is_typing() {
            return None;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control && key.code == KeyCode::Char('c') {
            self.over = None;
            return Some(Vec::new());
        }
        if !matches!(self.over, Some(Over::Faults(_))) {
            let action = shared.keymap.action(&[Place::Typing], key);
            if let Some(action @ (Action::Accept | Action::Cancel)) = action {
                return Some(self.act_over(action, shared, now));
            }
        }
        let files = self.story.player.run().scenario().files();
        match self.over.as_mut()? {
            Over::Prompt(prompt) => {
                if let Prompted::Left = prompt.key(key, &self.seen.cluster, &files) {
                    self.over = None;
                }
            }
            Over::Jump(typed) => typed.key(key),
            Over::Faults(faults) => {
                let found = faults.key(key, shared);
                return Some(self.break_something(&found, shared, now));
            }
            Over::Branches(_) | Over::Causes(_) | Over::Page(_) | Over::Ways(_) => {}
        }
        Some(Vec::new())
    }

    pub(in crate::tui::screens) fn paste(&mut self, text: &str) {
        match &mut self.over {
            Some(Over::Prompt(prompt)) => prompt.paste(text),
            Some(Over::Jump(typed)) => typed.paste(text),
            Some(Over::Faults(faults)) => faults.paste(text),
            _ => {}
        }
    }

    pub(super) fn act_over(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        let branches = self.story.player.branches().len();
        match (&mut self.over, action) {
            (None, _) => {}
            (Some(_), Action::Cancel | Action::Close) => self.over = None,
            (Some(Over::Prompt(prompt)), Action::Accept) => {
                let given = prompt.given();
                self.over = None;
                if let Prompted::Given(line) = given {
                    return self.give(line, shared, now);
                }
            }
            (Some(Over::Jump(typed)), Action::Accept) => {
                let wanted = typed.text().trim().to_owned();
                self.over = None;
                return self.jump_to(&wanted, shared);
            }
            (Some(Over::Faults(faults)), Action::Accept) => {
                let found = faults.accept();
                return self.break_something(&found, shared, now);
            }
            (Some(Over::Branches(list)), Action::Compare) => {
                let chosen = BranchId(list.at);
                let with = self.other_than_active(chosen);
                self.over = Some(Over::Page(comparison(&self.story.player, with, shared)));
            }
            (Some(Over::Branches(list)), Action::Open) => {
                let to = BranchId(list.at);
                return self.switch_to(to, shared);
            }
            (Some(Over::Branches(list)), Action::Discard) => {
                if let Some(branch) = list.discard() {
                    self.discard(branch, shared);
                }
            }
            (Some(Over::Branches(list)), action) => list.act(action, branches),
            (Some(Over::Causes(causes)), Action::Open) => {
                let step = causes.step();
                self.over = None;
                self.seek(step.unwrap_or(0), shared);
            }
            (Some(Over::Causes(causes)), action) => causes.act(action),
            (Some(Over::Page(page)), action) => page.act(action),
            (Some(Over::Ways(ways)), action) => {
                let last = Way::ALL.len() - 1;
                match action {
                    Action::Up => ways.at = ways.at.saturating_sub(1),
                    Action::Down => ways.at = (ways.at + 1).min(last),
                    Action::Top => ways.at = 0,
                    Action::Bottom => ways.at = last,
                    Action::First | Action::Second | Action::Third => {
                        let way = match action {
                            Action::First => Way::Told,
                            Action::Second => Way::Gaps,
                            _ => Way::Recount,
                        };
                        self.go(way, shared, now);
                    }
                    Action::Accept | Action::Open => {
                        let way = ways.chosen();
                        self.go(way, shared, now);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// A branch held against itself says nothing: then against the one it left.
    fn other_than_active(&self, chosen: BranchId) -> BranchId {
        let player = &self.story.player;
        if chosen != player.active() {
            return chosen;
        }
        let branch = player.branches().get(chosen.0);
        let parent = branch.and_then(|branch| branch.from.as_ref().map(|from| from.0));
        parent.unwrap_or(BranchId(player.branches().len() - 1))
    }

    /// Takes a branch away; the list stays open while there is another.
    fn discard(&mut self, branch: BranchId, shared: &Shared) {
        self.story.player.remove(branch);
        self.jumped(shared);
        let active = self.story.player.active();
        let others = self.story.player.branches().len() > 1;
        self.over = others.then(|| Over::branches(active));
    }

    fn switch_to(&mut self, to: BranchId, shared: &Shared) -> Vec<Step> {
        self.over = None;
        self.story.player.switch(to);
        self.jumped(shared);
        let branch = self.story.player.branches().get(to.0);
        let name = branch.map_or_else(String::new, |branch| name(to.0, branch, shared));
        vec![Step::Say(Notice::Done(
            shared.fill("walk.switched", &[("name", &name)]),
        ))]
    }

    /// A step by its number, or a revision with an `r` before it.
    fn jump_to(&mut self, wanted: &str, shared: &Shared) -> Vec<Step> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let steps = self.steps();
        let number = wanted.trim_start_matches(|c: char| !c.is_ascii_digit());
        let place = match number.parse::<u64>() {
            Ok(revision) if wanted.starts_with(['r', 'R']) => steps
                .iter()
                .position(|step| step.kind == StepKind::Store && step.revision == revision)
                .map(|at| at + 1),
            Ok(step) => usize::try_from(step)
                .ok()
                .filter(|step| *step <= steps.len()),
            Err(_) => None,
        };
        match place {
            Some(place) => {
                self.seek(place, shared);
                Vec::new()
            }
            None => {
                let what = crate::tui::text::safe(wanted).into_owned();
                let said = shared.fill("walk.goto-wrong", &[("what", &what)]);
                vec![Step::Say(Notice::Problem(said))]
            }
        }
    }

    /// A command is given at the cursor. One that only looks is answered at once; any other branches
    /// the story.
    fn give(&mut self, line: String, shared: &Shared, now: &Now) -> Vec<Step> {
        self.story.commands.retain(|given| *given != line);
        self.story.commands.push(line.clone());
        let mut cluster = self.cluster().clone();
        let before = cluster.steps().len();
        cluster.command(&line, &self.story.player.run().scenario().files());
        let until = cluster.now().millis() + PATIENCE.millis();
        let ended = |cluster: &Cluster| {
            let last = cluster.outputs().last();
            last.is_none_or(|output| output.ended.is_some())
        };
        while !ended(&cluster) && cluster.now().millis() < until && cluster.advance() {}
        if !only_looks(&line) && would_change(&cluster.steps()[before..]) {
            return self.vary(Act::Command(line), shared, now);
        }
        let printed = cluster.outputs().last().map(all_of).unwrap_or_default();
        let printed = if printed.trim().is_empty() {
            shared.text("walk.no-output")
        } else {
            printed
        };
        let title = crate::tui::text::safe(&line).into_owned();
        self.over = Some(Over::Page(Page::output(title, &printed, shared)));
        Vec::new()
    }

    fn break_something(&mut self, found: &Found, shared: &Shared, now: &Now) -> Vec<Step> {
        let chosen = match (found, &self.over) {
            (Found::Chosen(row), Some(Over::Faults(faults))) => faults.fault(*row),
            (Found::Left, _) => {
                self.over = None;
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        let fault = chosen.map(str::parse);
        self.over = None;
        match fault {
            Some(Ok(fault)) => self.vary(Act::Fault(fault), shared, now),
            Some(Err(error)) => {
                let said = shared.fill("walk.fault-failed", &[("error", &error)]);
                vec![Step::Say(Notice::Problem(said))]
            }
            None => Vec::new(),
        }
    }

    pub(super) fn click_over(
        &mut self,
        at: Position,
        body: Rect,
        shared: &Shared,
        now: &Now,
    ) -> Vec<Step> {
        let found = match &mut self.over {
            Some(Over::Faults(faults)) => faults.click(at),
            Some(Over::Branches(list)) => {
                let row = Branches::row_at(at, body, &self.story.player, shared);
                match row {
                    Some(row) if row == list.at => {
                        return self.switch_to(BranchId(row), shared);
                    }
                    Some(row) => list.choose(row),
                    None => self.over = None,
                }
                return Vec::new();
            }
            Some(Over::Causes(causes)) => {
                return match causes.click(at, body) {
                    Some(true) => self.act_over(Action::Open, shared, now),
                    Some(false) => Vec::new(),
                    None => self.act_over(Action::Close, shared, now),
                };
            }
            Some(Over::Prompt(_)) | None => return Vec::new(),
            Some(Over::Ways(ways)) => {
                match ways.row_at(at, shared) {
                    Some(row) => {
                        ways.at = row;
                        let way = ways.chosen();
                        self.go(way, shared, now);
                    }
                    None => self.over = None,
                }
                return Vec::new();
            }
            Some(Over::Jump(_) | Over::Page(_)) => {
                self.over = None;
                return Vec::new();
            }
        };
        self.break_something(&found, shared, now)
    }

    pub(super) fn draw_over(&self, over: &Over, area: Rect, frame: &mut Frame, shared: &Shared) {
        recede(area, frame.buffer_mut(), &shared.theme);
        let player = &self.story.player;
        match over {
            Over::Prompt(prompt) => {
                let files = player.run().scenario().files();
                let at = (self.seen.cursor, self.cluster(), &files);
                prompt.draw(area, at, frame, shared);
            }
            Over::Jump(typed) => {
                let inner = popup(
                    area,
                    (44, 5),
                    &shared.text("walk.goto"),
                    shared.signs.ascii,
                    frame.buffer_mut(),
                    &shared.theme,
                );
                if inner.height < 3 {
                    return;
                }
                typed.draw(shared.signs.selected, inner, frame, shared);
                let help = shared.fill("walk.goto-help", &[("n", &self.steps().len())]);
                let help = Line::styled(help, shared.theme.muted);
                let y = inner.y + 2;
                frame.buffer_mut().set_line(inner.x, y, &help, inner.width);
            }
            Over::Faults(faults) => faults.draw(area, frame, shared),
            Over::Branches(list) => list.draw(area, player, frame, shared),
            Over::Causes(causes) => causes.draw(area, frame, shared),
            Over::Page(page) => page.draw(area, frame, shared),
            Over::Ways(ways) => ways.draw(area, frame, shared),
        }
    }
}

/// Whether anything came of a command: something was written for it, or a gate refused it, which is
/// worth seeing. What is refused for want of an object changes nothing.
fn would_change(steps: &[Rc<Happened>]) -> bool {
    let mut own = steps.iter().filter(|step| match step.kind {
        StepKind::Request => step.from == Actor::Kubectl,
        kind => kind == StepKind::Gate,
    });
    own.any(|step| match step.kind {
        StepKind::Gate => step.code != 0,
        _ => step.code < 400 && !matches!(&*step.verb, "get" | "list" | "watch"),
    })
}
