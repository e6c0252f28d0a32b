//! What the last word of a kubectl command line may become: commands and flags as kubectl knows them,
//! names as they are in the cluster.

use crate::cluster::{
    Cluster, Files, KnownCommand, KnownFlag, Words, api::Resource, known_commands,
};

/// The resources people type most, first; the others follow.
const FIRST: [Resource; 7] = [
    Resource::Pods,
    Resource::Nodes,
    Resource::Services,
    Resource::Deployments,
    Resource::ReplicaSets,
    Resource::ReplicationControllers,
    Resource::Events,
];

/// How `kubectl get` may print.
const FORMATS: [&str; 5] = ["wide", "yaml", "json", "name", "jsonpath="];

/// The word being typed.
pub(super) fn last_word(line: &str) -> &str {
    let start = line.rfind(char::is_whitespace).map_or(0, |at| {
        let space = line[at..].chars().next();
        at + space.map_or(1, char::len_utf8)
    });
    &line[start..]
}

/// What the last word may become.
pub(super) fn candidates(line: &str, cluster: &Cluster, files: &Files) -> Vec<String> {
    let begun = last_word(line);
    let mut words = line[..line.len() - begun.len()].split_whitespace();
    match words.next() {
        Some("kubectl" | "k") => {}
        _ => return Vec::new(),
    }
    let given = Given::read(words);
    let found = match (given.open, begun.starts_with('-')) {
        (Some(flag), _) => values(flag, cluster, files),
        (None, true) => flags(given.command, begun),
        (None, false) => given.next(begun, cluster),
    };
    let mut found: Vec<String> = found
        .into_iter()
        .filter(|word| word.starts_with(begun))
        .collect();
    found.dedup();
    found
}

/// What was typed before the last word.
struct Given<'a> {
    /// The command, as far as it is named.
    path: String,
    command: Option<KnownCommand>,
    /// What follows its name, without flags.
    words: Vec<&'a str>,
    namespace: Option<&'a str>,
    /// The flag whose value comes next.
    open: Option<KnownFlag>,
}

impl<'a> Given<'a> {
    fn read(words: impl Iterator<Item = &'a str>) -> Given<'a> {
        let mut given = Given {
            path: String::new(),
            command: None,
            words: Vec::new(),
            namespace: None,
            open: None,
        };
        for word in words {
            if let Some(flag) = given.open.take() {
                if flag.long == "namespace" {
                    given.namespace = Some(word);
                }
            } else if word.starts_with('-') {
                given.open = given.flag(word).filter(|flag| flag.takes_value);
            } else if !given.name(word) {
                given.words.push(word);
            }
        }
        given
    }

    /// Takes a word as the next of the command's name, if it is one.
    fn name(&mut self, word: &str) -> bool {
        let path = match &*self.path {
            "" => word.to_owned(),
            path => format!("{path} {word}"),
        };
        let begins = |command: &KnownCommand| {
            let rest = command.path().strip_prefix(&*path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        if !self.words.is_empty() || !known_commands().any(|command| begins(&command)) {
            return false;
        }
        self.command = known_commands().find(|command| command.path() == path);
        self.path = path;
        true
    }

    /// The flag a word is, unless its value is in it.
    fn flag(&self, word: &str) -> Option<KnownFlag> {
        let command = self.command.or_else(|| known_commands().next())?;
        command.flags().find(|flag| match word.strip_prefix("--") {
            Some(long) => flag.long == long,
            None => {
                let mut letters = word.chars().skip(1);
                letters.next().is_some_and(|one| flag.short == Some(one))
                    && letters.next().is_none()
            }
        })
    }

    fn next(&self, begun: &str, cluster: &Cluster) -> Vec<String> {
        let mut found = Vec::new();
        if self.words.is_empty() {
            found.extend(self.subcommands());
        }
        let Some(command) = self.command else {
            return found;
        };
        let names = |resource: Resource| names(resource, self.namespace, cluster);
        match (command.words(), &self.words[..]) {
            (Words::Objects, []) => match begun.split_once('/') {
                Some((kind, _)) => {
                    let resource = Resource::named(kind);
                    let named = resource.into_iter().flat_map(names);
                    found.extend(named.map(|name| format!("{kind}/{name}")));
                }
                None => found.extend(resources().map(|one| one.plural().to_owned())),
            },
            (Words::Objects, [first, ..]) => {
                let (kind, slash) = match first.split_once('/') {
                    Some((kind, _)) => (kind, format!("{kind}/")),
                    None => (*first, String::new()),
                };
                let named = Resource::named(kind).into_iter().flat_map(names);
                let named = named.map(|name| format!("{slash}{name}"));
                found.extend(named.filter(|name| !self.words.contains(&&**name)));
            }
            (Words::One(kinds), []) => {
                for kind in kinds {
                    let short = kind.short_names().first().copied();
                    let kind_name = match begun.split_once('/') {
                        Some((typed, _)) if Resource::named(typed) == Some(*kind) => typed,
                        _ => short.unwrap_or(kind.singular()),
                    };
                    found.extend(
                        names(*kind)
                            .into_iter()
                            .map(|name| format!("{kind_name}/{name}")),
                    );
                }
            }
            (Words::One(_), [kind]) if !kind.contains('/') => {
                found.extend(Resource::named(kind).into_iter().flat_map(names));
            }
            (Words::Of(resource), []) => found.push(resource.plural().to_owned()),
            (Words::Of(resource), [_]) => found.extend(names(resource)),
            (Words::Names(resource), []) => found.extend(names(resource)),
            (Words::Names(Resource::Nodes), given) => {
                let others = names(Resource::Nodes).into_iter();
                found.extend(others.filter(|name| !given.contains(&&**name)));
            }
            (Words::File, []) => found.push("-f".to_owned()),
            (Words::Kinds(kinds), []) => found.extend(kinds.iter().map(|kind| (*kind).to_owned())),
            _ => {}
        }
        found
    }

    /// The words with which the command's name may go on.
    fn subcommands(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for command in known_commands() {
            let rest = match &*self.path {
                "" => Some(command.path()),
                path => command
                    .path()
                    .strip_prefix(path)
                    .and_then(|rest| rest.strip_prefix(' ')),
            };
            let next = rest.and_then(|rest| rest.split(' ').next());
            if let Some(next) = next
                && !found.iter().any(|one| one == next)
            {
                found.push(next.to_owned());
            }
        }
        found
    }
}

fn flags(command: Option<KnownCommand>, begun: &str) -> Vec<String> {
    let flags: Vec<KnownFlag> = command.into_iter().flat_map(KnownCommand::flags).collect();
    let long = flags.iter().map(|flag| format!("--{}", flag.long));
    if begun == "-" {
        let short = flags.iter().filter_map(|flag| flag.short);
        return short.map(|short| format!("-{short}")).chain(long).collect();
    }
    long.collect()
}

/// What may be a flag's value.
fn values(flag: KnownFlag, cluster: &Cluster, files: &Files) -> Vec<String> {
    match flag.long {
        "filename" => files.keys().cloned().collect(),
        "namespace" => names(Resource::Namespaces, None, cluster),
        "output" => FORMATS.map(str::to_owned).into(),
        _ => Vec::new(),
    }
}

fn resources() -> impl Iterator<Item = Resource> {
    let others = Resource::ALL.into_iter();
    FIRST
        .into_iter()
        .chain(others.filter(|one| !FIRST.contains(one)))
}

/// The names of a resource's objects; without `-n` those in `default`.
fn names(resource: Resource, namespace: Option<&str>, cluster: &Cluster) -> Vec<String> {
    let namespace = match resource.is_namespaced() {
        true => namespace.unwrap_or("default"),
        false => "",
    };
    let objects = cluster.objects(resource, namespace).into_iter();
    objects
        .map(|object| object.metadata().name.to_string())
        .collect()
}

/// What all of them begin with.
pub(super) fn common_beginning(words: &[String]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let mut length = first.len();
    for word in rest {
        let same = first.bytes().zip(word.bytes());
        length = length.min(same.take_while(|(one, other)| one == other).count());
    }
    while !first.is_char_boundary(length) {
        length -= 1;
    }
    Some(first[..length].to_owned())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, rc::Rc};

    use proptest::prelude::*;

    use super::*;
    use crate::walkthrough::{Run, find};

    /// The candidates at the end of rc-create.
    fn of(line: &str) -> Vec<String> {
        let scenario = find("rc-create").expect("built in");
        let run = Run::new(&scenario, scenario.seed(), false);
        let files: Files = Rc::new(BTreeMap::from([("rc.yaml".to_owned(), String::new())]));
        candidates(line, run.end(), &files)
    }

    #[test]
    fn a_word_becomes_what_may_stand_there() {
        for (line, expected) in [
            ("kubectl des", &["describe"][..]),
            ("k get no", &["nodes"]),
            ("k get -n kube-system no", &["nodes"]),
            ("kubectl describe node ", &["node-1", "node-2", "node-3"]),
            ("kubectl cordon node-2", &["node-2"]),
            ("kubectl cordon node-2 node-", &["node-1", "node-3"]),
            ("kubectl taint ", &["nodes"]),
            ("kubectl taint nodes node-3", &["node-3"]),
            ("kubectl create -f ", &["rc.yaml"]),
            ("kubectl create -f rc.yaml -n kube-sys", &["kube-system"]),
            ("kubectl rollout un", &["undo"]),
            ("kubectl scale rc", &["rc/web"]),
            (
                "kubectl scale replicationcontroller/",
                &["replicationcontroller/web"],
            ),
            ("kubectl scale rc w", &["web"]),
            ("kubectl wai", &["wait"]),
            ("kubectl wait --fo", &["--for"]),
            ("kubectl logs --prev", &["--previous"]),
            ("kubectl create secret ", &["generic"]),
            ("kubectl create service cl", &["clusterip"]),
            ("kubectl get pods -o w", &["wide"]),
            ("kubectl get pods -owide ", &[]),
            ("kubectl drai", &[]),
            ("kubectl nonsense x", &[]),
            ("curl 10", &[]),
            ("", &[]),
        ] {
            let found = of(line);
            let pods = line == "kubectl get pods -owide ";
            if pods {
                assert_eq!(found.len(), 3, "{line}: {found:?}");
                assert!(found.iter().all(|name| name.starts_with("web-")));
                continue;
            }
            assert_eq!(found, expected, "{line}");
        }
        let pods = of("kubectl wait pod/");
        assert!(
            pods.len() == 3 && pods[0].starts_with("pod/web-"),
            "{pods:?}"
        );
        let pods = of("kubectl delete pod ");
        let rest = of(&format!("kubectl delete pod {} ", pods[0]));
        assert_eq!(rest, pods[1..]);
        assert!(of("kubectl create ").contains(&"-f".to_owned()));
        assert!(of("kubectl create ").contains(&"secret".to_owned()));
    }

    #[test]
    fn every_command_that_does_something_completes_word_by_word() {
        for command in known_commands() {
            let mut line = "kubectl ".to_owned();
            for word in command.path().split(' ') {
                let found = of(&line);
                assert!(found.contains(&word.to_owned()), "{line}: {found:?}");
                line = format!("{line}{word} ");
            }
            let flags = of(&format!("{line}--"));
            assert!(flags.contains(&"--namespace".to_owned()), "{line}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_line_completes_to_words_that_begin_as_it_ends(line in "(kubectl |k )?[a-z/ \u{3000}=é-]{0,24}") {
            for word in of(&line) {
                prop_assert!(word.starts_with(last_word(&line)));
            }
        }
    }
}
