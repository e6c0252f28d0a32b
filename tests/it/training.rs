//! Fitting the schedule to the learner at the end of a session: what is said, kept, and taken back.

use podlings::{
    history::{Event, Mode, Rating, Row},
    ids::{CardId, Lang},
    memory::Plan,
    notes::course,
    progress::Filter,
    tui::Opening,
};

use crate::{
    learner::{Coming, Learner, comes},
    year::{Known, Style, Year},
};

/// The cards of the course but the last, which is left to be met.
fn cards() -> (Vec<Known>, CardId) {
    let library = course();
    let mut cards = Vec::new();
    for lesson in library.lessons_in(Lang::En) {
        cards.extend(library.cards_of(&lesson.id, Lang::En).map(|card| Known {
            card: card.id.clone(),
            lesson: lesson.id.clone(),
            domain: lesson.domain.to_string(),
        }));
    }
    let last = cards.pop().expect("a card").card;
    (cards, last)
}

/// A learner about to study one new card after such a year.
fn after_a_year(style: Style) -> Coming {
    let (cards, last) = cards();
    let filter = Filter::Cards(vec![last]);
    comes(Lang::En)
        .with_history(Year::of(style, &cards).log())
        .opening(Opening::Study(Plan::All, filter))
}

/// The same, but all that was asked again was forgotten until the last months, and nothing since.
fn who_changed_for_the_better() -> Coming {
    let (cards, last) = cards();
    let mut year = Year::of(Style::Steady, &cards);
    let change = year.rows.len() * 3 / 4;
    for (at, row) in year.rows.iter_mut().enumerate() {
        if let Event::Review(review) = &mut row.event
            && review.mode == Mode::Review
        {
            let is_forgotten = at < change;
            review.rating = if is_forgotten {
                Rating::Again
            } else {
                Rating::Easy
            };
        }
    }
    let filter = Filter::Cards(vec![last]);
    comes(Lang::En)
        .with_history(year.log())
        .opening(Opening::Study(Plan::All, filter))
}

fn parameters(learner: &Learner) -> Vec<Row> {
    let mut rows = learner.rows();
    rows.retain(|row| matches!(row.event, Event::Parameters { .. }));
    rows
}

#[test]
fn better_parameters_are_taken_at_the_end_of_a_session_and_can_be_taken_back() {
    let mut learner = after_a_year(Style::Lapsing).sits_down();
    learner.presses("Space 3");
    learner
        .sees("The schedule was fitted to you")
        .sees("loss went from");
    let [brought] = &parameters(&learner)[..] else {
        panic!("one row of parameters");
    };
    assert_eq!(
        learner.app().shared().memory.parameters().as_str(),
        brought.id.as_str()
    );
    learner
        .presses("t")
        .sees("The parameters before are in force");
    learner.does_not_see("The schedule was fitted to you");
    let last = learner.rows().pop().expect("rows");
    assert_eq!(
        last.event,
        Event::Undo {
            row: brought.id.clone()
        }
    );
    assert_ne!(
        learner.app().shared().memory.parameters().as_str(),
        brought.id.as_str()
    );
}

#[test]
fn parameters_that_foretell_no_better_are_refused() {
    let mut learner = who_changed_for_the_better().sits_down();
    learner
        .presses("Space 3")
        .sees("The schedule stays as it was");
    assert_eq!(parameters(&learner), []);
    learner.presses("Enter").does_not_see("The schedule stays");
}

#[test]
fn with_too_little_to_train_on_nothing_is_said() {
    let (_, last) = cards();
    let opening = Opening::Study(Plan::All, Filter::Cards(vec![last]));
    let mut learner = comes(Lang::En).opening(opening).sits_down();
    learner.presses("Space 3").sees("1 of 1 recalled");
    learner.does_not_see("he schedule");
    assert_eq!(parameters(&learner), []);
}

#[test]
fn while_it_goes_on_that_is_said_and_whoever_stops_it_keeps_what_they_had() {
    let mut learner = after_a_year(Style::Lapsing).who_waits().sits_down();
    learner
        .presses("Space 3")
        .sees("Fitting the schedule to your history");
    learner
        .presses("t")
        .sees("Stopped: the schedule stays as it was");
    learner
        .is_told()
        .sees("Stopped: the schedule stays as it was");
    assert_eq!(parameters(&learner), []);
}

#[test]
fn whoever_goes_on_meanwhile_is_told_where_they_are() {
    let mut learner = after_a_year(Style::Lapsing).who_waits().sits_down();
    learner.presses("Space 3").sees("Fitting the schedule");
    learner
        .presses("Enter")
        .does_not_see("Fitting the schedule");
    learner
        .is_told()
        .sees("The parameters were fitted to your history");
    assert_eq!(parameters(&learner).len(), 1);
}
