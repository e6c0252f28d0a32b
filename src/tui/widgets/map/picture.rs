use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Map, layout::Layout, wires::Wires};
use crate::{
    cluster::trace::Actor,
    tui::text::{truncate, width},
};

/// All that is to be drawn, and who is drawn where.
pub(super) struct Picture {
    pub(super) layout: Layout,
    pub(super) wires: Wires,
    pub(super) items: Vec<Item>,
    /// Boxes and lines, the outer before the inner.
    pub(super) places: Vec<(Rect, Actor)>,
}

/// A piece of a text.
pub(super) type Part = (Cow<'static, str>, Style);

/// A text on one line, over the wires.
pub(super) struct Item {
    pub(super) at: (u16, u16),
    /// What does not fit in so many columns is cut off.
    pub(super) room: u16,
    pub(super) parts: Vec<Part>,
}

impl Picture {
    pub(super) fn write(&mut self, at: (u16, u16), room: u16, parts: Vec<Part>) {
        self.items.push(Item { at, room, parts });
    }

    pub(super) fn place(&mut self, rect: Rect, actor: &Actor) {
        self.places.push((rect, actor.clone()));
    }

    /// The innermost that covers this cell.
    pub(super) fn at(&self, x: u16, y: u16) -> Option<&Actor> {
        let mut places = self.places.iter().rev();
        places
            .find(|(rect, _)| rect.contains((x, y).into()))
            .map(|(_, actor)| actor)
    }

    pub(super) fn draw(&self, buffer: &mut Buffer, map: &Map<'_>) {
        let ascii = map.signs.ascii;
        self.wires.draw(buffer, ascii, |tone| map.border(tone));
        let ending = if ascii { "~" } else { "…" };
        for item in &self.items {
            item.draw(buffer, ending);
        }
        map.draw_flight(self, buffer);
    }
}

impl Item {
    fn draw(&self, buffer: &mut Buffer, ending: &str) {
        let (mut x, y) = self.at;
        if y >= buffer.area.bottom() || y < buffer.area.top() {
            return;
        }
        let end = (x.saturating_add(self.room)).min(buffer.area.right());
        let last = self.parts.len().saturating_sub(1);
        for (at, (text, style)) in self.parts.iter().enumerate() {
            let room = usize::from(end.saturating_sub(x));
            // A part that is followed by another may not take the very last column: the cut must show.
            let fits = width(text) <= room && (at == last || width(text) < room);
            let shown = match fits {
                true => Cow::Borrowed(&**text),
                false => truncate(text, room, ending),
            };
            (x, _) = buffer.set_stringn(x, y, &shown, room, *style);
            if !fits {
                return;
            }
        }
    }
}

/// The columns these parts take.
pub(super) fn columns(parts: &[Part]) -> u16 {
    let columns: usize = parts.iter().map(|(text, _)| width(text)).sum();
    u16::try_from(columns).unwrap_or(u16::MAX)
}
