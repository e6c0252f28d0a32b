use std::ops::Range;

use super::{Doubt, Edit, Fault, part_at};

/// After so many broken holes a sentence is something else, and looking on would take long.
const MANY: usize = 8;

/// Which marks make a hole.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    /// `[x]`
    pub(super) brackets: bool,
    /// `{{c1::x::hint}}` and `{{cloze x}}`
    pub(super) braces: bool,
    /// `==x==`
    pub(super) highlights: bool,
}

/// Words to recall and the marks around them.
#[derive(Debug)]
pub(super) struct Hole {
    range: Range<usize>,
    text: String,
    hint: Option<String>,
    number: u32,
}

/// The holes of a sentence, in order. Marks within code, links and other HTML make none.
pub(super) fn holes(
    text: &str,
    sentence: Range<usize>,
    opaque: &[Range<usize>],
    marks: Marks,
) -> (Vec<Hole>, Vec<Doubt>) {
    let mut scanner = Scanner {
        text,
        end: sentence.end,
        opaque,
        at: sentence.start,
    };
    let mut holes: Vec<Hole> = Vec::new();
    let mut doubts = Vec::new();
    while let Some(at) = scanner.next() {
        let rest = &text[at..sentence.end];
        let found = if marks.braces && rest.starts_with("{{") {
            scanner.braces(at)
        } else if marks.brackets && rest.starts_with('[') {
            scanner.brackets(at)
        } else if marks.highlights && rest.starts_with("==") {
            scanner.highlight(at)
        } else {
            continue;
        };
        match found {
            Ok(Some(mut hole)) => {
                scanner.at = hole.range.end;
                if hole.number == 0 {
                    hole.number = holes.iter().map(|hole| hole.number).max().unwrap_or(0) + 1;
                }
                holes.push(hole);
            }
            Ok(None) => {}
            Err(doubt) => {
                scanner.at = doubt.at + 1;
                doubts.push(doubt);
                if doubts.len() == MANY {
                    break;
                }
            }
        }
    }
    (holes, doubts)
}

/// The numbers of the cards these holes make, in order: holes of one number are one card.
pub(super) fn numbers(holes: &[Hole]) -> Vec<u32> {
    let mut numbers: Vec<u32> = holes.iter().map(|hole| hole.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The edits that make the sentence a question about the holes of this number.
pub(super) fn asking(text: &str, holes: &[Hole], number: u32) -> Vec<Edit> {
    let asked = |hole: &Hole| {
        let hint = hole.hint.as_deref().unwrap_or("…");
        // `[…]: x` at the beginning of a line would define a link.
        if text[hole.range.end..].starts_with(':') {
            format!("\\[{hint}\\]")
        } else {
            format!("[{hint}]")
        }
    };
    holes
        .iter()
        .map(|hole| Edit {
            range: hole.range.clone(),
            with: if hole.number == number {
                asked(hole)
            } else {
                hole.text.clone()
            },
        })
        .collect()
}

/// The words of the holes of this number, each on a line of its own.
pub(super) fn answer(holes: &[Hole], number: u32) -> String {
    let words: Vec<&str> = holes
        .iter()
        .filter(|hole| hole.number == number)
        .map(|hole| hole.text.as_str())
        .collect();
    words.join("\\\n")
}

/// The edits that show the sentence whole.
pub(super) fn shown(holes: &[Hole]) -> Vec<Edit> {
    holes
        .iter()
        .map(|hole| Edit {
            range: hole.range.clone(),
            with: hole.text.clone(),
        })
        .collect()
}

struct Scanner<'a> {
    text: &'a str,
    end: usize,
    opaque: &'a [Range<usize>],
    at: usize,
}

impl Scanner<'_> {
    /// The next byte that may open or close a hole: not escaped, and not within anything opaque.
    fn next(&mut self) -> Option<usize> {
        loop {
            let at = self.skip(self.at)?;
            let c = self.text[at..self.end].chars().next()?;
            self.at = at + c.len_utf8();
            if c != '\\' {
                return Some(at);
            }
            self.at += self.text[self.at..self.end].chars().next()?.len_utf8();
        }
    }

    fn skip(&self, mut at: usize) -> Option<usize> {
        while let Some(part) = part_at(self.opaque, at) {
            at = part.end;
        }
        (at < self.end).then_some(at)
    }

    fn brackets(&self, start: usize) -> Result<Option<Hole>, Doubt> {
        let mut inner = Scanner {
            at: start + 1,
            ..*self
        };
        let mut depth = 1;
        while let Some(at) = inner.next() {
            match self.text.as_bytes()[at] {
                b'[' => depth += 1,
                b']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let words = self.text[start + 1..at].trim();
                if words.is_empty() {
                    return Err(empty(start));
                }
                return Ok(Some(Hole {
                    range: start..at + 1,
                    text: words.to_owned(),
                    hint: None,
                    number: 0,
                }));
            }
        }
        Err(unclosed(start))
    }

    fn highlight(&self, start: usize) -> Result<Option<Hole>, Doubt> {
        let from = start + 2;
        let Some(length) = self.text[from..self.end].find("==") else {
            return Ok(None);
        };
        let words = &self.text[from..from + length];
        if words.trim() != words || words.is_empty() {
            return Ok(None);
        }
        Ok(Some(Hole {
            range: start..from + length + 2,
            text: words.to_owned(),
            hint: None,
            number: 0,
        }))
    }

    /// Anki's or Logseq's; other text in double braces, as in templates, is none.
    fn braces(&self, start: usize) -> Result<Option<Hole>, Doubt> {
        let rest = &self.text[start + 2..self.end];
        let (number, words) = if let Some(words) = rest.strip_prefix("cloze ") {
            (0, words)
        } else {
            let Some((number, words)) = anki_number(rest) else {
                return Ok(None);
            };
            (number, words)
        };
        let from = self.end - words.len();
        let Some(length) = closing(words) else {
            return Err(unclosed(start));
        };
        let inner = &self.text[from..from + length];
        if inner.contains("{{c") {
            return Err(Doubt {
                at: start,
                code: Fault::BrokenCloze,
                message: "a hole within a hole",
                help: "write the sentence twice, once for each",
            });
        }
        let (words, hint) = match inner.split_once("::") {
            Some((words, hint)) if number > 0 => (words.trim(), Some(hint.trim())),
            _ => (inner.trim(), None),
        };
        if words.is_empty() {
            return Err(empty(start));
        }
        Ok(Some(Hole {
            range: start..from + length + 2,
            text: words.to_owned(),
            hint: hint.filter(|hint| !hint.is_empty()).map(str::to_owned),
            number,
        }))
    }
}

/// `c12::words…` as 12 and the words.
fn anki_number(text: &str) -> Option<(u32, &str)> {
    let rest = text.strip_prefix('c')?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = rest[..digits].parse().ok().filter(|number| *number > 0)?;
    Some((number, rest[digits..].strip_prefix("::")?))
}

/// Where the braces around this text close.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("{{") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("}}") {
            if depth == 0 {
                // `{{c1::{x}}}` closes with its last two.
                let extra = usize::from(rest.starts_with("}}}") && text[..at].contains('{'));
                return Some(at + extra);
            }
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

fn empty(at: usize) -> Doubt {
    Doubt {
        at,
        code: Fault::BrokenCloze,
        message: "an empty hole",
        help: "write the words to recall between its marks",
    }
}

fn unclosed(at: usize) -> Doubt {
    Doubt {
        at,
        code: Fault::BrokenCloze,
        message: "a hole that is never closed",
        help: "close it in the same paragraph, or write `\\[` for a bracket that is text",
    }
}
