//! The plugins of the default profile, each with the numbers and rules of its upstream namesake under
//! `pkg/scheduler/framework/plugins`. What they know of nodes and Pods comes from the cache alone.

pub(super) mod image_locality;
pub(super) mod inter_pod_affinity;
pub(super) mod node_affinity;
pub(super) mod node_resources;
pub(super) mod node_unschedulable;
pub(super) mod normalize;
pub(super) mod pod_topology_spread;
pub(super) mod taint_toleration;
#[cfg(test)]
mod tests;
