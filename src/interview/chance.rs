//! Chance, from a seed: the same seed gives the same interview, on any machine and in any version.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub(super) struct Chance(u64);

impl Chance {
    /// What a seed decides about one thing: it stays the same whatever else is decided.
    pub(super) fn about(seed: u64, thing: &str) -> Chance {
        // FNV-1a, 64 bits.
        let name = thing.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut chance = Chance(seed ^ name);
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Fisher and Yates.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }

    /// The numbers below `count` in some order.
    pub(super) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        self.shuffle(&mut order);
        order
    }

    /// The same, but not as they are, which for an order to be found would give it away.
    pub(super) fn disorder(&mut self, count: usize) -> Vec<usize> {
        let mut order = self.order(count);
        if order.is_sorted() && count > 1 {
            order.rotate_left(1);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Interviews that were held must stay repeatable: these numbers never change.
    #[test]
    fn a_seed_decides_the_same_for_ever() {
        let order = Chance::about(7, "d01-ns").order(8);
        assert_eq!(order, [7, 1, 3, 2, 6, 4, 0, 5]);
    }

    #[test]
    fn an_order_to_be_found_is_never_shown_as_it_is() {
        for seed in 0..200 {
            assert!(!Chance::about(seed, "q").disorder(3).is_sorted());
        }
    }
}
