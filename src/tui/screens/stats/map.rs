//! The cluster coloured by recall: each topic where it lives on the diagram.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    Known, Study,
    set::{Sheet, grade, names_width, percent, said},
};
use crate::{
    ids::{LessonId, Now},
    notes::{Course, Origin},
    progress::{Drill, Mastery, Standing},
    tui::{
        shared::Shared,
        text::{autospace, safe, truncate, width},
        widgets::lines_of,
    },
};

/// The narrowest page with boxes.
const BOXES_FROM: usize = 72;
/// The shortest bar beside which there is room for counts.
const LEAST_BAR: usize = 4;
/// The widest the diagram is drawn.
const WIDEST: usize = 100;

/// A part of the diagram, and how well its lessons are known.
pub(super) struct Region {
    name: String,
    place: Place,
    lessons: Vec<(LessonId, Mastery)>,
    whole: Mastery,
}

/// Where a part stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Kubectl,
    Cluster,
    ApiServer,
    Etcd,
    Controllers,
    Scheduler,
    Kubelet,
    Runtime,
    Pods,
    KubeProxy,
    Services,
    Volumes,
    Own,
}

impl Place {
    fn of(part: &str) -> Option<(Place, &'static str)> {
        Some(match part {
            "kubectl" => (Place::Kubectl, "region.kubectl"),
            "cluster" => (Place::Cluster, "region.cluster"),
            "apiserver" => (Place::ApiServer, "region.apiserver"),
            "etcd" => (Place::Etcd, "region.etcd"),
            "controllers" => (Place::Controllers, "region.controllers"),
            "scheduler" => (Place::Scheduler, "region.scheduler"),
            "kubelet" => (Place::Kubelet, "region.kubelet"),
            "runtime" => (Place::Runtime, "region.runtime"),
            "pods" => (Place::Pods, "region.pods"),
            "kube-proxy" => (Place::KubeProxy, "region.kube-proxy"),
            "services" => (Place::Services, "region.services"),
            "volumes" => (Place::Volumes, "region.volumes"),
            _ => return None,
        })
    }
}

impl Region {
    fn new(name: String, place: Place, lessons: Vec<(LessonId, Mastery)>) -> Region {
        let mut whole = Mastery::default();
        for (_, mastery) in &lessons {
            whole.cards = whole.cards + mastery.cards;
            whole.met += mastery.met;
        }
        Region {
            name,
            place,
            lessons,
            whole,
        }
    }

    fn share(&self) -> Option<f64> {
        self.whole.cards.value()
    }

    /// A session on its weakest cards.
    pub(super) fn drill(&self, shared: &Shared, now: &Now) -> Option<Study> {
        let lessons: Vec<LessonId> = self.lessons.iter().map(|one| one.0.clone()).collect();
        let drill = Drill::of(&shared.agenda(), &lessons, shared.today(now))?;
        Some(Study::drill(self.name.clone(), drill, shared, now))
    }
}

/// The parts of the diagram in the order they are walked through, and the learner's own notes.
pub(super) fn regions(standing: &Standing, shared: &Shared) -> Vec<Region> {
    let course = Course::built_in();
    let mut regions: Vec<Region> = course
        .parts
        .into_iter()
        .filter_map(|part| {
            let (place, name) = Place::of(&part.id)?;
            let lessons = part.lessons.into_iter();
            let lessons = lessons.map(|lesson| {
                let mastery = standing.lesson(&lesson);
                (lesson, mastery)
            });
            Some(Region::new(shared.text(name), place, lessons.collect()))
        })
        .collect();
    let own: Vec<(LessonId, Mastery)> = standing
        .lessons
        .iter()
        .filter(|(lesson, _)| {
            let lesson = shared.library.lesson(lesson, shared.lang);
            lesson.is_some_and(|lesson| lesson.origin == Origin::Own)
        })
        .cloned()
        .collect();
    if !own.is_empty() {
        regions.push(Region::new(shared.text("region.own"), Place::Own, own));
    }
    regions
}

/// The diagram, what to conclude from it, and what the chosen part holds.
pub(super) fn sheet(known: &Known, chosen: usize, columns: usize, shared: &Shared) -> Sheet {
    let chosen = chosen.min(known.regions.len().saturating_sub(1));
    let mut sheet = if columns >= BOXES_FROM {
        boxes(known, chosen, columns.min(WIDEST), shared)
    } else {
        list(known, chosen, columns, shared)
    };
    let columns = columns.min(WIDEST);
    if let Some(region) = known.regions.get(chosen) {
        sheet.lines.extend(held(region, columns, shared));
    }
    sheet.lines.extend(said(
        &conclusion(known, shared),
        columns,
        shared.theme.text.into(),
    ));
    sheet
}

/// The weakest of what was begun, and what was not.
fn conclusion(known: &Known, shared: &Shared) -> String {
    let begun = known.regions.iter().filter(|region| region.whole.met > 0);
    let weakest = begun
        .filter_map(|region| Some((region, region.share()?)))
        .min_by(|one, other| one.1.total_cmp(&other.1));
    let untouched = known
        .regions
        .iter()
        .filter(|region| region.whole.met == 0 && region.whole.cards.of > 0);
    let untouched = untouched.count();
    match weakest {
        None => shared.text("stats.map-nothing"),
        Some((region, share)) => {
            let name = &region.name;
            let places: [(&str, &dyn std::fmt::Display); 3] = [
                ("part", name),
                ("share", &percent(share)),
                ("n", &untouched),
            ];
            match untouched {
                0 => shared.fill("stats.map-weakest", &places[..2]),
                _ => shared.fill("stats.map-weakest-untouched", &places),
            }
        }
    }
}

/// The lessons of a part, each with its share.
fn held(region: &Region, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let mut spans = Vec::new();
    for (id, mastery) in &region.lessons {
        let Some(lesson) = shared.library.lesson(id, shared.lang) else {
            continue;
        };
        if !spans.is_empty() {
            spans.push(Span::styled(format!(" {} ", shared.signs.dot), theme.muted));
        }
        let title = autospace(&safe(&lesson.title)).into_owned();
        spans.push(Span::styled(format!("{title} "), theme.text));
        let share = mastery.cards.value();
        let figure = share.map_or_else(|| "–".to_owned(), percent);
        spans.push(Span::styled(figure, grade(share.unwrap_or(0.0), shared)));
    }
    crate::tui::text::wrap_line(&Line::from(spans), columns)
}

/// A line for each part.
fn list(known: &Known, chosen: usize, columns: usize, shared: &Shared) -> Sheet {
    let names = names_width(known.regions.iter().map(|one| one.name.as_str()), columns);
    let mut sheet = Sheet::default();
    for (at, region) in known.regions.iter().enumerate() {
        let is_chosen = at == chosen;
        let (sign, style): (_, Style) = if is_chosen {
            (shared.signs.selected, shared.theme.selection.into())
        } else {
            (" ", shared.theme.text.into())
        };
        let name = truncate(&region.name, names, shared.glyphs.ellipsis).into_owned();
        let pad = " ".repeat(names - width(&name));
        let mut line = Line::from(Span::styled(format!("{sign} {name}{pad}  "), style));
        line.extend(filled(region, columns.saturating_sub(names + 4), shared));
        if is_chosen {
            sheet.chosen = Some((at, at + 1));
        }
        sheet.spots.push((0..columns as u16, at..at + 1));
        sheet.lines.push(line);
    }
    sheet
}

/// A bar, the share and how many of the cards were met.
fn filled(region: &Region, columns: usize, shared: &Shared) -> Vec<Span<'static>> {
    let theme = &shared.theme;
    let met = format!("{}/{}", region.whole.met, region.whole.cards.of);
    let Some(share) = region.share() else {
        let none = shared.text("stats.no-cards");
        let none = truncate(&none, columns, shared.glyphs.ellipsis).into_owned();
        return vec![Span::styled(none, theme.muted)];
    };
    let mut figure = format!(" {:>4} {met:>6}", percent(share));
    if columns < figure.len() + LEAST_BAR {
        figure = format!(" {:>4}", percent(share));
    }
    let room = columns.saturating_sub(figure.len());
    let [bar, rest] = shared.signs.filled(share, room);
    vec![
        Span::styled(bar, grade(share, shared)),
        Span::styled(rest, theme.border),
        Span::styled(figure, theme.text),
    ]
}

/// Where each part's box stands.
struct Plan {
    left: u16,
    wide: u16,
}

/// Lines of a box.
const TALL: u16 = 3;
/// Lines of the diagram.
const ALL: u16 = 16;

impl Plan {
    fn plane(&self) -> Rect {
        let x = self.left + 2;
        Rect::new(x, 0, self.wide - x, 8)
    }

    fn node(&self) -> Rect {
        Rect::new(0, 8, self.wide, 5)
    }

    fn rect(&self, place: Place) -> Rect {
        let plane = self.plane();
        let half = (plane.width - 6) / 2;
        let in_plane = |column: u16, row: u16| {
            let x = plane.x + 2 + column * (half + 2);
            Rect::new(x, plane.y + 1 + row * TALL, half, TALL)
        };
        let quarter = (self.wide - 4 - 3) / 4;
        let in_node = |column: u16| Rect::new(2 + column * (quarter + 1), 9, quarter, TALL);
        let third = (self.wide - 4) / 3;
        let below = |column: u16| Rect::new(column * (third + 2), 13, third, TALL);
        match place {
            Place::Kubectl => Rect::new(0, 1, self.left, TALL),
            Place::Cluster => Rect::new(0, 4, self.left, TALL),
            Place::ApiServer => in_plane(0, 0),
            Place::Etcd => in_plane(1, 0),
            Place::Controllers => in_plane(0, 1),
            Place::Scheduler => in_plane(1, 1),
            Place::Kubelet => in_node(0),
            Place::Runtime => in_node(1),
            Place::Pods => in_node(2),
            Place::KubeProxy => in_node(3),
            Place::Services => below(0),
            Place::Volumes => below(1),
            Place::Own => below(2),
        }
    }
}

fn boxes(known: &Known, chosen: usize, columns: usize, shared: &Shared) -> Sheet {
    let wide = columns as u16;
    let plan = Plan {
        left: wide * 3 / 10,
        wide,
    };
    let mut buffer = Buffer::empty(Rect::new(0, 0, wide, ALL));
    let theme = &shared.theme;
    let calm = Style::from(theme.border);
    for (area, title) in [(plan.plane(), "map.plane"), (plan.node(), "stats.node")] {
        framed(
            area,
            &shared.text(title),
            calm,
            theme.muted.into(),
            &mut buffer,
            shared,
        );
    }
    let mut sheet = Sheet::default();
    for (at, region) in known.regions.iter().enumerate() {
        let area = plan.rect(region.place);
        let (name, line, title) = if at == chosen {
            let name = format!("{} {}", shared.signs.selected, region.name);
            (name, theme.selection.into(), theme.selection.into())
        } else {
            let share = region.share().unwrap_or(0.0);
            (region.name.clone(), calm, grade(share, shared))
        };
        framed(area, &name, line, title, &mut buffer, shared);
        let inner = area.width.saturating_sub(4);
        let line = Line::from(filled(region, inner.into(), shared));
        buffer.set_line(area.x + 2, area.y + 1, &line, inner);
        let lines: Range<usize> = area.y.into()..area.bottom().into();
        if at == chosen {
            sheet.chosen = Some((lines.start, lines.end));
        }
        sheet.spots.push((area.x..area.right(), lines));
    }
    wires(&plan, calm, &mut buffer, shared);
    sheet.lines = lines_of(&buffer);
    sheet
}

/// From kubectl to the API server, and on to etcd.
fn wires(plan: &Plan, style: Style, buffer: &mut Buffer, shared: &Shared) {
    let line = if shared.signs.ascii { "-" } else { "─" };
    let (kubectl, api) = (plan.rect(Place::Kubectl), plan.rect(Place::ApiServer));
    let etcd = plan.rect(Place::Etcd);
    for (from, to) in [(kubectl, api), (api, etcd)] {
        for x in from.right()..to.x {
            buffer.set_string(x, from.y + 1, line, style);
        }
    }
}

fn framed(
    area: Rect,
    title: &str,
    line: Style,
    named: Style,
    buffer: &mut Buffer,
    shared: &Shared,
) {
    let [corners, across, side] = if shared.signs.ascii {
        ["++++", "-", "|"]
    } else {
        ["┌┐└┘", "─", "│"]
    };
    let corners: Vec<String> = corners.chars().map(String::from).collect();
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x + 1..right {
        buffer.set_string(x, area.y, across, line);
        buffer.set_string(x, bottom, across, line);
    }
    for y in area.y + 1..bottom {
        buffer.set_string(area.x, y, side, line);
        buffer.set_string(right, y, side, line);
    }
    let places = [
        (area.x, area.y),
        (right, area.y),
        (area.x, bottom),
        (right, bottom),
    ];
    for ((x, y), corner) in places.into_iter().zip(&corners) {
        buffer.set_string(x, y, corner, line);
    }
    let room = usize::from(area.width.saturating_sub(4));
    let title = truncate(title, room, shared.glyphs.ellipsis);
    buffer.set_string(area.x + 1, area.y, format!(" {title} "), named);
}
