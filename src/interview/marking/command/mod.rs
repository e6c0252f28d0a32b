//! Command lines of kubectl and docker by what they say: two that mean the same are equal, however their
//! flags are written and ordered.

#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use self::words::{
    ALIASES, CREATED, DOCKER, EXCEPTIONS, FAMILIES, KUBECTL, OF_RESOURCES, Program, RESOURCES,
    RUNS_INNER,
};

/// A command line, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Invocation {
    /// The program and its command: `docker container ls`.
    verb: Vec<String>,
    /// What it is about, in order.
    operands: Vec<String>,
    /// Flags by their long names, with their values.
    flags: BTreeSet<(String, String)>,
    /// What runs in a container: its flags are its own.
    inner: Vec<String>,
}

impl Invocation {
    /// Reads a command line. What is of no program known here compares word by word.
    pub(super) fn read(line: &str) -> Invocation {
        let line: String = line.nfkc().collect();
        let line = line.trim().trim_matches('`');
        let mut words = split(line);
        while words
            .first()
            .is_some_and(|word| word == "$" || word == "sudo")
        {
            words.remove(0);
        }
        let mut reading = Reading::default();
        let Some(program) = reading.begin(&mut words) else {
            return Invocation {
                verb: Vec::new(),
                operands: words,
                flags: BTreeSet::new(),
                inner: Vec::new(),
            };
        };
        reading.read(program, words);
        reading.finish()
    }
}

#[derive(Default)]
struct Reading {
    verb: String,
    operands: Vec<String>,
    flags: BTreeSet<(String, String)>,
    inner: Vec<String>,
}

impl Reading {
    /// Takes the program's name and its command off the words.
    fn begin(&mut self, words: &mut Vec<String>) -> Option<&'static Program> {
        let (program, name) = match words.first()?.as_str() {
            "kubectl" | "k" => (&KUBECTL, "kubectl"),
            "docker" => (&DOCKER, "docker"),
            _ => return None,
        };
        words.remove(0);
        name.clone_into(&mut self.verb);
        // Flags may stand before the command's words; those with a value take it along.
        let mut at = 0;
        while at < words.len() && is_flag(&words[at]) {
            let (_, value) = self.flag(program, &words[at]);
            at += if value == Value::Follows { 2 } else { 1 };
        }
        while at < words.len() && self.goes_on(&words[at]) {
            self.verb.push(' ');
            self.verb.push_str(&words.remove(at));
        }
        let found = ALIASES.iter().find(|(long, _)| *long == self.verb);
        if let Some((_, short)) = found {
            (*short).clone_into(&mut self.verb);
        } else if let Some(rest) = self.verb.strip_prefix("docker container ") {
            self.verb = format!("docker {rest}");
        }
        Some(program)
    }

    fn goes_on(&self, word: &str) -> bool {
        match self.verb.as_str() {
            _ if is_flag(word) => false,
            "kubectl" | "docker" => true,
            "kubectl create" => CREATED.contains(&word) || word == "deploy",
            verb => FAMILIES.contains(&verb),
        }
    }

    fn read(&mut self, program: &Program, words: Vec<String>) {
        let inner_after = RUNS_INNER.iter().find(|(verb, _)| *verb == self.verb);
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if word == "--" {
                self.inner.extend(words);
                return;
            }
            if is_flag(&word) {
                let (flags, value) = self.flag(program, &word);
                for (flag, value) in flags {
                    self.flags.insert((flag, value));
                }
                if let Value::Follows = value {
                    let flag = self.valued_name(program, &word);
                    self.flags.insert((flag, words.next().unwrap_or_default()));
                }
                continue;
            }
            self.operands.push(word);
            if inner_after.is_some_and(|(_, count)| self.operands.len() == *count) {
                self.inner.extend(words);
                return;
            }
        }
    }

    /// The long name of the flag in this word that a value follows.
    fn valued_name(&self, program: &Program, word: &str) -> String {
        match word.strip_prefix("--") {
            Some(long) => long.to_owned(),
            None => {
                let short = word.chars().next_back().map(String::from);
                let short = short.unwrap_or_default();
                self.short(program, &short).0
            }
        }
    }

    /// The flags a word gives, and whether a value for the last follows.
    fn flag(&self, program: &Program, word: &str) -> (Vec<(String, String)>, Value) {
        if let Some(long) = word.strip_prefix("--") {
            return match long.split_once('=') {
                Some((_, "true")) | None if !self.is_valued(program, long) => {
                    let name = long.split('=').next().unwrap_or_default();
                    (vec![(name.to_owned(), String::new())], Value::None)
                }
                Some((name, value)) => (vec![(name.to_owned(), value.to_owned())], Value::None),
                None => (Vec::new(), Value::Follows),
            };
        }
        let mut flags = Vec::new();
        let mut rest = word.strip_prefix('-').unwrap_or_default();
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            let (name, valued) = self.short(program, &c.to_string());
            match (valued, rest) {
                (true, "") => return (flags, Value::Follows),
                (true, value) => {
                    let value = value.strip_prefix('=').unwrap_or(value);
                    flags.push((name, value.to_owned()));
                    return (flags, Value::None);
                }
                (false, _) => flags.push((name, String::new())),
            }
        }
        (flags, Value::None)
    }

    fn is_valued(&self, program: &Program, long: &str) -> bool {
        program.valued.iter().any(|(name, _)| *name == long)
            || EXCEPTIONS.iter().any(|(verb, _, name, valued)| {
                *valued && *name == long && self.verb.starts_with(verb)
            })
    }

    /// The long name of a short flag, and whether a value follows.
    fn short(&self, program: &Program, short: &str) -> (String, bool) {
        let exception = EXCEPTIONS
            .iter()
            .find(|(verb, one, ..)| *one == short && is_command(&self.verb, verb));
        if let Some((_, _, long, valued)) = exception {
            return ((*long).to_owned(), *valued);
        }
        let of = |flags: &[(&str, &str)]| {
            let found = flags.iter().find(|(_, one)| *one == short);
            found.map(|(long, _)| (*long).to_owned())
        };
        match (of(program.valued), of(program.plain)) {
            (Some(long), _) => (long, true),
            (None, Some(long)) => (long, false),
            (None, None) => (short.to_owned(), false),
        }
    }

    fn finish(mut self) -> Invocation {
        if self.verb == "kubectl create deploy" {
            "kubectl create deployment".clone_into(&mut self.verb);
        }
        if OF_RESOURCES.contains(&self.verb.as_str()) {
            self.name_resources();
        }
        Invocation {
            verb: self.verb.split(' ').map(str::to_owned).collect(),
            operands: self.operands,
            flags: self.flags,
            inner: self.inner,
        }
    }

    /// `po web`, `pod/web` and `pods web` are one.
    fn name_resources(&mut self) {
        let Some(first) = self.operands.first_mut() else {
            return;
        };
        if let Some((kind, name)) = first.split_once('/') {
            let (kind, name) = (plural(kind), name.to_owned());
            *first = kind;
            self.operands.insert(1, name);
        } else {
            let kinds: Vec<String> = first.split(',').map(plural).collect();
            *first = kinds.join(",");
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    Follows,
}

fn is_command(verb: &str, family: &str) -> bool {
    verb.strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn is_flag(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-') && word != "--"
}

fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    let found = RESOURCES
        .iter()
        .find(|(_, names)| names.contains(&kind.as_str()));
    found.map_or(kind, |(plural, _)| (*plural).to_owned())
}

/// The words of a line, as a shell parts them.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
