//! Chance, from a seed: the same seed gives the same run, on any machine and in any version.

use std::{ops::RangeInclusive, time::Duration};

/// Of what generated names are made (`apimachinery/pkg/util/rand/rand.go`): no vowels, no 0, 1 or 3.
pub(crate) const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): small,
/// copied with the cluster, and fixed for ever, which no library promises.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The bias of a multiply-shift is below 2^-32 for every bound the model uses.
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A length of time within these bounds, in microseconds.
    pub(crate) fn within(&mut self, micros: &RangeInclusive<u64>) -> Duration {
        let width = micros.end().saturating_sub(*micros.start()) + 1;
        Duration::from_micros(micros.start() + self.below(width))
    }

    /// `length` and up to `factor` of it more (`apimachinery/pkg/util/wait`, Jitter).
    pub(crate) fn jitter(&mut self, length: Duration, factor: f64) -> Duration {
        let unit = self.next() as f64 / u64::MAX as f64;
        length + length.mul_f64(factor * unit)
    }

    /// Five letters and digits as the API server appends to a generateName.
    pub(crate) fn suffix(&mut self) -> String {
        (0..5)
            .map(|_| {
                let at = self.below(ALPHABET.len() as u64) as usize;
                char::from(ALPHABET[at])
            })
            .collect()
    }

    /// A random UUID (version 4).
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let high = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
        let low = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        uuid_text((u128::from(high) << 64) | u128::from(low))
    }
}

/// A UUID as it is written.
pub(crate) fn uuid_text(bits: u128) -> String {
    let mut digits = String::with_capacity(36);
    push_hex((bits >> 64) as u64, &mut digits);
    push_hex(bits as u64, &mut digits);
    for at in [8, 13, 18, 23] {
        digits.insert(at, '-');
    }
    digits
}

/// As many hexadecimal digits as it takes.
pub(crate) fn push_shortest_hex(number: u64, to: &mut String) {
    let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        let digit = (number >> (4 * place)) & 15;
        to.push(char::from_digit(digit as u32, 16).unwrap_or('0'));
    }
}

/// Sixteen hexadecimal digits.
pub(crate) fn push_hex(number: u64, to: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in number.to_be_bytes() {
        for digit in [byte >> 4, byte & 15] {
            to.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
}
