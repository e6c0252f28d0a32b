use std::collections::BTreeMap;

use super::{
    failure::Failure,
    flags::{Flag, GLOBAL, Takes},
    known::Words,
    session::{Session, Told},
};
use crate::cluster::{api::Str, machinery::User};

/// One of kubectl's commands.
#[derive(Debug)]
pub(super) struct Command {
    /// Its words after `kubectl`: `rollout undo`.
    pub(super) path: &'static str,
    /// The flags it takes besides those all commands take.
    pub(super) flags: &'static [Flag],
    /// What it does.
    pub(super) run: fn(&mut Session<'_, '_>, &Invocation) -> Told,
    /// What its words name.
    pub(super) words: Words,
}

impl Command {
    /// The same command, whose words name these.
    pub(super) const fn on(self, words: Words) -> Command {
        Command { words, ..self }
    }
}

/// A command and what it was given.
#[derive(Clone, Debug)]
pub(super) struct Invocation {
    pub(super) command: &'static Command,
    /// The words that are neither the command's name nor flags.
    pub(super) words: Vec<String>,
    /// How many of the words stood before `--`, if there was one.
    pub(super) dash: Option<usize>,
    values: BTreeMap<&'static str, Vec<String>>,
}

impl Invocation {
    /// Finds the command and reads its flags (`github.com/spf13/cobra`, `pflag`).
    pub(super) fn parse(words: &[String]) -> Result<Invocation, Failure> {
        let mut words = words;
        while words.first().is_some_and(|word| word == "$") {
            words = &words[1..];
        }
        let Some((program, words)) = words.split_first() else {
            return Err(Failure::Silent);
        };
        if program != "kubectl" && program != "k" {
            return Err(Failure::verbatim(format!(
                "bash: {program}: command not found"
            )));
        }
        let (command, words) = super::lookup::find(words)?;
        let mut invocation = Invocation {
            command,
            words: Vec::new(),
            dash: None,
            values: BTreeMap::new(),
        };
        invocation.read(&words)?;
        if invocation.is("help") {
            let name = invocation.name();
            return Err(Failure::Help(format!(
                "Usage:\n  {name} [flags] [options]\n"
            )));
        }
        Ok(invocation)
    }

    fn read(&mut self, words: &[String]) -> Result<(), Failure> {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                self.dash = Some(self.words.len());
                self.words.extend(words.cloned());
                break;
            }
            if let Some(long) = word.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (long, None),
                };
                let flag = self
                    .flag(|flag| flag.long == name)
                    .ok_or_else(|| self.misused(format!("unknown flag: --{name}")))?;
                let value = match (value, flag.alone) {
                    (Some(value), _) => value,
                    (None, Some(alone)) => alone.to_owned(),
                    (None, None) => words
                        .next()
                        .cloned()
                        .ok_or_else(|| self.misused(format!("flag needs an argument: --{name}")))?,
                };
                self.set(flag, value)?;
            } else if word.len() > 1 && word.starts_with('-') {
                self.shorthands(word, &mut words)?;
            } else {
                self.words.push(word.clone());
            }
        }
        Ok(())
    }

    /// `-n default`, `-ndefault`, `-n=default`, `-Aw`.
    fn shorthands<'w>(
        &mut self,
        word: &str,
        words: &mut impl Iterator<Item = &'w String>,
    ) -> Result<(), Failure> {
        let mut rest = &word[1..];
        while let Some(short) = rest.chars().next() {
            let cluster = rest;
            rest = &rest[short.len_utf8()..];
            let flag = self.flag(|flag| flag.short == Some(short)).ok_or_else(|| {
                self.misused(format!("unknown shorthand flag: '{short}' in -{cluster}"))
            })?;
            let value = if let Some(value) = rest.strip_prefix('=') {
                rest = "";
                value.to_owned()
            } else if let Some(alone) = flag.alone {
                alone.to_owned()
            } else if rest.is_empty() {
                words.next().cloned().ok_or_else(|| {
                    self.misused(format!("flag needs an argument: '{short}' in -{cluster}"))
                })?
            } else {
                std::mem::take(&mut rest).to_owned()
            };
            self.set(flag, value)?;
        }
        Ok(())
    }

    fn flag(&self, is_it: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
        let mut all = self.command.flags.iter().chain(GLOBAL);
        all.find(|flag| is_it(flag))
    }

    fn set(&mut self, flag: &'static Flag, value: String) -> Result<(), Failure> {
        let shown = match flag.short {
            Some(short) => format!("-{short}, --{}", flag.long),
            None => format!("--{}", flag.long),
        };
        if let Err(why) = flag.takes.check(&value) {
            return Err(self.misused(format!(
                "invalid argument \"{value}\" for \"{shown}\" flag: {why}"
            )));
        }
        let values = self.values.entry(flag.long).or_default();
        if !matches!(flag.takes, Takes::Texts | Takes::Lists) {
            values.clear();
        }
        match flag.takes {
            Takes::Lists => values.extend(value.split(',').map(str::to_owned)),
            _ => values.push(value),
        }
        Ok(())
    }

    /// As kubectl ends when the command line is wrong (`kubectl/pkg/cmd/cmd.go`, SetFlagErrorFunc).
    fn misused(&self, message: String) -> Failure {
        Failure::error(format!(
            "{message}\nSee '{} --help' for usage.",
            self.name()
        ))
    }

    /// `kubectl rollout undo`.
    pub(super) fn name(&self) -> String {
        format!("kubectl {}", self.command.path)
    }

    /// A wrong use that flags alone do not show.
    pub(super) fn usage(&self, message: impl std::fmt::Display) -> Failure {
        Failure::usage(&self.name(), message)
    }

    /// The flag's value, if it was given.
    pub(super) fn text(&self, flag: &str) -> Option<&str> {
        self.values.get(flag)?.last().map(String::as_str)
    }

    /// All values of a flag that may be given more than once.
    pub(super) fn texts(&self, flag: &str) -> &[String] {
        self.values.get(flag).map_or(&[], Vec::as_slice)
    }

    /// Whether the flag was given, and not as false.
    pub(super) fn is(&self, flag: &str) -> bool {
        self.is_or(flag, false)
    }

    /// The flag's value, or what holds without it.
    pub(super) fn is_or(&self, flag: &str, default: bool) -> bool {
        match self.text(flag) {
            Some(text) => matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True"),
            None => default,
        }
    }

    /// The flag's number.
    pub(super) fn number(&self, flag: &str) -> Option<i64> {
        self.text(flag)?.parse().ok()
    }

    /// The namespace the command works in.
    pub(super) fn namespace(&self) -> Str {
        if self.is("all-namespaces") {
            return Str::default();
        }
        match self.text("namespace") {
            Some(namespace) if !namespace.is_empty() => namespace.into(),
            _ => "default".into(),
        }
    }

    /// Who sends its requests: whom admin.conf names, or `--as`; whoever shows a token is unknown.
    pub(super) fn user(&self) -> User {
        let Some(name) = self.text("as") else {
            return match self.text("token") {
                Some(_) => User::unknown(),
                None => User::admin(),
            };
        };
        let named = self.texts("as-group");
        let mut groups: Vec<&str> = named.iter().map(String::as_str).collect();
        groups.retain(|group| *group != "system:authenticated");
        // The API server adds the groups of a service account nobody gave groups.
        let account = name.strip_prefix("system:serviceaccount:");
        let namespace = account.and_then(|account| account.split(':').next());
        let of_namespace = format!("system:serviceaccounts:{}", namespace.unwrap_or_default());
        if account.is_some() && groups.is_empty() {
            groups.extend(["system:serviceaccounts", &of_namespace]);
        }
        User::admin().acting_as(name, &groups)
    }

    /// A length of time, in microseconds.
    pub(super) fn micros(&self, long: &str) -> Option<i64> {
        super::duration::parse(self.text(long)?).ok()
    }

    /// What `--dry-run` says.
    pub(super) fn dry_run(&self) -> Result<DryRun, Failure> {
        match self.text("dry-run") {
            None | Some("none") => Ok(DryRun::No),
            Some("client") => Ok(DryRun::Client),
            Some("server") => Err(Failure::error(
                "--dry-run=server is not part of this cluster; --dry-run=client is",
            )),
            Some(other) => Err(Failure::error(format!(
                "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
            ))),
        }
    }
}

/// How much of a command is only pretended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DryRun {
    No,
    /// Nothing is sent.
    Client,
}

impl DryRun {
    /// What a line about something not done ends with.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            DryRun::No => "",
            DryRun::Client => " (dry run)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Invocation, String> {
        let words =
            crate::cluster::kubectl::words::split(line).map_err(|failure| failure.text())?;
        Invocation::parse(&words).map_err(|failure| failure.text())
    }

    /// Facts of `github.com/spf13/pflag`'s way with flags.
    #[test]
    fn flags_are_read_as_pflag_reads_them() {
        for line in [
            "kubectl get pods -n shop -o wide",
            "$ kubectl get pods -nshop -owide",
            "kubectl get -n=shop -o=wide pods",
            "kubectl -n shop get --output wide pods",
            "kubectl get -n shop --output wide pods",
            "kubectl --namespace=shop get --output=wide pods",
        ] {
            let parsed = parse(line).unwrap();
            assert_eq!(parsed.command.path, "get", "{line}");
            assert_eq!(parsed.words, ["pods"], "{line}");
            assert_eq!(&*parsed.namespace(), "shop", "{line}");
            assert_eq!(parsed.text("output"), Some("wide"), "{line}");
        }
        let parsed = parse("kubectl run x --image=busybox -Aq -- sh -c 'sleep 1'");
        assert!(parsed.is_err(), "run has no -A");
        let parsed = parse("kubectl run x --image=busybox -- sh -c 'sleep 1'").unwrap();
        assert_eq!(parsed.dash, Some(1));
        assert_eq!(parsed.words, ["x", "sh", "-c", "sleep 1"]);
    }

    #[test]
    fn flags_may_part_a_commands_words() {
        let parsed = parse("kubectl create -n shop deployment web --image=x").unwrap();
        assert_eq!(parsed.command.path, "create deployment");
        assert_eq!(parsed.words, ["web"]);
        assert_eq!(&*parsed.namespace(), "shop");
    }

    #[test]
    fn wrong_command_lines_are_told_as_kubectl_tells_them() {
        for (line, told) in [
            (
                "kubectl create -f x.yaml --foo",
                "error: unknown flag: --foo\nSee 'kubectl create --help' for usage.\n",
            ),
            (
                "kubectl get pods -z",
                "error: unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage.\n",
            ),
            (
                "kubectl scale rc web --replicas=x",
                "error: invalid argument \"x\" for \"--replicas\" flag: strconv.ParseInt: parsing \"x\": invalid syntax\nSee 'kubectl scale --help' for usage.\n",
            ),
            (
                "kubectl scale rc web --replicas",
                "error: flag needs an argument: --replicas\nSee 'kubectl scale --help' for usage.\n",
            ),
            (
                "kubectl create -f",
                "error: flag needs an argument: 'f' in -f\nSee 'kubectl create --help' for usage.\n",
            ),
            (
                "kubectl xyzzy",
                "error: unknown command \"xyzzy\" for \"kubectl\"\n",
            ),
            (
                "kubectl delte pod x",
                "error: unknown command \"delte\" for \"kubectl\"\n\nDid you mean this?\n\tdelete\n",
            ),
            (
                "kubectl --foo get pods",
                "error: unknown flag: --foo\nSee 'kubectl --help' for usage.\n",
            ),
            ("helm install", "bash: helm: command not found\n"),
        ] {
            assert_eq!(parse(line).map(|_| ()), Err(told.to_owned()), "{line}");
        }
    }

    proptest::proptest! {
        /// No line makes the reader of command lines panic.
        #[test]
        fn any_line_is_read_or_refused(line in "(kubectl|k) [-=a-z/,'\" ]{0,60}", other in ".{0,40}") {
            let _ = (parse(&line), parse(&other));
        }
    }
}
