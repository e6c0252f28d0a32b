use std::rc::Rc;

use ratatui::{Terminal, backend::TestBackend, style::Modifier};

use super::*;
use crate::{
    cluster::{
        Cluster, ClusterConfig,
        trace::{Step, StepId, StepKind},
    },
    tui::theme::{ColourDepth, ThemeName},
    walkthrough::{self, Run},
};

fn run(name: &str) -> Run {
    let scenario = walkthrough::find(name).expect("there is such a scenario");
    Run::new(&scenario, 1, false)
}

/// A scene and how it is looked at.
struct Look {
    scene: Scene,
    theme: Theme,
    flight: f32,
    signs: Signs,
    locale: &'static Locale,
}

impl Look {
    fn at(cluster: &Cluster, steps: &[Rc<Step>], cursor: usize) -> Look {
        Look {
            scene: Scene::new(cluster, steps, cursor),
            theme: Theme::new(ThemeName::Dark, ColourDepth::True),
            flight: 1.0,
            signs: Signs::UNICODE,
            locale: Locale::en(),
        }
    }

    fn of(run: &Run, cursor: usize) -> Look {
        let step = StepId(u32::try_from(cursor).expect("a step's number"));
        Look::at(&run.at(step), run.steps(), cursor)
    }

    fn map(&self) -> Map<'_> {
        Map {
            scene: &self.scene,
            flight: self.flight,
            selected: None,
            first_node: 0,
            zoom: None,
            told: None,
            theme: &self.theme,
            signs: &self.signs,
            locale: self.locale,
        }
    }
}

fn paint(map: &Map<'_>, width: u16, height: u16) -> TestBackend {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
    terminal
        .draw(|frame| map.draw(frame, frame.area()))
        .expect("drawn");
    terminal.backend().clone()
}

#[test]
fn it_is_drawn_in_any_room_with_any_number_of_nodes() {
    for nodes in [0, 1, 2, 3, 7, 30, 120] {
        let cluster = Cluster::new(&ClusterConfig::with_nodes(nodes, 1));
        let look = Look::at(&cluster, &[], 0);
        for (width, height) in sizes() {
            paint(&look.map(), width, height);
        }
    }
}

fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let widths = [
        0, 1, 2, 5, 13, 29, 40, 59, 60, 61, 74, 80, 120, 157, 200, 250,
    ];
    let heights = [0, 1, 2, 4, 7, 12, 13, 14, 17, 22, 30, 45, 60, 80];
    widths
        .into_iter()
        .flat_map(move |width| heights.map(|height| (width, height)))
}

#[test]
fn every_step_of_every_story_can_be_drawn() {
    for scenario in walkthrough::built_in() {
        let run = Run::new(&scenario, 1, false);
        for cursor in (0..=run.steps().len()).step_by(17) {
            let mut look = Look::of(&run, cursor);
            for (flight, locale) in [
                (0.0, Locale::zh()),
                (0.6, Locale::en()),
                (1.0, Locale::zh()),
            ] {
                look.flight = flight;
                look.locale = locale;
                for (width, height) in [(60, 12), (80, 13), (76, 28), (120, 30)] {
                    paint(&look.map(), width, height);
                }
            }
        }
    }
}

/// The lines of a picture, without what is empty at their ends.
fn lines(picture: &TestBackend) -> Vec<String> {
    let buffer = picture.buffer();
    (0..buffer.area.height)
        .map(|y| {
            let mut line = String::new();
            let mut x = 0;
            while x < buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                x += u16::try_from(crate::tui::text::width(symbol).max(1)).expect("a glyph");
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// The number of the first step like this.
fn step_where(run: &Run, wanted: impl Fn(&Step) -> bool) -> usize {
    let found = run.steps().iter().position(|step| wanted(step));
    found.expect("there is such a step") + 1
}

fn binding(step: &Step) -> bool {
    step.subresource == "binding" && step.from == Actor::Scheduler
}

#[test]
fn whoever_is_seen_can_be_hit() {
    let run = run("rc-create");
    let look = Look::of(&run, run.steps().len());
    for (width, height) in [(60, 16), (80, 13), (76, 28), (120, 34), (200, 60)] {
        let map = look.map();
        let area = Rect::new(3, 2, width, height);
        let mut hit: Vec<Actor> = Vec::new();
        for y in 0..height + 4 {
            for x in 0..width + 6 {
                match map.hit(area, x, y) {
                    Some(actor) if !hit.contains(&actor) => hit.push(actor),
                    Some(_) => assert!(area.contains((x, y).into())),
                    None => {}
                }
            }
        }
        for actor in map.order() {
            let is_inner = matches!(
                actor,
                Actor::Kubelet(_) | Actor::KubeProxy(_) | Actor::Containerd(_)
            );
            // On a narrow line the parts of a node are named only when they act.
            assert!(
                hit.contains(&actor) || width < 66 && is_inner,
                "{actor} at {width}x{height}: {hit:?}"
            );
        }
    }
}

#[test]
fn a_word_stands_where_it_is_hit() {
    let run = run("rc-create");
    let look = Look::of(&run, run.steps().len());
    let map = look.map();
    let picture = lines(&paint(&map, 120, 34));
    for (word, actor) in [
        ("API Server", Actor::ApiServer),
        ("etcd", Actor::Etcd),
        ("Scheduler", Actor::Scheduler),
        ("kube-proxy", Actor::KubeProxy("node-1".into())),
        ("containerd", Actor::Containerd("node-1".into())),
        ("┴ node-2 ─", Actor::Kernel("node-2".into())),
    ] {
        let (y, x) = place(&picture, word);
        assert_eq!(
            map.hit(Rect::new(0, 0, 120, 34), x, y),
            Some(actor),
            "{word}"
        );
    }
}

/// The row and the column at which a text begins.
fn place(picture: &[String], text: &str) -> (u16, u16) {
    let found = (0..).zip(picture).find_map(|(y, line)| {
        let at = line.find(text)?;
        let column = crate::tui::text::width(&line[..at]);
        Some((y, u16::try_from(column).expect("a column")))
    });
    found.unwrap_or_else(|| panic!("no {text} in\n{}", picture.join("\n")))
}

#[test]
fn a_refusing_gate_is_marked_where_the_request_ends() {
    let run = run("api-gates");
    let refused = |step: &Step| step.kind == StepKind::Gate && step.code == 403;
    let look = Look::of(&run, step_where(&run, refused));
    let picture = lines(&paint(&look.map(), 120, 34)).join("\n");
    assert!(picture.contains("Authentication \u{2713}"), "{picture}");
    assert!(picture.contains('\u{2717}'), "{picture}");
}

#[test]
fn a_message_goes_from_sender_to_receiver() {
    let run = run("rc-create");
    let mut look = Look::of(&run, step_where(&run, binding));
    let mut rows = Vec::new();
    for flight in [0.0, 0.3, 0.6, 0.9] {
        look.flight = flight;
        let picture = lines(&paint(&look.map(), 120, 34));
        assert!(picture.iter().any(|line| line.contains("Binding")));
        rows.push(place(&picture, look.signs.map.message).0);
    }
    // The API server stands above the scheduler.
    assert!(rows.is_sorted_by(|one, other| one >= other), "{rows:?}");
    assert!(rows.first() > rows.last());
    look.flight = 1.0;
    let arrived = lines(&paint(&look.map(), 120, 34)).join("\n");
    assert!(!arrived.contains(look.signs.map.message));
}

#[test]
fn the_node_in_the_light_is_shown_among_a_hundred() {
    let cluster = Cluster::new(&ClusterConfig::with_nodes(100, 1));
    let step = Step {
        from: Actor::ApiServer,
        to: Actor::Kubelet("node-77".into()),
        ..Step::new(StepKind::Watch, Actor::ApiServer)
    };
    let look = Look::at(&cluster, &[Rc::new(step)], 1);
    for (width, height) in [(60, 12), (80, 13), (76, 28), (120, 34), (200, 60)] {
        let picture = lines(&paint(&look.map(), width, height)).join("\n");
        assert!(picture.contains("node-77"), "{width}x{height}\n{picture}");
        let shown = picture.matches("node-").count();
        let words: Vec<&str> = picture.split_whitespace().collect();
        let hidden: usize = words
            .windows(2)
            .filter(|pair| look.signs.map.more.contains(&pair[0]))
            .filter_map(|pair| pair[1].parse::<usize>().ok())
            .sum();
        // It stands among the others and, with its parts, before them.
        assert_eq!(shown + hidden, 101, "{width}x{height}\n{picture}");
        assert_eq!(picture.matches("kubelet").count(), 1, "{picture}");
    }
}

#[test]
fn one_node_alone_can_be_shown() {
    let run = run("rc-create");
    let look = Look::of(&run, run.steps().len());
    let mut map = look.map();
    map.zoom = Some("node-2");
    let picture = lines(&paint(&map, 100, 30)).join("\n");
    assert!(
        picture.contains("node-2") && !picture.contains("node-1"),
        "{picture}"
    );
    assert!(picture.contains("pause"), "{picture}");
}

/// Nothing of a Pod is left out where a node has all the room.
#[test]
fn a_node_alone_shows_what_is_in_its_pods() {
    let run = run("crash-loop");
    let looks = (1..=run.steps().len()).map(|cursor| Look::of(&run, cursor));
    let (look, name) = looks
        .filter_map(|look| {
            let backs_off = |pod: &super::pods::PodView| &*pod.reason == "CrashLoopBackOff";
            let mut nodes = look.scene.nodes.iter();
            let name = nodes
                .find(|node| node.pods.iter().any(backs_off))?
                .name
                .clone();
            Some((look, name))
        })
        .next()
        .expect("it backs off");
    let mut map = look.map();
    map.zoom = Some(&name);
    for (width, height) in [(76, 14), (58, 12), (120, 34)] {
        let picture = lines(&paint(&map, width, height)).join("\n");
        for part in [
            "kubelet",
            "kube-proxy",
            "containerd",
            "pause",
            "volumes",
            "10.244.",
        ] {
            assert!(
                picture.contains(part),
                "{part} at {width}x{height}\n{picture}"
            );
        }
        assert!(picture.contains("CrashLoopBackOff"), "{picture}");
        assert!(picture.contains("restarts 1"), "{picture}");
    }
}

#[test]
fn a_request_through_a_service_travels_hop_by_hop() {
    let run = run("service-create");
    let hops = run.steps().iter().filter(|step| {
        step.kind == StepKind::Traffic && step.from != step.to
            || step.kind == StepKind::Rules && &*step.name == "web"
    });
    for hop in hops {
        let mut look = Look::of(&run, hop.id.0 as usize);
        look.flight = 0.5;
        for (width, height) in [(84, 34), (120, 34), (140, 50)] {
            let picture = lines(&paint(&look.map(), width, height)).join("\n");
            assert!(
                picture.contains(look.signs.map.message),
                "{hop:?}\n{picture}"
            );
        }
    }
}

#[test]
fn the_ascii_signs_are_ascii() {
    let run = run("rc-create");
    for cursor in (1..run.steps().len()).step_by(9) {
        for flight in [0.5, 1.0] {
            let mut look = Look::of(&run, cursor);
            look.signs = Signs::ASCII;
            look.flight = flight;
            let picture = lines(&paint(&look.map(), 90, 30)).join("\n");
            assert!(picture.is_ascii(), "{picture}");
        }
    }
}

#[test]
fn without_colours_what_is_touched_is_bold() {
    let run = run("rc-create");
    let mut look = Look::of(&run, step_where(&run, binding));
    look.theme = Theme::new(ThemeName::Dark, ColourDepth::None);
    let picture = paint(&look.map(), 120, 34);
    let (y, x) = place(&lines(&picture), "Scheduler");
    let bold = |x: u16, y: u16| picture.buffer()[(x, y)].modifier.contains(Modifier::BOLD);
    assert!(bold(x, y));
    let (y, x) = place(&lines(&picture), "kube-proxy");
    assert!(!bold(x, y));
}

#[test]
fn the_map_looks_as_it_did() {
    let run = run("rc-create");
    let pulling = |step: &Step| &*step.verb == "PullImage";
    let moments = [
        ("binding", step_where(&run, binding)),
        ("pulling", step_where(&run, pulling)),
        ("running", run.steps().len()),
    ];
    for (name, cursor) in moments {
        let mut look = Look::of(&run, cursor);
        for (lang, locale) in [("zh", Locale::zh()), ("en", Locale::en())] {
            look.locale = locale;
            for (width, height) in [(60, 12), (80, 13), (76, 28), (120, 34)] {
                let picture = lines(&paint(&look.map(), width, height)).join("\n");
                insta::assert_snapshot!(format!("{name}-{lang}-{width}x{height}"), picture);
            }
        }
    }
}
