use ratatui::{Frame, layout::Rect, style::Style, text::Line};

use crate::{
    history::{CardAction, Event},
    ids::{CardId, LessonId},
    notes::{Origin, Seen, blocks},
    tui::{
        app::Step,
        effect::Effect,
        keymap::{Action, Place},
        shared::Shared,
        text::{autospace, layout, safe},
    },
};

/// Questions of a placement.
const QUESTIONS: usize = 10;

/// Ten questions across the course that say where to begin. What was known is offered to be left
/// out; nothing is scheduled by it.
pub(in crate::tui) struct Placement {
    asked: Vec<Asked>,
    at: usize,
    revealed: bool,
}

struct Asked {
    card: CardId,
    lesson: LessonId,
    knew: Option<bool>,
}

impl Placement {
    /// Nothing where the course has no cards.
    pub(in crate::tui) fn new(shared: &Shared) -> Option<Placement> {
        let lessons: Vec<Vec<Asked>> = shared
            .library
            .lessons_in(shared.lang)
            .filter(|lesson| lesson.origin == Origin::Course)
            .map(|lesson| {
                shared
                    .library
                    .cards_of(&lesson.id, shared.lang)
                    .map(|card| Asked {
                        card: card.id.clone(),
                        lesson: lesson.id.clone(),
                        knew: None,
                    })
                    .collect()
            })
            .filter(|cards: &Vec<Asked>| !cards.is_empty())
            .collect();
        let asked = spread(lessons);
        (!asked.is_empty()).then_some(Placement {
            asked,
            at: 0,
            revealed: false,
        })
    }

    fn is_over(&self) -> bool {
        self.at == self.asked.len()
    }

    /// Lessons before the first question that was not known, each of whose questions was.
    fn passed(&self) -> Vec<LessonId> {
        let mut passed: Vec<LessonId> = Vec::new();
        for asked in &self.asked {
            if asked.knew != Some(true) {
                passed.retain(|lesson| *lesson != asked.lesson);
                break;
            }
            if passed.last() != Some(&asked.lesson) {
                passed.push(asked.lesson.clone());
            }
        }
        passed
    }

    pub(super) fn places(&self) -> Vec<Place> {
        if self.is_over() {
            vec![Place::Summary, Place::List]
        } else if self.revealed {
            vec![Place::Answer, Place::List]
        } else {
            vec![Place::Question, Place::List]
        }
    }

    pub(super) fn hints(&self) -> Vec<Action> {
        if self.is_over() {
            vec![Action::Finish, Action::Back]
        } else if self.revealed {
            vec![Action::Good, Action::Again, Action::Back]
        } else {
            vec![Action::Reveal, Action::Back]
        }
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared) -> Vec<Step> {
        match action {
            Action::Reveal => self.revealed = true,
            Action::Again | Action::Hard => self.answer(false),
            Action::Good | Action::Easy => self.answer(true),
            Action::Finish if self.is_over() => return self.finish(shared),
            _ => {}
        }
        Vec::new()
    }

    fn answer(&mut self, knew: bool) {
        if let Some(asked) = self.asked.get_mut(self.at).filter(|_| self.revealed) {
            asked.knew = Some(knew);
            self.at += 1;
            self.revealed = false;
        }
    }

    /// Leaves out what was known.
    fn finish(&self, shared: &Shared) -> Vec<Step> {
        let cards: Vec<_> = self
            .passed()
            .iter()
            .flat_map(|lesson| shared.library.cards_of(lesson, shared.lang))
            .collect();
        let mut steps = vec![Step::Back];
        if !cards.is_empty() {
            steps.push(Step::Run(Effect::Save {
                events: cards
                    .iter()
                    .map(|card| Event::Card {
                        card: card.id.clone(),
                        action: CardAction::Known,
                    })
                    .collect(),
                seen: cards.into_iter().map(Seen::of).collect(),
            }));
        }
        steps
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
        let state = shared.fill(
            "placement.state",
            &[
                ("k", &(self.at + 1).min(self.asked.len())),
                ("n", &self.asked.len()),
            ],
        );
        (Line::raw(shared.text("placement.title")), Line::raw(state))
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let width = area.width.saturating_sub(8).min(72);
        let column = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.y + 1,
            width,
            height: area.height.saturating_sub(2),
        };
        // The question keeps its place when the answer comes.
        let (lines, whole) = match self.asked.get(self.at) {
            Some(asked) => (
                self.question(asked, self.revealed, width, shared),
                self.question(asked, true, width, shared).len(),
            ),
            None => {
                let lines = self.result(width, shared);
                let whole = lines.len();
                (lines, whole)
            }
        };
        let air = column.height.saturating_sub(whole as u16) / 3;
        let column = Rect {
            y: column.y + air,
            height: column.height - air,
            ..column
        };
        for (y, line) in (column.y..column.bottom()).zip(&lines) {
            frame.buffer_mut().set_line(column.x, y, line, column.width);
        }
    }

    fn question(
        &self,
        asked: &Asked,
        revealed: bool,
        width: u16,
        shared: &Shared,
    ) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let Some(card) = shared.library.card(&asked.card, shared.lang) else {
            return Vec::new();
        };
        let style = shared.text_style();
        let mut bold = style.clone();
        bold.text = theme.title.into();
        let rows = |text: &str, style| layout(&blocks(text), width, style).lines;
        let mut lines: Vec<Line<'static>> = rows(&card.front, &bold)
            .into_iter()
            .map(|row| row.line)
            .collect();
        lines.push(Line::default());
        if revealed {
            let rule = shared.signs.rule.repeat(usize::from(width.min(24)));
            lines.push(Line::styled(rule, theme.border));
            lines.push(Line::default());
            lines.extend(rows(&card.back, &style).into_iter().map(|row| row.line));
            lines.push(Line::default());
            lines.push(Line::styled(shared.text("placement.did-you"), theme.muted));
        } else {
            lines.push(Line::styled(shared.text("placement.think"), theme.muted));
        }
        lines
    }

    fn result(&self, width: u16, shared: &Shared) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let knew = self
            .asked
            .iter()
            .filter(|asked| asked.knew == Some(true))
            .count();
        let passed = self.passed();
        let begin = shared
            .library
            .lessons_in(shared.lang)
            .find(|lesson| lesson.origin == Origin::Course && !passed.contains(&lesson.id));
        let mut text = vec![
            (
                shared.fill(
                    "placement.result",
                    &[("k", &knew), ("n", &self.asked.len())],
                ),
                Style::from(theme.title),
            ),
            (String::new(), Style::default()),
        ];
        if let Some(lesson) = begin {
            let title = autospace(&safe(&lesson.title)).into_owned();
            text.push((
                shared.fill("placement.begin", &[("title", &title)]),
                theme.text.into(),
            ));
        }
        if !passed.is_empty() {
            text.push((
                shared.fill("placement.leave-out", &[("n", &passed.len())]),
                theme.text.into(),
            ));
        }
        text.into_iter()
            .flat_map(|(text, style)| {
                crate::tui::text::wrap_line(&Line::styled(text, style), width.into())
            })
            .collect()
    }
}

/// Ten questions spread evenly over the lessons, in their order: one or two of each, so that a
/// lesson is not left out for one lucky answer where there are few lessons.
fn spread(mut lessons: Vec<Vec<Asked>>) -> Vec<Asked> {
    let count = lessons.len();
    let mut wanted = vec![0; count];
    for question in 0..QUESTIONS {
        if count > 0 {
            wanted[question * count / QUESTIONS % count] += 1;
        }
    }
    lessons
        .iter_mut()
        .zip(wanted)
        .flat_map(|(cards, wanted)| {
            let step = (cards.len() / (wanted + 1)).max(1);
            let mut chosen = Vec::new();
            for at in (1..=wanted).rev() {
                let place = at * step;
                if place < cards.len() {
                    chosen.push(cards.swap_remove(place));
                }
            }
            chosen
        })
        .collect()
}
