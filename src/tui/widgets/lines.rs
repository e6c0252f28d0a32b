use ratatui::{
    buffer::{Buffer, CellWidth},
    text::{Line, Span},
};

/// What was drawn as lines of text, to be scrolled and set beside others.
pub(in crate::tui) fn lines_of(buffer: &Buffer) -> Vec<Line<'static>> {
    let area = buffer.area;
    (area.y..area.bottom())
        .map(|y| {
            let mut spans: Vec<Span<'static>> = Vec::new();
            let mut covered = 0;
            for x in area.x..area.right() {
                let cell = &buffer[(x, y)];
                if covered > 0 {
                    covered -= 1;
                    continue;
                }
                covered = cell.cell_width().saturating_sub(1);
                match spans.last_mut() {
                    Some(last) if last.style == cell.style() => {
                        last.content.to_mut().push_str(cell.symbol());
                    }
                    _ => spans.push(Span::styled(cell.symbol().to_owned(), cell.style())),
                }
            }
            Line::from(spans)
        })
        .collect()
}
