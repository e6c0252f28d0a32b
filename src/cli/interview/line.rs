//! A line of `interview --plain` read as an answer.

use crate::{
    history::{Certainty, Given, SelfMark},
    ids::PointId,
    interview::{Ask, Item},
};

/// What a line says.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Line {
    /// Nothing: the question is skipped.
    Skip,
    /// Something about the interview, not an answer: `:flag`.
    Order(Order),
    /// An answer, and how sure the learner is of it.
    Answer(String, Option<Certainty>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    Back,
    Go(usize),
    Flag,
    Time,
    Pause,
    Submit,
    Quit,
}

impl Line {
    pub(super) fn read(line: &str) -> Line {
        let line = line.trim();
        if line.is_empty() {
            return Line::Skip;
        }
        let folded = folded(line);
        if let Some(order) = folded.strip_prefix(':').and_then(order) {
            return Line::Order(order);
        }
        let marked = [Certainty::Guess, Certainty::Think, Certainty::Certain]
            .into_iter()
            .find(|certainty| folded.ends_with(&format!("!{}", u8::from(*certainty))));
        match marked {
            // Folding keeps the number of characters.
            Some(_) => {
                let answer: String = line.chars().take(line.chars().count() - 2).collect();
                Line::Answer(answer.trim_end().to_owned(), marked)
            }
            None => Line::Answer(line.to_owned(), None),
        }
    }
}

fn order(word: &str) -> Option<Order> {
    Some(match word.trim() {
        "back" => Order::Back,
        "flag" => Order::Flag,
        "time" => Order::Time,
        "pause" => Order::Pause,
        "submit" => Order::Submit,
        "quit" => Order::Quit,
        number => Order::Go(number.parse::<usize>().ok()?.checked_sub(1)?),
    })
}

/// An input method may type full-width letters and digits.
fn folded(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect::<String>()
        .to_ascii_lowercase()
}

/// The answer a text gives to a question; None if it is no answer to one of its kind.
pub(super) fn answer(item: &Item, text: &str) -> Option<Given> {
    match &item.question.ask {
        Ask::Cloze(_) | Ask::Short(_) => Some(Given::Text(text.to_owned())),
        Ask::Choice(_) | Ask::Predict(_) => {
            let chosen = places(text, item.shown.len())?;
            (chosen.len() == 1).then(|| Given::Options(as_they_stand(item, &chosen)))
        }
        Ask::Multi(_) => {
            let mut chosen = as_they_stand(item, &places(text, item.shown.len())?);
            chosen.sort_unstable();
            chosen.dedup();
            (!chosen.is_empty()).then_some(Given::Options(chosen))
        }
        Ask::Order(_) => {
            let order = places(text, item.shown.len())?;
            let mut sorted = order.clone();
            sorted.sort_unstable();
            sorted.dedup();
            (sorted.len() == item.shown.len()).then(|| Given::Order(as_they_stand(item, &order)))
        }
        Ask::Match(_) => pairs(item, text),
        Ask::Aloud(aloud) => {
            let ids: Vec<&PointId> = aloud.points.iter().map(|point| &point.id).collect();
            points(&ids, text).map(Given::Points)
        }
        Ask::Card(_) => match folded(text).as_str() {
            "1" => Some(Given::Own(SelfMark::Missed)),
            "2" => Some(Given::Own(SelfMark::Partly)),
            "3" => Some(Given::Own(SelfMark::Knew)),
            _ => None,
        },
    }
}

/// Some of these points, by their numbers; `0` is none of them.
pub(super) fn points(ids: &[&PointId], text: &str) -> Option<Vec<PointId>> {
    if folded(text).trim() == "0" {
        return Some(Vec::new());
    }
    let chosen = places(text, ids.len())?;
    Some(chosen.into_iter().map(|at| ids[at].clone()).collect())
}

fn as_they_stand(item: &Item, places: &[usize]) -> Vec<usize> {
    places.iter().map(|at| item.shown[*at]).collect()
}

/// Letters or numbers, set apart or not (`a c`, `1,3`, `ac`), as places counted from 0.
fn places(text: &str, count: usize) -> Option<Vec<usize>> {
    let folded = folded(text);
    let mut places = Vec::new();
    for word in folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        match word.parse::<usize>() {
            Ok(number) => places.push(number.checked_sub(1)?),
            Err(_) => {
                for letter in word.chars() {
                    places.push(place(letter)?);
                }
            }
        }
    }
    let fits = !places.is_empty() && places.iter().all(|at| *at < count);
    fits.then_some(places)
}

fn place(letter: char) -> Option<usize> {
    letter
        .is_ascii_lowercase()
        .then(|| usize::from(letter as u8 - b'a'))
}

/// `a2 b1 c3`: left sides by letter, right sides by number.
fn pairs(item: &Item, text: &str) -> Option<Given> {
    let mut pairs = vec![None; item.shown.len()];
    let folded = folded(text);
    for word in folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let mut chars = word.chars();
        let left = place(chars.next()?)?;
        let right: usize = chars.as_str().parse().ok()?;
        *pairs.get_mut(left)? = Some(*item.shown.get(right.checked_sub(1)?)?);
    }
    pairs
        .iter()
        .any(Option::is_some)
        .then_some(Given::Pairs(pairs))
}
