//! The cards that plain notes imply: a term and what is said of it, and questions fenced together.

use std::ops::Range;

use super::{
    super::markdown::escaped, Code, Finder, Form, Found, InItem, Paragraph, Piece, PieceKind,
    Place, lines_in, marked, tags, trimmed, written_id,
};

/// A term and its meaning, not yet made a card.
pub(super) struct Term {
    /// From the paragraph's first byte to the meaning's last.
    span: Range<usize>,
    term: Range<usize>,
    meaning: Range<usize>,
    /// What stands beside the term on its line: tags, or a comment with the id.
    beside: Range<usize>,
    /// The piece after the last one used.
    next: usize,
}

/// Terms are names and short questions; what is longer, or ends like a sentence, is prose.
const LONGEST_TERM: usize = 80;

impl Finder<'_> {
    /// The term that the piece at `at` begins with, if it does.
    pub(super) fn term(&self, pieces: &[Piece], at: usize, item: Option<InItem>) -> Option<Term> {
        if !self.syntax.plain {
            return None;
        }
        let piece = &pieces[at];
        let PieceKind::Paragraph(paragraph) = &piece.kind else {
            return None;
        };
        let range = trimmed(self.text, piece.range.clone());
        let line = lines_in(self.text, range.clone()).next()?;
        let rest = trimmed(self.text, line.end..range.end);
        if let Some((term, beside)) = self.strong_line(paragraph, &line) {
            let (meaning, next) = if rest.is_empty() {
                (self.meaning_after(pieces, at)?, at + 2)
            } else {
                (rest, at + 1)
            };
            return Some(Term {
                span: range.start..meaning.end,
                term,
                meaning,
                beside,
                next,
            });
        }
        let in_item = item.is_some_and(|item| at == 0 && !item.task);
        let term = trimmed(self.text, line.start..line.end);
        let term = term.start..term.start + self.text[term].trim_end_matches('\\').len();
        (in_item && paragraph.hard_first_line && !rest.is_empty() && self.names(term.clone())).then(
            || Term {
                span: range.start..rest.end,
                beside: term.end..term.end,
                term,
                meaning: rest,
                next: at + 1,
            },
        )
    }

    /// The words of a line that is strong and nothing else, and what stands beside them.
    fn strong_line(
        &self,
        paragraph: &Paragraph,
        line: &Range<usize>,
    ) -> Option<(Range<usize>, Range<usize>)> {
        let strong = paragraph.strong.clone()?;
        if strong.start != line.start || strong.end > line.end {
            return None;
        }
        let beside = trimmed(self.text, strong.end..line.end);
        let text = self.text[beside.clone()].trim_end_matches('\\').trim_end();
        let alone = text.is_empty() || tags::only(text).is_some() || written_id(text).is_some();
        let words = trimmed(self.text, strong.start + 2..strong.end - 2);
        (alone && !words.is_empty()).then_some((words, beside.start..beside.start + text.len()))
    }

    /// The paragraph or fence right after the piece at `at`, if it says what that means.
    fn meaning_after(&self, pieces: &[Piece], at: usize) -> Option<Range<usize>> {
        let next = pieces.get(at + 1)?;
        let range = trimmed(self.text, next.range.clone());
        match &next.kind {
            PieceKind::Code(Code {
                fenced: true, bare, ..
            }) => {
                let questions = bare
                    .as_deref()
                    .is_some_and(|content| !question_blocks(content).is_empty());
                (!questions).then_some(range)
            }
            PieceKind::Paragraph(paragraph) => {
                let line = lines_in(self.text, range.clone()).next()?;
                let another = self.strong_line(paragraph, &line).is_some()
                    || marked::marker(&self.text[line]).is_some();
                (!another).then_some(range)
            }
            _ => None,
        }
    }

    fn names(&self, term: Range<usize>) -> bool {
        let term = &self.text[term];
        !term.is_empty()
            && term.chars().count() <= LONGEST_TERM
            && !term.ends_with(['。', '，', '；', '、', '.', ',', ';'])
    }

    pub(super) fn take_term(&mut self, term: Term, indent: usize) -> usize {
        let beside = &self.text[term.beside.clone()];
        let id = written_id(beside);
        let mut found = tags::only(beside).unwrap_or_default();
        let words = self.render(term.term, &[], indent);
        let mut meaning = self.render(term.meaning.clone(), &[], indent);
        let mut end = term.span.end;
        let mut trailing = None;
        if let Some(at) = meaning.rfind("<!--")
            && let Some(written) = written_id(meaning[at..].trim_end())
        {
            let at_source = self.text[term.meaning.clone()].rfind("<!--").unwrap_or(0);
            meaning.truncate(at);
            meaning.truncate(meaning.trim_end().len());
            end = term.meaning.start + at_source;
            trailing = Some(written);
        }
        found.extend(tags::take_trailing(&mut meaning));
        self.push(Found {
            form: Form::Term {
                term: words,
                meaning,
            },
            span: term.span.start..trimmed(self.text, term.span.start..end).end,
            tags: found,
            id: id.or(trailing),
            place: Place::Plain { indent },
            edits: Vec::new(),
        });
        term.next
    }

    /// Questions that stand together in a fence without an info string.
    pub(super) fn question_blocks(&mut self, piece: &Piece, code: &Code) {
        let Some(content) = code.bare.as_deref().filter(|_| self.syntax.plain) else {
            return;
        };
        // The content begins on the line after the fence.
        let mut lines = lines_in(self.text, piece.range.clone()).skip(1).enumerate();
        for (offset, block) in question_blocks(content) {
            let (Some((question, answer)), Some((_, line))) = (
                block.split_once('\n'),
                lines.find(|(line, _)| *line == offset),
            ) else {
                continue;
            };
            self.push(Found {
                form: Form::Pair {
                    question: escaped(question).into_owned(),
                    answer: fenced(answer),
                    both_ways: false,
                },
                span: line.start..line.start,
                tags: Vec::new(),
                id: None,
                place: Place::Fence,
                edits: Vec::new(),
            });
        }
    }
}

/// The blocks of two or more lines in a fence's content, each with the number of lines before it,
/// if there are two or more and most of them begin with a question; none otherwise.
fn question_blocks(content: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (at, line) in content.lines().enumerate() {
        let line = line.trim_end();
        if line.trim().is_empty() {
            open = false;
            continue;
        }
        match blocks.last_mut() {
            Some((_, block)) if open => {
                block.push('\n');
                block.push_str(line);
            }
            _ => blocks.push((at, line.to_owned())),
        }
        open = true;
    }
    blocks.retain(|(_, block)| block.contains('\n'));
    let asks = |block: &str| {
        let first = block.lines().next().unwrap_or_default();
        first.trim_end().ends_with(['?', '？'])
    };
    let questions = blocks.iter().filter(|(_, block)| asks(block)).count();
    if blocks.len() < 2 || questions * 2 <= blocks.len() {
        blocks.clear();
    }
    blocks
}

/// Lines kept as they are, as Markdown.
fn fenced(lines: &str) -> String {
    let longest = lines
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{lines}\n{fence}")
}
