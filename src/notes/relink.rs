//! An edited card is the same card: its progress moves with it. Look first at [`relink`].

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use serde::{Deserialize, Serialize};

use super::{Card, CardKind, Library, identity::folded, markdown::plain};
use crate::ids::{CardId, Lang, LessonId};

/// From this likeness on, a card is taken for the edited form of another. A mended typo or a changed
/// word of a sentence stays above it, another question on the same matter below.
const ALIKE: f64 = 0.62;
/// How much likelier than any other a candidate must be to be taken without asking.
const CLEARLY: f64 = 0.06;
/// What standing in the same lesson adds.
const SAME_LESSON: f64 = 0.05;
/// How much of a text is looked at.
const LONGEST: usize = 400;
/// Bigrams found in more candidates than this say nothing about any of them.
const COMMON: usize = 4_000;
/// Candidates compared in full for one card.
const COMPARED: usize = 24;

/// A card as it read when the learner last met it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// Its id then.
    pub card: CardId,
    lang: Lang,
    kind: CardKind,
    lesson: LessonId,
    question: String,
    answer: String,
}

impl Seen {
    /// The card as it reads now.
    pub fn of(card: &Card) -> Seen {
        Seen {
            card: card.id.clone(),
            lang: card.lang,
            kind: card.kind,
            lesson: card.lesson.clone(),
            question: comparable(&card.front),
            answer: comparable(&card.back),
        }
    }
}

/// What became of a card that is no longer in the notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Relink {
    /// It was edited.
    Moved {
        /// Its id before.
        from: CardId,
        /// Its id now.
        to: CardId,
    },
    /// It could have become any of several; only the learner knows.
    Ask {
        /// Its id before.
        from: CardId,
        /// What it could be now, the likeliest first.
        candidates: Vec<CardId>,
    },
}

/// Finds the seen cards whose ids are gone, and for each the card that stands in its place. A card
/// the learner has met is never taken for another. Where none is like it, nothing is said.
pub fn relink(seen: &[Seen], library: &Library) -> Vec<Relink> {
    let gone: Vec<&Seen> = seen
        .iter()
        .filter(|seen| library.card(&seen.card, seen.lang).is_none())
        .collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let met: HashSet<&CardId> = seen.iter().map(|seen| &seen.card).collect();
    let candidates: Vec<Seen> = library
        .cards()
        .iter()
        .filter(|card| !met.contains(&card.id))
        .map(Seen::of)
        .collect();
    let index = Index::of(&candidates);
    let mut matches: Vec<Match<'_>> = gone
        .into_iter()
        .filter_map(|gone| Match::find(gone, &candidates, &index))
        .collect();
    decide(&mut matches)
}

/// A card that is gone and what is like it, the likeliest first.
struct Match<'a> {
    gone: &'a Seen,
    likely: Vec<(f64, &'a CardId)>,
}

impl<'a> Match<'a> {
    fn find(gone: &'a Seen, candidates: &'a [Seen], index: &Index) -> Option<Match<'a>> {
        let mut likely: Vec<(f64, &CardId)> = index
            .near(gone)
            .into_iter()
            .map(|at| &candidates[at])
            .filter(|candidate| candidate.kind == gone.kind && candidate.lang == gone.lang)
            .map(|candidate| (likeness(gone, candidate), &candidate.card))
            .filter(|(likeness, _)| *likeness >= ALIKE)
            .collect();
        likely.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
        (!likely.is_empty()).then_some(Match { gone, likely })
    }

    fn best(&self) -> f64 {
        self.likely.first().map_or(0.0, |(likeness, _)| *likeness)
    }
}

/// The surest first. A candidate that was given away is none for the others.
fn decide(matches: &mut [Match<'_>]) -> Vec<Relink> {
    matches.sort_by(|one, other| other.best().total_cmp(&one.best()));
    let wanted: Vec<(f64, CardId)> = matches
        .iter()
        .filter_map(|found| found.likely.first())
        .map(|(likeness, card)| (*likeness, (*card).clone()))
        .collect();
    let mut given: HashSet<CardId> = HashSet::new();
    let mut relinks = Vec::new();
    for found in matches {
        found.likely.retain(|(_, card)| !given.contains(*card));
        let Some(&(best, to)) = found.likely.first() else {
            continue;
        };
        let near = |likeness: f64| best - likeness < CLEARLY;
        let rivals = wanted
            .iter()
            .filter(|(likeness, card)| card == to && near(*likeness))
            .count();
        let close: Vec<CardId> = found
            .likely
            .iter()
            .filter(|(likeness, _)| near(*likeness))
            .map(|(_, card)| (*card).clone())
            .collect();
        let from = found.gone.card.clone();
        if close.len() == 1 && rivals <= 1 {
            given.insert(to.clone());
            relinks.push(Relink::Moved {
                from,
                to: to.clone(),
            });
        } else {
            relinks.push(Relink::Ask {
                from,
                candidates: close,
            });
        }
    }
    relinks
}

/// 0 to 1. The question counts more than the answer; neither may have become another.
fn likeness(one: &Seen, other: &Seen) -> f64 {
    let question = alike(&one.question, &other.question);
    let answer = alike(&one.answer, &other.answer);
    if question < 0.3 || (question < 0.5 && answer < 0.9) {
        return 0.0;
    }
    let lesson = if one.lesson == other.lesson {
        SAME_LESSON
    } else {
        0.0
    };
    (0.6 * question + 0.4 * answer + lesson).min(1.0)
}

/// The Dice coefficient of two texts' bigrams; of short texts, where one changed character changes
/// every bigram, the edit distance if that is kinder.
fn alike(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let dice = strsim::sorensen_dice(one, other);
    if one.chars().count().max(other.chars().count()) <= 24 {
        dice.max(strsim::normalized_levenshtein(one, other))
    } else {
        dice
    }
}

fn comparable(markdown: &str) -> String {
    folded(&plain(markdown)).chars().take(LONGEST).collect()
}

/// Which candidates hold which bigrams, of questions and of answers.
struct Index(HashMap<(bool, char, char), Vec<u32>>);

impl Index {
    fn of(candidates: &[Seen]) -> Index {
        let mut places: HashMap<(bool, char, char), Vec<u32>> = HashMap::new();
        for (at, candidate) in (0..).zip(candidates) {
            for bigram in bigrams(candidate) {
                let holders = places.entry(bigram).or_default();
                if holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
        }
        places.retain(|_, holders| holders.len() <= COMMON);
        Index(places)
    }

    /// The candidates that share most with a card.
    fn near(&self, seen: &Seen) -> Vec<usize> {
        let mut shared: HashMap<u32, u32> = HashMap::new();
        for bigram in bigrams(seen) {
            for at in self.0.get(&bigram).into_iter().flatten() {
                *shared.entry(*at).or_default() += 1;
            }
        }
        let mut near: Vec<(u32, u32)> = shared.into_iter().collect();
        near.sort_unstable_by_key(|(at, count)| (Reverse(*count), *at));
        near.truncate(COMPARED);
        near.into_iter().map(|(at, _)| at as usize).collect()
    }
}

fn bigrams(seen: &Seen) -> impl Iterator<Item = (bool, char, char)> {
    let of = |question: bool, text: &str| {
        let letters: Vec<char> = text.chars().collect();
        letters
            .windows(2)
            .map(|pair| (question, pair[0], pair[1]))
            .collect::<HashSet<_>>()
    };
    of(true, &seen.question)
        .into_iter()
        .chain(of(false, &seen.answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::{Origin, SourceFile, read};

    fn library(text: &str) -> Library {
        read(&[SourceFile::new("a.md", Origin::Own, text)], None).0
    }

    fn seen(text: &str) -> Vec<Seen> {
        library(text).cards().iter().map(Seen::of).collect()
    }

    /// What became of all cards of one text in another, as the questions they have there.
    fn moved(before: &str, after: &str) -> Vec<String> {
        let library = library(after);
        relink(&seen(before), &library)
            .into_iter()
            .map(|relink| match relink {
                Relink::Moved { to, .. } => {
                    let card = library.cards().iter().find(|card| card.id == to);
                    card.map_or_else(String::new, |card| card.front.to_string())
                }
                Relink::Ask { candidates, .. } => format!("one of {}", candidates.len()),
            })
            .collect()
    }

    #[test]
    fn a_mended_typo_and_a_changed_word_keep_progress() {
        for (before, after) in [
            (
                "Q: What does etcd keep for the clustre?\nA: Every object.",
                "Q: What does etcd keep for the cluster?\nA: Every object.",
            ),
            (
                "Q: Which component stores all objects?\nA: etcd",
                "Q: Which component keeps all objects?\nA: etcd",
            ),
            (
                "Q: 容器退出后，数据会不会丢？\nA: 不会，删除容器才会。",
                "Q: 容器退出以后，数据会不会丢？\nA: 不会，删除容器才会。",
            ),
            (
                "**镜象**\n相当于一个最小的 root 文件系统",
                "**镜像**\n相当于一个最小的 root 文件系统",
            ),
            (
                "C: `docker stop` sends [SIGTRM] first.",
                "C: `docker stop` sends [SIGTERM] first.",
            ),
        ] {
            let found = moved(before, after);
            assert_eq!(found.len(), 1, "{before}\n→ {after}: {found:?}");
        }
    }

    #[test]
    fn a_replaced_card_does_not() {
        for (before, after) in [
            (
                "Q: Which component assigns Pods to Nodes?\nA: The scheduler.",
                "Q: What is a label?\nA: A key and a value.",
            ),
            (
                "Q: 什么是镜像？\nA: 只读的模板。",
                "Q: 什么是容器？\nA: 镜像跑起来的样子。",
            ),
            (
                "Q: Which port does the API server listen on?\nA: 6443",
                "Q: Which port does etcd listen on?\nA: 2379",
            ),
        ] {
            assert_eq!(moved(before, after), Vec::<String>::new(), "{before}");
        }
    }

    #[test]
    fn two_alike_are_asked_about() {
        let before = "Q: What does the kubelet report to the server?\nA: Its node.";
        let after = "Q: What does the kubelet report to the server 1?\nA: Its node.\n\nQ: What does the kubelet report to the server 2?\nA: Its node.";
        assert_eq!(moved(before, after), ["one of 2"]);
    }

    #[test]
    fn two_gone_cards_do_not_both_become_one() {
        let before = "Q: What does the kubelet report to the server 1?\nA: Its node.\n\nQ: What does the kubelet report to the server 2?\nA: Its node.";
        let after = "Q: What does the kubelet report to the server?\nA: Its node.";
        let moves = relink(&seen(before), &library(after));
        let sure = moves
            .iter()
            .filter(|one| matches!(one, Relink::Moved { .. }));
        assert_eq!(sure.count(), 0, "{moves:?}");
    }

    #[test]
    fn the_holes_of_a_sentence_move_each_to_its_own() {
        let before =
            "C: `docker stop` sends [SIGTERM], waits [10 seconds], and then sends [SIGKILL].";
        let after = "C: `docker stop` sends [SIGTERM], waits [10 seconds], then sends [SIGKILL].";
        let library = library(after);
        let old = seen(before);
        let moves = relink(&old, &library);
        assert_eq!(moves.len(), 3, "{moves:?}");
        for one in moves {
            let Relink::Moved { from, to } = one else {
                panic!("{one:?}");
            };
            let before = old.iter().find(|seen| seen.card == from).expect("seen");
            let after = library
                .cards()
                .iter()
                .find(|card| card.id == to)
                .expect("there");
            assert_eq!(before.answer, comparable(&after.back));
        }
    }

    #[test]
    fn a_card_that_was_met_is_never_taken_for_another() {
        let before = "Q: What does the kubelet report to the server?\nA: Its node.\n\nQ: What does the kubelet report to the servers?\nA: Its node.";
        let after = "Q: What does the kubelet report to the servers?\nA: Its node.";
        assert_eq!(moved(before, after), Vec::<String>::new());
    }

    #[test]
    fn what_is_still_there_is_left_alone() {
        let text = "Q: One?\nA: 1\n\nQ: Two?\nA: 2\n";
        assert_eq!(relink(&seen(text), &library(text)), []);
    }
}
