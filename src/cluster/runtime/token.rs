/// A script in pieces: words, and the signs between commands.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    Word(String),
    /// `;` or the end of a line.
    Then,
    And,
    Or,
    /// `|`: what follows only sees the output.
    Pipe,
    /// `&`.
    Behind,
}

/// Where a script is read.
pub(super) struct Tokens<'a> {
    all: &'a [Token],
    pub(super) at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(all: &'a [Token]) -> Tokens<'a> {
        Tokens { all, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.all.get(self.at)
    }

    pub(super) fn peek_word(&self) -> Option<&'a str> {
        match self.peek() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn skip_separators(&mut self) {
        while matches!(self.peek(), Some(Token::Then)) {
            self.at += 1;
        }
    }
}

/// Takes a script apart.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    let end = |word: &mut Option<String>, found: &mut Vec<Token>| {
        found.extend(word.take().map(Token::Word));
    };
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().take_while(|c| *c != '\''));
            }
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => word.extend(chars.next()),
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            '$' if chars.peek() == Some(&'(') => {
                let word = word.get_or_insert_default();
                word.push('$');
                let mut depth = 0;
                for c in chars.by_ref() {
                    word.push(c);
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    if depth == 0 {
                        break;
                    }
                }
            }
            '#' if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            ';' | '\n' => {
                end(&mut word, &mut found);
                found.push(Token::Then);
            }
            '&' => {
                end(&mut word, &mut found);
                if chars.next_if_eq(&'&').is_some() {
                    found.push(Token::And);
                } else {
                    found.push(Token::Behind);
                }
            }
            '|' => {
                end(&mut word, &mut found);
                if chars.next_if_eq(&'|').is_some() {
                    found.push(Token::Or);
                } else {
                    found.push(Token::Pipe);
                }
            }
            '>' | '<' => {
                // A redirection: what is printed goes elsewhere.
                if word
                    .as_deref()
                    .is_some_and(|word| word.chars().all(|c| c.is_ascii_digit()))
                {
                    word = None;
                }
                end(&mut word, &mut found);
                while chars.next_if(|c| ">&< ".contains(*c)).is_some() {}
                let mut target = String::new();
                while let Some(c) = chars.next_if(|c| !" ;\n&|".contains(*c)) {
                    target.push(c);
                }
                if c == '>' && !["1", "2", "/dev/stdout", "/dev/stderr"].contains(&&*target) {
                    found.push(Token::Word("\u{0}elsewhere".to_owned()));
                }
            }
            c if c.is_whitespace() => end(&mut word, &mut found),
            c => word.get_or_insert_default().push(c),
        }
    }
    end(&mut word, &mut found);
    found
}
