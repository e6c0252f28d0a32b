use crate::cluster::random::Random;

/// A range in two bands: the lower one is for those who ask for a number in particular, and for the rest
/// only when the upper one is full.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Bands {
    first: u32,
    size: u32,
    /// How many numbers the lower band has.
    lower: u32,
}

/// `min(max(least, size / step), most)`, or none if the range is smaller than that
/// (`ipallocator/bitmap.go` and `ipallocator.go`, calculateRangeOffset; `portallocator/allocator.go`).
const fn lower(size: u32, least: u32, step: u32, most: u32) -> u32 {
    if size <= least {
        return 0;
    }
    let part = size / step;
    if part < least {
        least
    } else if part > most {
        most
    } else {
        part
    }
}

impl Bands {
    /// Addresses: of a range of `size` without its first and last.
    pub(super) const fn of_addresses(first: u32, size: u32) -> Bands {
        Bands {
            first,
            size,
            lower: lower(size + 2, 16, 16, 256),
        }
    }

    /// Node ports.
    pub(super) const fn of_ports(first: u32, size: u32) -> Bands {
        Bands {
            first,
            size,
            lower: lower(size, 16, 32, 128),
        }
    }

    pub(super) const fn contains(self, number: u32) -> bool {
        number >= self.first && number - self.first < self.size
    }

    #[cfg(test)]
    pub(super) const fn first(self) -> u32 {
        self.first
    }

    #[cfg(test)]
    pub(super) const fn first_dynamic(self) -> u32 {
        self.first + self.lower
    }

    /// A free number: of the upper band from a random place on, then of the lower.
    pub(super) fn choose(self, random: &mut Random, taken: impl Fn(u32) -> bool) -> Option<u32> {
        let upper = self.size - self.lower;
        let first_upper = self.first + self.lower;
        Bands::from_random_place(first_upper, upper, random, &taken)
            .or_else(|| Bands::from_random_place(self.first, self.lower, random, &taken))
    }

    fn from_random_place(
        first: u32,
        size: u32,
        random: &mut Random,
        taken: &impl Fn(u32) -> bool,
    ) -> Option<u32> {
        if size == 0 {
            return None;
        }
        let start = u32::try_from(random.below(u64::from(size))).unwrap_or(0);
        (0..size)
            .map(|step| first + (start + step) % size)
            .find(|number| !taken(*number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tables of `ipallocator/bitmap_test.go` (calculateRangeOffset) and
    /// `portallocator/allocator_test.go`: the size of a range and of its lower band.
    /// C53
    #[test]
    fn band_sizes() {
        let addresses = [
            (2, 0),
            (16, 0),
            (32, 16),
            (64, 16),
            (128, 16),
            (256, 16),
            (1 << 12, 256),
            (1 << 20, 256),
        ];
        for (size, expected) in addresses {
            assert_eq!(lower(size, 16, 16, 256), expected, "addresses of {size}");
        }
        for (size, expected) in [(16, 0), (128, 16), (2768, 86), (8000, 128)] {
            assert_eq!(lower(size, 16, 32, 128), expected, "ports of {size}");
        }
    }

    /// `portallocator/allocator_test.go`: the upper band is used up before the lower one is touched.
    /// C53
    #[test]
    fn band_fallback() {
        let bands = Bands::of_ports(30_000, 20);
        let mut random = Random::new(7);
        let mut taken = Vec::new();
        while let Some(port) = bands.choose(&mut random, |port| taken.contains(&port)) {
            taken.push(port);
        }
        assert_eq!(taken.len(), 20);
        assert!(taken[..4].iter().all(|port| *port >= 30_016));
    }
}
