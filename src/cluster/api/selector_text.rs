//! Selectors as a person writes them after `-l` (`apimachinery/pkg/labels/selector.go`, Parse).

use super::{Operator, Selector, SelectorError, SelectorRequirement, Str, names};

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Open,
    Close,
    Comma,
    Not,
    Equals,
    DoubleEquals,
    NotEquals,
    Greater,
    Less,
    In,
    NotIn,
    Name,
    End,
}

fn is_special(one: char) -> bool {
    "=!(),><".contains(one)
}

fn tokens(text: &str) -> Vec<(Token, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if is_special(first) {
            let two = rest.get(..2).unwrap_or_default();
            match (two, first) {
                ("==", _) => (Token::DoubleEquals, 2),
                ("!=", _) => (Token::NotEquals, 2),
                (_, '=') => (Token::Equals, 1),
                (_, '!') => (Token::Not, 1),
                (_, '(') => (Token::Open, 1),
                (_, ')') => (Token::Close, 1),
                (_, ',') => (Token::Comma, 1),
                (_, '>') => (Token::Greater, 1),
                _ => (Token::Less, 1),
            }
        } else {
            let end = rest
                .find(|one: char| is_special(one) || one.is_ascii_whitespace())
                .unwrap_or(rest.len());
            let token = match rest.get(..end) {
                Some("in") => Token::In,
                Some("notin") => Token::NotIn,
                _ => Token::Name,
            };
            (token, end)
        };
        let (literal, after) = rest.split_at(length);
        found.push((token, literal.to_owned()));
        rest = after.trim_start();
    }
    found.push((Token::End, String::new()));
    found
}

struct Parser {
    tokens: Vec<(Token, String)>,
    at: usize,
}

fn error<T>(message: impl Into<String>) -> Result<T, SelectorError> {
    Err(SelectorError(message.into()))
}

impl Parser {
    fn look(&self, as_value: bool) -> (Token, &str) {
        let end = (Token::End, String::new());
        let (token, literal) = self
            .tokens
            .get(self.at)
            .map_or((end.0, ""), |(token, literal)| {
                (token.clone(), literal.as_str())
            });
        // Where a name is expected, `in` and `notin` are names.
        if as_value && matches!(token, Token::In | Token::NotIn) {
            return (Token::Name, literal);
        }
        (token, literal)
    }

    fn take(&mut self, as_value: bool) -> (Token, String) {
        let (token, literal) = self.look(as_value);
        let taken = (token, literal.to_owned());
        self.at += 1;
        taken
    }

    fn all(&mut self) -> Result<Vec<SelectorRequirement>, SelectorError> {
        let mut found = Vec::new();
        loop {
            match self.look(true) {
                (Token::Name | Token::Not, _) => {
                    let one = self.requirement().map_err(|SelectorError(why)| {
                        SelectorError(format!("unable to parse requirement: {why}"))
                    })?;
                    found.push(one);
                    match self.take(true) {
                        (Token::End, _) => return Ok(found),
                        (Token::Comma, _) => {
                            let (token, literal) = self.look(true);
                            if !matches!(token, Token::Name | Token::Not) {
                                return error(format!(
                                    "found '{literal}', expected: identifier after ','"
                                ));
                            }
                        }
                        (_, literal) => {
                            return error(format!(
                                "found '{literal}', expected: ',' or 'end of string'"
                            ));
                        }
                    }
                }
                (Token::End, _) => return Ok(found),
                (_, literal) => {
                    return error(format!(
                        "found '{literal}', expected: !, identifier, or 'end of string'"
                    ));
                }
            }
        }
    }

    fn requirement(&mut self) -> Result<SelectorRequirement, SelectorError> {
        let (mut token, mut key) = self.take(true);
        let negated = token == Token::Not;
        if negated {
            (token, key) = self.take(true);
        }
        if token != Token::Name {
            return error(format!("found '{key}', expected: identifier"));
        }
        let wrong = names::label_key(&key);
        if !wrong.is_empty() {
            return error(format!("Invalid value: \"{key}\": {}", wrong.join("; ")));
        }
        if negated {
            return checked(key, Operator::DoesNotExist, Vec::new());
        }
        if matches!(self.look(true).0, Token::End | Token::Comma) {
            return checked(key, Operator::Exists, Vec::new());
        }
        let (token, literal) = self.take(false);
        let operator = match token {
            Token::In => Operator::In,
            Token::NotIn => Operator::NotIn,
            Token::Equals | Token::DoubleEquals => {
                return checked(key, Operator::In, vec![self.exact()?]);
            }
            Token::NotEquals => return checked(key, Operator::NotIn, vec![self.exact()?]),
            Token::Greater => return checked(key, Operator::Gt, vec![self.exact()?]),
            Token::Less => return checked(key, Operator::Lt, vec![self.exact()?]),
            _ => {
                return error(format!(
                    "found '{literal}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        };
        let values = self.values()?;
        checked(key, operator, values)
    }

    fn exact(&mut self) -> Result<String, SelectorError> {
        if matches!(self.look(true).0, Token::End | Token::Comma) {
            return Ok(String::new());
        }
        match self.take(true) {
            (Token::Name, value) => Ok(value),
            (_, literal) => error(format!("found '{literal}', expected: identifier")),
        }
    }

    fn values(&mut self) -> Result<Vec<String>, SelectorError> {
        let (token, literal) = self.take(true);
        if token != Token::Open {
            return error(format!("found '{literal}' expected: '('"));
        }
        let mut values = Vec::new();
        loop {
            match self.take(true) {
                (Token::Name, value) => {
                    values.push(value);
                    match self.take(true) {
                        (Token::Comma, _) => {
                            if self.look(true).0 == Token::Close {
                                values.push(String::new());
                            }
                        }
                        (Token::Close, _) => break,
                        (_, literal) => {
                            return error(format!("found '{literal}', expected: ',' or ')'"));
                        }
                    }
                }
                (Token::Comma, _) => values.push(String::new()),
                (Token::Close, _) => {
                    if values.is_empty() {
                        values.push(String::new());
                    }
                    break;
                }
                (_, literal) => {
                    return error(format!(
                        "found '{literal}', expected: ',', ')' or identifier"
                    ));
                }
            }
        }
        values.sort();
        values.dedup();
        Ok(values)
    }
}

fn checked(
    key: String,
    operator: Operator,
    values: Vec<String>,
) -> Result<SelectorRequirement, SelectorError> {
    for (at, value) in values.iter().enumerate() {
        let number = matches!(operator, Operator::Gt | Operator::Lt);
        if number && value.parse::<i64>().is_err() {
            return error(format!(
                "values[{at}]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
            ));
        }
        let wrong = names::label_value(value);
        if !wrong.is_empty() {
            return error(format!(
                "values[{at}][{key}]: Invalid value: \"{value}\": {}",
                wrong.join("; ")
            ));
        }
    }
    Ok(SelectorRequirement {
        key: key.into(),
        operator,
        values: values.into_iter().map(Str::from).collect(),
    })
}

impl std::str::FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Selector, SelectorError> {
        Selector::parse(text)
    }
}

impl Selector {
    /// Reads a selector as `-l` takes it: `app=web,tier in (a,b),!canary`. Nothing selects everything.
    ///
    /// # Errors
    /// If it is no selector, in upstream's words.
    pub fn parse(text: &str) -> Result<Selector, SelectorError> {
        let mut parser = Parser {
            tokens: tokens(text),
            at: 0,
        };
        let mut requirements = parser.all()?;
        requirements.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(Selector::new(requirements))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::api::Labels;

    /// Facts of `apimachinery/pkg/labels/selector_test.go`, TestSelectorParse.
    #[test]
    fn selector_good_and_bad() {
        let good = [
            "x=a,y=b,z=c",
            "",
            "x!=a,y=b",
            "x=",
            "x= ",
            "x=,z= ",
            "x= ,z= ",
            "!x",
            "x>1",
            "x>1,z<5",
            "x in (a,b)",
            "x notin (a)",
            "x in ()",
            "x",
            "x==a",
            "in=a",
            "x in (a,,b)",
        ];
        for text in good {
            assert!(Selector::parse(text).is_ok(), "{text}");
        }
        for text in [
            "x=a||y=b",
            "x==a==b",
            "!x=a",
            "x<a",
            "x,,y",
            "x in a",
            "x in (a b)",
            "(x)",
        ] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn selector_canonical_form() {
        let table = [
            ("z=c, x = a ,y==b", "x=a,y=b,z=c"),
            ("x in (b, a)", "x in (a,b)"),
            ("!x,y", "!x,y"),
            ("x!=a", "x!=a"),
        ];
        for (text, expected) in table {
            let found = Selector::parse(text).map(|selector| selector.to_string());
            assert_eq!(found, Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn selector_error_texts() {
        let table = [
            ("x==a==b", "found '==', expected: ',' or 'end of string'"),
            ("x,,y", "found ',', expected: identifier after ','"),
            (
                "(x)",
                "found '(', expected: !, identifier, or 'end of string'",
            ),
            (
                "x in a",
                "unable to parse requirement: found 'a' expected: '('",
            ),
            (
                "x a",
                "unable to parse requirement: found 'a', expected: in, notin, =, ==, !=, gt, lt",
            ),
        ];
        for (text, expected) in table {
            let found = Selector::parse(text).map_err(|error| error.to_string());
            assert_eq!(found, Err(expected.to_owned()), "{text}");
        }
    }

    /// TestSelectorMatches and the tables of its requirements.
    #[test]
    fn selector_matching() {
        let table = [
            ("", &[("x", "y")][..], true),
            ("x=y", &[("x", "y")], true),
            ("x=y,z=w", &[("x", "y"), ("z", "w")], true),
            ("x!=y,z!=w", &[("x", "z"), ("z", "a")], true),
            ("notin=in", &[("notin", "in")], true),
            ("x", &[("x", "z")], true),
            ("!x", &[("y", "z")], true),
            ("x>1", &[("x", "2")], true),
            ("x<1", &[("x", "0")], true),
            ("x=z", &[], false),
            ("x=y", &[("x", "z")], false),
            ("x=y,z=w", &[("x", "w"), ("z", "w")], false),
            ("x!=y,z!=w", &[("x", "z"), ("z", "w")], false),
            ("!x", &[("x", "z")], false),
            ("x>1", &[("x", "0")], false),
            ("x<1", &[("x", "2")], false),
            ("x notin (a)", &[], true),
        ];
        for (text, labels, expected) in table {
            let labels = Labels::from_iter(labels.iter().copied());
            let found = Selector::parse(text).map(|selector| selector.matches(&labels));
            assert_eq!(found, Ok(expected), "{text} {labels:?}");
        }
    }
}
