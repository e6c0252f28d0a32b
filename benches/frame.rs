//! One frame of each screen at 200 by 60: the whole picture drawn into a buffer.

use criterion::{Criterion, criterion_group, criterion_main};
use podlings::{
    memory::Plan,
    notes::course,
    progress::Filter,
    tui::{App, Look, Opening, Shared},
    walkthrough::{Scenario, find},
};
use ratatui::{
    Terminal,
    backend::TestBackend,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
};
use std::{rc::Rc, sync::Arc, time::Duration};

use podlings::{
    ids::{Lang, Now},
    memory::Memory,
    tui::Msg,
};

const SIZE: (u16, u16) = (200, 60);

fn now() -> Now {
    Now {
        wall: chrono::DateTime::parse_from_rfc3339("2026-11-24T09:00:00+08:00").expect("a time"),
        mono: Duration::ZERO,
    }
}

fn app(opening: Opening, keys: &[KeyCode]) -> App {
    let mut shared = Shared::new(Arc::new(course()), Memory::default(), Look::default());
    shared.lang = Lang::Zh;
    let mut app = App::new(shared, opening, SIZE, now());
    app.start(now());
    for key in keys {
        app.update(Msg::Key(KeyEvent::new(*key, KeyModifiers::NONE)), now());
    }
    app
}

/// The walkthrough of the first story.
fn walk() -> Opening {
    Opening::Walk(find("rc-create").expect("built in"))
}

/// The same on a hundred nodes.
fn large() -> Opening {
    let text = include_str!("../content/scenarios/rc-create.toml")
        .replace("nodes = 3", "nodes = 100")
        .replace("replicas: 3", "replicas: 200");
    Opening::Walk(Rc::new(Scenario::parse(&text).expect("a scenario")))
}

/// A message on its way: many steps have happened, and the time stands in the middle of one.
fn in_flight(opening: Opening) -> App {
    let mut keys = vec![KeyCode::Char(']'); 5];
    keys.push(KeyCode::Char(' '));
    let mut app = app(opening, &keys);
    let later = Now {
        mono: Duration::from_millis(650),
        ..now()
    };
    app.update(Msg::Wake, later);
    app
}

fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one frame at 200x60 (reach: 1 ms)");
    let study = || Opening::Study(Plan::Today, Filter::All);
    for (name, app) in [
        ("home", app(Opening::Home, &[])),
        ("lessons", app(Opening::Lessons, &[])),
        ("reader", app(Opening::Lesson("d04".into()), &[])),
        ("study, question", app(study(), &[])),
        ("study, answer", app(study(), &[KeyCode::Char(' ')])),
        ("help", app(study(), &[KeyCode::Char('?')])),
        ("walk, 3 nodes in flight", in_flight(walk())),
        ("walk, 100 nodes in flight", in_flight(large())),
        (
            "search",
            app(
                Opening::Home,
                &[KeyCode::Char('/'), KeyCode::Char('z'), KeyCode::Char('t')],
            ),
        ),
    ] {
        let now = Now {
            mono: Duration::from_millis(800),
            ..now()
        };
        let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).expect("a buffer");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                terminal.draw(|frame| app.view(frame, now)).expect("drawn");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, frame);
criterion_main!(benches);
