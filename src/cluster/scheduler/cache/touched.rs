use super::Slot;

/// The nodes that came to have more or less left than before, in the order in which that happened: whoever
/// knows how far they have read need not look at every node again.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::scheduler) struct Touched {
    slots: Vec<Slot>,
    /// How many came before these.
    forgotten: u64,
}

/// For so few nodes it is not worth while to forget.
const FEW: usize = 64;

impl Touched {
    /// A node was touched, of so many.
    pub(super) fn note(&mut self, slot: Slot, nodes: usize) {
        // To read more than there are nodes is worse than to look at them all.
        if self.slots.len() >= nodes.max(FEW) {
            self.forgotten = self.end();
            self.slots.clear();
        }
        self.slots.push(slot);
    }

    /// How far one has read who has read all.
    pub(in crate::cluster::scheduler) fn end(&self) -> u64 {
        self.forgotten + self.slots.len() as u64
    }

    /// What was touched since; None if that is forgotten.
    pub(in crate::cluster::scheduler) fn since(&self, read: u64) -> Option<&[Slot]> {
        let from = usize::try_from(read.checked_sub(self.forgotten)?).ok()?;
        self.slots.get(from..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_often_sees_each_touch_once_and_who_does_not_is_told_so() {
        let mut touched = Touched::default();
        let (mut read, mut seen) = (touched.end(), Vec::new());
        let late = touched.end();
        for slot in 0..200 {
            touched.note(slot, 3);
            if let Some(slots) = touched.since(read) {
                seen.extend_from_slice(slots);
            }
            read = touched.end();
        }
        assert_eq!(seen, (0..200).collect::<Vec<Slot>>());
        assert_eq!(touched.since(read), Some(&[][..]));
        assert_eq!(touched.since(late), None);
        assert_eq!(touched.since(touched.end() + 1), None);
    }
}
