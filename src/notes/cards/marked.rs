//! `Q:` … `A:` … and `C: a [hole]`, with ASCII, full-width and Chinese marks.

use std::ops::Range;

use super::{
    Asked, Edit, Fault, Finder, Form, Found, Paragraph, Piece, Place, cloze, comments, is_within,
    lines_in, tags, trimmed, written_id,
};

/// What the beginning of a line can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Marker {
    Question { both_ways: bool },
    Answer,
    Cloze,
}

/// A question whose end has not been reached.
pub(super) struct Open {
    start: usize,
    question: usize,
    both_ways: bool,
    /// Where the answer's mark begins and where its text does.
    answer: Option<(usize, usize)>,
    pub(super) end: usize,
    pub(super) id: Option<String>,
    comments: Vec<Edit>,
}

impl Open {
    pub(super) fn is_answered(&self) -> bool {
        self.answer.is_some()
    }
}

const BRACED: cloze::Marks = cloze::Marks {
    brackets: false,
    braces: true,
    highlights: false,
};

enum Mark {
    Marker(Marker, Range<usize>),
    Comment(Range<usize>, Option<String>),
}

impl Mark {
    fn start(&self) -> usize {
        match self {
            Mark::Marker(_, range) | Mark::Comment(range, _) => range.start,
        }
    }
}

/// The mark a line begins with, and how many bytes it takes with the blanks after it.
pub(super) fn marker(line: &str) -> Option<(Marker, usize)> {
    let mut rest = line.trim_start_matches([' ', '\t']);
    let first = rest.chars().next()?;
    let mut marker = match first {
        'Q' | 'Ｑ' | '问' => Marker::Question { both_ways: false },
        'A' | 'Ａ' | '答' => Marker::Answer,
        'C' | 'Ｃ' => Marker::Cloze,
        _ => return None,
    };
    rest = &rest[first.len_utf8()..];
    if marker != Marker::Answer
        && let Some(after) = rest
            .strip_prefix('↔')
            .or_else(|| rest.strip_prefix("<->"))
            .and_then(|after| after.strip_prefix(['A', 'Ａ', '答']))
    {
        marker = Marker::Question { both_ways: true };
        rest = after;
    }
    let colon = rest.chars().next().filter(|c| matches!(c, ':' | '：'))?;
    rest = &rest[colon.len_utf8()..];
    let joined = match (marker, rest.chars().next()) {
        (Marker::Cloze, next) => colon == ':' && next.is_some_and(|c| !c.is_whitespace()),
        (_, next) => matches!(next, Some(':' | '/' | '\\')),
    };
    if joined {
        return None;
    }
    let text = rest.trim_start();
    Some((marker, line.len() - text.len()))
}

impl Finder<'_> {
    /// Reads a paragraph's marks. False when it has none and belongs to whatever is open.
    pub(super) fn marked(
        &mut self,
        piece: &Piece,
        paragraph: &Paragraph,
        open: &mut Option<Open>,
        indent: usize,
    ) -> bool {
        let text = self.text;
        let range = trimmed(text, piece.range.clone());
        let mut marks: Vec<Mark> = lines_in(text, range.clone())
            .filter(|line| !is_within(&paragraph.opaque, line.start))
            .filter_map(|line| {
                let (marker, length) = marker(&text[line.clone()])?;
                Some(Mark::Marker(marker, line.start..line.start + length))
            })
            .collect();
        if marks.is_empty() && (open.is_none() || paragraph.comments.is_empty()) {
            return false;
        }
        for comment in &paragraph.comments {
            for comment in comments(text, comment.clone()) {
                let id = written_id(&text[comment.clone()]);
                marks.push(Mark::Comment(comment, id));
            }
        }
        marks.sort_by_key(Mark::start);
        let mut any = open.is_some();
        for at in 0..marks.len() {
            let until = |from: usize| {
                marks[at + 1..]
                    .iter()
                    .find(|mark| !matches!(mark, Mark::Comment(_, None)))
                    .map_or(range.end, Mark::start)
                    .max(from)
            };
            match &marks[at] {
                Mark::Marker(Marker::Question { both_ways }, mark) => {
                    self.close(open.take(), indent);
                    any = true;
                    *open = Some(Open {
                        start: mark.start,
                        question: mark.end,
                        both_ways: *both_ways,
                        answer: None,
                        end: until(mark.end),
                        id: None,
                        comments: Vec::new(),
                    });
                }
                Mark::Marker(Marker::Answer, mark) => match open {
                    Some(card) => {
                        card.answer.get_or_insert((mark.start, mark.end));
                        card.end = until(mark.end);
                    }
                    None => self.doubt(
                        mark.start,
                        Fault::IncompleteCard,
                        "an answer without a question",
                        "put a line that begins with `Q:` before it, or leave it as prose",
                    ),
                },
                Mark::Marker(Marker::Cloze, mark) => {
                    self.close(open.take(), indent);
                    any = true;
                    self.marked_cloze(mark.clone(), until(mark.end), paragraph, indent);
                }
                Mark::Comment(comment, id) => match (open.as_mut(), id) {
                    (Some(card), Some(id)) => {
                        card.id.get_or_insert_with(|| id.clone());
                        if card.answer.is_some() {
                            card.end = trimmed(text, card.start..comment.start).end;
                            self.close(open.take(), indent);
                            self.awaiting = None;
                        } else {
                            card.comments.push(removal(comment));
                            card.end = until(comment.end);
                        }
                    }
                    (Some(card), None) => card.comments.push(removal(comment)),
                    (None, Some(id)) => self.give_id(id.clone()),
                    (None, None) => {}
                },
            }
        }
        if let Some(card) = open {
            card.end = range.end;
        }
        any
    }

    /// Makes a card of a question whose end was reached.
    pub(super) fn close(&mut self, open: Option<Open>, indent: usize) {
        let Some(card) = open else { return };
        self.awaiting = None;
        let Some((mark, answer_start)) = card.answer else {
            return self.doubt(
                card.start,
                Fault::IncompleteCard,
                "a question without an answer",
                "put a line that begins with `A:` after it, or leave it as prose",
            );
        };
        let question = trimmed(self.text, card.question..mark);
        let answer = trimmed(self.text, answer_start.min(card.end)..card.end);
        let mut asked = self
            .render(question.clone(), &card.comments, indent)
            .trim()
            .to_owned();
        let mut answered = self
            .render(answer.clone(), &card.comments, indent)
            .trim()
            .to_owned();
        let mut found = tags::take_from_first_line(&mut asked);
        found.extend(tags::take_trailing(&mut answered));
        if asked.is_empty() || answered.is_empty() {
            return self.doubt(
                card.start,
                Fault::IncompleteCard,
                "a question or an answer is empty",
                "write both, or leave out the marks",
            );
        }
        let edits = self.shown_pair(&card, question, answer, mark);
        self.push(Found {
            form: Form::Pair {
                question: asked,
                answer: answered,
                both_ways: card.both_ways,
            },
            span: card.start..card.end,
            tags: found,
            id: card.id,
            place: Place::Text { indent },
            edits,
        });
    }

    /// In a lesson the question is bold and the answer follows it on a line of its own.
    fn shown_pair(
        &self,
        card: &Open,
        question: Range<usize>,
        answer: Range<usize>,
        mark: usize,
    ) -> Vec<Edit> {
        let insert = |at: usize, with: &str| Edit {
            range: at..at,
            with: with.to_owned(),
        };
        let asked = &self.text[question.clone()];
        let bold = !asked.contains("**") && !asked.contains('\n') && !asked.contains("<!--");
        let same_paragraph = self.text[question.end..mark].matches('\n').count() == 1;
        let mut edits = vec![Edit {
            range: card.start..question.start,
            with: if bold { "**" } else { "" }.to_owned(),
        }];
        if bold {
            edits.push(insert(question.end, "**"));
        }
        if same_paragraph {
            edits.push(insert(question.end, "\\"));
        }
        let answered = &self.text[answer.clone()];
        if !begins_a_block(answered) {
            edits.push(Edit {
                range: mark..answer.start,
                with: String::new(),
            });
        }
        // Lines must stay where they are.
        for edit in &mut edits {
            let lines = self.text[edit.range.clone()].matches('\n').count();
            edit.with.push_str(&"\n".repeat(lines));
        }
        edits
    }

    fn marked_cloze(
        &mut self,
        mark: Range<usize>,
        end: usize,
        paragraph: &Paragraph,
        indent: usize,
    ) {
        let sentence = trimmed(self.text, mark.end..end);
        let marks = cloze::Marks {
            brackets: true,
            braces: true,
            highlights: self.syntax.obsidian,
        };
        let (holes, doubts) = cloze::holes(self.text, sentence.clone(), &paragraph.opaque, marks);
        let broken = !doubts.is_empty();
        self.finds.doubts.extend(doubts);
        if holes.is_empty() {
            if !broken {
                self.doubt(
                    mark.start,
                    Fault::BrokenCloze,
                    "a cloze without a hole",
                    "put the words to recall in [brackets], or leave out `C:`",
                );
            }
            return;
        }
        let mut edits = vec![Edit {
            range: mark.start..sentence.start,
            with: "\n".repeat(self.text[mark.start..sentence.start].matches('\n').count()),
        }];
        edits.extend(cloze::shown(&holes));
        self.push_cloze(
            mark.start..sentence.end,
            sentence,
            &holes,
            paragraph,
            indent,
            edits,
        );
    }

    /// Anki's and Logseq's holes in running text. False when there are none.
    pub(super) fn braced(&mut self, piece: &Piece, paragraph: &Paragraph, indent: usize) -> bool {
        self.cloze_in(piece, paragraph, indent, BRACED)
    }

    /// Whether a paragraph is a card of Anki's or Logseq's.
    pub(super) fn is_braced(&self, piece: &Piece, paragraph: &Paragraph) -> bool {
        let range = piece.range.clone();
        self.text[range.clone()].contains("{{")
            && !cloze::holes(self.text, range, &paragraph.opaque, BRACED)
                .0
                .is_empty()
    }

    /// A paragraph that is a sentence with holes. False when it is none.
    pub(super) fn cloze_in(
        &mut self,
        piece: &Piece,
        paragraph: &Paragraph,
        indent: usize,
        marks: cloze::Marks,
    ) -> bool {
        let sentence = trimmed(self.text, piece.range.clone());
        let (holes, doubts) = cloze::holes(self.text, sentence.clone(), &paragraph.opaque, marks);
        self.finds.doubts.extend(doubts);
        if holes.is_empty() {
            return false;
        }
        let edits = cloze::shown(&holes);
        self.push_cloze(sentence.clone(), sentence, &holes, paragraph, indent, edits);
        true
    }

    fn push_cloze(
        &mut self,
        span: Range<usize>,
        sentence: Range<usize>,
        holes: &[cloze::Hole],
        paragraph: &Paragraph,
        indent: usize,
        edits: Vec<Edit>,
    ) {
        let first = paragraph
            .comments
            .partition_point(|comment| comment.start < sentence.start);
        let comments: Vec<Range<usize>> = paragraph.comments[first..]
            .iter()
            .take_while(|comment| comment.end <= sentence.end)
            .cloned()
            .collect();
        let id = comments
            .iter()
            .find_map(|comment| written_id(&self.text[comment.clone()]));
        let without: Vec<Edit> = comments.iter().map(removal).collect();
        let mut whole = self
            .render(sentence.clone(), &without, indent)
            .trim_end()
            .to_owned();
        let found = tags::take_trailing(&mut whole);
        let asked = cloze::numbers(holes)
            .into_iter()
            .map(|number| {
                let mut edits = cloze::asking(self.text, holes, number);
                edits.extend(without.iter().cloned());
                edits.sort_by_key(|edit| edit.range.start);
                let mut front = self
                    .render(sentence.clone(), &edits, indent)
                    .trim_end()
                    .to_owned();
                tags::take_trailing(&mut front);
                Asked {
                    number,
                    front,
                    back: cloze::answer(holes, number),
                }
            })
            .collect();
        self.push(Found {
            form: Form::Cloze {
                sentence: whole,
                holes: asked,
            },
            span,
            tags: found,
            id,
            place: Place::Text { indent },
            edits,
        });
    }
}

fn removal(comment: &Range<usize>) -> Edit {
    Edit {
        range: comment.clone(),
        with: String::new(),
    }
}

/// Whether text at the beginning of a line would begin a block there, or underline the line above.
fn begins_a_block(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let number = first.trim_start_matches(|c: char| c.is_ascii_digit());
    first.starts_with(['#', '>', '=', '+', '-', '|', '<'])
        || first.starts_with("* ")
        || first.starts_with("***")
        || first.starts_with("___")
        || first.starts_with("```")
        || first.starts_with("~~~")
        || (number.len() < first.len() && number.starts_with(['.', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_ascii_full_width_or_chinese() {
        let question = Marker::Question { both_ways: false };
        for line in ["Q: x", "Q：x", "Ｑ：x", "问：x", "问: x", "Q:x"] {
            assert_eq!(
                marker(line).map(|(marker, _)| marker),
                Some(question),
                "{line}"
            );
        }
        for line in ["A: x", "A：x", "答：x"] {
            assert_eq!(
                marker(line).map(|(marker, _)| marker),
                Some(Marker::Answer),
                "{line}"
            );
        }
        for line in ["Q↔A: x", "Q<->A: x", "问↔答：x"] {
            let both = Marker::Question { both_ways: true };
            assert_eq!(marker(line).map(|(marker, _)| marker), Some(both), "{line}");
        }
        assert_eq!(marker("C: a [b]"), Some((Marker::Cloze, 3)));
        assert_eq!(marker("C：a"), Some((Marker::Cloze, "C：".len())));
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "C:\\Users",
            "C:x",
            "Quick: x",
            "问题：x",
            "A::b",
            "A://b",
            "",
            "q: x",
            "**问：x**",
        ] {
            assert_eq!(marker(line), None, "{line}");
        }
    }
}
