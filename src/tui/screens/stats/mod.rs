//! Where the learner stands: how ready they are, the cluster coloured by recall, and charts, each with
//! the sentence that says what to conclude. The figures are worked out beside the app; what is said of
//! them is what a report says.

mod calibration;
mod days;
mod interviews;
mod map;
mod memory;
mod readiness;
mod set;
mod trouble;

use std::cell::Cell;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};

use self::{map::Region, set::Sheet};
use super::{Reader, Screen, Study, body};
use crate::{
    history::Event,
    ids::Now,
    report::{Part, Subject},
    tui::{
        app::Step,
        effect::Effect,
        keymap::Action,
        overlays::Overlay,
        shared::Shared,
        task::{Finding, Inquiry, Overlooked, Task},
        text::width,
        widgets::{lines_from, scrolled},
    },
};

/// The pages, the one that matters most first.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Page {
    #[default]
    Readiness,
    Map,
    Days,
    Memory,
    Calibration,
    Interviews,
    Trouble,
}

impl Page {
    const ALL: [Page; 7] = [
        Page::Readiness,
        Page::Map,
        Page::Days,
        Page::Memory,
        Page::Calibration,
        Page::Interviews,
        Page::Trouble,
    ];

    fn name(self) -> &'static str {
        match self {
            Page::Readiness => "stats.readiness",
            Page::Map => "stats.map",
            Page::Days => "stats.days",
            Page::Memory => "stats.memory",
            Page::Calibration => "stats.calibration",
            Page::Interviews => "stats.interviews",
            Page::Trouble => "stats.trouble",
        }
    }

    fn step(self, by: usize) -> Page {
        let at = Page::ALL.iter().position(|page| *page == self).unwrap_or(0);
        Page::ALL[(at + by) % Page::ALL.len()]
    }

    /// Whether something of it is chosen and opened.
    fn has_choice(self) -> bool {
        matches!(self, Page::Map | Page::Trouble)
    }
}

/// Where the learner stands.
#[derive(Default)]
pub(in crate::tui) struct Stats {
    page: Page,
    /// What is chosen on a page where something is.
    chosen: usize,
    /// Lines scrolled down.
    scroll: usize,
    inquiry: Inquiry,
    known: Option<Known>,
    /// The lines of the page and those on screen, as it was last drawn.
    drawn: Cell<(usize, usize)>,
}

/// The figures, and what is said of them.
struct Known {
    overlooked: Overlooked,
    parts: Vec<Part>,
    regions: Vec<Region>,
}

impl Known {
    fn part(&self, id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }
}

impl Stats {
    pub(super) fn hints(&self, shared: &Shared) -> Vec<Action> {
        let mut hints = Vec::new();
        if self.known.is_some() {
            match self.page {
                Page::Map => hints.push(Action::Open),
                Page::Trouble if self.trouble_count(shared) > 0 => hints.push(Action::Open),
                Page::Calibration if self.can_take_back() => hints.push(Action::TakeBack),
                _ => {}
            }
        }
        let (lines, shown) = self.drawn.get();
        if lines > shown && !self.page.has_choice() {
            hints.push(Action::Down);
        }
        hints.extend([
            Action::NextPage,
            Action::PreviousPage,
            Action::Settings,
            Action::Back,
        ]);
        hints
    }

    fn can_take_back(&self) -> bool {
        let known = self.known.as_ref();
        known.is_some_and(|known| known.overlooked.trained.is_some())
    }

    /// The figures, where they are not those of now and were not asked for.
    pub(super) fn wanted(&mut self, shared: &Shared, now: &Now) -> Option<Task> {
        let asked = self.inquiry.ask(now)?;
        Some(Task::Overlook(asked, shared.ground(now)))
    }

    pub(super) fn worked_out(&mut self, finding: Finding, shared: &Shared) -> Option<Finding> {
        match finding {
            Finding::Overlooked(asked, overlooked) if self.inquiry.is_answered(asked) => {
                self.known = Some(known(*overlooked, shared));
                None
            }
            other => Some(other),
        }
    }

    pub(super) fn refresh(&mut self) {
        self.inquiry.ask_anew();
    }

    pub(super) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        match action {
            Action::NextPage => self.turn_to(self.page.step(1)),
            Action::PreviousPage => self.turn_to(self.page.step(Page::ALL.len() - 1)),
            Action::Settings => {
                let screen = Screen::Settings(Box::default());
                return vec![Step::Open(Box::new(screen))];
            }
            Action::TakeBack => return self.take_back(),
            Action::Open => return self.open(shared, now),
            _ if self.page.has_choice() => self.choose(action, shared, size),
            _ => self.scroll(action),
        }
        Vec::new()
    }

    fn turn_to(&mut self, page: Page) {
        self.page = page;
        (self.chosen, self.scroll) = (0, 0);
    }

    fn scroll(&mut self, action: Action) {
        let (lines, shown) = self.drawn.get();
        let short = |lines: usize| u16::try_from(lines).unwrap_or(u16::MAX);
        let (last, height) = (short(lines.saturating_sub(shown)), short(shown));
        self.scroll = scrolled(short(self.scroll), action, (last, height)).into();
    }

    fn choose(&mut self, action: Action, shared: &Shared, size: (u16, u16)) {
        let last = self.choices(shared).saturating_sub(1);
        let at = self.chosen.min(last);
        self.chosen = match action {
            Action::Up => at.saturating_sub(1),
            Action::Down => (at + 1).min(last),
            Action::Top | Action::PageUp => 0,
            Action::Bottom | Action::PageDown => last,
            _ => at,
        };
        self.bring_into_view(shared, size);
    }

    fn choices(&self, shared: &Shared) -> usize {
        match (&self.known, self.page) {
            (Some(known), Page::Map) => known.regions.len(),
            (Some(_), Page::Trouble) => self.trouble_count(shared),
            _ => 0,
        }
    }

    /// Scrolls so far that what is chosen is on screen.
    fn bring_into_view(&mut self, shared: &Shared, size: (u16, u16)) {
        let page = placed(body(size)).page;
        let sheet = self.sheet(page, shared);
        let Some((first, end)) = sheet.chosen else {
            return;
        };
        let height = usize::from(page.height);
        if end > self.scroll + height {
            self.scroll = end - height;
        }
        if first < self.scroll {
            self.scroll = first;
        }
        if self.chosen == 0 {
            self.scroll = 0;
        }
    }

    fn open(&self, shared: &Shared, now: &Now) -> Vec<Step> {
        let Some(known) = &self.known else {
            return Vec::new();
        };
        match self.page {
            Page::Map => known
                .regions
                .get(self.chosen)
                .and_then(|region| region.drill(shared, now))
                .map_or_else(Vec::new, |study| {
                    vec![Step::Open(Box::new(Screen::Study(Box::new(study))))]
                }),
            Page::Trouble => self.open_trouble(known, shared),
            _ => Vec::new(),
        }
    }

    /// The parameters before are in force again.
    fn take_back(&self) -> Vec<Step> {
        let known = self.known.as_ref();
        let Some(row) = known.and_then(|known| known.overlooked.trained.clone()) else {
            return Vec::new();
        };
        vec![Step::Run(Effect::Save {
            events: vec![Event::Undo { row }],
            seen: Vec::new(),
        })]
    }

    /// A click on a page's name turns to it; on what can be chosen it chooses.
    pub(super) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        let placed = placed(body(size));
        if placed.tabs.contains(at) {
            let mut x = placed.tabs.x;
            for page in Page::ALL {
                let end = x + width(&shared.text(page.name())) as u16;
                if (x..end).contains(&at.x) {
                    self.turn_to(page);
                }
                x = end + TAB_GAP;
            }
            return Vec::new();
        }
        if !placed.page.contains(at) || !self.page.has_choice() {
            return Vec::new();
        }
        let spot = (at.x - placed.page.x, at.y - placed.page.y);
        let row = usize::from(spot.1) + self.scroll;
        let sheet = self.sheet(placed.page, shared);
        let Some(chosen) = sheet.spot(spot.0, row) else {
            return Vec::new();
        };
        if chosen == self.chosen {
            return self.open(shared, now);
        }
        self.chosen = chosen;
        Vec::new()
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
        let days = match shared.interview.zip(self.known.as_ref()) {
            Some((day, known)) => (day - known.overlooked.overview.today.date()).num_days(),
            None => -1,
        };
        let state = if days >= 0 {
            shared.fill("stats.days-left", &[("n", &days)])
        } else {
            String::new()
        };
        (Line::raw(shared.text("stats.title")), Line::raw(state))
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let placed = placed(area);
        let buffer = frame.buffer_mut();
        let tabs = self.tabs(usize::from(placed.tabs.width), shared);
        buffer.set_line(placed.tabs.x, placed.tabs.y, &tabs, placed.tabs.width);
        let page = placed.page;
        let sheet = self.sheet(page, shared);
        let (lines, shown) = (sheet.lines.len(), usize::from(page.height));
        self.drawn.set((lines, shown));
        let scroll = self.scroll.min(lines.saturating_sub(shown));
        lines_from(scroll, &sheet.lines, page, page.right() + 1, buffer, shared);
    }

    /// The pages' names, the one shown lit; where they do not fit, that one and where it stands.
    fn tabs(&self, columns: usize, shared: &Shared) -> Line<'static> {
        let theme = &shared.theme;
        let mut spans = Vec::new();
        for page in Page::ALL {
            if !spans.is_empty() {
                spans.push(Span::raw(" ".repeat(TAB_GAP.into())));
            }
            let name = shared.text(page.name());
            spans.push(if page == self.page {
                Span::styled(name, theme.selection)
            } else {
                Span::styled(name, theme.muted)
            });
        }
        let line = Line::from(spans);
        if line.width() <= columns {
            return line;
        }
        let at = Page::ALL.iter().position(|page| *page == self.page);
        Line::styled(
            format!(
                "{} {}/{}",
                shared.text(self.page.name()),
                at.unwrap_or(0) + 1,
                Page::ALL.len()
            ),
            theme.selection,
        )
    }

    fn sheet(&self, page: Rect, shared: &Shared) -> Sheet {
        let columns = usize::from(page.width);
        let spare = set::spare(page.height);
        let Some(known) = &self.known else {
            return Sheet::said(shared.text("stats.working"), columns, shared);
        };
        match self.page {
            Page::Readiness => readiness::sheet(known, columns, shared),
            Page::Map => map::sheet(known, self.chosen, columns, shared),
            Page::Days => days::sheet(known, columns, spare, shared),
            Page::Memory => memory::sheet(known, columns, spare, shared),
            Page::Calibration => calibration::sheet(known, columns, spare, shared),
            Page::Interviews => interviews::sheet(known, columns, shared),
            Page::Trouble => trouble::sheet(known, self.chosen, columns, shared),
        }
    }
}

/// Columns between the names of two pages.
const TAB_GAP: u16 = 2;
/// The widest a page is set.
const MEASURE: u16 = 116;

/// Where the pages' names and the page stand.
struct Placed {
    tabs: Rect,
    page: Rect,
}

fn placed(area: Rect) -> Placed {
    let wide = area.width.saturating_sub(3).min(MEASURE);
    let x = area.x + (area.width - wide) / 2;
    let air = u16::from(area.height >= 22);
    let tabs = Rect {
        x,
        y: area.y + air.min(area.height.saturating_sub(1)),
        width: wide,
        height: 1,
    };
    let page = Rect {
        y: tabs.y + 2,
        height: area.bottom().saturating_sub(tabs.y + 2),
        ..tabs
    };
    Placed { tabs, page }
}

fn known(overlooked: Overlooked, shared: &Shared) -> Known {
    let profile = shared.profile_title();
    let subject = Subject {
        overview: &overlooked.overview,
        aim: &overlooked.aim,
        profile: &profile,
        library: &shared.library,
        lang: shared.lang,
        share: false,
    };
    let parts = crate::report::Page::of(&subject).parts().to_vec();
    Known {
        regions: map::regions(&overlooked.overview.standing, shared),
        parts,
        overlooked,
    }
}
