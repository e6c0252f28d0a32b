use std::{borrow::Cow, rc::Rc};

use super::{
    cache::{Cache, NodeInfo, Slot},
    diagnosis::Diagnosis,
    framework::{MAX_NODE_SCORE, Plugin, Rejection},
    nominator::Nominator,
    plugins::{
        image_locality::ImageLocality,
        inter_pod_affinity::{self, PodAffinity},
        node_affinity::{self, PreferredNodeAffinity},
        node_resources,
        normalize::normalize,
        pod_topology_spread::{self, HardSpread},
    },
    pod_info::{Namespaces, PodInfo},
    verdicts::{KindOfPod, Verdicts},
    workloads::Workloads,
};
use crate::cluster::{api::Str, random::Random};

/// All that a decision is made from, and how it is made (`pkg/scheduler/schedule_one.go`).
#[derive(Clone, Debug, Default)]
pub(super) struct Algorithm {
    pub(super) cache: Cache,
    pub(super) verdicts: Verdicts,
    pub(super) workloads: Workloads,
    pub(super) namespaces: Rc<Namespaces>,
    pub(super) nominator: Nominator,
    /// At which node the next search begins, so that all have the same chance.
    next_start: usize,
}

/// What PreFilter worked out for one Pod, and what becomes of it when Pods are added or taken away to see
/// what would be.
#[derive(Clone, Debug)]
pub(super) struct CycleState {
    pub(super) kind: KindOfPod,
    spread: Option<HardSpread>,
    affinity: Option<PodAffinity>,
}

/// What came of a scheduling cycle.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Fits(Fit),
    Unfit(Diagnosis),
    /// There is no node at all.
    NoNodes,
}

/// A node was found.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) slot: Slot,
    pub(super) node: Str,
    pub(super) feasible: Vec<Slot>,
    pub(super) rejected: Vec<(Slot, Rejection)>,
    /// None if there was only one.
    pub(super) scores: Option<Scores>,
}

/// What each plugin gave the feasible nodes, normalised and weighted.
#[derive(Clone, Debug, Default)]
pub(super) struct Scores {
    /// Plugins that had nothing to say are left out.
    pub(super) by_plugin: Vec<(Plugin, Column)>,
    pub(super) totals: Vec<i64>,
}

/// One plugin's scores.
#[derive(Clone, Debug)]
pub(super) enum Column {
    /// The same for every node.
    All(i64),
    Each(Vec<i64>),
}

impl Column {
    pub(super) fn get(&self, at: usize) -> i64 {
        match self {
            Column::All(score) => *score,
            Column::Each(scores) => scores.get(at).copied().unwrap_or(0),
        }
    }
}

/// How many feasible nodes are enough (numFeasibleNodesToFind).
pub(super) fn enough_nodes(nodes: usize) -> usize {
    const LEAST: usize = 100;
    if nodes < LEAST {
        return nodes;
    }
    let percentage = 50_usize.saturating_sub(nodes / 125).max(5);
    (nodes * percentage / 100).max(LEAST)
}

impl Algorithm {
    /// PreFilter, Filter, PreScore and Score. What PostFilter needs comes back with the outcome.
    pub(super) fn schedule(
        &mut self,
        info: &Rc<PodInfo>,
        random: &mut Random,
    ) -> (Outcome, Option<CycleState>) {
        self.cache.bring_up_to_date();
        let nodes = self.cache.order().len();
        if nodes == 0 {
            return (Outcome::NoNodes, None);
        }
        let mut diagnosis = Diagnosis {
            nodes,
            ..Diagnosis::default()
        };
        let names = match node_affinity::pre_filter(&info.pod.spec) {
            Ok(names) => names,
            Err(reason) => {
                diagnosis.pre_filter = Some(reason);
                return (Outcome::Unfit(diagnosis), None);
            }
        };
        let state = self.pre_filter(info);
        let feasible = self.find_feasible(info, &state, names.as_deref(), &mut diagnosis);
        let [slot, ..] = *feasible else {
            return (Outcome::Unfit(diagnosis), Some(state));
        };
        let mut fit = Fit {
            slot,
            node: self.cache.node(slot).name.clone(),
            feasible,
            rejected: diagnosis.rejected,
            scores: None,
        };
        if fit.feasible.len() > 1 {
            let scores = self.score(info, &state, &fit.feasible);
            let best = pick(&scores.totals, random);
            fit.slot = fit.feasible.get(best).copied().unwrap_or(slot);
            fit.node = self.cache.node(fit.slot).name.clone();
            fit.scores = Some(scores);
        }
        (Outcome::Fits(fit), Some(state))
    }

    fn pre_filter(&mut self, info: &PodInfo) -> CycleState {
        let kind = self.verdicts.kind_of(&info.pod.spec, &info.requests);
        self.verdicts.reach(kind, &self.cache);
        let spread = HardSpread::new(info, kind, &mut self.cache, &mut self.verdicts);
        inter_pod_affinity::follow_topologies(info, &mut self.cache);
        let affinity = PodAffinity::new(info, &self.cache, &self.namespaces);
        CycleState {
            kind,
            spread,
            affinity,
        }
    }

    /// The nodes that will do: the nominated one if it does, else as many as are enough.
    fn find_feasible(
        &mut self,
        info: &PodInfo,
        state: &CycleState,
        names: Option<&[Str]>,
        diagnosis: &mut Diagnosis,
    ) -> Vec<Slot> {
        let nominated = &info.pod.status.nominated_node_name;
        if !nominated.is_empty()
            && let Some(slot) = self.cache.find(nominated)
        {
            match self.filter(info, state, slot) {
                None => return vec![slot],
                Some(rejection) => diagnosis.rejected.push((slot, rejection)),
            }
        }
        let named: Option<Vec<Slot>> = names.map(|names| {
            let names = names.iter();
            names.filter_map(|name| self.cache.find(name)).collect()
        });
        if named.is_some() {
            diagnosis.absent = Some("node(s) didn't satisfy plugin(s) [NodeAffinity]");
        }
        let all = self.cache.order().len();
        let among = named.as_ref().map_or(all, Vec::len);
        let enough = enough_nodes(among);
        let start = self.next_start;
        let first = if among == 0 { 0 } else { start % among };
        let room_decides = self.room_decides(info, state);
        let mut feasible = Vec::with_capacity(enough);
        diagnosis.rejected.clear();
        for at in 0..among {
            let place = first + at;
            let place = if place < among { place } else { place - among };
            let slot = match &named {
                Some(named) => named[place],
                None => self.cache.order()[place],
            };
            let rejection = if room_decides {
                let shortage = self.verdicts.rooms(state.kind)[slot as usize].shortage;
                (!shortage.is_none()).then_some(Rejection::Resources(shortage))
            } else {
                self.filter(info, state, slot)
            };
            match rejection {
                Some(rejection) => diagnosis.rejected.push((slot, rejection)),
                None => {
                    feasible.push(slot);
                    if feasible.len() >= enough {
                        break;
                    }
                }
            }
        }
        let processed = feasible.len() + diagnosis.rejected.len();
        self.next_start = (start + processed) % all;
        feasible
    }

    /// Whether a node will do if there is room on it: nothing else tells one from another.
    fn room_decides(&self, info: &PodInfo, state: &CycleState) -> bool {
        self.nominator.is_empty()
            && self.verdicts.are_alike(state.kind)
            && info.ports.is_empty()
            && state.spread.is_none()
            && state.affinity.is_none()
    }

    /// Filter: with the Pods nominated for the node, and also without them.
    fn filter(&mut self, info: &PodInfo, state: &CycleState, slot: Slot) -> Option<Rejection> {
        if self.nominator.is_empty() || self.nominator.on(&self.cache.node(slot).name).is_empty() {
            return self.check(info, state, slot, None);
        }
        let node = self.cache.node(slot).clone();
        self.filter_as(info, state, slot, &node)
    }

    /// Filter, of a node as it would be.
    pub(super) fn filter_as(
        &mut self,
        info: &PodInfo,
        state: &CycleState,
        slot: Slot,
        node: &NodeInfo,
    ) -> Option<Rejection> {
        let nominated = self.nominator.on(&node.name).iter();
        let nominated: Vec<Rc<PodInfo>> = nominated
            .filter(|one| one.priority >= info.priority && one.uid() != info.uid())
            .cloned()
            .collect();
        if !nominated.is_empty() {
            let (mut node, mut state) = (node.clone(), state.clone());
            for other in &nominated {
                node.add(other);
                self.update(&mut state, info, (other, slot), 1);
            }
            let rejection = self.check(info, &state, slot, Some(&node));
            if rejection.is_some() {
                return rejection;
            }
        }
        self.check(info, state, slot, Some(node))
    }

    /// The filters in their order.
    fn check(
        &mut self,
        info: &PodInfo,
        state: &CycleState,
        slot: Slot,
        altered: Option<&NodeInfo>,
    ) -> Option<Rejection> {
        let cache = &self.cache;
        if !self.verdicts.are_alike(state.kind) {
            let verdict = self.verdicts.node(state.kind, slot, cache);
            if verdict.rejection.is_some() {
                return verdict.rejection;
            }
        }
        if !info.ports.is_empty() {
            let taken = &altered.unwrap_or(cache.node(slot)).ports;
            let mut wanted = info.ports.iter();
            if wanted.any(|port| taken.iter().any(|taken| taken.conflicts(port))) {
                return Some(Rejection::Ports);
            }
        }
        let shortage = match altered {
            Some(node) => node_resources::shortage(&info.requests, node),
            None => self.verdicts.rooms(state.kind)[slot as usize].shortage,
        };
        if !shortage.is_none() {
            return Some(Rejection::Resources(shortage));
        }
        let spread = state.spread.as_ref();
        let affinity = state.affinity.as_ref();
        spread
            .and_then(|spread| spread.filter(slot, cache))
            .or_else(|| affinity.and_then(|affinity| affinity.filter(info, slot, cache)))
    }

    /// Another Pod is added to a node or taken away, to see what would be.
    pub(super) fn update(
        &mut self,
        state: &mut CycleState,
        info: &PodInfo,
        other: (&PodInfo, Slot),
        by: i64,
    ) {
        if let Some(spread) = &mut state.spread {
            let known = (&self.cache, &mut self.verdicts);
            spread.update((info, state.kind), other, by, known);
        }
        if let Some(affinity) = &mut state.affinity {
            affinity.update(info, other, by, &self.cache);
        }
    }

    /// PreScore, Score and NormalizeScore of every plugin, and their weighted sum.
    fn score(&mut self, info: &PodInfo, state: &CycleState, feasible: &[Slot]) -> Scores {
        let mut by_plugin = Vec::with_capacity(Plugin::SCORING.len());
        let mut alike = 0;
        for plugin in Plugin::SCORING {
            let Some(mut column) = self.score_by(plugin, info, state, feasible) else {
                continue;
            };
            let weight = plugin.weight();
            match &mut column {
                Column::All(score) => {
                    *score *= weight;
                    alike += *score;
                }
                Column::Each(each) if weight != 1 => {
                    each.iter_mut().for_each(|score| *score *= weight);
                }
                Column::Each(_) => {}
            }
            by_plugin.push((plugin, column));
        }
        let mut totals = vec![alike; feasible.len()];
        for (_, column) in &by_plugin {
            if let Column::Each(each) = column {
                for (score, total) in each.iter().zip(&mut totals) {
                    *total += *score;
                }
            }
        }
        Scores { by_plugin, totals }
    }

    /// None if the plugin has nothing to say about this Pod.
    fn score_by(
        &mut self,
        plugin: Plugin,
        info: &PodInfo,
        state: &CycleState,
        feasible: &[Slot],
    ) -> Option<Column> {
        let (cache, verdicts, kind) = (&mut self.cache, &mut self.verdicts, state.kind);
        Some(match plugin {
            Plugin::TaintToleration => {
                if verdicts.are_alike(kind) {
                    return Some(Column::All(MAX_NODE_SCORE));
                }
                let mut verdicts = |slot: &Slot| verdicts.node(kind, *slot, cache).untolerated;
                if feasible.iter().all(|slot| verdicts(slot) == 0) {
                    return Some(Column::All(MAX_NODE_SCORE));
                }
                let raw = feasible.iter().map(verdicts).map(i64::from);
                let mut scores: Vec<i64> = raw.collect();
                normalize(&mut scores, true);
                Column::Each(scores)
            }
            Plugin::NodeAffinity => {
                if PreferredNodeAffinity::is_skipped(&info.pod.spec) {
                    return None;
                }
                let raw = feasible.iter();
                let raw = raw.map(|slot| i64::from(verdicts.node(kind, *slot, cache).preferred));
                let mut scores: Vec<i64> = raw.collect();
                normalize(&mut scores, false);
                Column::Each(scores)
            }
            Plugin::NodeResourcesFit => {
                let rooms = verdicts.rooms(kind);
                let rooms = feasible.iter().map(|slot| rooms[*slot as usize]);
                Column::Each(rooms.map(|room| i64::from(room.least_allocated)).collect())
            }
            Plugin::PodTopologySpread => {
                let known = (cache, verdicts, &mut self.workloads);
                Column::Each(pod_topology_spread::score(info, kind, feasible, known)?)
            }
            Plugin::InterPodAffinity => Column::Each(inter_pod_affinity::score(
                info,
                feasible,
                cache,
                &self.namespaces,
            )?),
            Plugin::NodeResourcesBalancedAllocation => {
                if info.requests.is_best_effort() {
                    return None;
                }
                let rooms = verdicts.rooms(kind);
                let rooms = feasible.iter().map(|slot| rooms[*slot as usize]);
                Column::Each(rooms.map(|room| i64::from(room.balanced)).collect())
            }
            Plugin::ImageLocality => {
                let nodes = cache.order().len();
                let images = ImageLocality::new(&info.pod.spec, &cache.images, nodes);
                if images.is_indifferent() {
                    return Some(Column::All(images.score(0)));
                }
                Column::Each(feasible.iter().map(|slot| images.score(*slot)).collect())
            }
            _ => return None,
        })
    }

    /// The name of a node.
    pub(super) fn name_of(&self, slot: Slot) -> Cow<'_, str> {
        Cow::Borrowed(&self.cache.node(slot).name)
    }
}

/// Where the largest stands; of equals each with the same chance.
fn pick(totals: &[i64], random: &mut Random) -> usize {
    let (mut best, mut most, mut equals) = (0, i64::MIN, 0);
    for (at, total) in totals.iter().enumerate() {
        if *total > most {
            (best, most, equals) = (at, *total, 1);
        } else if *total == most {
            equals += 1;
            if random.below(equals) == 0 {
                best = at;
            }
        }
    }
    best
}
