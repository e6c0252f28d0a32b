use crate::cluster::api::{Node, Str};

/// `--unhealthy-zone-threshold`.
const UNHEALTHY: f64 = 0.55;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ZoneState {
    Normal,
    PartialDisruption,
    FullDisruption,
}

/// `ComputeZoneState`.
pub(super) fn zone_state(ready: usize, others: usize) -> ZoneState {
    if ready == 0 && others > 0 {
        return ZoneState::FullDisruption;
    }
    let share = others as f64 / (ready + others).max(1) as f64;
    if others > 2 && share >= UNHEALTHY {
        ZoneState::PartialDisruption
    } else {
        ZoneState::Normal
    }
}

/// Nodes are counted by region and zone.
pub(super) fn zone(node: &Node) -> Str {
    let label = |key: &str| node.metadata.labels.get(key).unwrap_or_default();
    let region = label("topology.kubernetes.io/region");
    let zone = label("topology.kubernetes.io/zone");
    format!("{region}:{zone}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pkg/controller/nodelifecycle/node_lifecycle_controller_test.go`, TestMonitorNodeHealthEvictPods…
    /// and ComputeZoneState: two of three nodes down are no partial disruption.
    /// C32
    #[test]
    fn zone_states_by_share_of_nodes_that_are_not_ready() {
        use ZoneState::*;
        for (ready, others, state) in [
            (3, 0, Normal),
            (2, 1, Normal),
            (1, 2, Normal),
            (0, 1, FullDisruption),
            (0, 3, FullDisruption),
            (2, 3, PartialDisruption),
            (3, 3, Normal),
            (0, 0, Normal),
        ] {
            assert_eq!(zone_state(ready, others), state, "{ready} {others}");
        }
    }
}
