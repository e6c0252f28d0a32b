use std::ops::Range;

use unicode_linebreak::{BreakClass, BreakOpportunity, break_property, linebreaks};

use super::{
    spacing::is_han,
    width::{Cluster, clusters},
};

/// The columns a wrapped text may fill: its first line, and the lines after it, which differ where
/// an indent hangs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Columns {
    /// The first line's.
    pub first: usize,
    /// Every other line's.
    pub rest: usize,
}

impl Columns {
    /// All lines alike.
    pub fn all(columns: usize) -> Self {
        Self {
            first: columns,
            rest: columns,
        }
    }
}

/// Breaks a text into lines by UAX #14 and gives each line's bytes: at least one line, spaces at
/// breaks left out, `\n` always a break. A Latin word that fits on a line of its own is kept whole,
/// with its hyphens and slashes (`kube-apiserver`, `/registry/pods`); only a longer one is broken
/// after them. Any other word longer than a line is broken between grapheme clusters, if possible
/// not before ，。》 nor after （《. Where a line is narrower than a cluster, the
/// cluster stands on it alone and overflows. The text must be [`safe`](super::safe()) but for its line ends.
pub fn break_lines(text: &str, columns: Columns) -> Vec<Range<usize>> {
    let mut lines = Lines {
        text,
        columns,
        found: Vec::new(),
        start: 0,
        between: None,
        within: None,
    };
    let mut breaks = linebreaks(text).peekable();
    let mut filled = 0;
    for cluster in clusters(text) {
        let bytes = &text[cluster.start..cluster.end];
        if bytes == "\n" {
            lines.end(cluster.start, cluster.end);
            filled = 0;
        } else {
            while bytes != " " && filled + cluster.width > lines.limit() {
                let Some(left) = lines.overflow(cluster, filled) else {
                    break;
                };
                filled = left;
            }
            filled += cluster.width;
        }
        while breaks.next_if(|(at, _)| *at < cluster.end).is_some() {}
        let standard = breaks.peek().is_some_and(|(at, kind)| {
            *at == cluster.end && (*kind == BreakOpportunity::Allowed || *at == text.len())
        });
        if may_break(text, cluster.end, standard) {
            lines.may_end(cluster.end, filled);
        }
    }
    if lines.start < text.len() || lines.found.is_empty() {
        lines.end(text.len(), text.len());
    }
    lines.found
}

/// The columns of the longest stretch of a text that UAX #14 would not break.
pub(super) fn longest_word(text: &str) -> usize {
    let mut longest = 0;
    let mut start = 0;
    for (at, _) in linebreaks(text) {
        if may_break(text, at, true) {
            longest = longest.max(super::width(text[start..at].trim_end()));
            start = at;
        }
    }
    longest
}

struct Lines<'a> {
    text: &'a str,
    columns: Columns,
    found: Vec<Range<usize>>,
    /// First byte of the line being filled.
    start: usize,
    /// The last place in it to break at between words.
    between: Option<Opportunity>,
    /// The last one within a Latin word, if that comes later.
    within: Option<Opportunity>,
}

/// A place to break at.
#[derive(Clone, Copy)]
struct Opportunity {
    /// The byte after it.
    at: usize,
    /// How much of the line is filled before it.
    filled: usize,
}

impl Lines<'_> {
    fn limit(&self) -> usize {
        if self.found.is_empty() {
            self.columns.first
        } else {
            self.columns.rest
        }
    }

    /// Ends the line at `end`; the next begins at `next`.
    fn end(&mut self, end: usize, next: usize) {
        let line = &self.text[self.start..end];
        self.found
            .push(self.start..self.start + line.trim_end_matches(' ').len());
        self.start = next;
        self.between = None;
        self.within = None;
    }

    /// Notes a place where the line may be ended.
    fn may_end(&mut self, at: usize, filled: usize) {
        let place = Some(Opportunity { at, filled });
        if is_within_word(self.text, at) {
            self.within = place;
        } else {
            self.between = place;
            self.within = None;
        }
    }

    /// Where to end a line that is full: between words, unless the last word is too long for a line
    /// anyhow and some of it has room here.
    fn opportunity(&self) -> Option<Opportunity> {
        let (Some(between), Some(within)) = (self.between, self.within) else {
            return self.between.or(self.within);
        };
        let here = &self.text[between.at..within.at];
        let is_long = width_of_word(&self.text[between.at..]) > self.columns.rest;
        let is_worth_it = here.contains(char::is_alphanumeric);
        Some(if is_long && is_worth_it {
            within
        } else {
            between
        })
    }

    /// Ends a line that has no room for `cluster`. Gives the columns filled on the new line, or
    /// nothing where the cluster must stay.
    fn overflow(&mut self, cluster: Cluster, filled: usize) -> Option<usize> {
        if let Some(Opportunity { at, filled: before }) = self.opportunity() {
            let within = self.within.filter(|within| within.at > at);
            self.end(at, at);
            let within = within.map(|within| Opportunity {
                filled: within.filled - before,
                ..within
            });
            // The lines after the first may be the narrower ones.
            self.within = within.filter(|within| within.filled <= self.limit());
            return Some(filled - before);
        }
        if cluster.start == self.start {
            return None;
        }
        let at = self.forced_break(cluster.start);
        let spaces = self.text[at..cluster.start].len()
            - self.text[at..cluster.start].trim_start_matches(' ').len();
        self.end(at, at + spaces);
        Some(super::width(&self.text[self.start..cluster.start]))
    }

    /// Where to break a run without opportunities: at `end` at the latest, and after one cluster at
    /// the earliest.
    fn forced_break(&self, end: usize) -> usize {
        let mut filled = 0;
        let mut last = self.start;
        let mut fair = None;
        for cluster in clusters(&self.text[self.start..end]) {
            filled += cluster.width;
            if filled > self.limit() && last > self.start {
                break;
            }
            last = self.start + cluster.end;
            if is_fair_break(self.text, last) {
                fair = Some(last);
            }
        }
        fair.unwrap_or(last)
    }
}

/// UAX #14 as the `unicode-linebreak` tables (Unicode 15) have it, with two rules of Unicode 16 and
/// the schemes of web addresses kept whole.
fn may_break(text: &str, at: usize, standard: bool) -> bool {
    let mut before = text[..at].chars().rev();
    let (Some(previous), Some(next)) = (before.next(), text[at..].chars().next()) else {
        return standard;
    };
    if standard {
        if text[..at].ends_with("://") {
            return false;
        }
        // LB20a: no break after a hyphen that begins a word (`--rm`).
        return previous != '-'
            || before
                .find(|c| *c != '-')
                .is_some_and(char::is_alphanumeric);
    }
    // A path or a hidden file (`/registry`, `.git`) begins a word; LB13 takes its mark for the end of one.
    if previous == ' ' && matches!(next, '/' | '.') {
        return text[at + 1..].starts_with(char::is_alphanumeric);
    }
    // LB19a: between Chinese characters, quotation marks open and close like brackets.
    match (previous, next) {
        (_, '“' | '‘') => {
            let inside = text[at..].chars().nth(1);
            (is_han(previous) || closes(previous)) && inside.is_some_and(is_han)
        }
        ('”' | '’', _) => is_han(next) && before.next().is_some_and(|c| is_han(c) || closes(c)),
        _ => false,
    }
}

/// Whether a place to break at stands within a Latin word, as after the hyphen of `kube-proxy`.
fn is_within_word(text: &str, at: usize) -> bool {
    text[..at].ends_with(|c: char| c.is_ascii_graphic())
        && text[at..].starts_with(|c: char| c.is_ascii_graphic())
}

/// The columns of the Latin word a text begins with, and of the marks that stay with it.
fn width_of_word(text: &str) -> usize {
    let inner = text.trim_start_matches(cannot_end_line);
    let after = inner.trim_start_matches(|c: char| c.is_ascii_graphic());
    let rest = after.trim_start_matches(cannot_begin_line);
    super::width(&text[..text.len() - rest.len()])
}

fn closes(c: char) -> bool {
    matches!(
        class(c),
        BreakClass::ClosePunctuation | BreakClass::Exclamation | BreakClass::NonStarter
    ) && !c.is_ascii()
}

/// Whether a break here leaves neither a closing mark at the start of a line nor an opening one at
/// its end.
fn is_fair_break(text: &str, at: usize) -> bool {
    !text[at..].starts_with(cannot_begin_line) && !text[..at].ends_with(cannot_end_line)
}

fn cannot_begin_line(c: char) -> bool {
    matches!(c, '”' | '’')
        || matches!(
            class(c),
            BreakClass::ClosePunctuation
                | BreakClass::CloseParenthesis
                | BreakClass::Exclamation
                | BreakClass::InfixSeparator
                | BreakClass::NonStarter
        )
}

fn cannot_end_line(c: char) -> bool {
    matches!(c, '“' | '‘') || class(c) == BreakClass::OpenPunctuation
}

fn class(c: char) -> BreakClass {
    break_property(u32::from(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::text::width;

    fn wrapped(text: &str, columns: usize) -> Vec<&str> {
        break_lines(text, Columns::all(columns))
            .into_iter()
            .map(|line| &text[line])
            .collect()
    }

    #[test]
    fn chinese_breaks_anywhere_but_before_closing_and_after_opening_marks() {
        assert_eq!(
            wrapped("容器没有开机关机。", 16),
            ["容器没有开机关", "机。"]
        );
        assert_eq!(wrapped("看《镜像》的书", 8), ["看《镜", "像》的书"]);
        assert_eq!(wrapped("我们说（容器）", 8), ["我们说", "（容器）"]);
        assert_eq!(wrapped("甲、乙、丙、丁", 6), ["甲、", "乙、", "丙、丁"]);
    }

    #[test]
    fn quotation_marks_between_chinese_stay_with_what_they_quote() {
        assert_eq!(wrapped("容器没有“开机”。", 10), ["容器没有", "“开机”。"]);
        assert_eq!(wrapped("他说“开机”关机", 10), ["他说“开机”", "关机"]);
        assert_eq!(wrapped("一二“三四”五", 8), ["一二“三", "四”五"]);
    }

    #[test]
    fn latin_breaks_at_spaces_and_drops_them() {
        assert_eq!(
            wrapped("the quick  brown fox", 9),
            ["the quick", "brown fox"]
        );
        assert_eq!(wrapped("a  ", 9), ["a"]);
        assert_eq!(wrapped("  indented", 20), ["  indented"]);
        assert_eq!(wrapped("", 9), [""]);
    }

    #[test]
    fn an_option_keeps_its_hyphens() {
        assert_eq!(wrapped("docker run --rm -d", 13), ["docker run", "--rm -d"]);
        assert_eq!(
            wrapped("use docker-compose", 12),
            ["use docker-", "compose"]
        );
    }

    #[test]
    fn a_latin_word_that_fits_on_a_line_is_kept_whole() {
        assert_eq!(
            wrapped("through kube-apiserver only", 16),
            ["through", "kube-apiserver", "only"]
        );
        assert_eq!(
            wrapped("写入 /registry/pods", 18),
            ["写入", "/registry/pods"]
        );
        assert_eq!(
            wrapped("由它（kube-apiserver）写", 20),
            ["由它", "（kube-apiserver）写"]
        );
        let key = "key /registry/pods/default/web";
        assert_eq!(wrapped(key, 26), ["key", "/registry/pods/default/web"]);
        assert_eq!(wrapped(key, 20), ["key /registry/pods/", "default/web"]);
        assert_eq!(
            wrapped(key, 12),
            ["key", "/registry/", "pods/", "default/web"]
        );
    }

    #[test]
    fn a_word_that_moves_to_a_narrower_line_is_broken_to_fit_it() {
        let text = "二一镜器 e\u{301}aaaaaaa--aaaae\u{301}0e\u{301}aaaaaaaa，";
        for line in break_lines(text, Columns { first: 19, rest: 2 }) {
            let line = &text[line];
            assert!(
                width(line) <= if line.starts_with('二') { 19 } else { 2 },
                "{line}"
            );
        }
    }

    #[test]
    fn a_long_word_is_broken_between_characters_and_marks_stay_behind_them() {
        assert_eq!(wrapped("kubernetes", 4), ["kube", "rnet", "es"]);
        assert_eq!(wrapped("aaaa，bbb", 4), ["aaa", "a，", "bbb"]);
        assert_eq!(wrapped("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3), ["👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"]);
    }

    #[test]
    fn line_ends_are_kept_and_an_indent_can_hang() {
        assert_eq!(wrapped("one\ntwo\n", 9), ["one", "two"]);
        assert_eq!(wrapped("one\n\ntwo", 9), ["one", "", "two"]);
        let text = "one two three";
        let lines = break_lines(text, Columns { first: 7, rest: 3 });
        let lines: Vec<&str> = lines.into_iter().map(|line| &text[line]).collect();
        assert_eq!(lines, ["one two", "thr", "ee"]);
    }

    fn prose() -> impl Strategy<Value = String> {
        "([a-z]{1,12}|[容器镜像一二]{1,6}|[，。》）：；！？、”]|[（《“]| {1,2}|[0-9]{1,3}|-{1,2}|/|👩\u{200d}👧|e\u{301}){0,40}"
    }

    proptest! {
        #[test]
        fn nothing_is_lost_but_spaces_at_breaks(text in prose(), first in 2usize..40, rest in 2usize..40) {
            let mut at = 0;
            for line in break_lines(&text, Columns { first, rest }) {
                prop_assert!(line.start >= at);
                prop_assert_eq!(text[at..line.start].trim_matches(' '), "");
                at = line.end;
            }
            prop_assert_eq!(text[at..].trim_matches(' '), "");
        }

        #[test]
        fn no_line_is_wider_than_it_may_be(text in prose(), first in 2usize..40, rest in 2usize..40) {
            for (index, line) in break_lines(&text, Columns { first, rest }).into_iter().enumerate() {
                let limit = if index == 0 { first } else { rest };
                prop_assert!(width(&text[line.clone()]) <= limit, "{:?}", &text[line]);
            }
        }

        /// Only where the line before could not have given up a character: it is a single one, or
        /// breaking anywhere in it would do the same wrong.
        #[test]
        fn closing_marks_begin_a_line_only_where_nothing_else_fits(text in prose(), columns in 2usize..30) {
            let lines = break_lines(&text, Columns::all(columns));
            for pair in lines.windows(2) {
                let touching = pair[0].end == pair[1].start;
                if touching && !is_fair_break(&text, pair[1].start) {
                    let before = pair[0].start;
                    for cluster in clusters(&text[pair[0].clone()]) {
                        let at = before + cluster.end;
                        prop_assert!(!is_fair_break(&text, at), "{:?} | {:?}", &text[pair[0].clone()], &text[pair[1].clone()]);
                    }
                }
            }
        }

        #[test]
        fn only_a_latin_word_too_long_for_a_line_is_broken(text in prose(), columns in 2usize..30) {
            let lines = break_lines(&text, Columns::all(columns));
            for pair in lines.windows(2) {
                let at = pair[1].start;
                if pair[0].end == at && is_within_word(&text, at) {
                    let places = linebreaks(&text).map(|(at, _)| at);
                    let places = places.filter(|at| may_break(&text, *at, true) && !is_within_word(&text, *at));
                    let places: Vec<usize> = [0].into_iter().chain(places).collect();
                    let next = places.partition_point(|place| *place < at);
                    let whole = width(text[places[next - 1]..places[next]].trim_end());
                    prop_assert!(whole > columns, "{:?} | {:?}", &text[pair[0].clone()], &text[pair[1].clone()]);
                }
            }
        }

        #[test]
        fn any_text_wraps(text in any::<String>(), columns in 0usize..9) {
            let text = super::super::safe(&text).into_owned();
            prop_assert!(!break_lines(&text, Columns::all(columns)).is_empty());
        }
    }
}
