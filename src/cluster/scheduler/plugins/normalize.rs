use crate::cluster::scheduler::framework::MAX_NODE_SCORE;

/// Brings the largest score to 100 and the others in proportion; in reverse, the other way round
/// (`plugins/helper/normalize_score.go`).
pub(in crate::cluster::scheduler) fn normalize(scores: &mut [i64], reverse: bool) {
    let most = scores.iter().copied().max().unwrap_or(0).max(0);
    if most == 0 {
        if reverse {
            scores.fill(MAX_NODE_SCORE);
        }
        return;
    }
    for score in scores {
        *score = MAX_NODE_SCORE * *score / most;
        if reverse {
            *score = MAX_NODE_SCORE - *score;
        }
    }
}
