//! Opening the overview of 100,000 reviews, and writing it in each format.

use std::{collections::BTreeMap, hint::black_box, time::Duration};

use chrono::{DateTime, NaiveDate};
use criterion::{Criterion, criterion_group, criterion_main};
use podlings::{
    history::{Event, Mode, Rating, Review, Row},
    ids::{CardId, Lang, Now, ParametersId, RowId, StudyDay},
    memory::{Memory, Settings},
    notes::{Origin, SourceFile, read},
    progress::{Agenda, Aim, Overview, Record, Sources},
    report::{Format, Subject, report},
};

const CARDS: usize = 5_000;
const REVIEWS: usize = 100_000;
const DAYS: usize = 730;

fn day(n: i64) -> StudyDay {
    StudyDay::new(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date")).plus(n)
}

/// Every card graded twenty times over two years, further and further apart, one grade in nine failed.
fn rows() -> Vec<Row> {
    let times = REVIEWS / CARDS;
    let mut graded: Vec<(usize, usize, usize)> = (0..CARDS)
        .flat_map(|card| {
            (0..times).map(move |time| {
                let first = card * 300 / CARDS;
                let on = first + (DAYS - first) * time * time / (times * times);
                (on, card, time)
            })
        })
        .collect();
    graded.sort_unstable();
    let start = 1_700_000_000_000;
    (0..)
        .zip(graded)
        .map(|(number, (on, card, time))| Row {
            id: RowId::new(format!("{number:08}")),
            at_ms: start + number,
            device: "desk".into(),
            session: "sitting".into(),
            event: Event::Review(Review {
                card: CardId::new(format!("c{card}")),
                rating: if (card + 7 * time) % 9 == 0 {
                    Rating::Again
                } else {
                    Rating::Good
                },
                mode: if time == 0 { Mode::Learn } else { Mode::Review },
                day: day(on as i64 - DAYS as i64),
                duration_ms: 6_000,
                elapsed_days: 0,
                stability_before: None,
                difficulty_before: None,
                stability_after: None,
                difficulty_after: None,
                predicted_recall: None,
                desired_retention: 0.9,
                parameters: ParametersId::default(),
            }),
        })
        .collect()
}

fn notes() -> String {
    let card = |card| format!("Q: question {card}? <!-- id: c{card} -->\nA: {card}\n\n");
    let cards: String = (0..CARDS).map(card).collect();
    format!("+++\nid = \"all\"\nlang = \"en\"\ndomain = \"docker\"\n+++\n\n# All\n\n{cards}")
}

fn bench(criterion: &mut Criterion) {
    let (library, _) = read(&[SourceFile::new("all.md", Origin::Own, notes())], None);
    let rows = rows();
    let memory = Memory::replay(&rows);
    let agenda = Agenda {
        library: &library,
        memory: &memory,
        lang: Lang::En,
        sources: Sources::Both,
    };
    let settings = Settings::default();
    let now = Now {
        wall: DateTime::parse_from_rfc3339("2026-11-24T09:00:00+08:00").expect("a moment"),
        mono: Duration::ZERO,
    };
    let aim = Aim {
        interview: Some(day(26)),
        weights: BTreeMap::from([("docker".to_owned(), 1.0)]),
        a_day: Duration::from_secs(1200),
        since: None,
    };
    let today = settings.study_day(&now);
    let overview = || {
        let record = Record::of(&rows, &now, &settings);
        Overview::of(&agenda, record, &settings, &aim, today)
    };
    criterion.bench_function("overview of 100,000 reviews (reach: 100 ms)", |bencher| {
        bencher.iter(|| black_box(overview()));
    });
    let overview = overview();
    let subject = Subject {
        overview: &overview,
        aim: &aim,
        profile: "Docker",
        library: &library,
        lang: Lang::En,
        share: false,
    };
    for format in [
        Format::Html,
        Format::Markdown,
        Format::Json,
        Format::Csv,
        Format::Svg,
        Format::Plain,
    ] {
        criterion.bench_function(&format!("report as {format:?}"), |bencher| {
            bencher.iter(|| black_box(report(&subject, format)));
        });
    }
    criterion.bench_function("recalls", |b| b.iter(|| black_box(memory.recalls())));
    criterion.bench_function("evaluate", |b| b.iter(|| black_box(memory.evaluate())));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = bench
}
criterion_main!(benches);
