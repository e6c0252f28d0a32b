use std::sync::Arc;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{
    clock,
    lines::Lines,
    offers::{Offer, Wish, domains, next, offers},
    preset_name,
    results::Outcome,
    sheet_area,
    sitting::Sitting,
};
use crate::{
    history::{Blueprint, Format, Preset},
    ids::Now,
    interview::{
        Draw, Effect as Done, Input, OWN, Paper, Results, Session, Stock, answered_wrong, seed_of,
    },
    notes::Course,
    tui::{
        Sittings,
        app::{Notice, Step},
        effect::{Effect, Keeping},
        keymap::Action,
        screens::{Screen, body},
        shared::Shared,
        widgets::first_shown,
    },
};

/// The line the list begins on, below the choices that hold for all of it.
const LIST: u16 = 3;

/// Which interview to sit, and those that are over.
pub(in crate::tui) struct Interviews {
    sittings: Option<Sittings>,
    offers: Vec<Offer>,
    selected: usize,
    wish: Wish,
    seed: Option<u64>,
    /// Whether the next `discard` drops the interview that was interrupted.
    is_sure: bool,
}

impl Interviews {
    /// The interviews there are to sit: of the profile the learner prepares for, if one was chosen.
    pub(in crate::tui) fn new(
        custom: Option<Blueprint>,
        seed: Option<u64>,
        shared: &Shared,
    ) -> Interviews {
        Interviews {
            sittings: None,
            offers: Vec::new(),
            selected: 0,
            wish: Wish {
                format: custom.as_ref().map_or(Format::Exam, |custom| custom.format),
                profile: shared.chosen_profile(),
                domain: None,
                custom,
            },
            seed,
            is_sure: false,
        }
    }

    /// What there is was read.
    pub(in crate::tui) fn loaded(&mut self, sittings: Sittings, shared: &Shared) {
        self.sittings = Some(sittings);
        self.refresh(shared);
    }

    pub(in crate::tui::screens) fn refresh(&mut self, shared: &Shared) {
        if let Some(sittings) = &self.sittings {
            self.offers = offers(&self.wish, sittings, shared);
            self.selected = self.selected.min(self.offers.len().saturating_sub(1));
        }
    }

    pub(in crate::tui::screens) fn hints(&self) -> Vec<Action> {
        match self.offers.get(self.selected) {
            Some(Offer::Resume) => {
                vec![Action::Open, Action::HandIn, Action::Discard, Action::Back]
            }
            Some(Offer::Past(_)) => vec![Action::Open, Action::Back],
            _ => vec![
                Action::Open,
                Action::Format,
                Action::Domain,
                Action::Profile,
                Action::Back,
            ],
        }
    }

    pub(in crate::tui::screens) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        now: &Now,
    ) -> Vec<Step> {
        let last = self.offers.len().saturating_sub(1);
        let was_sure = std::mem::take(&mut self.is_sure);
        match action {
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::Top | Action::PageUp => self.selected = 0,
            Action::Bottom | Action::PageDown => self.selected = last,
            Action::Format => {
                self.wish.format = match self.wish.format {
                    Format::Exam => Format::Practice,
                    Format::Practice => Format::Exam,
                };
            }
            Action::Domain => {
                let all = self.sittings.as_ref().map(domains).unwrap_or_default();
                self.wish.domain = next(self.wish.domain.as_ref(), &all);
            }
            Action::Profile => {
                let profiles = Course::built_in().profiles;
                let all: Vec<String> = profiles.into_iter().map(|profile| profile.id).collect();
                self.wish.profile = next(self.wish.profile.as_ref(), &all);
            }
            Action::Open => return self.open(shared, now),
            Action::HandIn => return self.hand_in(now),
            Action::Discard if self.offers.get(self.selected) == Some(&Offer::Resume) => {
                if was_sure {
                    return self.discard();
                }
                self.is_sure = true;
                let text = shared.text("interview.discard-sure");
                return vec![Step::Say(Notice::Done(text))];
            }
            _ => {}
        }
        self.refresh(shared);
        Vec::new()
    }

    fn open(&mut self, shared: &Shared, now: &Now) -> Vec<Step> {
        match self.offers.get(self.selected).cloned() {
            Some(Offer::Resume) => self.resume(now),
            Some(Offer::New(blueprint, _)) => self.begin(blueprint, shared, now),
            Some(Offer::Past(at)) => self.look_back(at, shared),
            None => Vec::new(),
        }
    }

    fn records(&self) -> Arc<Vec<crate::interview::Record>> {
        self.sittings
            .as_ref()
            .map(|sittings| sittings.records.clone())
            .unwrap_or_default()
    }

    fn begin(&mut self, blueprint: Blueprint, shared: &Shared, now: &Now) -> Vec<Step> {
        let Some(sittings) = &self.sittings else {
            return Vec::new();
        };
        let seed = self.seed.take().unwrap_or_else(|| seed_of(now));
        let stock = Stock {
            questions: &sittings.questions,
            library: &shared.library,
            course: &Course::built_in(),
            wrong: &answered_wrong(&sittings.records),
            lang: shared.lang,
        };
        let draw = Draw::new(&blueprint, &stock, seed);
        if draw.questions.is_empty() {
            return vec![Step::Say(Notice::Problem(
                shared.text("interview.no-question"),
            ))];
        }
        let attempt = sittings.attempt.clone();
        let mut paper = Paper::new(attempt, (blueprint, seed), draw, shared.lang, now);
        paper.feeds_memory = shared.study_wrong;
        let session = Session::new(paper, now);
        let keeping = Keeping::Begin(session.paper().clone(), session.progress(now));
        self.sit(session, keeping)
    }

    fn sit(&self, session: Session, keeping: Keeping) -> Vec<Step> {
        let sitting = Sitting::new(session, self.records());
        vec![
            Step::Run(Effect::Interview(keeping)),
            Step::Open(Box::new(Screen::Sitting(Box::new(sitting)))),
        ]
    }

    /// The interrupted one, with the clock where it was last kept.
    fn session(&mut self, now: &Now) -> Option<(Session, Keeping)> {
        let (paper, progress) = self.sittings.as_mut()?.under_way.take()?;
        let session = Session::resume(paper, progress, now);
        let attempt = session.paper().attempt.clone();
        let keeping = Keeping::TakeOver(attempt, session.progress(now));
        Some((session, keeping))
    }

    fn resume(&mut self, now: &Now) -> Vec<Step> {
        match self.session(now) {
            Some((session, keeping)) => self.sit(session, keeping),
            None => Vec::new(),
        }
    }

    /// Hands the interrupted one in as it is.
    fn hand_in(&mut self, now: &Now) -> Vec<Step> {
        if self.offers.get(self.selected) != Some(&Offer::Resume) {
            return Vec::new();
        }
        let Some((mut session, keeping)) = self.session(now) else {
            return Vec::new();
        };
        let attempt = session.paper().attempt.clone();
        let mut steps = vec![Step::Run(Effect::Interview(keeping))];
        for done in session.update(Input::Submit, now) {
            if let Done::Finish(events) = done {
                let keeping = Keeping::Finish(attempt.clone(), events);
                steps.push(Step::Run(Effect::Interview(keeping)));
            }
        }
        steps.push(Step::Run(Effect::LoadInterviews));
        steps
    }

    fn discard(&mut self) -> Vec<Step> {
        let under_way = self.sittings.as_mut().and_then(|one| one.under_way.take());
        let Some((paper, _)) = under_way else {
            return Vec::new();
        };
        vec![
            Step::Run(Effect::Interview(Keeping::Drop(paper.attempt))),
            Step::Run(Effect::LoadInterviews),
        ]
    }

    fn look_back(&self, at: usize, shared: &Shared) -> Vec<Step> {
        let records = self.records();
        let Some(record) = records.get(at).cloned() else {
            return Vec::new();
        };
        let outcome = Outcome::new(record, records, shared.study_wrong);
        vec![Step::Open(Box::new(Screen::Outcome(Box::new(outcome))))]
    }

    pub(in crate::tui::screens) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        let list = list_area(body(size));
        if !list.contains(at) {
            return Vec::new();
        }
        let row = self.first_shown(list.height) + usize::from(at.y - list.y);
        if row >= self.offers.len() {
            return Vec::new();
        }
        let again = row == self.selected;
        self.selected = row;
        if again {
            return self.open(shared, now);
        }
        Vec::new()
    }

    fn first_shown(&self, height: u16) -> usize {
        first_shown(self.selected, height, self.offers.len())
    }

    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
    ) -> (Line<'static>, Line<'static>) {
        let count = self
            .sittings
            .as_ref()
            .map_or(0, |sittings| sittings.questions.all().len());
        (
            Line::raw(shared.text("interview.title")),
            Line::raw(shared.fill("interview.stock", &[("n", &count)])),
        )
    }

    pub(in crate::tui::screens) fn draw(
        &self,
        area: Rect,
        frame: &mut Frame,
        shared: &Shared,
        now: &Now,
    ) {
        let sheet = sheet_area(area);
        let theme = &shared.theme;
        frame
            .buffer_mut()
            .set_line(sheet.x, sheet.y, &self.wishes(shared), sheet.width);
        let list = list_area(area);
        let offers = self.offers.iter().enumerate();
        let offers = offers.skip(self.first_shown(list.height));
        for (y, (at, offer)) in (list.y..list.bottom()).zip(offers) {
            let (text, right) = self.told(offer, shared, now);
            let (sign, style): (_, Style) = if at == self.selected {
                (shared.signs.selected, theme.selection.into())
            } else {
                (" ", theme.text.into())
            };
            let line = Line::styled(format!("{sign} {text}"), style);
            let right = Line::styled(right, theme.muted);
            let right_width = (right.width() as u16).min(list.width / 2);
            let room = list.width.saturating_sub(right_width + 2);
            frame.buffer_mut().set_line(list.x, y, &line, room);
            let x = list.right().saturating_sub(right_width);
            frame.buffer_mut().set_line(x, y, &right, right_width);
        }
        let mut lines = Lines::new(sheet.width, shared);
        self.describe(&mut lines, shared);
        let below = list.y + list.height.min(self.offers.len() as u16) + 1;
        for (y, line) in (below..sheet.bottom()).zip(&lines.lines) {
            frame.buffer_mut().set_line(sheet.x, y, line, sheet.width);
        }
    }

    /// What holds for a new one: its format, its profile, its domain.
    fn wishes(&self, shared: &Shared) -> Line<'static> {
        let theme = &shared.theme;
        let format = shared.text(match self.wish.format {
            Format::Exam => "interview.exam",
            Format::Practice => "interview.practice",
        });
        let profiles = Course::built_in().profiles;
        let profile = self.wish.profile.as_ref().and_then(|id| {
            let profile = profiles.iter().find(|profile| profile.id == *id)?;
            Some(match shared.lang {
                crate::ids::Lang::Zh => profile.title.zh.clone(),
                crate::ids::Lang::En => profile.title.en.clone(),
            })
        });
        let profile = profile.unwrap_or_else(|| shared.text("interview.any"));
        let domain = match &self.wish.domain {
            Some(domain) => shared.locale().field(domain).to_owned(),
            None => shared.text("interview.any"),
        };
        let mut spans = Vec::new();
        for (name, value) in [
            ("interview.format", format),
            ("interview.profile", profile),
            ("interview.domain", domain),
        ] {
            spans.push(Span::styled(format!("{} ", shared.text(name)), theme.muted));
            spans.push(Span::styled(format!("{value}    "), theme.accent));
        }
        Line::from(spans)
    }

    /// A line of the list: what it is, and what stands to its right.
    fn told(&self, offer: &Offer, shared: &Shared, now: &Now) -> (String, String) {
        match offer {
            Offer::Resume => {
                let under_way = self
                    .sittings
                    .as_ref()
                    .and_then(|one| one.under_way.as_ref());
                let Some((paper, progress)) = under_way else {
                    return Default::default();
                };
                let answered = progress.sheets.iter().filter(|sheet| sheet.is_answered());
                let left = paper.limit_ms.saturating_sub(progress.clock_ms);
                let left = clock(std::time::Duration::from_millis(left));
                let name = shared.text(preset_name(paper.blueprint.preset));
                let places: [(&str, &dyn std::fmt::Display); 3] = [
                    ("k", &answered.count()),
                    ("n", &paper.items.len()),
                    ("left", &left),
                ];
                (
                    shared.fill("interview.resume", &[("name", &name)]),
                    shared.fill("interview.resume-state", &places),
                )
            }
            Offer::New(blueprint, count) => {
                let is_own = blueprint.profile.as_deref() == Some(OWN);
                let name = if is_own {
                    "interview.own"
                } else {
                    preset_name(blueprint.preset)
                };
                let few = (*count as u32) < blueprint.count;
                let minutes = if few && *count > 0 {
                    (blueprint.minutes * *count as u32).div_ceil(blueprint.count.max(1))
                } else {
                    blueprint.minutes
                };
                let places: [(&str, &dyn std::fmt::Display); 2] = [("n", count), ("m", &minutes)];
                (shared.text(name), shared.fill("interview.size", &places))
            }
            Offer::Past(at) => {
                let records = self.records();
                let Some(record) = records.get(*at) else {
                    return Default::default();
                };
                let when = now.wall_at(record.at_ms).format("%Y-%m-%d %H:%M");
                let name = shared.text(preset_name(record.attempt.blueprint.preset));
                let tally = Results::of(record).headline();
                let right = match (tally.percent(), tally.interval()) {
                    (Some(percent), Some((low, high))) => format!("{percent}  ({low}–{high})"),
                    _ => String::new(),
                };
                (format!("{when}  {name}"), right)
            }
        }
    }

    fn describe(&self, lines: &mut Lines<'_>, shared: &Shared) {
        let theme = &shared.theme;
        let name = match self.offers.get(self.selected) {
            Some(Offer::Resume) => "interview.about-resume",
            Some(Offer::New(blueprint, count)) => {
                if *count == 0 {
                    lines.say(&shared.text("interview.no-question"), theme.warn);
                    return;
                }
                if (*count as u32) < blueprint.count {
                    let places: [(&str, &dyn std::fmt::Display); 2] =
                        [("n", count), ("wanted", &blueprint.count)];
                    if blueprint.preset != Preset::Wrong {
                        lines.say(&shared.fill("interview.fewer", &places), theme.warn);
                    }
                }
                match blueprint.format {
                    Format::Exam => "interview.about-exam",
                    Format::Practice => "interview.about-practice",
                }
            }
            Some(Offer::Past(_)) => "interview.about-past",
            None => return,
        };
        lines.say(&shared.text(name), theme.muted);
    }
}

fn list_area(area: Rect) -> Rect {
    let sheet = sheet_area(area);
    Rect {
        y: sheet.y + LIST - 1,
        height: sheet.height.saturating_sub(LIST + 4),
        ..sheet
    }
}
