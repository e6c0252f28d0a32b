//! An answer as the rules see it: words and Chinese characters one after the other, each with the bytes
//! it was typed as.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// A text in its normal form.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Normal {
    pub(super) tokens: Vec<Token>,
}

/// A word, a character, or a place where something ends.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Lower case, compatibility forms folded. Empty where something ends.
    pub(super) text: String,
    /// The bytes of the original, on whole characters.
    pub(super) span: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// One character of a script that is written without spaces.
    Character,
    /// A run of letters and digits.
    Word,
    /// A clause ends.
    Clause,
    /// A sentence ends.
    Sentence,
}

impl Token {
    pub(super) fn is_end(&self) -> bool {
        matches!(self.kind, TokenKind::Clause | TokenKind::Sentence)
    }
}

impl Normal {
    pub(super) fn of(text: &str) -> Normal {
        let mut reader = Reader {
            tokens: Vec::new(),
            word: None,
        };
        let mut pieces = Vec::new();
        for (start, grapheme) in text.grapheme_indices(true) {
            let span = start..start + grapheme.len();
            let lower: String = grapheme.nfkc().flat_map(char::to_lowercase).collect();
            pieces.extend(lower.nfkc().map(|c| (c, span.clone())));
        }
        for at in 0..pieces.len() {
            let near = |at: Option<usize>| at.and_then(|at| pieces.get(at)).map(|piece| piece.0);
            let (c, span) = &pieces[at];
            reader.read(near(at.checked_sub(1)), *c, near(Some(at + 1)), span);
        }
        reader.close_word();
        Normal {
            tokens: reader.tokens,
        }
    }

    /// The normal form as a text; its normal form is the same again.
    #[cfg(test)]
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut after_word = false;
        for token in &self.tokens {
            match token.kind {
                TokenKind::Clause => text.push_str(", "),
                TokenKind::Sentence => text.push_str(". "),
                TokenKind::Word if after_word => {
                    text.push(' ');
                    text.push_str(&token.text);
                }
                _ => text.push_str(&token.text),
            }
            after_word = token.kind == TokenKind::Word;
        }
        text
    }
}

struct Reader {
    tokens: Vec<Token>,
    /// The word that is being read.
    word: Option<(String, Range<usize>)>,
}

impl Reader {
    fn read(&mut self, before: Option<char>, c: char, after: Option<char>, span: &Range<usize>) {
        let is_inner = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let inside = is_inner(before) && is_inner(after);
        match c {
            _ if is_character(c) => {
                self.close_word();
                self.tokens.push(Token {
                    kind: TokenKind::Character,
                    text: c.to_string(),
                    span: span.clone(),
                });
            }
            _ if c.is_alphanumeric() => match &mut self.word {
                Some((word, whole)) => {
                    word.push(c);
                    whole.end = span.end;
                }
                None => self.word = Some((c.to_string(), span.clone())),
            },
            // An apostrophe stays in its word, for now: `n't` and `'s` are told by it.
            '\'' | '’' if self.word.is_some() && after.is_some_and(char::is_alphanumeric) => {
                if let Some((word, whole)) = &mut self.word {
                    word.push('\'');
                    whole.end = span.end;
                }
            }
            ',' | ':' | '.' if inside => self.close_word(),
            ',' | ';' | ':' | '(' | ')' | '—' | '–' => self.end(TokenKind::Clause, span),
            '-' if before == Some(' ') && after == Some(' ') => self.end(TokenKind::Clause, span),
            '。' | '.' | '!' | '?' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                self.end(TokenKind::Sentence, span);
            }
            // Marks without a form of their own belong to the letter before them.
            _ if unicode_normalization::char::is_combining_mark(c) => {}
            _ => self.close_word(),
        }
    }

    fn close_word(&mut self) {
        let Some((word, span)) = self.word.take() else {
            return;
        };
        let word = word.strip_suffix("'s").unwrap_or(&word);
        self.tokens.push(Token {
            kind: TokenKind::Word,
            text: word.replace('\'', ""),
            span,
        });
    }

    fn end(&mut self, kind: TokenKind, span: &Range<usize>) {
        self.close_word();
        match self.tokens.last_mut() {
            Some(last) if last.is_end() => {
                last.span.end = span.end;
                if kind == TokenKind::Sentence {
                    last.kind = kind;
                }
            }
            _ => self.tokens.push(Token {
                kind,
                text: String::new(),
                span: span.clone(),
            }),
        }
    }
}

/// Whether words of this character's script are written without spaces between them.
pub(super) fn is_character(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
