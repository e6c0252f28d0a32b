//! What the learner decides about when and how much to study, each choice with what it costs. What the
//! configuration file decides is shown and not to be changed here.

use chrono::{Days, NaiveDate};
use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::body;
use crate::{
    ids::{Lang, Now},
    notes::Course,
    tui::{
        app::{Notice, Step},
        effect::Choice,
        keymap::Action,
        shared::Shared,
        task::{Cost, Costs, Finding, Inquiry, Task},
        text::{autospace, width, wrap_line},
    },
};

/// The widest the page is set.
const MEASURE: u16 = 76;

/// What can be decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Item {
    Interview,
    Profile,
    Minutes,
    Retention,
    New,
    Reviews,
}

impl Item {
    const ALL: [Item; 6] = [
        Item::Interview,
        Item::Profile,
        Item::Minutes,
        Item::Retention,
        Item::New,
        Item::Reviews,
    ];

    fn name(self) -> &'static str {
        match self {
            Item::Interview => "settings.interview",
            Item::Profile => "settings.profile",
            Item::Minutes => "settings.minutes",
            Item::Retention => "settings.retention",
            Item::New => "settings.new",
            Item::Reviews => "settings.reviews",
        }
    }

    fn is_fixed(self, shared: &Shared) -> bool {
        let fixed = &shared.fixed;
        match self {
            Item::Interview => fixed.interview,
            Item::Profile => fixed.profile,
            Item::Minutes => fixed.minutes,
            Item::Retention => fixed.retention,
            Item::New => fixed.new,
            Item::Reviews => fixed.reviews,
        }
    }

    /// Its value as it is said.
    fn value(self, shared: &Shared) -> String {
        let settings = &shared.settings;
        match self {
            Item::Interview => shared
                .interview
                .map_or_else(|| shared.text("settings.no-date"), |date| date.to_string()),
            Item::Profile => shared.profile_title(),
            Item::Minutes => {
                let minutes = shared.a_day.as_secs() / 60;
                shared.fill("time.minutes", &[("n", &minutes)])
            }
            Item::Retention => format!("{:.2}", settings.desired_retention),
            Item::New => settings.new_per_day.to_string(),
            Item::Reviews => settings.reviews_per_day.to_string(),
        }
    }

    /// The choice after or before the present one; none where there is no other.
    fn changed(self, up: bool, shared: &Shared, now: &Now) -> Option<Choice> {
        let settings = &shared.settings;
        let step = |value: u32, by: u32, least: u32, most: u32| {
            let next = if up {
                value.saturating_add(by)
            } else {
                value.saturating_sub(by)
            };
            let next = next.clamp(least, most);
            (next != value).then_some(next)
        };
        Some(match self {
            Item::Interview => Choice::Interview(Some(another_day(up, shared, now)?)),
            Item::Profile => Choice::Profile(another_profile(up, shared)?),
            Item::Minutes => {
                let minutes = u32::try_from(shared.a_day.as_secs() / 60).unwrap_or(u32::MAX);
                Choice::Minutes(step(minutes, 5, 5, 240)?)
            }
            Item::Retention => {
                let hundredths = (settings.desired_retention * 100.0).round() as u32;
                Choice::Retention(step(hundredths, 1, 70, 97)?)
            }
            Item::New => Choice::NewPerDay(step(settings.new_per_day, 1, 0, 200)?),
            Item::Reviews => Choice::ReviewsPerDay(step(settings.reviews_per_day, 10, 10, 2000)?),
        })
    }
}

/// The first day that is offered where none is set: a month of study.
const USUAL_DAYS: u64 = 30;

fn another_day(up: bool, shared: &Shared, now: &Now) -> Option<NaiveDate> {
    let today = shared.today(now).date();
    let Some(day) = shared.interview else {
        return today.checked_add_days(Days::new(USUAL_DAYS));
    };
    let next = if up {
        day.checked_add_days(Days::new(1))
    } else {
        day.checked_sub_days(Days::new(1))
    };
    next.map(|next| next.max(today)).filter(|next| *next != day)
}

fn another_profile(up: bool, shared: &Shared) -> Option<String> {
    let profiles = Course::built_in().profiles;
    let at = profiles.iter().position(|one| one.id == shared.profile);
    let count = profiles.len();
    let next = match (at, up) {
        (None, _) => 0,
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
    };
    profiles.into_iter().nth(next).map(|profile| profile.id)
}

/// What the learner decides.
#[derive(Default)]
pub(in crate::tui) struct SettingsScreen {
    chosen: usize,
    inquiry: Inquiry,
    costs: Option<Costs>,
}

impl SettingsScreen {
    pub(super) fn hints(&self, shared: &Shared) -> Vec<Action> {
        let item = self.item();
        let mut hints = Vec::new();
        if !item.is_fixed(shared) {
            hints.extend([Action::More, Action::Less]);
            if item == Item::Interview && shared.interview.is_some() {
                hints.push(Action::Clear);
            }
        }
        hints.push(Action::Back);
        hints
    }

    fn item(&self) -> Item {
        Item::ALL[self.chosen.min(Item::ALL.len() - 1)]
    }

    /// What every choice costs, where it is not known.
    pub(super) fn wanted(&mut self, shared: &Shared, now: &Now) -> Option<Task> {
        let asked = self.inquiry.ask(now)?;
        Some(Task::Weigh(asked, shared.ground(now)))
    }

    pub(super) fn worked_out(&mut self, finding: Finding) -> Option<Finding> {
        match finding {
            Finding::Weighed(asked, costs) if self.inquiry.is_answered(asked) => {
                self.costs = Some(costs);
                None
            }
            other => Some(other),
        }
    }

    pub(super) fn refresh(&mut self) {
        self.inquiry.ask_anew();
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        let last = Item::ALL.len() - 1;
        match action {
            Action::Up => self.chosen = self.chosen.saturating_sub(1),
            Action::Down => self.chosen = (self.chosen + 1).min(last),
            Action::Top | Action::PageUp => self.chosen = 0,
            Action::Bottom | Action::PageDown => self.chosen = last,
            Action::More | Action::Open => return self.change(true, shared, now),
            Action::Less => return self.change(false, shared, now),
            Action::Clear if self.item() == Item::Interview && !shared.fixed.interview => {
                return vec![Step::Choose(Choice::Interview(None))];
            }
            _ => {}
        }
        Vec::new()
    }

    fn change(&mut self, up: bool, shared: &Shared, now: &Now) -> Vec<Step> {
        let item = self.item();
        if item.is_fixed(shared) {
            return vec![Step::Say(Notice::Done(shared.text("settings.fixed-help")))];
        }
        let Some(choice) = item.changed(up, shared, now) else {
            return Vec::new();
        };
        self.inquiry.ask_anew();
        vec![Step::Choose(choice)]
    }

    pub(super) fn click(&mut self, at: Position, size: (u16, u16)) -> Vec<Step> {
        let column = column(body(size));
        let row = usize::from(at.y.saturating_sub(column.y));
        if column.contains(at) && row < Item::ALL.len() {
            self.chosen = row;
        }
        Vec::new()
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
        (Line::raw(shared.text("settings.title")), Line::default())
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared, now: &Now) {
        let column = column(area);
        let columns = usize::from(column.width);
        let mut lines: Vec<Line<'static>> = (0..Item::ALL.len())
            .map(|at| self.row(at, shared))
            .collect();
        lines.push(Line::default());
        lines.extend(self.told(columns, shared, now));
        let buffer = frame.buffer_mut();
        for (y, line) in (column.y..column.bottom()).zip(&lines) {
            buffer.set_line(column.x, y, line, column.width);
        }
    }

    fn row(&self, at: usize, shared: &Shared) -> Line<'static> {
        let theme = &shared.theme;
        let item = Item::ALL[at];
        let names = Item::ALL.map(|item| autospace(&shared.text(item.name())).into_owned());
        let widest = names.iter().map(|name| width(name)).max().unwrap_or(0);
        let pad = " ".repeat(widest - width(&names[at]));
        let is_chosen = at == self.chosen;
        let (sign, style): (_, Style) = if is_chosen {
            (shared.signs.selected, theme.selection.into())
        } else {
            (" ", theme.text.into())
        };
        let [_, _, less, _] = shared.signs.map.arrows;
        let more = shared.signs.map.arrows[0];
        let value = item.value(shared);
        let value = if is_chosen && !item.is_fixed(shared) {
            format!("{less} {value} {more}")
        } else {
            format!("  {value}")
        };
        let mut line = Line::from(vec![
            Span::styled(format!("{sign} {}{pad}   ", names[at]), style),
            Span::styled(value, style),
        ]);
        if item.is_fixed(shared) {
            let fixed = format!("   {}", shared.text("settings.fixed"));
            line.push_span(Span::styled(fixed, theme.muted));
        }
        line
    }

    /// What the chosen setting means and costs.
    fn told(&self, columns: usize, shared: &Shared, now: &Now) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let said = |text: String, style: Style| {
            let text = autospace(&text).into_owned();
            wrap_line(&Line::styled(text, style), columns)
        };
        let item = self.item();
        let mut lines = said(about(item, shared, now), theme.text.into());
        if !matches!(item, Item::Retention | Item::New | Item::Reviews) {
            return lines;
        }
        let Some(costs) = &self.costs else {
            lines.extend(said(shared.text("settings.working"), theme.muted.into()));
            return lines;
        };
        let (present, choices) = match item {
            Item::Retention => {
                let hundredths = shared.settings.desired_retention * 100.0;
                (hundredths.round() as u32, &costs.retention)
            }
            Item::New => (shared.settings.new_per_day, &costs.new),
            _ => (shared.settings.reviews_per_day, &costs.reviews),
        };
        let Some((_, cost)) = choices.iter().find(|(one, _)| *one == present) else {
            lines.extend(said(shared.text("settings.working"), theme.muted.into()));
            return lines;
        };
        let other = choices.iter().find(|(one, _)| *one > present);
        let other = other.or_else(|| choices.iter().rfind(|(one, _)| *one < present));
        if let Some((one, that)) = other {
            let sentence = compared(item, (present, *cost), (*one, *that), shared);
            lines.extend(said(sentence, theme.text.into()));
        }
        lines.push(Line::default());
        lines.push(Line::styled(
            shared.text(match item {
                Item::Retention => "settings.costs-head-retention",
                _ => "settings.costs-head",
            }),
            theme.heading,
        ));
        for (one, that) in choices {
            let is_present = *one == present;
            let style: Style = if is_present {
                theme.selection.into()
            } else {
                theme.text.into()
            };
            let sign = if is_present {
                shared.signs.selected
            } else {
                " "
            };
            let text = shared.fill(
                "settings.cost",
                &[
                    ("value", &format_args!("{:>5}", valued(item, *one))),
                    ("times", &format_args!("{:>4.1}", times(*cost, *that))),
                    ("minutes", &format_args!("{:>3}", minutes(*that))),
                    ("share", &format_args!("{:>3.0}%", that.recalled * 100.0)),
                ],
            );
            lines.push(Line::styled(format!("{sign} {text}"), style));
        }
        lines
    }
}

/// What a setting means, where what is set is not enough to know.
fn about(item: Item, shared: &Shared, now: &Now) -> String {
    match item {
        Item::Interview => match shared.interview {
            Some(day) => {
                let left = (day - shared.today(now).date()).num_days();
                shared.fill("settings.interview-about", &[("n", &left.max(0))])
            }
            None => shared.text("settings.interview-none"),
        },
        Item::Profile => {
            let course = Course::built_in();
            let profile = course.profiles.iter().find(|one| one.id == shared.profile);
            let weights = profile.map(|profile| &profile.weights);
            let all: f64 = weights.iter().flat_map(|one| one.values()).sum();
            let mut fields: Vec<(&String, &f64)> = weights.into_iter().flatten().collect();
            fields.sort_by(|one, other| other.1.total_cmp(one.1));
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(domain, weight)| {
                    let name = shared.locale().field(domain).to_owned();
                    format!("{name} {:.0}%", weight / all * 100.0)
                })
                .collect();
            let fields = fields.join(match shared.lang {
                Lang::Zh => "、",
                Lang::En => ", ",
            });
            shared.fill("settings.profile-about", &[("fields", &fields)])
        }
        Item::Minutes => shared.text("settings.minutes-about"),
        Item::Retention => shared.text("settings.retention-about"),
        Item::New => shared.text("settings.new-about"),
        Item::Reviews => shared.text("settings.reviews-about"),
    }
}

/// `0.95 instead of 0.90: about 1.5 times the reviews`.
fn compared(
    item: Item,
    (one, cost): (u32, Cost),
    (to, that): (u32, Cost),
    shared: &Shared,
) -> String {
    let name = match item {
        Item::Retention => "settings.compared-retention",
        _ => "settings.compared",
    };
    shared.fill(
        name,
        &[
            ("to", &valued(item, to)),
            ("from", &valued(item, one)),
            ("times", &format_args!("{:.1}", times(cost, that))),
            ("minutes", &minutes(that)),
            ("now", &minutes(cost)),
            ("share", &format_args!("{:.0}%", that.recalled * 100.0)),
            ("present", &format_args!("{:.0}%", cost.recalled * 100.0)),
        ],
    )
}

fn valued(item: Item, value: u32) -> String {
    match item {
        Item::Retention => format!("{:.2}", f64::from(value) / 100.0),
        _ => value.to_string(),
    }
}

fn times(cost: Cost, other: Cost) -> f64 {
    f64::from(other.reviews) / f64::from(cost.reviews.max(1))
}

fn minutes(cost: Cost) -> u64 {
    (cost.time.as_secs() + 30) / 60
}

fn column(area: Rect) -> Rect {
    let wide = area.width.saturating_sub(4).min(MEASURE);
    let air = 1 + area.height.saturating_sub(20) / 4;
    Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + air,
        width: wide,
        height: area.height.saturating_sub(air),
    }
}
