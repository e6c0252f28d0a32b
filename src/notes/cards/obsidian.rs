//! The syntax of Obsidian's Spaced Repetition plugin, for files that ask for it: `front::back`,
//! `front:::back`, lines of `?` or `??`, `==cloze==`.

use std::ops::Range;

use super::{
    Edit, Finder, Form, Found, Paragraph, Piece, Place, cloze, lines_in, part_at, tags, trimmed,
};

impl Finder<'_> {
    /// Looks for Obsidian's cards in a paragraph. Returns the piece to go on with.
    pub(super) fn obsidian(
        &mut self,
        pieces: &[Piece],
        at: usize,
        paragraph: &Paragraph,
        indent: usize,
    ) -> usize {
        let range = trimmed(self.text, pieces[at].range.clone());
        let lines: Vec<Range<usize>> = lines_in(self.text, range.clone()).collect();
        let parted = lines
            .iter()
            .position(|line| matches!(self.text[line.clone()].trim(), "?" | "??"));
        if let Some(mark) = parted
            && mark > 0
        {
            return self.parted(pieces, at, range, lines[mark].clone(), indent);
        }
        let mut any = false;
        for line in &lines {
            any |= self.one_line(trimmed(self.text, line.clone()), paragraph, indent);
        }
        if !any {
            let marks = cloze::Marks {
                brackets: false,
                braces: false,
                highlights: true,
            };
            self.cloze_in(&pieces[at], paragraph, indent, marks);
        }
        at + 1
    }

    /// `front::back`.
    fn one_line(&mut self, line: Range<usize>, paragraph: &Paragraph, indent: usize) -> bool {
        let text = &self.text[line.clone()];
        let Some(mark) = text
            .match_indices("::")
            .map(|(at, _)| at + line.start)
            .find(|at| part_at(&paragraph.opaque, *at).is_none())
        else {
            return false;
        };
        let both_ways = self.text[mark..line.end].starts_with(":::");
        let mark = mark..mark + if both_ways { 3 } else { 2 };
        self.pair(
            line.start..mark.start,
            mark,
            line.end,
            both_ways,
            "**: ",
            indent,
        )
    }

    /// Lines above and below a line of `?`. A list or fence right below belongs to the answer.
    fn parted(
        &mut self,
        pieces: &[Piece],
        at: usize,
        range: Range<usize>,
        mark: Range<usize>,
        indent: usize,
    ) -> usize {
        let mut end = range.end;
        let mut next = at + 1;
        if let Some(piece) = pieces.get(next)
            && self.text[range.end..piece.range.start]
                .matches('\n')
                .count()
                == 1
            && trimmed(self.text, mark.end..range.end).is_empty()
        {
            end = trimmed(self.text, piece.range.clone()).end;
            next += 1;
        }
        let both_ways = self.text[mark.clone()].trim() == "??";
        self.pair(range.start..mark.start, mark, end, both_ways, "**", indent);
        next
    }

    fn pair(
        &mut self,
        front: Range<usize>,
        mark: Range<usize>,
        end: usize,
        both_ways: bool,
        shown: &str,
        indent: usize,
    ) -> bool {
        let question = trimmed(self.text, front);
        let answer = trimmed(self.text, mark.end..end);
        let comment = self.text[answer.clone()]
            .rfind("<!--")
            .map(|at| at + answer.start)
            .and_then(|at| super::comments(self.text, at..answer.end).next());
        let answer_end = comment.as_ref().map_or(answer.end, |comment| comment.start);
        let back = trimmed(self.text, answer.start..answer_end);
        let mut asked = self.render(question.clone(), &[], indent);
        let mut answered = self.render(back, &[], indent);
        let mut found = tags::take_from_first_line(&mut asked);
        found.extend(tags::take_trailing(&mut answered));
        if asked.is_empty() || answered.is_empty() {
            return false;
        }
        let bold = !asked.contains("**") && !asked.contains('\n');
        let edit = |range: Range<usize>, with: &str| Edit {
            range,
            with: with.to_owned(),
        };
        let edits = if bold {
            vec![
                edit(question.start..question.start, "**"),
                edit(
                    question.end..question.end,
                    if mark.start == question.end { "" } else { "**" },
                ),
                edit(
                    mark.clone(),
                    if mark.start == question.end {
                        shown
                    } else {
                        shown.trim_start_matches('*')
                    },
                ),
            ]
        } else {
            vec![edit(mark.clone(), shown.trim_start_matches('*'))]
        };
        self.push(Found {
            form: Form::Pair {
                question: asked,
                answer: answered,
                both_ways,
            },
            span: question.start..answer_end,
            tags: found,
            id: None,
            place: Place::Text { indent },
            edits,
        });
        if let Some(comment) = comment
            && let Some(id) = super::written_id(&self.text[comment.clone()])
        {
            self.give_id(id);
        }
        true
    }
}
