use std::sync::Arc;

use crate::cluster::{Cluster, trace::Step};

/// Everything the picture shows, read from the model.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Scene {
    /// etcd's revision.
    pub(super) revision: u64,
}

impl Scene {
    /// The cluster when `cursor` of these steps have happened; the last of them is in the light.
    pub(in crate::tui) fn new(cluster: &Cluster, _steps: &[Arc<Step>], _cursor: usize) -> Scene {
        Scene {
            revision: cluster.revision(),
        }
    }
}
