//! Links to walkthroughs.

use std::{ops::Range, sync::Arc};

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::Reader;
use crate::{
    ids::Now,
    tui::{
        app::{Notice, Step},
        screens::{Screen, Walk, body, has_walk, walk_of},
        shared::Shared,
        text::Laid,
    },
    walkthrough::Link,
};

/// A link to a walkthrough, and where it is on screen.
pub(super) struct WalkLink {
    link: Link,
    /// Which of the lesson's it is.
    nth: usize,
    /// On which rows of the screen, and in which of their columns.
    spots: Vec<(usize, Range<u16>)>,
}

impl WalkLink {
    fn holds(&self, row: usize, column: u16) -> bool {
        let mut spots = self.spots.iter();
        spots.any(|(at, columns)| *at == row && columns.contains(&column))
    }
}

/// The links that begin on these rows.
fn links_on(laid: &Laid, rows: Range<usize>) -> Vec<WalkLink> {
    let mut links: Vec<WalkLink> = Vec::new();
    let mut last: Option<Arc<str>> = None;
    for (row, line) in laid.lines.iter().enumerate() {
        for spot in &line.links {
            let goes_on = last.as_ref().is_some_and(|one| Arc::ptr_eq(one, &spot.url));
            last = Some(Arc::clone(&spot.url));
            let Some(link) = Link::parse(&spot.url) else {
                continue;
            };
            if !goes_on {
                links.push(WalkLink {
                    link,
                    nth: links.len(),
                    spots: Vec::new(),
                });
            }
            if rows.contains(&row)
                && let Some(link) = links.last_mut()
            {
                link.spots.push((row - rows.start, spot.columns.clone()));
            }
        }
    }
    links.retain(|link| !link.spots.is_empty());
    links
}

impl Reader {
    /// The links on screen, from top to bottom.
    pub(super) fn links(&self, shared: &Shared, size: (u16, u16)) -> Vec<WalkLink> {
        let area = self.text_area(body(size));
        self.with_laid(area.width, shared, |laid| {
            let top = self.top_row(laid, area.height);
            links_on(laid, top..top + usize::from(area.height))
        })
        .unwrap_or_default()
    }

    /// The one a key opens: the one chosen while it is on screen, else the first there.
    fn in_light(&self, links: &[WalkLink]) -> usize {
        let chosen = links.iter().position(|link| link.nth == self.chosen_link);
        chosen.unwrap_or(0)
    }

    pub(super) fn choose_link(&mut self, by: isize, shared: &Shared, size: (u16, u16)) {
        let links = self.links(shared, size);
        let at = self.in_light(&links).saturating_add_signed(by);
        if let Some(link) = links.get(at.min(links.len().saturating_sub(1))) {
            self.chosen_link = link.nth;
        }
    }

    /// The walkthrough the text points to here, else the lesson's.
    pub(super) fn walk(&self, shared: &Shared, size: (u16, u16), now: &Now) -> Vec<Step> {
        let links = self.links(shared, size);
        match links.get(self.in_light(&links)) {
            Some(found) => follow(&found.link, shared, now),
            None => walk_of(&self.lesson, shared, now),
        }
    }

    pub(super) fn can_walk(&self, shared: &Shared, size: (u16, u16)) -> bool {
        has_walk(&self.lesson) || !self.links(shared, size).is_empty()
    }

    /// A click on a link follows it.
    pub(super) fn click_link(
        &self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Option<Vec<Step>> {
        let area = self.text_area(body(size));
        let (x, y) = (at.x.checked_sub(area.x)?, at.y.checked_sub(area.y)?);
        let links = self.links(shared, size);
        let found = links.iter().find(|link| link.holds(y.into(), x))?;
        Some(follow(&found.link, shared, now))
    }

    /// Where there are several, the one the key opens is in the light.
    pub(super) fn light_link(&self, laid: &Laid, text: Rect, buffer: &mut Buffer, shared: &Shared) {
        let top = self.top_row(laid, text.height);
        let links = links_on(laid, top..top + usize::from(text.height));
        if links.len() < 2 {
            return;
        }
        for (row, columns) in &links[self.in_light(&links)].spots {
            let spot = Rect {
                x: text.x + columns.start,
                y: text.y + *row as u16,
                width: columns.end - columns.start,
                height: 1,
            };
            buffer.set_style(spot.intersection(text), shared.theme.selection);
        }
    }
}

fn follow(link: &Link, shared: &Shared, now: &Now) -> Vec<Step> {
    match link.target() {
        Ok((scenario, chapter)) => {
            let walk = Walk::at(&scenario, chapter, shared, now);
            vec![Step::Open(Box::new(Screen::Walk(Box::new(walk))))]
        }
        Err(error) => {
            let said = shared.fill("reader.link-nowhere", &[("error", &error)]);
            vec![Step::Say(Notice::Problem(said))]
        }
    }
}
