use chrono::{Datelike, NaiveDate};
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{Entry, FEW_MINUTES, Home};
use crate::{
    ids::Now,
    progress::Sources,
    tui::{
        keymap::{Action, Place},
        screens::{Story, furthest},
        shared::Shared,
        text::{autospace, safe, truncate, wrap_line},
    },
};

/// The narrowest terminal with a second column.
const TWO_FROM: u16 = 78;
/// The widest both columns are set.
const MEASURE: u16 = 116;
/// Columns of a module's bar.
const BAR: usize = 12;

/// Where the columns of Home stand.
pub(super) struct Placed {
    pub(super) left: Rect,
    right: Option<Rect>,
}

/// What one line of the left column shows.
pub(super) struct Row {
    text: Line<'static>,
    right: Right,
    pub(super) entry: Option<Entry>,
}

/// What stands at the right end of a line.
enum Right {
    /// The key that does what the line says.
    Key(String),
    /// How things are.
    State(Line<'static>),
}

impl Home {
    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
    ) -> (Line<'static>, Line<'static>) {
        let title = Line::raw(shared.text("app.name"));
        let today = self.day.date();
        let state = match shared.interview {
            Some(day) if day >= today => shared.fill(
                "home.interview",
                &[
                    ("date", &date(day, shared)),
                    ("n", &(day - today).num_days()),
                ],
            ),
            _ => date(today, shared),
        };
        (title, Line::raw(state))
    }

    /// Both columns in the middle of a wide screen and a little above the middle of a tall one.
    pub(super) fn placed(&self, area: Rect, shared: &Shared) -> Placed {
        let all = area.width.min(MEASURE);
        let x = area.x + (area.width - all) / 2;
        let two = area.width >= TWO_FROM;
        let left_width = if two { all / 2 + 4 } else { all };
        let rows = self.rows(shared).len() as u16;
        let height = if two {
            rows.max(self.right_height())
        } else {
            rows
        };
        let air = 1 + area.height.saturating_sub(height + 2) / 3;
        let left = Rect {
            x: x + 1,
            y: area.y + air,
            width: left_width.saturating_sub(3),
            height: area.height.saturating_sub(air),
        };
        let right = two.then(|| Rect {
            x: x + left_width + 2,
            width: all.saturating_sub(left_width + 4),
            ..left
        });
        Placed { left, right }
    }

    pub(in crate::tui::screens) fn draw(
        &self,
        area: Rect,
        frame: &mut Frame,
        shared: &Shared,
        _now: &Now,
    ) {
        let placed = self.placed(area, shared);
        self.draw_rows(placed.left, frame, shared);
        match placed.right {
            Some(right) if self.is_first_time(shared) => {
                draw_welcome(right, frame, shared);
            }
            Some(right) => self.draw_days(right, frame, shared),
            None => {}
        }
    }

    fn is_first_time(&self, shared: &Shared) -> bool {
        self.untouched && shared.memory.activities().next().is_none()
    }

    fn draw_rows(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let entries = self.entries();
        let buffer = frame.buffer_mut();
        let enter = shared
            .keymap
            .key(&[Place::Home, Place::List], Action::Open)
            .unwrap_or_default();
        for (y, row) in (area.y..area.bottom()).zip(self.rows(shared)) {
            let selected = row.entry.is_some() && row.entry.as_ref() == entries.get(self.selected);
            // Enter does what the chosen line says; the others name keys of their own.
            let right = match row.right {
                Right::Key(_) if selected => Line::styled(enter.clone(), theme.muted),
                Right::Key(key) => Line::styled(key, theme.muted),
                Right::State(state) => state,
            };
            let right_width = right.width() as u16;
            let room = area.width.saturating_sub(right_width + 4);
            let mut line = row.text;
            if line.width() > usize::from(room) {
                let text = line.to_string();
                let text = truncate(&text, room.into(), shared.glyphs.ellipsis).into_owned();
                line = Line::styled(text, theme.text);
            }
            if selected {
                let sign = shared.signs.selected;
                buffer.set_string(area.x, y, sign, Style::from(theme.selection));
                line = line.patch_style(theme.selection);
            }
            buffer.set_line(area.x + 2, y, &line, room);
            let x = area.right().saturating_sub(right_width);
            buffer.set_line(x, y, &right, right_width);
        }
    }

    pub(super) fn rows(&self, shared: &Shared) -> Vec<Row> {
        let mut rows = vec![heading(shared.text("home.today"), shared)];
        rows.push(self.count_row(shared));
        rows.extend(self.later_row(shared));
        rows.push(blank());
        let entries = self.entries();
        let split = entries
            .iter()
            .position(|entry| matches!(entry, Entry::Next | Entry::LastWalk | Entry::Lessons))
            .unwrap_or(entries.len());
        for entry in &entries[..split] {
            rows.push(self.entry_row(entry, shared));
        }
        if split > 0 {
            rows.push(blank());
        }
        rows.push(heading(shared.text("home.continue"), shared));
        for entry in &entries[split..] {
            rows.push(self.entry_row(entry, shared));
        }
        if self.anything_met {
            rows.push(blank());
            rows.push(heading(shared.text("home.progress"), shared));
            rows.extend(self.modules.iter().map(|module| {
                let title = autospace(&safe(&module.title)).into_owned();
                let share = module.met as f64 / module.cards as f64;
                let [filled, rest] = shared.signs.filled(share, BAR);
                let of = format!("{}/{}", module.met, module.cards);
                Row {
                    text: Line::styled(title, shared.theme.text),
                    right: Right::State(Line::from(vec![
                        Span::styled(filled, shared.theme.good),
                        Span::styled(rest, shared.theme.border),
                        Span::styled(format!("  {of:>7}"), shared.theme.muted),
                    ])),
                    entry: None,
                }
            }));
        }
        rows
    }

    fn count_row(&self, shared: &Shared) -> Row {
        let theme = &shared.theme;
        let mut spans = Vec::new();
        let mut part = |text: String, style: Style| {
            if !spans.is_empty() {
                spans.push(Span::raw("   "));
            }
            spans.push(Span::styled(text, style));
        };
        if self.cards() == 0 {
            let name = if self.anything_met {
                "home.nothing-due"
            } else {
                "home.nothing-yet"
            };
            part(shared.text(name), theme.muted.into());
        } else {
            let due = self.today.due + self.today.again;
            if due > 0 {
                let due = shared.fill("home.due", &[("n", &due)]);
                part(due, theme.accent.into());
            }
            if self.today.new > 0 {
                let new = shared.fill("home.new", &[("n", &self.today.new)]);
                part(new, theme.text.into());
            }
            let minutes = shared.fill("home.minutes", &[("n", &self.today.minutes.max(1))]);
            part(minutes, theme.muted.into());
        }
        said(Line::from(spans))
    }

    /// Due cards beyond the day's limit: they are not forgotten, and nobody must do them all today.
    fn later_row(&self, shared: &Shared) -> Option<Row> {
        let later = self.today.left_out.due;
        (later > 0).then(|| {
            said(Line::styled(
                shared.fill("home.later", &[("n", &later)]),
                shared.theme.muted,
            ))
        })
    }

    fn entry_row(&self, entry: &Entry, shared: &Shared) -> Row {
        let key = |action| {
            let places = [Place::Home, Place::List, Place::Global];
            Right::Key(shared.keymap.key(&places, action).unwrap_or_default())
        };
        let (text, right) = match entry {
            Entry::Review => (shared.text("home.review"), key(Action::Review)),
            Entry::FewMinutes => (
                shared.fill("home.few-minutes", &[("n", &FEW_MINUTES)]),
                key(Action::FewMinutes),
            ),
            Entry::Ahead => (shared.text("home.ahead"), key(Action::Ahead)),
            Entry::Cram => (shared.text("home.cram"), key(Action::Cram)),
            Entry::Next => {
                let (text, state) = self.next_text(shared);
                let state = Line::styled(state, shared.theme.muted);
                (text, Right::State(state))
            }
            Entry::LastWalk => {
                let (text, state) = self.walk_text(shared);
                let state = Line::styled(state, shared.theme.muted);
                (text, Right::State(state))
            }
            Entry::Lessons => (shared.text("home.lessons"), key(Action::Lessons)),
            Entry::Walks => (shared.text("home.walks"), key(Action::Walk)),
            Entry::Interviews => (shared.text("home.interviews"), key(Action::Interview)),
            Entry::Stats => (shared.text("home.stats"), key(Action::Stats)),
            Entry::Settings => (shared.text("home.settings"), key(Action::Settings)),
            Entry::Placement => (shared.text("home.placement"), key(Action::Placement)),
            Entry::Sources => (
                shared.text(match shared.sources {
                    Sources::Both => "home.sources-both",
                    Sources::Own => "home.sources-own",
                    Sources::Course => "home.sources-course",
                }),
                key(Action::Sources),
            ),
        };
        Row {
            text: Line::styled(text, shared.theme.text),
            right,
            entry: Some(entry.clone()),
        }
    }

    /// The walkthrough one was in last, and how far one is with it.
    fn walk_text(&self, shared: &Shared) -> (String, String) {
        let Some(scenario) = &self.last_walk else {
            return (String::new(), String::new());
        };
        let title = autospace(&safe(scenario.title.text(shared.lang))).into_owned();
        let chapter = shared.walks.get(&scenario.id).and_then(Story::chapter);
        let chapter = chapter.map(|(k, n)| shared.fill("walk.at-chapter", &[("k", &k), ("n", &n)]));
        let score = furthest(shared.walked.standing(&scenario.id), shared).map(|(_, words)| words);
        let state: Vec<String> = chapter.into_iter().chain(score).collect();
        (
            shared.fill("home.last-walk", &[("title", &title)]),
            state.join(&format!(" {} ", shared.signs.dot)),
        )
    }

    fn next_text(&self, shared: &Shared) -> (String, String) {
        let Some(next) = &self.next else {
            return Default::default();
        };
        let title = safe(&next.title);
        let title = autospace(&title);
        (
            shared.fill("home.next", &[("title", &title)]),
            shared.fill(
                "home.sections",
                &[("read", &next.read), ("n", &next.sections)],
            ),
        )
    }
}

/// What a newcomer can expect, where others see their days.
fn draw_welcome(area: Rect, frame: &mut Frame, shared: &Shared) {
    let theme = &shared.theme;
    let mut lines = vec![Line::styled(shared.text("home.welcome"), theme.heading)];
    for (number, name) in [
        ("1", "home.welcome-read"),
        ("2", "home.welcome-recall"),
        ("3", "home.welcome-return"),
    ] {
        let text = Line::styled(shared.text(name), theme.text);
        let room = usize::from(area.width).saturating_sub(3);
        for (row, part) in wrap_line(&text, room).into_iter().enumerate() {
            let sign = if row == 0 { number } else { " " };
            let mut spans = vec![Span::styled(format!("{sign}  "), theme.accent)];
            spans.extend(part.spans);
            lines.push(Line::from(spans));
        }
    }
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        debug_assert!(line.width() <= usize::from(area.width));
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
}

fn heading(text: String, shared: &Shared) -> Row {
    said(Line::styled(text, shared.theme.heading))
}

fn blank() -> Row {
    said(Line::default())
}

fn said(text: Line<'static>) -> Row {
    Row {
        text,
        right: Right::Key(String::new()),
        entry: None,
    }
}

/// A date as a person says it: `11 月 24 日 周二`, `Tue 24 Nov`.
fn date(day: NaiveDate, shared: &Shared) -> String {
    shared.fill(
        "time.date",
        &[
            ("month", &shared.text(&format!("month.{}", day.month()))),
            ("day", &day.day()),
            ("weekday", &weekday(day, shared)),
        ],
    )
}

pub(super) fn weekday(day: NaiveDate, shared: &Shared) -> String {
    let number = day.weekday().number_from_monday();
    shared.text(&format!("weekday.{number}"))
}
