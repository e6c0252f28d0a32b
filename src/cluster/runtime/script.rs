//! A small honest shell. It knows `sleep`, `echo`, `printf`, `exit`, `true`, `false`, `;`, `&&`, `||`,
//! `while … do … done`, `for … in … do … done`, `if … then … else … fi`, `trap … TERM`, `set -e` and
//! `exec`; every other program is believed to run at once and well. What depends on the world outside
//! (does a name resolve, is a file there) is taken to succeed.

use std::time::Duration;

use super::{
    program::{Act, Program},
    token::{Token, Tokens, tokens},
};

/// Programs that go on until they are stopped, and the code they end with when told to; None: TERM does
/// not end them.
const SERVERS: [(&str, Option<i32>); 14] = [
    ("nginx", Some(0)),
    ("httpd", Some(0)),
    ("httpd-foreground", Some(0)),
    ("redis-server", Some(0)),
    ("mysqld", Some(0)),
    ("postgres", Some(0)),
    ("memcached", Some(0)),
    ("mongod", Some(0)),
    ("java", Some(143)),
    ("node", None),
    ("python", None),
    ("python3", None),
    ("top", None),
    ("tail", None),
];

const SHELLS: [&str; 4] = ["sh", "bash", "ash", "dash"];

/// Programs every image with a shell has, as far as lessons use them.
const PLAIN: [&str; 40] = [
    "sleep", "echo", "printf", "true", "false", "cat", "ls", "env", "date", "hostname", "touch",
    "rm", "mkdir", "cp", "mv", "wget", "curl", "nslookup", "ping", "nc", "grep", "sed", "awk",
    "test", "[", "chmod", "chown", "id", "whoami", "ps", "df", "du", "dd", "expr", "seq", "tr",
    "head", "wc", "uname", "kill",
];

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Whether this word is a program the model knows.
pub(super) fn is_program(word: &str) -> bool {
    let word = base(word);
    PLAIN.contains(&word) || SHELLS.contains(&word) || SERVERS.iter().any(|(name, _)| *name == word)
}

/// Runs a command line as a container's first process. In an image whose programs are known, a word that
/// is none cannot be started.
pub(super) fn run(words: &[String], programs_are_known: bool) -> Program {
    let mut shell = Shell::default();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(first) = words.first() else {
        return Program::ending(&[], 0);
    };
    if programs_are_known && !is_program(first) && !first.contains('/') {
        return Program {
            missing: Some((*first).to_owned()),
            ..Program::ending(&[], 128)
        };
    }
    if let Some(text) = script_of(&words) {
        let tokens = tokens(text);
        let code = shell.list(&mut Tokens::new(&tokens), &[]);
        let code = shell.exited.unwrap_or(code);
        return Program {
            acts: shell.acts,
            code,
            on_term: shell.on_term,
            missing: None,
        };
    }
    let code = shell.command(&words);
    Program {
        code: shell.exited.unwrap_or(code),
        acts: shell.acts,
        on_term: shell.on_term,
        missing: None,
    }
}

/// The script of `sh -c SCRIPT`.
fn script_of<'a>(words: &[&'a str]) -> Option<&'a str> {
    let (first, rest) = words.split_first()?;
    if !SHELLS.contains(&base(first)) {
        return None;
    }
    let flag = rest
        .iter()
        .position(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c'))?;
    rest.get(flag + 1).copied()
}

#[derive(Default)]
struct Shell {
    acts: Vec<Act>,
    /// `exit` was run, or something that never ends.
    exited: Option<i32>,
    on_term: Option<i32>,
    stops_on_error: bool,
    variables: Vec<(String, String)>,
}

impl Shell {
    /// Runs commands until one of these words; the last one's code.
    fn list(&mut self, tokens: &mut Tokens<'_>, until: &[&str]) -> i32 {
        let mut code = 0;
        // Whether the next command runs: `&&` and `||` decide.
        let mut runs = true;
        loop {
            tokens.skip_separators();
            let Some(token) = tokens.peek() else {
                return code;
            };
            if let Token::Word(word) = token
                && until.contains(&word.as_str())
            {
                return code;
            }
            let skipping = !runs || self.exited.is_some();
            let result = self.element(tokens, skipping);
            if !skipping {
                code = result;
            }
            runs = match tokens.peek() {
                Some(Token::And) => {
                    tokens.at += 1;
                    code == 0
                }
                Some(Token::Or) => {
                    tokens.at += 1;
                    code != 0
                }
                Some(Token::Pipe | Token::Behind) => {
                    tokens.at += 1;
                    true
                }
                _ => {
                    if self.stops_on_error && code != 0 && !skipping && self.exited.is_none() {
                        self.exited = Some(code);
                    }
                    true
                }
            };
        }
    }

    /// One command or compound, run or only read over.
    fn element(&mut self, tokens: &mut Tokens<'_>, skipping: bool) -> i32 {
        let saved = skipping.then(|| (self.acts.clone(), self.exited, self.on_term));
        let code = match tokens.peek_word() {
            Some("while" | "until") => self.endless(tokens),
            Some("for") => self.counted(tokens),
            Some("if") => self.choice(tokens),
            _ => {
                let mut words = Vec::new();
                while let Some(Token::Word(word)) = tokens.peek() {
                    words.push(word.as_str());
                    tokens.at += 1;
                }
                if words.is_empty() {
                    tokens.at += 1;
                }
                if skipping { 0 } else { self.command(&words) }
            }
        };
        if let Some((acts, exited, on_term)) = saved {
            (self.acts, self.exited, self.on_term) = (acts, exited, on_term);
        }
        code
    }

    /// `while CONDITION; do …; done`: for ever if the condition holds. `until` waits for something that is
    /// taken to have come.
    fn endless(&mut self, tokens: &mut Tokens<'_>) -> i32 {
        let waits = tokens.peek_word() == Some("until");
        tokens.at += 1;
        let before = self.acts.len();
        let condition = self.list(tokens, &["do"]);
        let holds = condition == 0 && !waits;
        let condition = self.acts.split_off(before);
        tokens.at += 1;
        let exited = self.exited;
        self.list(tokens, &["done"]);
        tokens.at += 1;
        let body = self.acts.split_off(before);
        self.acts.extend(condition);
        if holds && self.exited == exited {
            self.acts.push(Act::Again(body));
            self.exited = Some(0);
        } else if holds {
            self.acts.extend(body);
        } else {
            self.exited = exited;
        }
        0
    }

    /// `for X in …; do …; done`.
    fn counted(&mut self, tokens: &mut Tokens<'_>) -> i32 {
        tokens.at += 1;
        let name = tokens.peek_word().unwrap_or_default().to_owned();
        tokens.at += 2;
        let mut values = Vec::new();
        while let Some(word) = tokens.peek_word() {
            tokens.at += 1;
            values.extend(self.spread(word));
        }
        tokens.skip_separators();
        tokens.at += 1;
        let body = tokens.at;
        // At least once, to find its end.
        let before = self.acts.len();
        let exited = self.exited;
        let mut code = self.list(tokens, &["done"]);
        let end = tokens.at;
        self.acts.truncate(before);
        self.exited = exited;
        for value in values.into_iter().take(200) {
            self.variables.push((name.clone(), value));
            tokens.at = body;
            code = self.list(tokens, &["done"]);
            self.variables.pop();
        }
        tokens.at = end + 1;
        code
    }

    /// The values a word of a `for` stands for: `$(seq 1 5)` and `{1..5}` are several.
    fn spread(&self, word: &str) -> Vec<String> {
        let range = word
            .strip_prefix("$(seq ")
            .and_then(|rest| rest.strip_suffix(')'))
            .map(|rest| rest.split_whitespace().collect::<Vec<_>>())
            .or_else(|| {
                let inner = word.strip_prefix('{')?.strip_suffix('}')?;
                let (first, last) = inner.split_once("..")?;
                Some(vec![first, last])
            });
        let number = |text: &&str| text.parse::<i64>().ok();
        match range.as_deref() {
            Some([last]) => (1..=number(last).unwrap_or(0).min(200))
                .map(|n| n.to_string())
                .collect(),
            Some([first, last]) => {
                let first = number(first).unwrap_or(1);
                let last = number(last).unwrap_or(0).min(first.saturating_add(200));
                (first..=last).map(|n| n.to_string()).collect()
            }
            _ => vec![self.expand(word)],
        }
    }

    /// `if CONDITION; then …; else …; fi`.
    fn choice(&mut self, tokens: &mut Tokens<'_>) -> i32 {
        tokens.at += 1;
        let holds = self.list(tokens, &["then"]) == 0;
        tokens.at += 1;
        let mut code = self.branch(tokens, &["else", "elif", "fi"], holds);
        if tokens.peek_word() == Some("elif") {
            let mut other = 0;
            if holds {
                let kept = (self.acts.clone(), self.exited);
                self.choice(tokens);
                (self.acts, self.exited) = kept;
            } else {
                other = self.choice(tokens);
            }
            return if holds { code } else { other };
        }
        if tokens.peek_word() == Some("else") {
            tokens.at += 1;
            let other = self.branch(tokens, &["fi"], !holds);
            if !holds {
                code = other;
            }
        }
        tokens.at += 1;
        code
    }

    fn branch(&mut self, tokens: &mut Tokens<'_>, until: &[&str], runs: bool) -> i32 {
        let saved = (!runs).then(|| (self.acts.clone(), self.exited, self.on_term));
        let code = self.list(tokens, until);
        match saved {
            Some((acts, exited, on_term)) => {
                (self.acts, self.exited, self.on_term) = (acts, exited, on_term);
                0
            }
            None => code,
        }
    }

    /// Runs one command; its code.
    fn command(&mut self, words: &[&str]) -> i32 {
        let elsewhere = words.iter().any(|word| word.starts_with('\u{0}'));
        let words: Vec<String> = words
            .iter()
            .filter(|word| !word.starts_with('\u{0}'))
            .map(|word| self.expand(word))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some((first, rest)) = words.split_first() else {
            return 0;
        };
        match base(first) {
            "exec" => self.command(rest),
            "exit" => {
                let code = rest.first().and_then(|code| code.parse::<i32>().ok());
                let code = code.unwrap_or(0).rem_euclid(256);
                self.exited = Some(code);
                code
            }
            "false" => 1,
            "set" => {
                self.stops_on_error |= rest.iter().any(|word| word.starts_with("-e"));
                0
            }
            "trap" => {
                let what = rest.first().copied().unwrap_or_default();
                let term = rest
                    .iter()
                    .skip(1)
                    .any(|signal| matches!(*signal, "TERM" | "SIGTERM" | "15"));
                if term && !what.is_empty() {
                    let code = what
                        .split_whitespace()
                        .last()
                        .and_then(|code| code.parse().ok());
                    self.on_term = Some(code.unwrap_or(0));
                }
                0
            }
            "sleep" => {
                match rest
                    .iter()
                    .map(|word| seconds(word))
                    .sum::<Option<Duration>>()
                {
                    Some(length) => self.acts.push(Act::Wait(length)),
                    None if rest.iter().any(|word| word.starts_with("inf")) => self.serve(None),
                    None => {
                        let word = rest.first().copied().unwrap_or_default();
                        self.acts
                            .push(Act::Print(format!("sleep: invalid number '{word}'")));
                        return 1;
                    }
                }
                0
            }
            "echo" | "printf" => {
                if !elsewhere {
                    let options = rest
                        .iter()
                        .take_while(|word| matches!(**word, "-n" | "-e" | "-en" | "-ne"));
                    let skip = options.count();
                    let text = rest.get(skip..).unwrap_or_default().join(" ");
                    let text = text.replace("\\n", "\n");
                    let lines = text.trim_end_matches('\n').split('\n');
                    self.acts
                        .extend(lines.map(|line| Act::Print(line.to_owned())));
                }
                0
            }
            "wait" => {
                self.serve(self.on_term);
                0
            }
            "tail"
                if !rest
                    .iter()
                    .any(|word| word.starts_with("-f") || *word == "-F") =>
            {
                0
            }
            "python" | "python3" | "node" if rest.is_empty() || rest.contains(&"--version") => 0,
            shell if SHELLS.contains(&shell) => {
                if let Some(text) = script_of(&words) {
                    let tokens = tokens(text);
                    return self.list(&mut Tokens::new(&tokens), &[]);
                }
                0
            }
            server => match SERVERS.iter().find(|(name, _)| *name == server) {
                Some((_, code)) => {
                    self.serve(*code);
                    0
                }
                None => 0,
            },
        }
    }

    fn serve(&mut self, on_term: Option<i32>) {
        self.acts.push(Act::Serve);
        self.on_term = self.on_term.or(on_term);
        self.exited = Some(0);
    }

    fn expand(&self, word: &str) -> String {
        let mut text = word.to_owned();
        for (name, value) in &self.variables {
            text = text.replace(&format!("${{{name}}}"), value);
            text = text.replace(&format!("${name}"), value);
        }
        text
    }
}

/// `30`, `0.5`, `5m`, `1h`.
fn seconds(word: &str) -> Option<Duration> {
    let (number, unit) = match word.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, word.chars().last()?),
        None => (word, 's'),
    };
    let scale = match unit {
        'm' => 60.0,
        'h' => 3_600.0,
        'd' => 86_400.0,
        _ => 1.0,
    };
    let number: f64 = number.parse().ok()?;
    let seconds = number * scale;
    (seconds.is_finite() && (0.0..1e10).contains(&seconds))
        .then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Program {
        run(&["sh".into(), "-c".into(), text.into()], true)
    }

    /// What a shell does; a process without a handler is not ended by TERM as process 1.
    #[test]
    fn scripts_end_as_a_shell_would_end_them() {
        for (text, length, code) in [
            ("exit 3", Some(0), 3),
            ("echo hi; sleep 5; exit 1", Some(5), 1),
            ("sleep 1 && false || exit 7", Some(1), 7),
            ("true && sleep 2", Some(2), 0),
            ("set -e; false; sleep 9", Some(0), 1),
            ("while true; do echo x; sleep 1; done", None, 0),
            (
                "if false; then exit 1; else sleep 3; fi; exit 4",
                Some(3),
                4,
            ),
            ("for i in 1 2 3; do sleep $i; done", Some(6), 0),
            (
                "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600",
                Some(630),
                0,
            ),
            (
                "until nslookup db; do echo waiting; sleep 2; done",
                Some(0),
                0,
            ),
            ("sleep infinity", None, 0),
            ("nginx -g 'daemon off;'", None, 0),
        ] {
            let program = script(text);
            let wanted =
                length.map(|seconds| Duration::from_secs(seconds).max(Duration::from_millis(15)));
            assert_eq!(program.length(), wanted, "{text}");
            assert_eq!(program.code(), code, "{text}");
        }
        assert_eq!(script("sleep 3600").on_term(), None);
        assert_eq!(
            script("trap 'exit 0' TERM; while true; do sleep 1; done").on_term(),
            Some(0)
        );
        assert_eq!(run(&["nosuch".into()], true).missing(), Some("nosuch"));
    }

    /// A loop's lines are worked out only up to now.
    #[test]
    fn scripts_print_as_time_goes_by() {
        let program = script("echo start; while true; do echo tick; sleep 10; done");
        let lines: Vec<_> = program
            .printed(Duration::from_secs(25))
            .into_iter()
            .collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[3], (Duration::from_secs(20), "tick".to_owned()));
        let lines = script("echo a > /tmp/f; echo b; echo c 1>&2").printed(Duration::from_secs(1));
        assert_eq!(lines.len(), 2);
    }
}
