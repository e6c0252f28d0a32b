use std::str::FromStr;

use super::{Operator, Selector, SelectorError, SelectorRequirement, Str};

/// Reads `app=web,tier in (a,b),!canary` (`apimachinery/pkg/labels/selector.go`, Parse).
impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Selector, SelectorError> {
        let mut reader = Reader {
            tokens: tokens(text),
            at: 0,
        };
        reader
            .selector()
            .map_err(|why| SelectorError(format!("unable to parse requirement: {why}")))
    }
}

/// Words, and signs that are not part of words.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_sign = |c: char| "=!(),<>".contains(c);
        let length = if ["==", "!="].iter().any(|sign| rest.starts_with(sign)) {
            2
        } else if is_sign(first) {
            1
        } else {
            rest.find(|c: char| is_sign(c) || c.is_whitespace())
                .unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at(length);
        found.push(token);
        rest = after.trim_start();
    }
    found
}

struct Reader<'t> {
    tokens: Vec<&'t str>,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> &'t str {
        self.tokens.get(self.at).copied().unwrap_or("")
    }

    fn next(&mut self) -> &'t str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn selector(&mut self) -> Result<Selector, String> {
        let mut requirements = Vec::new();
        while self.at < self.tokens.len() {
            requirements.push(self.requirement()?);
            match self.next() {
                "" => break,
                "," if self.peek().is_empty() || self.peek() == "," => {
                    return Err(format!(
                        "found '{}', expected: identifier after ','",
                        self.peek()
                    ));
                }
                "," => {}
                other => return Err(format!("found '{other}', expected: ',' or 'end of string'")),
            }
        }
        // As the API server keeps them: sorted by key.
        requirements.sort_by(|one: &SelectorRequirement, other| one.key.cmp(&other.key));
        Ok(Selector::new(requirements))
    }

    fn requirement(&mut self) -> Result<SelectorRequirement, String> {
        let absent = self.peek() == "!";
        if absent {
            self.at += 1;
        }
        let key: Str = match self.next() {
            word if is_word(word) => word.into(),
            other => {
                return Err(format!(
                    "found '{other}', expected: !, identifier, or 'end of string'"
                ));
            }
        };
        let (operator, values) = match self.peek() {
            _ if absent => (Operator::DoesNotExist, Vec::new()),
            "" | "," => (Operator::Exists, Vec::new()),
            "=" | "==" => (Operator::In, self.value()),
            "!=" => (Operator::NotIn, self.value()),
            ">" => (Operator::Gt, self.value()),
            "<" => (Operator::Lt, self.value()),
            "in" => (Operator::In, self.values()?),
            "notin" => (Operator::NotIn, self.values()?),
            other => {
                return Err(format!(
                    "found '{other}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        };
        Ok(SelectorRequirement {
            key,
            operator,
            values,
        })
    }

    fn value(&mut self) -> Vec<Str> {
        self.at += 1;
        match self.peek() {
            word if is_word(word) => {
                self.at += 1;
                vec![word.into()]
            }
            _ => vec![Str::default()],
        }
    }

    fn values(&mut self) -> Result<Vec<Str>, String> {
        self.at += 1;
        if self.next() != "(" {
            self.at -= 1;
            return Err(format!("found '{}' expected: '('", self.peek()));
        }
        let mut values: Vec<Str> = Vec::new();
        loop {
            match self.next() {
                ")" => break,
                "," => {}
                word if is_word(word) => values.push(word.into()),
                other => return Err(format!("found '{other}', expected: ',', or identifier")),
            }
        }
        values.sort();
        values.dedup();
        Ok(values)
    }
}

fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.starts_with(|c| "=!(),<>".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::api::Labels;

    /// Facts of `apimachinery/pkg/labels/selector_test.go`, TestSelectorParse and TestSelectorMatches.
    #[test]
    fn selectors_are_read_from_text() {
        for text in [
            "",
            "x=a,y=b,z=c",
            "x!=a,y=b",
            "x=",
            "x= ",
            "x=,z= ",
            "!x",
            "x",
            "x in (a,b)",
            "x notin (a)",
            "x>1",
            "x<3",
        ] {
            assert!(text.parse::<Selector>().is_ok(), "{text}");
        }
        for text in ["x y", "x in a", "x in (a", ",", "x,,y", "=a", "x=a z"] {
            assert!(text.parse::<Selector>().is_err(), "{text}");
        }
        let labels: Labels = [("foo", "bar"), ("baz", "blah")].into_iter().collect();
        for (text, matches) in [
            ("", true),
            ("foo=bar", true),
            ("foo==bar,baz=blah", true),
            ("foo=x", false),
            ("foo!=x", true),
            ("!foo", false),
            ("!none", true),
            ("foo in (bar, x)", true),
            ("foo notin (bar)", false),
            ("none notin (bar)", true),
        ] {
            let selector: Selector = text.parse().unwrap();
            assert_eq!(selector.matches(&labels), matches, "{text}");
        }
        let written = "b=1,a in (y,x)".parse::<Selector>().unwrap().to_string();
        assert_eq!(written, "a in (x,y),b=1");
    }
}
