//! What is known: fields, lessons, cards.

use crate::{
    progress::Mastery,
    report::{
        Part, Subject,
        chart::{Bar, Chart, Column, Columns},
        subject::percent,
        table::Table,
    },
};

/// So many lessons and cards are named.
const NAMED: usize = 8;

/// Stabilities are put together up to these days, and beyond.
pub(in crate::report) const STABILITIES: [f32; 5] = [7.0, 21.0, 90.0, 180.0, 365.0];

pub(super) fn fields(subject: &Subject<'_>) -> Option<Part> {
    let domains = &subject.overview.standing.domains;
    let known: Vec<(&str, &Mastery, f64)> = domains
        .iter()
        .filter(|(_, mastery)| mastery.cards.of > 0)
        .filter_map(|(domain, mastery)| Some((&**domain, mastery, mastery.cards.value()?)))
        .collect();
    let best = known
        .iter()
        .max_by(|one, other| one.2.total_cmp(&other.2))?;
    let worst = known
        .iter()
        .min_by(|one, other| one.2.total_cmp(&other.2))?;
    let whole = &subject.overview.standing.whole;
    let mut part = Part::new("fields", subject.text("report.fields"));
    if known.len() > 1 && whole.met > 0 {
        part = part.says(subject.fill(
            "report.fields-best",
            &[
                ("best", &subject.field(best.0)),
                ("most", &percent(best.2)),
                ("worst", &subject.field(worst.0)),
                ("least", &percent(worst.2)),
            ],
        ));
    }
    let mut part = part.says(subject.fill(
        "report.fields-met",
        &[("met", &whole.met), ("n", &whole.cards.of)],
    ));
    let text = |name| subject.text(name);
    let mut table = Table::new(
        1,
        [
            text("report.field"),
            text("report.recall-today"),
            text("report.met"),
            text("report.cards"),
            text("report.in-walkthroughs"),
            text("report.in-interviews"),
        ],
    );
    let mut bars = Vec::new();
    for (domain, mastery, share) in known {
        let name = subject.field(domain);
        bars.push(Bar {
            name: name.clone(),
            share,
            figure: format!("{} · {}/{}", percent(share), mastery.met, mastery.cards.of),
            mark: mastery.interviews.value(),
        });
        let share_of = |share: crate::progress::Share| {
            share.value().map_or_else(
                || "–".to_owned(),
                |value| format!("{} ({})", percent(value), share.of),
            )
        };
        table.row([
            name,
            percent(share),
            mastery.met.to_string(),
            mastery.cards.of.to_string(),
            share_of(mastery.predictions),
            share_of(mastery.interviews),
        ]);
    }
    part.chart = Some(Chart::Bars(bars));
    part.table = Some(table);
    Some(part)
}

/// The lessons that were begun and are known least.
pub(super) fn weakest(subject: &Subject<'_>) -> Option<Part> {
    let lessons = subject.overview.standing.lessons.iter();
    let mut begun: Vec<_> = lessons
        .filter(|(id, mastery)| mastery.met > 0 && subject.tells_of(id))
        .filter_map(|(id, mastery)| Some((id, mastery, mastery.value()?)))
        .collect();
    begun.sort_by(|one, other| one.2.total_cmp(&other.2));
    let first = begun.first()?;
    let mut part = Part::new("lessons", subject.text("report.lessons"));
    part = part.says(subject.fill(
        "report.lessons-say",
        &[
            ("lesson", &subject.lesson(first.0)),
            ("share", &percent(first.2)),
        ],
    ));
    let text = |name| subject.text(name);
    let mut table = Table::new(
        1,
        [
            text("report.lesson"),
            text("report.known"),
            text("report.met"),
        ],
    );
    for (id, mastery, share) in begun.into_iter().take(NAMED) {
        table.row([
            subject.lesson(id),
            percent(share),
            format!("{}/{}", mastery.met, mastery.cards.of),
        ]);
    }
    part.table = Some(table);
    Some(part)
}

pub(super) fn cards(subject: &Subject<'_>) -> Part {
    let cards = &subject.overview.cards;
    let mut part = Part::new("cards", subject.text("report.how-fast")).says(subject.fill(
        "report.cards-say",
        &[
            ("n", &cards.all),
            ("mature", &cards.mature),
            ("young", &cards.young),
            ("new", &cards.new),
        ],
    ));
    let stabilities = &subject.overview.stabilities;
    if stabilities.is_empty() {
        return part;
    }
    let text = |name| subject.text(name);
    let mut table = Table::new(1, [text("report.stability"), text("report.cards")]);
    let mut columns = Vec::new();
    for (name, count) in by_stability(stabilities) {
        table.row([
            subject.fill("report.of-days", &[("days", &name)]),
            count.to_string(),
        ]);
        columns.push(Column {
            name,
            lower: u32::try_from(count).unwrap_or(u32::MAX),
            upper: 0,
        });
    }
    part.chart = Some(Chart::Columns(Columns {
        columns,
        names: vec![text("report.stability-chart")],
        every: 1,
    }));
    part.table = Some(table);
    part
}

/// How many cards there are of each stability, the names in days.
pub(in crate::report) fn by_stability(stabilities: &[f32]) -> Vec<(String, usize)> {
    let below = |days: f32| stabilities.partition_point(|stability| *stability < days);
    let mut from = (0.0, 0);
    let mut found = Vec::new();
    for to in STABILITIES {
        let count = below(to);
        found.push((format!("{}–{to}", from.0), count - from.1));
        from = (to, count);
    }
    found.push((format!("{}+", from.0), stabilities.len() - from.1));
    found
}

/// Cards forgotten again and again.
pub(super) fn leeches(subject: &Subject<'_>) -> Option<Part> {
    let leeches = &subject.overview.leeches;
    if leeches.is_empty() {
        return None;
    }
    let mut part = Part::new("leeches", subject.text("report.leeches"))
        .says(subject.fill("report.leeches-say", &[("n", &leeches.len())]));
    if subject.share {
        return Some(part);
    }
    let text = |name| subject.text(name);
    let mut table = Table::new(1, [text("report.card"), text("report.times-forgotten")]);
    for (card, times) in leeches.iter().take(NAMED) {
        let front = subject.front(card);
        table.row([front.unwrap_or_else(|| card.to_string()), times.to_string()]);
    }
    part.table = Some(table);
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_card_is_counted_once_by_its_stability() {
        let found = by_stability(&[0.5, 6.9, 7.0, 30.0, 365.0, 4000.0]);
        let counts: Vec<usize> = found.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [2, 1, 1, 0, 0, 2]);
        assert_eq!(found[0].0, "0–7");
        assert_eq!(found[5].0, "365+");
    }
}
