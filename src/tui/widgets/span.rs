use ratatui::{
    style::Style,
    text::{Line, Span},
};

/// A share on a line from 0 to 1, and where it lies 95 times in 100: `  ├──●───┤      `.
pub(in crate::tui) fn share_line(
    share: f64,
    interval: Option<(f64, f64)>,
    columns: usize,
    ascii: bool,
    [value, around, ground]: [Style; 3],
) -> Line<'static> {
    let last = columns.saturating_sub(1) as f64;
    let at = |share: f64| (share.clamp(0.0, 1.0) * last).round() as usize;
    let here = at(share);
    let (low, high) = interval.map_or((here, here), |(low, high)| (at(low), at(high)));
    let [left, line, right, dot, empty] = if ascii {
        ["|", "-", "|", "o", "."]
    } else {
        ["├", "─", "┤", "●", "·"]
    };
    let spans = (0..columns).map(|x| {
        if x == here {
            Span::styled(dot, value)
        } else if x == low {
            Span::styled(left, around)
        } else if x == high {
            Span::styled(right, around)
        } else if (low..high).contains(&x) {
            Span::styled(line, around)
        } else {
            Span::styled(empty, ground)
        }
    });
    Line::from(spans.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_stands_within_its_interval() {
        let drawn = |share, interval, ascii| {
            share_line(share, interval, 11, ascii, [Style::new(); 3]).to_string()
        };
        assert_eq!(drawn(0.5, Some((0.2, 0.9)), true), "..|--o---|.");
        assert_eq!(drawn(0.5, None, false), "·····●·····");
        assert_eq!(drawn(1.0, Some((0.8, 1.0)), true), "........|-o");
    }
}
