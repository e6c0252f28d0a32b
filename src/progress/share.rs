use crate::interview::wilson;

/// How much of something came out right: a sum of credits from 0 to 1 each, out of so many.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Share {
    /// The sum of the credits.
    pub credit: f64,
    /// Out of how many.
    pub of: usize,
}

impl Share {
    /// Adds one more.
    pub fn add(&mut self, credit: f64) {
        self.credit += credit;
        self.of += 1;
    }

    /// The share, 0 to 1; none out of nothing.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.credit / self.of as f64)
    }

    /// Where the true share lies, 95 times in 100 (Wilson, z = 1.96); none out of nothing.
    pub fn interval(self) -> Option<(f64, f64)> {
        wilson(self.credit, self.of)
    }
}

impl FromIterator<f64> for Share {
    fn from_iter<I: IntoIterator<Item = f64>>(credits: I) -> Self {
        let mut share = Share::default();
        credits.into_iter().for_each(|credit| share.add(credit));
        share
    }
}

impl FromIterator<bool> for Share {
    fn from_iter<I: IntoIterator<Item = bool>>(right: I) -> Self {
        right
            .into_iter()
            .map(|right| f64::from(u8::from(right)))
            .collect()
    }
}

impl std::ops::Add for Share {
    type Output = Share;

    fn add(self, other: Share) -> Share {
        Share {
            credit: self.credit + other.credit,
            of: self.of + other.of,
        }
    }
}

impl std::iter::Sum for Share {
    fn sum<I: Iterator<Item = Share>>(shares: I) -> Share {
        shares.fold(Share::default(), std::ops::Add::add)
    }
}
