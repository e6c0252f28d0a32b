use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Source,
    page::{Block, Cell, Mood, Section},
};
use crate::{
    cluster::{
        Waits,
        api::Resource,
        trace::{Actor, Step, StepKind},
    },
    walkthrough::{gate_name, said},
};

/// The API server's gates, in the order of a request's way.
const GATES: [&str; 7] = [
    "authentication",
    "audit",
    "priority and fairness",
    "authorization",
    "mutating admission",
    "validation",
    "validating admission",
];

/// How many nodes stand side by side with each plugin's score.
const BESIDE: usize = 4;

/// How many of the last writes are shown.
const WRITES: usize = 40;

impl Source<'_> {
    fn section(&self, title: &str, blocks: Vec<Block>) -> Section {
        Section {
            title: self.text(title),
            blocks,
        }
    }

    fn heads(&self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.text(name)).collect()
    }

    /// What was typed and what was printed, the last first.
    pub(super) fn commands(&self) -> Section {
        let mut blocks = Vec::new();
        for output in self.cluster.outputs().iter().rev() {
            blocks.push(Block::Heading(format!("$ {}", output.line)));
            let printed = output.stdout.lines().chain(output.stderr.lines());
            blocks.push(Block::Text(printed.map(str::to_owned).collect()));
        }
        if blocks.is_empty() {
            blocks.push(Block::Nothing(self.text("inspect.no-command")));
        }
        self.section("inspect.commands", blocks)
    }

    /// Each gate with what it said last.
    pub(super) fn gates(&self) -> Section {
        let last_of = |gate: &str| {
            let mut steps = self.done.iter().rev();
            steps.find(|step| step.kind == StepKind::Gate && &*step.reason == gate)
        };
        let other = self.done.iter().rev().find(|step| {
            step.kind == StepKind::Gate && !GATES.contains(&&*step.reason) && step.code != 0
        });
        let others = other.map(|step| &*step.reason);
        let rows = GATES.into_iter().chain(others).map(|gate| {
            let last = last_of(gate);
            let (mark, mood) = match last.map(|step| step.code) {
                None => (String::new(), Mood::Quiet),
                Some(0) => (self.text("inspect.passed"), Mood::Good),
                Some(code) => (code.to_string(), Mood::Bad),
            };
            let message = last.map_or("", |step| &step.message);
            vec![
                Cell::text(gate_name(gate, self.locale)),
                Cell::text(mark).mood(mood),
                Cell::text(said(message, self.locale)).mood(Mood::Quiet),
            ]
        });
        let head = self.heads(&["inspect.gate", "inspect.last", "inspect.said"]);
        let rows = rows.collect();
        self.section("inspect.gates", vec![Block::Table { head, rows }])
    }

    /// Who hears of what.
    pub(super) fn watchers(&self) -> Section {
        let mut by_resource: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (resource, actor) in self.cluster.watchers() {
            let who = by_resource.entry(resource.plural()).or_default();
            let name = actor.to_string();
            if !who.contains(&name) {
                who.push(name);
            }
        }
        let rows = by_resource.into_iter().map(|(resource, who)| {
            vec![
                Cell::text(resource),
                Cell::number(who.len()),
                Cell::text(who.join(", ")).mood(Mood::Quiet),
            ]
        });
        let head = self.heads(&["inspect.resource", "inspect.count", "inspect.who"]);
        let rows = rows.collect();
        self.section("inspect.watchers", vec![Block::Table { head, rows }])
    }

    /// What etcd holds.
    pub(super) fn stored(&self) -> Section {
        let revision = Cell::number(self.cluster.revision()).mood(Mood::Lit);
        let facts = vec![("revision".to_owned(), revision)];
        let rows = self.cluster.stored().into_iter();
        let rows = rows.map(|(resource, count, newest)| {
            vec![
                Cell::text(resource.plural()),
                Cell::number(count),
                Cell::number(newest),
            ]
        });
        let table = Block::Table {
            head: self.heads(&["inspect.resource", "inspect.count", "inspect.newest"]),
            rows: rows.collect(),
        };
        self.section("inspect.objects", vec![Block::Facts(facts), table])
    }

    /// The last writes, the newest first.
    pub(super) fn writes(&self) -> Section {
        let written = self.done.iter().rev().filter(|step| {
            matches!(step.kind, StepKind::Store | StepKind::Event) && step.revision > 0
        });
        let rows = written.take(WRITES).map(|step| {
            let sub = match step.subresource {
                "" => String::new(),
                sub => format!("/{sub}"),
            };
            let resource = match step.kind {
                StepKind::Event => "events",
                _ => step.resource,
            };
            let verb = match step.kind {
                StepKind::Event => "create",
                _ => &*step.verb,
            };
            vec![
                Cell::number(step.revision),
                Cell::text(verb),
                Cell::text(format!("{resource}{sub} {}", step.name)),
            ]
        });
        let rows = rows.collect();
        let head = self.heads(&["inspect.revision", "inspect.verb", "inspect.object"]);
        self.section("inspect.writes", vec![Block::Table { head, rows }])
    }

    /// A component's copies beside what etcd holds.
    pub(super) fn caches(&self, actor: &Actor) -> Section {
        let mut behind = false;
        let rows = self.cluster.caches_of(actor).into_iter().map(|cache| {
            let lags = cache.lags();
            behind |= lags;
            let (count, stored) = cache.count;
            let state = match (cache.synced, lags) {
                (false, _) => self.text("inspect.unsynced"),
                (true, true) => self.text("inspect.behind"),
                (true, false) => self.text("inspect.same"),
            };
            let mood = match lags || !cache.synced {
                true => Mood::Warn,
                false => Mood::Good,
            };
            let own = if lags { Mood::Warn } else { Mood::Calm };
            vec![
                Cell::text(cache.resource.plural()),
                Cell::number(count).mood(own),
                Cell::number(stored).mood(Mood::Quiet),
                Cell::number(cache.revision).mood(own),
                Cell::number(cache.newest).mood(Mood::Quiet),
                Cell::text(state).mood(mood),
            ]
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        let note = match behind {
            true => self.text("inspect.note-behind"),
            false => self.text("inspect.note-same"),
        };
        let table = Block::Table {
            head: self.heads(&[
                "inspect.resource",
                "inspect.has",
                "inspect.etcd",
                "inspect.heard",
                "inspect.newest",
                "inspect.state",
            ]),
            rows,
        };
        self.section("inspect.caches", vec![table, Block::Nothing(note)])
    }

    /// Each controller's queue; those with nothing to do after the others.
    pub(super) fn queues(&self) -> Section {
        let mut queues = self.cluster.queues();
        queues.sort_by_key(|queue| {
            queue.waiting.is_empty() && queue.working.is_empty() && queue.later.is_empty()
        });
        let rows = queues.into_iter().map(|queue| {
            let count = |keys: &[String]| match keys.len() {
                0 => Cell::number("").mood(Mood::Quiet),
                count => Cell::number(count).mood(Mood::Lit),
            };
            let keys: Vec<String> = [&queue.working, &queue.waiting, &queue.later]
                .into_iter()
                .flatten()
                .cloned()
                .collect();
            vec![
                Cell::text(queue.controller),
                count(&queue.waiting),
                count(&queue.working),
                count(&queue.later),
                Cell::text(keys.join(", ")).mood(Mood::Quiet),
            ]
        });
        let head = self.heads(&[
            "inspect.controller",
            "inspect.waits",
            "inspect.works",
            "inspect.later",
            "inspect.keys",
        ]);
        let rows = rows.collect();
        self.section("inspect.queues", vec![Block::Table { head, rows }])
    }

    /// The Pods without a node.
    pub(super) fn scheduling_queue(&self) -> Section {
        let rows = self.cluster.unscheduled().into_iter().map(|pod| {
            let part = match pod.waits {
                Waits::Active => "active",
                Waits::Backoff => "backoff",
                Waits::Unschedulable => "unschedulable",
            };
            vec![
                Cell::text(pod.key.name),
                Cell::text(part),
                Cell::number(pod.attempts),
            ]
        });
        let head = self.heads(&["inspect.pod", "inspect.queue", "inspect.attempts"]);
        let rows = rows.collect();
        self.section("inspect.queue", vec![Block::Table { head, rows }])
    }

    /// The table the scheduler decided by last: each node with its scores, or why it was left out.
    pub(super) fn decision(&self) -> Section {
        let last = self.done.iter().rev().find(|step| {
            step.kind == StepKind::Decision
                && step.from == Actor::Scheduler
                && !step.changes.is_empty()
        });
        let Some(step) = last else {
            let nothing = Block::Nothing(self.text("inspect.no-decision"));
            return self.section("inspect.decision", vec![nothing]);
        };
        let facts = vec![
            (self.text("inspect.pod"), Cell::text(&step.name)),
            (
                self.text("inspect.outcome"),
                Cell::text(said(&step.message, self.locale)).mood(Mood::Lit),
            ),
        ];
        let mut blocks = vec![Block::Facts(facts)];
        let scores = Scores::of(step);
        if !scores.scored.is_empty() {
            blocks
                .push(scores.by_plugin(&self.text("inspect.plugin"), &self.text("inspect.total")));
        }
        if scores.scored.len() > BESIDE || !scores.rejected.is_empty() {
            let totals = scores.scored.iter().map(|(node, all)| {
                let total = all.get("total").map(ToString::to_string);
                let verdict = self.text("inspect.feasible");
                vec![
                    Cell::text(node),
                    Cell::number(total.unwrap_or_default()),
                    Cell::text(verdict).mood(Mood::Good),
                ]
            });
            let rejected = scores.rejected.iter().map(|(node, why)| {
                vec![
                    Cell::text(node),
                    Cell::number(""),
                    Cell::text(why).mood(Mood::Bad),
                ]
            });
            blocks.push(Block::Table {
                head: self.heads(&["inspect.node", "inspect.total", "inspect.verdict"]),
                rows: totals.chain(rejected).collect(),
            });
        }
        self.section("inspect.decision", blocks)
    }

    /// The Events told of an object, the last first.
    pub(super) fn events(&self, resource: Resource, name: &str) -> Section {
        let own = self.done.iter().rev().filter(|step| {
            step.kind == StepKind::Event
                && step.resource == resource.plural()
                && *step.name == *name
        });
        let rows = own.map(|step| {
            let mood = match &*step.verb {
                "Warning" => Mood::Warn,
                _ => Mood::Calm,
            };
            vec![
                Cell::text(&step.reason).mood(mood),
                Cell::text(&step.from).mood(Mood::Quiet),
                Cell::text(&step.message),
            ]
        });
        let head = self.heads(&["inspect.reason", "inspect.from", "inspect.said"]);
        let rows = rows.collect();
        self.section("inspect.events", vec![Block::Table { head, rows }])
    }
}

/// What a decision step says of each node, the best first.
struct Scores<'a> {
    plugins: Vec<&'a str>,
    /// A node's scores by plugin, and their sum.
    scored: Vec<(&'a str, BTreeMap<&'a str, &'a Value>)>,
    rejected: Vec<(&'a str, String)>,
}

impl Scores<'_> {
    fn of(step: &Step) -> Scores<'_> {
        let mut scores = Scores {
            plugins: Vec::new(),
            scored: Vec::new(),
            rejected: Vec::new(),
        };
        for change in &step.changes {
            let inside = change.path.strip_prefix("nodes[");
            let Some((node, what)) = inside.and_then(|path| path.split_once("].")) else {
                continue;
            };
            if what == "filter" {
                let why = change.after.as_str().unwrap_or_default();
                scores.rejected.push((node, why.to_owned()));
                continue;
            }
            let plugin = what.strip_prefix("scores.").unwrap_or(what);
            if what != "total" && !scores.plugins.contains(&plugin) {
                scores.plugins.push(plugin);
            }
            match scores.scored.iter_mut().find(|(name, _)| *name == node) {
                Some((_, all)) => {
                    all.insert(plugin, &change.after);
                }
                None => scores
                    .scored
                    .push((node, BTreeMap::from([(plugin, &change.after)]))),
            }
        }
        let total = |all: &BTreeMap<&str, &Value>| all.get("total").and_then(|sum| sum.as_i64());
        let by_total = |(_, all): &(_, BTreeMap<_, _>)| std::cmp::Reverse(total(all));
        scores.scored.sort_by_key(by_total);
        scores
    }

    /// A row for each plugin and a column for each of the best nodes.
    fn by_plugin(&self, plugin: &str, total: &str) -> Block {
        let value = |all: &BTreeMap<&str, &Value>, plugin: &str| {
            all.get(plugin)
                .map(|value| value.to_string())
                .unwrap_or_default()
        };
        let best: Vec<_> = self.scored.iter().take(BESIDE).collect();
        let mut head = vec![plugin.to_owned()];
        head.extend(best.iter().map(|(name, _)| (*name).to_owned()));
        let row = |plugin: &&str| {
            let scores = best.iter().map(|(_, all)| Cell::number(value(all, plugin)));
            [Cell::text(plugin)].into_iter().chain(scores).collect()
        };
        let mut rows: Vec<Vec<Cell>> = self.plugins.iter().map(row).collect();
        let highest = self.scored.first().map(|(_, all)| value(all, "total"));
        let sums = best.iter().map(|(_, all)| {
            let sum = value(all, "total");
            let is_best = highest.as_ref() == Some(&sum);
            Cell::number(sum).mood(if is_best { Mood::Lit } else { Mood::Calm })
        });
        rows.push([Cell::text(total)].into_iter().chain(sums).collect());
        Block::Table { head, rows }
    }
}
