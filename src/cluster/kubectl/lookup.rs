use std::collections::VecDeque;

use super::{command::Command, commands, failure::Failure, flags::GLOBAL};

/// The command its first words name, and the words that follow.
pub(super) fn find(words: &[String]) -> Result<(&'static Command, Vec<String>), Failure> {
    let mut rest: VecDeque<String> = words.iter().cloned().collect();
    // Flags may stand before the command's name, and between its words.
    let mut before = Vec::new();
    peel(&mut rest, &mut before);
    let Some(first) = rest.pop_front() else {
        return Err(Failure::Help(OVERVIEW.to_owned()));
    };
    if let Some(flag) = first.strip_prefix('-') {
        let what = match flag.strip_prefix('-') {
            Some(long) => format!("unknown flag: --{long}"),
            None => {
                let short = flag.chars().next().unwrap_or('-');
                format!("unknown shorthand flag: '{short}' in -{flag}")
            }
        };
        return Err(Failure::error(format!(
            "{what}\nSee 'kubectl --help' for usage."
        )));
    }
    peel(&mut rest, &mut before);
    if matches!(first.as_str(), "help") {
        return Err(Failure::Help(OVERVIEW.to_owned()));
    }
    let all = commands::ALL;
    let name = first.as_str();
    let group: Vec<&Command> = all
        .iter()
        .filter(|command| command.path.split(' ').next() == Some(name))
        .collect();
    if group.is_empty() {
        return Err(unknown(&first));
    }
    let whole = |path: &str| all.iter().find(|command| command.path == path);
    let second = rest.front().filter(|word| !word.starts_with('-')).cloned();
    let second = second.as_deref().map(commands::subalias);
    let found = second
        .and_then(|second| whole(&format!("{name} {second}")))
        .inspect(|_| {
            rest.pop_front();
        })
        .or_else(|| whole(name));
    let Some(command) = found else {
        return Err(match second {
            Some(second) => Failure::error(format!(
                "unknown command \"{second}\" for \"kubectl {name}\"\nSee 'kubectl {name} -h' for help and examples"
            )),
            None => Failure::error(format!(
                "must specify one of: {}\nSee 'kubectl {name} -h' for help and examples",
                group
                    .iter()
                    .map(|command| command.path)
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
        });
    };
    before.extend(rest);
    Ok((command, before))
}

/// Takes flags that every command takes, with their values, off the front.
fn peel(rest: &mut VecDeque<String>, flags: &mut Vec<String>) {
    while let Some(word) = rest.front() {
        let name = word.trim_start_matches('-');
        let (name, alone) = match name.split_once('=') {
            Some((name, _)) => (name, true),
            None => (name, false),
        };
        let known = GLOBAL.iter().find(|flag| {
            let short = flag.short.is_some_and(|short| name == short.to_string());
            word.starts_with("--") && flag.long == name || !word.starts_with("--") && short
        });
        let Some(flag) = known.filter(|_| word.starts_with('-')) else {
            return;
        };
        flags.extend(rest.pop_front());
        if !alone && flag.alone.is_none() {
            flags.extend(rest.pop_front());
        }
    }
}

const OVERVIEW: &str = "\
kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/

Usage:
  kubectl [flags] [options]
";

/// `unknown command "gt" for "kubectl"`, with what may have been meant.
fn unknown(word: &str) -> Failure {
    let mut message = format!("unknown command \"{word}\" for \"kubectl\"");
    let mut near: Vec<&str> = Vec::new();
    for command in commands::ALL {
        let name = command.path.split(' ').next().unwrap_or_default();
        let close = distance(word, name) <= 2 || name.starts_with(&word.to_lowercase());
        if close && !near.contains(&name) {
            near.push(name);
        }
    }
    near.sort_unstable();
    if !near.is_empty() {
        message += "\n\nDid you mean this?";
        for name in near {
            message += &format!("\n\t{name}");
        }
        message.push('\n');
    }
    Failure::error(message)
}

/// Levenshtein's distance, without regard to case (`github.com/spf13/cobra`, ld).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, left) in one.to_lowercase().chars().enumerate() {
        let mut corner = at;
        let mut last = at + 1;
        row[0] = last;
        for (below, right) in row[1..].iter_mut().zip(&other) {
            let replaced = corner + usize::from(left != *right);
            corner = *below;
            last = replaced.min(*below + 1).min(last + 1);
            *below = last;
        }
    }
    row.last().copied().unwrap_or_default()
}
