use std::collections::VecDeque;

use super::{command::Command, commands, failure::Failure, flags::GLOBAL};

/// The command its first words name, and the words that follow.
pub(super) fn find(words: &[String]) -> Result<(&'static Command, Vec<String>), Failure> {
    // Flags may stand before the command's name.
    let mut before = Vec::new();
    let mut rest = words.iter().cloned().collect::<VecDeque<_>>();
    let first = loop {
        match rest.pop_front() {
            None => return Err(Failure::verbatim(OVERVIEW.trim_end())),
            Some(word) if word.starts_with('-') => {
                let long = word.trim_start_matches('-');
                let takes_next = !word.contains('=')
                    && GLOBAL.iter().any(|flag| {
                        flag.alone.is_none()
                            && (flag.long == long
                                || flag.short.is_some_and(|s| long == s.to_string()))
                    });
                before.push(word);
                if takes_next {
                    before.extend(rest.pop_front());
                }
            }
            Some(word) => break word,
        }
    };
    if matches!(first.as_str(), "help") {
        return Err(Failure::verbatim(OVERVIEW.trim_end()));
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
