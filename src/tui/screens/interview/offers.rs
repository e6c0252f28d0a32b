//! What interviews are offered, and how many questions there are for each.

use crate::{
    history::{Blueprint, Format, Preset},
    interview::{OWN, Stock, answered_wrong, available},
    notes::{Course, Origin},
    tui::{Sittings, shared::Shared},
};

/// A line of the list that Enter acts on.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Offer {
    /// The one that was interrupted.
    Resume,
    /// A new one, for which there are so many questions.
    New(Blueprint, usize),
    /// One that is over, by its place among the records.
    Past(usize),
}

/// What the learner has chosen about any of them.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Wish {
    pub(super) format: Format,
    pub(super) profile: Option<String>,
    pub(super) domain: Option<String>,
    /// One made to measure on the command line.
    pub(super) custom: Option<Blueprint>,
}

pub(super) fn offers(wish: &Wish, sittings: &Sittings, shared: &Shared) -> Vec<Offer> {
    let mut offers = Vec::new();
    if sittings.under_way.is_some() {
        offers.push(Offer::Resume);
    }
    let course = Course::built_in();
    let wrong = answered_wrong(&sittings.records);
    let stock = Stock {
        questions: &sittings.questions,
        library: &shared.library,
        course: &course,
        wrong: &wrong,
        lang: shared.lang,
    };
    let shaped = |blueprint: Blueprint| Blueprint {
        format: wish.format,
        profile: wish.profile.clone(),
        domains: wish.domain.iter().cloned().collect(),
        ..blueprint
    };
    let mut add = |blueprint: Blueprint| {
        let count = available(&blueprint, &stock);
        offers.push(Offer::New(blueprint, count));
    };
    if let Some(custom) = &wish.custom {
        add(Blueprint {
            format: wish.format,
            ..custom.clone()
        });
    }
    for preset in [Preset::Quick, Preset::Mock, Preset::Full] {
        add(shaped(Blueprint::of(preset)));
    }
    if !wrong.is_empty() {
        add(Blueprint {
            format: wish.format,
            ..Blueprint::of(Preset::Wrong)
        });
    }
    let mut lessons = shared.library.lessons().iter();
    if lessons.any(|lesson| lesson.origin == Origin::Own) {
        add(Blueprint {
            format: wish.format,
            profile: Some(OWN.to_owned()),
            ..Blueprint::of(Preset::Quick)
        });
    }
    offers.extend((0..sittings.records.len()).rev().map(Offer::Past));
    offers
}

/// The choice after this one: none, then each in turn.
pub(super) fn next(current: Option<&String>, all: &[String]) -> Option<String> {
    match current {
        None => all.first().cloned(),
        Some(current) => {
            let at = all.iter().position(|one| one == current)?;
            all.get(at + 1).cloned()
        }
    }
}

/// The domains there is a question of, in the order of the course.
pub(super) fn domains(sittings: &Sittings) -> Vec<String> {
    let has = |domain: &String| {
        let mut questions = sittings.questions.all().iter();
        questions.any(|question| question.domain == *domain)
    };
    let mut domains = Course::built_in().domains;
    domains.retain(has);
    domains
}
