//! The order in which chosen cards are asked.

use std::collections::{BTreeSet, HashMap, VecDeque};

/// Spreads the fewer evenly among the more; each keeps its own order.
pub(super) fn spread<T>(due: Vec<T>, new: Vec<T>) -> Vec<T> {
    let (all_due, all_new) = (due.len(), new.len());
    let mut mixed = Vec::with_capacity(all_due + all_new);
    let mut due = due.into_iter().enumerate().peekable();
    let mut new = new.into_iter().enumerate().peekable();
    loop {
        // The n-th of N stands at n / (N + 1) of the way; where both stand, due comes first.
        let due_first = match (due.peek(), new.peek()) {
            (Some((d, _)), Some((n, _))) => (d + 1) * (all_new + 1) <= (n + 1) * (all_due + 1),
            (due, _) => due.is_some(),
        };
        match if due_first { due.next() } else { new.next() } {
            Some((_, item)) => mixed.push(item),
            None => return mixed,
        }
    }
}

/// Reorders so that two items of one topic stand side by side as rarely as can be; otherwise what
/// came first stays first, and items of one topic keep their order.
pub(super) fn interleave<T, K: Eq + std::hash::Hash + Clone>(
    items: Vec<T>,
    topic: impl Fn(&T) -> &K,
) -> Vec<T> {
    let mut remaining = items.len();
    let mut mixed = Vec::with_capacity(remaining);
    let mut topics = Topics::default();
    let mut numbers: HashMap<K, usize> = HashMap::new();
    for (rank, item) in items.into_iter().enumerate() {
        let next = numbers.len();
        let number = *numbers.entry(topic(&item).clone()).or_insert(next);
        topics.push(number, rank, item);
    }
    let mut previous = None;
    while let Some(number) = topics.choose(previous, remaining) {
        mixed.extend(topics.pop(number));
        previous = Some(number);
        remaining -= 1;
    }
    mixed
}

/// Items waiting, by topic.
struct Topics<T> {
    waiting: Vec<VecDeque<(usize, T)>>,
    /// The rank of each topic's first item, with the topic.
    by_rank: BTreeSet<(usize, usize)>,
    /// How many items each topic has, with the topic.
    by_count: BTreeSet<(usize, usize)>,
}

impl<T> Default for Topics<T> {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
            by_rank: BTreeSet::new(),
            by_count: BTreeSet::new(),
        }
    }
}

impl<T> Topics<T> {
    fn push(&mut self, topic: usize, rank: usize, item: T) {
        if topic == self.waiting.len() {
            self.waiting.push(VecDeque::new());
            self.by_rank.insert((rank, topic));
        }
        let waiting = &mut self.waiting[topic];
        self.by_count.remove(&(waiting.len(), topic));
        waiting.push_back((rank, item));
        self.by_count.insert((waiting.len(), topic));
    }

    /// A topic that is more than half of what remains must come now, or it ends up in a row; else the
    /// topic whose item came first, but not the previous one if there is another.
    fn choose(&self, previous: Option<usize>, remaining: usize) -> Option<usize> {
        if let Some(&(count, topic)) = self.by_count.last()
            && count * 2 > remaining
            && previous != Some(topic)
        {
            return Some(topic);
        }
        let topics = || self.by_rank.iter().map(|&(_, topic)| topic);
        topics()
            .find(|topic| previous != Some(*topic))
            .or_else(|| topics().next())
    }

    fn pop(&mut self, topic: usize) -> Option<T> {
        let waiting = &mut self.waiting[topic];
        self.by_count.remove(&(waiting.len(), topic));
        let (rank, item) = waiting.pop_front()?;
        self.by_rank.remove(&(rank, topic));
        if let Some(&(next, _)) = waiting.front() {
            self.by_rank.insert((next, topic));
            self.by_count.insert((waiting.len(), topic));
        }
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn new_cards_are_spread_evenly_among_the_due() {
        let mixed = |due: &str, new: &str| -> String {
            spread(due.chars().collect(), new.chars().collect())
                .into_iter()
                .collect()
        };
        assert_eq!(mixed("abcdef", "XY"), "abXcdYef");
        assert_eq!(mixed("ab", "XYZW"), "XaYZbW");
        assert_eq!(mixed("", "XY"), "XY");
        assert_eq!(mixed("ab", ""), "ab");
        assert_eq!(mixed("a", "X"), "aX");
    }

    #[test]
    fn topics_alternate_and_what_came_first_stays_first() {
        let order = |topics: &str| -> String {
            interleave(topics.chars().collect(), |topic| topic)
                .into_iter()
                .collect()
        };
        assert_eq!(order("aaabbb"), "ababab");
        assert_eq!(order("abcabc"), "abcabc");
        assert_eq!(order("bcaaa"), "abaca");
        assert_eq!(order("aaaa"), "aaaa");
    }

    proptest! {
        #[test]
        fn interleaving_keeps_every_item_and_repeats_topics_only_where_it_must(
            topics in prop::collection::vec(0u8..5, 0..40),
        ) {
            let items: Vec<(u8, usize)> = topics.iter().copied().zip(0..).collect();
            let mixed = interleave(items.clone(), |(topic, _)| topic);
            for topic in 0..5 {
                let of = |all: &[(u8, usize)]| -> Vec<usize> {
                    all.iter().filter(|item| item.0 == topic).map(|item| item.1).collect()
                };
                prop_assert_eq!(of(&items), of(&mixed));
            }
            let most = (0..5)
                .map(|topic| topics.iter().filter(|t| **t == topic).count())
                .max()
                .unwrap_or(0);
            let unavoidable = (2 * most).saturating_sub(topics.len() + 1);
            let repeats = mixed.windows(2).filter(|pair| pair[0].0 == pair[1].0).count();
            prop_assert_eq!(repeats, unavoidable);
        }
    }
}
