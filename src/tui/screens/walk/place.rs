use ratatui::layout::Rect;

/// The narrowest terminal with the text beside the map.
const BESIDE_FROM: u16 = 100;
/// The lowest body with the text under the map.
const UNDER_FROM: u16 = 20;
/// Lines the text has under the map.
const LEAST_TEXT: u16 = 7;
const MOST_TEXT: u16 = 14;
/// Columns in which a table can be read, and the least of a map beside it.
const TABLE: u16 = 70;
const LEAST_BESIDE: u16 = 40;
/// Lines of the map that a text never covers.
const LEAST_MAP: u16 = 4;

/// Where the parts of a walkthrough stand.
pub(super) struct Placed {
    /// All between the first line and the timeline.
    pub(super) whole: Rect,
    map: Rect,
    text: Rect,
    pub(super) timeline: Rect,
    /// Whether only the map or the text has room.
    pub(super) is_single: bool,
    /// Whether the text stands beside the map.
    pub(super) is_beside: bool,
}

impl Placed {
    pub(super) fn new(body: Rect) -> Placed {
        let inner = Rect {
            x: body.x + 1,
            width: body.width.saturating_sub(2),
            ..body
        };
        let timeline = Rect {
            y: inner.bottom().saturating_sub(2).max(inner.y),
            height: inner.height.min(1),
            ..inner
        };
        let whole = Rect {
            height: inner.height.saturating_sub(2),
            ..inner
        };
        let mut placed = Placed {
            whole,
            map: whole,
            text: whole,
            timeline,
            is_single: false,
            is_beside: false,
        };
        if body.width >= BESIDE_FROM {
            let text = (body.width * 3 / 10).clamp(34, 56);
            placed.is_beside = true;
            placed.map.width = whole.width - text - 2;
            placed.map.height = whole.height.saturating_sub(1);
            placed.text = Rect {
                x: placed.map.right() + 2,
                y: whole.y + 1,
                width: text,
                height: whole.height.saturating_sub(2),
            };
        } else if body.height >= UNDER_FROM {
            let text = (whole.height * 7 / 20).clamp(LEAST_TEXT, MOST_TEXT);
            placed.map.height = whole.height - text;
            placed.text = Rect {
                y: placed.map.bottom() + 1,
                height: text.saturating_sub(1),
                ..whole
            };
        } else {
            placed.is_single = true;
            placed.text = Rect {
                height: whole.height.saturating_sub(1),
                ..whole
            };
            placed.map.height = whole.height.saturating_sub(1);
        }
        placed
    }

    /// Where the map is drawn, if it is.
    pub(super) fn map(&self, text_first: bool) -> Option<Rect> {
        (!self.is_single || !text_first).then_some(self.map)
    }

    /// Where the text is drawn, if it is.
    pub(super) fn text(&self, text_first: bool) -> Option<Rect> {
        (!self.is_single || text_first).then_some(self.text)
    }

    /// Where a text of so many lines is drawn that is to be read now: under the map it may cover the
    /// lower part of it.
    pub(super) fn sheet(&self, lines: usize) -> Rect {
        if self.is_beside || self.is_single {
            return self.text;
        }
        let missing = u16::try_from(lines).unwrap_or(u16::MAX);
        let missing = missing.saturating_sub(self.text.height);
        let grown = missing.min(self.map.height.saturating_sub(LEAST_MAP));
        Rect {
            y: self.text.y - grown,
            height: self.text.height + grown,
            ..self.text
        }
    }

    /// Where a component is looked into, and where the map is drawn beside it; a table wants more room than
    /// a text, so that the map gives way.
    pub(super) fn inspector(&self) -> (Rect, Option<Rect>) {
        let width = self.text.width.max(TABLE);
        if !self.is_beside || self.whole.width < width + LEAST_BESIDE {
            return (self.whole, None);
        }
        let map = Rect {
            width: self.whole.width - width - 2,
            ..self.map
        };
        let inspector = Rect {
            x: map.right() + 2,
            width,
            ..self.text
        };
        (inspector, Some(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_body_at_any_size() {
        for width in 0..220 {
            for height in 0..80 {
                let body = Rect::new(0, 1, width, height);
                let placed = Placed::new(body);
                for part in [placed.whole, placed.map, placed.text, placed.timeline] {
                    assert!(part.right() <= width.max(1), "{width}x{height}: {part:?}");
                    assert!(
                        part.bottom() <= body.bottom() || part.height == 0,
                        "{width}x{height}: {part:?}"
                    );
                }
            }
        }
    }
}
