use crate::cluster::scheduler::{
    cache::NodeInfo,
    framework::{MAX_NODE_SCORE, Shortage},
    requests::Requests,
};

/// Filter of NodeResourcesFit: what the node has too little of (`noderesources/fit.go`, fitsRequest).
pub(in crate::cluster::scheduler) fn shortage(requests: &Requests, node: &NodeInfo) -> Shortage {
    let mut shortage = Shortage::default();
    let (has, used) = (&node.allocatable, &node.requested);
    if node.pods.len() as i64 + 1 > has.pods {
        shortage.add(Shortage::PODS, false);
    }
    if requests.is_nothing() {
        return shortage;
    }
    let mut check = |what: u32, asked: i64, capacity: i64, used: i64| {
        if asked > 0 && asked > capacity.saturating_sub(used) {
            shortage.add(what, asked > capacity);
        }
    };
    check(
        Shortage::CPU,
        requests.milli_cpu,
        has.milli_cpu,
        used.milli_cpu,
    );
    check(Shortage::MEMORY, requests.memory, has.memory, used.memory);
    check(
        Shortage::EPHEMERAL_STORAGE,
        requests.ephemeral_storage,
        has.ephemeral_storage,
        used.ephemeral_storage,
    );
    for (bit, (name, asked)) in (Shortage::FIRST_SCALAR..).zip(&requests.scalars) {
        check(bit, *asked, has.scalar(name), node.requested_scalar(name));
    }
    shortage
}

/// Score of NodeResourcesFit by its strategy LeastAllocated: how much of CPU and memory would be left
/// (`noderesources/least_allocated.go`). A Pod that asks for nothing counts as asking for a little.
pub(in crate::cluster::scheduler) fn least_allocated(requests: &Requests, node: &NodeInfo) -> i64 {
    let (has, used) = (&node.allocatable, &node.requested);
    let (mut sum, mut weights) = (0, 0);
    for (capacity, used, asked) in [
        (
            has.milli_cpu,
            used.nonzero_milli_cpu,
            requests.nonzero_milli_cpu,
        ),
        (has.memory, used.nonzero_memory, requests.nonzero_memory),
    ] {
        if capacity == 0 {
            continue;
        }
        let wanted = used.saturating_add(asked);
        if wanted <= capacity {
            sum += (capacity - wanted).saturating_mul(MAX_NODE_SCORE) / capacity;
        }
        weights += 1;
    }
    if weights == 0 { 0 } else { sum / weights }
}

/// Score of NodeResourcesBalancedAllocation: whether CPU and memory would be used more evenly than before
/// (`noderesources/balanced_allocation.go`). None if the Pod asks for neither.
pub(in crate::cluster::scheduler) fn balanced_allocation(
    requests: &Requests,
    node: &NodeInfo,
) -> Option<i64> {
    if requests.is_best_effort() {
        return None;
    }
    let (has, used) = (&node.allocatable, &node.requested);
    let capacity = [has.milli_cpu, has.memory];
    let before = [used.milli_cpu, used.memory];
    let after = [
        before[0].saturating_add(requests.milli_cpu),
        before[1].saturating_add(requests.memory),
    ];
    let half = MAX_NODE_SCORE / 2;
    Some(half + (half + balance(after, capacity) - balance(before, capacity)) / 2)
}

/// 100 less the standard deviation of the used fractions, in percent.
fn balance(used: [i64; 2], capacity: [i64; 2]) -> i64 {
    let fraction = |at: usize| (used[at] as f64 / capacity[at] as f64).min(1.0);
    let deviation = if capacity.contains(&0) {
        0.0
    } else {
        ((fraction(0) - fraction(1)) / 2.0).abs()
    };
    ((1.0 - deviation) * MAX_NODE_SCORE as f64) as i64
}
