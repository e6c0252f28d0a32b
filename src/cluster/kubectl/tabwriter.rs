use std::cmp::max;

/// Aligns text in columns as Go's `text/tabwriter` does: cells end with a tab, and a column is as wide as
/// its widest cell among the lines that follow each other and have that column.
#[derive(Clone, Debug)]
pub(super) struct TabWriter {
    /// A column is at least so wide.
    min_width: usize,
    /// So many blanks follow a column's widest cell.
    padding: usize,
    /// kubectl's own writer keeps the widths of what it wrote before, so that the lines a watch brings
    /// stand under those before them (`cli-runtime/pkg/printers/tabwriter.go`).
    remembered: Option<Vec<usize>>,
}

impl TabWriter {
    /// As kubectl's tables are written.
    pub(super) fn of_table() -> TabWriter {
        TabWriter {
            min_width: 6,
            padding: 3,
            remembered: Some(Vec::new()),
        }
    }

    /// As `kubectl describe` writes (`kubectl/pkg/describe/describe.go`, tabbedString).
    pub(super) fn of_description() -> TabWriter {
        TabWriter {
            min_width: 0,
            padding: 2,
            remembered: None,
        }
    }

    /// Aligns the lines of a text whose cells end with tabs.
    pub(super) fn align(&mut self, text: &str) -> String {
        let lines: Vec<Vec<&str>> = text
            .strip_suffix('\n')
            .unwrap_or(text)
            .split('\n')
            .map(|line| line.split('\t').collect())
            .collect();
        let mut out = String::new();
        if !text.is_empty() {
            self.block(&lines, &mut Vec::new(), &mut out);
        }
        out
    }

    fn block(&mut self, lines: &[Vec<&str>], widths: &mut Vec<usize>, out: &mut String) {
        let column = widths.len();
        let mut rest = lines;
        while !rest.is_empty() {
            let has_column = |line: &Vec<&str>| line.len() > column + 1;
            let without = rest.iter().take_while(|line| !has_column(line)).count();
            let (plain, more) = rest.split_at(without);
            for line in plain {
                write_line(line, widths, out);
            }
            let with = more.iter().take_while(|line| has_column(line)).count();
            let (block, more) = more.split_at(with);
            rest = more;
            if block.is_empty() {
                continue;
            }
            let widest = block.iter().filter_map(|line| line.get(column));
            let widest = widest.map(|cell| cell.chars().count()).max().unwrap_or(0);
            let mut width = max(self.min_width, widest + self.padding);
            if self.remembered.is_none() && widest == 0 && self.min_width == 0 {
                width = self.padding;
            }
            if let Some(remembered) = &mut self.remembered {
                if remembered.len() <= column {
                    remembered.resize(column + 1, 0);
                }
                if let Some(before) = remembered.get_mut(column) {
                    width = max(width, *before);
                    *before = width;
                }
            }
            widths.push(width);
            self.block(block, widths, out);
            widths.pop();
        }
    }
}

fn write_line(cells: &[&str], widths: &[usize], out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        out.push_str(cell);
        if let (Some(width), true) = (widths.get(at), at + 1 < cells.len()) {
            let blanks = width.saturating_sub(cell.chars().count());
            out.extend(std::iter::repeat_n(' ', blanks));
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts of Go's `text/tabwriter`.
    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = TabWriter::of_table();
        assert_eq!(
            table.align("NAME\tREADY\tAGE\nweb-x7k2p\t1/1\t12s\n"),
            "NAME        READY   AGE\nweb-x7k2p   1/1     12s\n"
        );
        // What a watch brings later stands under the same columns.
        assert_eq!(table.align("a\t0/1\t3s\n"), "a           0/1     3s\n");
        let mut description = TabWriter::of_description();
        assert_eq!(
            description.align("Name:\tweb\nNode:\t<none>\nEvents:\n  Type\tReason\n"),
            "Name:  web\nNode:  <none>\nEvents:\n  Type  Reason\n"
        );
    }
}
