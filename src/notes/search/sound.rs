//! Chinese found by how it sounds: each character by any beginning of any of its readings, so that
//! `zhuangtai`, `zt` and `zhuangt` all find 状态.

use pinyin::ToPinyinMulti;

use super::fold::Pairs;

/// The block of characters that is looked up in a table: CJK Unified Ideographs.
const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;

/// The readings of the characters met so far.
#[derive(Clone, Debug)]
pub(super) struct Readings {
    /// For each character of the block, which of the lists is its own; 0 not asked yet.
    table: Vec<u16>,
    lists: Vec<Box<[&'static str]>>,
}

impl Readings {
    pub(super) fn new() -> Self {
        Self {
            table: vec![0; (LAST - FIRST + 1) as usize],
            lists: vec![Box::default()],
        }
    }

    /// Takes note of a character's readings.
    pub(super) fn learn(&mut self, c: char) {
        let Some(at) = slot(c) else { return };
        if self.table[at] != 0 {
            return;
        }
        let mut readings: Vec<&'static str> = Vec::new();
        for reading in c.to_pinyin_multi().into_iter().flatten() {
            for typed in as_typed(reading.plain()) {
                if !readings.contains(&typed) {
                    readings.push(typed);
                }
            }
        }
        self.table[at] = self.lists.len() as u16;
        self.lists.push(readings.into());
    }

    /// How a character can be read, without tones. Empty for what is not Chinese or was not met.
    pub(super) fn of(&self, c: char) -> &[&'static str] {
        slot(c).map_or(&[], |at| &self.lists[usize::from(self.table[at])])
    }

    /// The pairs of letters that can follow each other in a spelling of the text. [`Readings::find`]
    /// finds nothing that has another pair.
    pub(super) fn pairs(&self, folded: impl Iterator<Item = char>) -> Pairs {
        let mut pairs = Pairs::default();
        let mut before: Vec<char> = Vec::new();
        let mut here: Vec<char> = Vec::new();
        for c in folded.filter(|c| *c != ' ') {
            here.clear();
            let readings = self.of(c);
            if readings.is_empty() {
                before.iter().for_each(|before| pairs.add_pair(*before, c));
                here.push(c);
            }
            for reading in readings {
                let mut previous = None;
                for letter in reading.chars() {
                    match previous {
                        None => before
                            .iter()
                            .for_each(|before| pairs.add_pair(*before, letter)),
                        Some(previous) => pairs.add_pair(previous, letter),
                    }
                    if !here.contains(&letter) {
                        here.push(letter);
                    }
                    previous = Some(letter);
                }
            }
            std::mem::swap(&mut before, &mut here);
        }
        pairs
    }

    /// Finds where `spelled` (lower-case letters and digits) sounds like the text.
    pub(super) fn find(&self, folded: &str, spelled: &[u8]) -> Option<Sounded> {
        let first = spelled.first()?;
        let starts = folded.char_indices().enumerate();
        let mut best: Option<Sounded> = None;
        for (start, (at, c)) in starts {
            let readings = self.of(c);
            let may_start = u32::from(c) == u32::from(*first)
                || readings
                    .iter()
                    .any(|reading| reading.as_bytes()[0] == *first);
            if !may_start {
                continue;
            }
            let found = self.follow(folded[at..].chars(), spelled);
            let Some((length, syllables)) = found.filter(|(_, syllables)| *syllables > 0) else {
                continue;
            };
            let found = Sounded {
                start,
                length,
                letters: spelled.len() / syllables,
            };
            if best
                .as_ref()
                .is_none_or(|best| found.letters > best.letters)
            {
                best = Some(found);
            }
        }
        best
    }

    /// How many characters `spelled` takes from the beginning, and how many of them by sound.
    fn follow(&self, mut chars: std::str::Chars<'_>, spelled: &[u8]) -> Option<(usize, usize)> {
        let Some(first) = spelled.first() else {
            return Some((0, 0));
        };
        let c = chars.next()?;
        let readings = self.of(c);
        if readings.is_empty() {
            let taken = if c == ' ' {
                0
            } else if u32::from(c) == u32::from(*first) {
                1
            } else {
                return None;
            };
            return self
                .follow(chars, &spelled[taken..])
                .map(|(length, syllables)| (length + 1, syllables));
        }
        for reading in readings {
            let same = reading
                .bytes()
                .zip(spelled)
                .take_while(|(a, b)| a == *b)
                .count();
            for taken in (1..=same).rev() {
                if let Some((length, syllables)) = self.follow(chars.clone(), &spelled[taken..]) {
                    return Some((length + 1, syllables + 1));
                }
            }
        }
        None
    }

    /// The text with each Chinese character replaced by the first letter of its first reading: as
    /// many characters as before.
    pub(super) fn initials<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = char> + 'a {
        folded.chars().map(|c| match self.of(c).first() {
            Some(reading) => char::from(reading.as_bytes()[0]),
            None => c,
        })
    }
}

/// Where a text sounds as it was spelled, in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sounded {
    pub(super) start: usize,
    pub(super) length: usize,
    /// How many letters were spelled for a syllable: 1 for initials.
    pub(super) letters: usize,
}

/// What is typed for a syllable: keyboards have no ü.
fn as_typed(syllable: &'static str) -> impl Iterator<Item = &'static str> {
    let typed = match syllable {
        "nü" => ["nv", "nu"],
        "lü" => ["lv", "lu"],
        "nüe" => ["nve", "nue"],
        "lüe" => ["lve", "lue"],
        ascii if ascii.is_ascii() => [ascii, ""],
        _ => ["", ""],
    };
    typed.into_iter().filter(|typed| !typed.is_empty())
}

fn slot(c: char) -> Option<usize> {
    u32::from(c)
        .checked_sub(FIRST)
        .filter(|at| *at <= LAST - FIRST)
        .map(|at| at as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, spelled: &str) -> Option<(usize, usize)> {
        let mut readings = Readings::new();
        text.chars().for_each(|c| readings.learn(c));
        readings
            .find(text, spelled.as_bytes())
            .map(|found| (found.start, found.length))
    }

    #[test]
    fn syllables_may_be_whole_or_cut_short() {
        for spelled in ["zhuangtai", "zt", "zhuangt", "zht", "ztai"] {
            assert_eq!(find("容器的状态", spelled), Some((3, 2)), "{spelled}");
        }
        assert_eq!(find("容器的状态", "rongqi"), Some((0, 2)));
        assert_eq!(find("有状态应用", "yzt"), Some((0, 3)));
        assert_eq!(find("容器的状态", "tz"), None);
    }

    #[test]
    fn every_reading_counts() {
        assert_eq!(find("重启", "chongqi"), Some((0, 2)));
        assert_eq!(find("重启", "zhongqi"), Some((0, 2)));
        assert_eq!(
            find("策略", "celue").or(find("策略", "celve")),
            Some((0, 2))
        );
    }

    #[test]
    fn the_pairs_of_a_text_hold_every_spelling_of_it() {
        let mut readings = Readings::new();
        let text = "重启 pod与容器a1";
        text.chars().for_each(|c| readings.learn(c));
        let pairs = readings.pairs(text.chars());
        for spelled in ["chongqipod", "cqpodyrq", "zhqip", "podyurongqia1", "rqa1"] {
            assert!(
                readings.find(text, spelled.as_bytes()).is_some(),
                "{spelled}"
            );
            assert!(pairs.hold(&Pairs::of(spelled.chars())), "{spelled}");
        }
        assert!(!pairs.hold(&Pairs::of("zzkkww".chars())));
    }

    #[test]
    fn latin_letters_stand_for_themselves_among_syllables() {
        assert_eq!(find("docker 架构", "dockerjg"), Some((0, 9)));
        assert_eq!(find("pod与容器", "podyrq"), Some((0, 6)));
        assert_eq!(find("docker", "docker"), None, "no syllable, no sound");
    }
}
