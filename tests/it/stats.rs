//! Where the learner stands, on screen: keys, pages, and what is said with much, little and no history.

use podlings::{
    ids::Lang,
    notes::course,
    tui::{Opening, Shared, Signs, text::Glyphs},
};

use crate::{
    golden,
    learner::{Coming, Learner, comes},
    year::{Known, Style, Year},
};

/// The cards of the course in its order, a few of which are never met.
fn cards() -> Vec<Known> {
    let library = course();
    let mut cards = Vec::new();
    for lesson in library.lessons_in(Lang::En) {
        for card in library.cards_of(&lesson.id, Lang::En) {
            cards.push(Known {
                card: card.id.clone(),
                lesson: lesson.id.clone(),
                domain: lesson.domain.to_string(),
            });
        }
    }
    cards
}

fn after_a_year(lang: Lang, style: Style) -> Coming {
    comes(lang).with_history(Year::of(style, &cards()).log())
}

fn at_the_stats(coming: Coming) -> Learner {
    coming
        .changed(|shared| shared.interview = chrono::NaiveDate::from_ymd_opt(2026, 12, 20))
        .opening(Opening::Stats)
        .sits_down()
}

const PAGES: [&str; 7] = [
    "readiness",
    "map",
    "days",
    "memory",
    "calibration",
    "interviews",
    "trouble",
];

#[test]
fn every_page_after_a_year_in_both_languages_and_two_sizes() {
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(120, 36), (80, 24)] {
            let coming = after_a_year(lang, Style::Lapsing).with_terminal(width, height);
            let mut learner = at_the_stats(coming);
            for page in PAGES {
                let name = format!("{page}.{code}.{width}x{height}");
                golden::holds("stats", &name, &(learner.screen() + "\n"));
                learner.presses("Right");
            }
        }
    }
}

#[test]
fn a_newcomer_and_one_who_graded_one_card_are_told_what_can_be_said() {
    let first = &Year::of(Style::Steady, &cards()).log();
    let first: String = first.split_inclusive('\n').take(1).collect();
    for (name, history) in [("nothing", String::new()), ("one-review", first)] {
        let coming = comes(Lang::En).with_terminal(80, 24).with_history(history);
        let mut learner = at_the_stats(coming);
        let mut pages = String::new();
        for page in PAGES {
            pages += &format!("--- {page}\n{}\n", learner.screen());
            learner.presses("Right");
        }
        golden::holds("stats", &format!("{name}.en.80x24"), &pages);
    }
}

#[test]
fn all_of_a_page_can_be_seen_in_the_smallest_terminal() {
    let mut learner = at_the_stats(after_a_year(Lang::En, Style::Steady).with_terminal(60, 16));
    learner.sees("Readiness").does_not_see("Storage");
    for _ in 0..40 {
        learner.presses("Down");
    }
    learner.sees("Workloads");
    learner.presses("Right").sees("kubectl").sees("etcd");
    for _ in 0..12 {
        learner.presses("Down");
    }
    learner
        .sees("▸ Why and what")
        .presses("Home")
        .sees("▸ kubectl");
    for page in ["Days", "Memory", "Foresight", "Interviews", "Trouble"] {
        learner.presses("Right").sees(page);
        for line in learner.screen().lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 60, "{line}");
        }
    }
}

#[test]
fn charts_grow_with_the_terminal() {
    // The lines beside the scale of a chart.
    let tall = |height| {
        let coming = after_a_year(Lang::En, Style::Steady).with_terminal(120, height);
        let mut learner = at_the_stats(coming);
        learner.presses("Right Right Right").sees("Dots: recalled");
        let screen = learner.screen();
        screen.lines().filter(|line| line.contains('│')).count()
    };
    assert_eq!((tall(36), tall(60)), (9, 21));
}

#[test]
fn enter_on_a_part_of_the_map_asks_its_weakest_cards() {
    let mut learner = at_the_stats(comes(Lang::En));
    learner.presses("Tab").sees("▸ kubectl");
    learner.presses("Down Down Down Enter");
    let title = learner
        .screen()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    assert!(title.contains("Controllers"), "{title}");
    learner.presses("Space 3 Esc").sees("▸ Controllers");
    learner.sees("1/");
}

#[test]
fn the_map_can_be_clicked() {
    let mut learner = at_the_stats(comes(Lang::En));
    learner
        .clicks_on("Map")
        .clicks_on("Scheduler")
        .sees("▸ Scheduler");
    learner.clicks_on("Scheduler");
    learner
        .sees("Review: Scheduler")
        .presses("Esc")
        .sees("▸ Scheduler");
}

#[test]
fn what_was_answered_wrong_with_certainty_leads_to_its_lesson() {
    let mut learner = at_the_stats(after_a_year(Lang::En, Style::Steady));
    learner
        .presses("Left")
        .sees("Certain, and wrong")
        .presses("Enter");
    learner.does_not_see("Certain, and wrong").presses("Esc");
    learner.sees("Certain, and wrong");
    learner.presses("End Enter").sees("Esc Close");
}

#[test]
fn the_pages_are_there_in_plain_characters() {
    let plain: fn(&mut Shared) = |shared| {
        shared.signs = Signs::ASCII;
        shared.glyphs = Glyphs::ASCII;
    };
    let coming = after_a_year(Lang::En, Style::Steady).with_terminal(80, 24);
    let mut learner = coming.changed(plain).opening(Opening::Stats).sits_down();
    for page in PAGES {
        let screen = learner.screen();
        let strange = |c: char| !c.is_ascii() && !"→←↓–“”…".contains(c);
        let found: String = screen.chars().filter(|c| strange(*c)).collect();
        assert_eq!(found, "", "{page}:\n{screen}");
        learner.presses("Right");
    }
}

#[test]
fn home_leads_to_the_stats_and_back() {
    let mut learner = comes(Lang::Zh).sits_down();
    learner.presses("s").sees("统计").sees("准备度");
    learner.presses("C-l").sees("Readiness").presses("Esc");
    learner
        .sees("podlings")
        .presses("F2")
        .types("stat")
        .presses("Enter");
    learner.sees("Readiness");
}
