//! A learner at the app: a real library, a real database in a folder of its own, a clock that moves
//! only when told, and a buffer instead of a terminal.

use std::{collections::VecDeque, fs, path::PathBuf, time::Duration};

use chrono::{DateTime, TimeDelta};
use podlings::{
    history::Row,
    ids::{Lang, Now},
    store::Store,
    tui::{App, Edge, Effect, Look, Msg, Notes, Opening, Shared},
};
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::Buffer,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind},
    style::Color,
};

const START: &str = "2026-11-24T09:00:00+08:00";

pub(crate) struct Learner {
    app: App,
    edge: Edge,
    now: Now,
    terminal: Terminal<TestBackend>,
    pub(crate) home: tempfile::TempDir,
    /// Effects that need a terminal: what would have been done.
    pub(crate) outside: Vec<Effect>,
    /// What is being worked out, where that takes its time.
    beside: Option<VecDeque<Effect>>,
}

/// How a learner comes to the app.
pub(crate) struct Coming {
    lang: Lang,
    size: (u16, u16),
    notes: Option<&'static str>,
    questions: Option<String>,
    history: String,
    opening: Opening,
    change: fn(&mut Shared),
    waits: bool,
}

pub(crate) fn comes(lang: Lang) -> Coming {
    Coming {
        lang,
        size: (120, 36),
        notes: None,
        questions: None,
        history: String::new(),
        opening: Opening::Home,
        change: |_| {},
        waits: false,
    }
}

impl Coming {
    pub(crate) fn with_terminal(self, width: u16, height: u16) -> Coming {
        Coming {
            size: (width, height),
            ..self
        }
    }

    /// Notes of their own, in `notes.md`.
    pub(crate) fn with_notes(self, notes: &'static str) -> Coming {
        Coming {
            notes: Some(notes),
            ..self
        }
    }

    /// Questions of their own, in `questions.toml`.
    pub(crate) fn with_questions(self, questions: String) -> Coming {
        Coming {
            questions: Some(questions),
            ..self
        }
    }

    /// A history, as `log import` reads it.
    pub(crate) fn with_history(self, history: String) -> Coming {
        Coming { history, ..self }
    }

    pub(crate) fn opening(self, opening: Opening) -> Coming {
        Coming { opening, ..self }
    }

    pub(crate) fn changed(self, change: fn(&mut Shared)) -> Coming {
        Coming { change, ..self }
    }

    /// To whom what is worked out beside the app is told only when the test says so.
    pub(crate) fn who_waits(self) -> Coming {
        Coming {
            waits: true,
            ..self
        }
    }

    pub(crate) fn sits_down(self) -> Learner {
        let home = tempfile::tempdir().expect("a folder");
        if let Some(notes) = self.notes {
            fs::write(home.path().join("notes.md"), notes).expect("written");
        }
        if let Some(questions) = &self.questions {
            fs::write(home.path().join("questions.toml"), questions).expect("written");
        }
        self.sits_down_in(home, start())
    }

    fn sits_down_in(self, home: tempfile::TempDir, now: Now) -> Learner {
        let mut store =
            Store::open(&home.path().join("progress.db"), now.unix_ms()).expect("a database");
        store.import(self.history.as_bytes()).expect("a history");
        let files = ["notes.md", "questions.toml"].map(|name| home.path().join(name));
        let notes = Notes {
            paths: files.into_iter().filter(|file| file.exists()).collect(),
            cache: None,
        };
        let (mut edge, memory) = Edge::new(store, notes).expect("history");
        let library = edge.load_notes().expect("notes").library;
        let mut shared = Shared::new(library, memory, Look::default());
        shared.lang = self.lang;
        let choices = edge.choices().expect("choices");
        shared.walked = edge.walked();
        shared.places = choices.places;
        shared.interview = choices.interview;
        shared.predictions = choices.predictions.unwrap_or(true);
        (self.change)(&mut shared);
        let app = App::new(shared, self.opening, self.size, now);
        let mut learner = Learner {
            app,
            edge,
            now,
            terminal: Terminal::new(TestBackend::new(self.size.0, self.size.1)).expect("a buffer"),
            home,
            outside: Vec::new(),
            beside: self.waits.then(VecDeque::new),
        };
        let effects = learner.app.start(now);
        learner.carry_out(effects);
        learner.draw();
        learner
    }
}

fn start() -> Now {
    Now {
        wall: DateTime::parse_from_rfc3339(START).expect("a time"),
        mono: Duration::ZERO,
    }
}

impl Learner {
    fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut queue: Vec<Effect> = effects;
        while !queue.is_empty() {
            let effect = queue.remove(0);
            match effect {
                Effect::Edit { .. } | Effect::SuspendProgram | Effect::Redraw => {
                    self.outside.push(effect);
                }
                Effect::WorkOut(_) if self.beside.is_some() => {
                    self.beside.get_or_insert_default().push_back(effect);
                }
                _ => {
                    if let Some(msg) = self.edge.carry_out(effect, self.now) {
                        queue.extend(self.app.update(msg, self.now));
                    }
                }
            }
        }
    }

    fn draw(&mut self) {
        let (app, now) = (&self.app, self.now);
        // ratatui leaves the second half of a wide character to the terminal; the test backend
        // does not clear it as terminals do.
        self.terminal.clear().expect("cleared");
        self.terminal
            .draw(|frame| app.view(frame, now))
            .expect("drawn");
        self.app.drawn();
    }

    /// What was asked for first is worked out, and told.
    pub(crate) fn is_told(&mut self) -> &mut Self {
        let effect = self.beside.as_mut().and_then(VecDeque::pop_front);
        let msg = effect.and_then(|effect| self.edge.carry_out(effect, self.now));
        self.gets(msg.expect("something is being worked out"))
    }

    pub(crate) fn gets(&mut self, msg: Msg) -> &mut Self {
        let effects = self.app.update(msg, self.now);
        self.carry_out(effects);
        self.draw();
        self
    }

    /// Presses keys, one after the other: `Enter`, `Space`, `Esc`, `Up`, `C-c`, or a character.
    pub(crate) fn presses(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.passes(Duration::from_secs(2));
            self.gets(Msg::Key(key_event(key)));
        }
        self
    }

    /// Types a text character by character.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
            self.gets(Msg::Key(key));
        }
        self
    }

    pub(crate) fn clicks(&mut self, column: u16, row: u16) -> &mut Self {
        self.gets(Msg::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        }))
    }

    /// Clicks where a text stands on the screen.
    pub(crate) fn clicks_on(&mut self, text: &str) -> &mut Self {
        let (column, row) = self
            .find(text)
            .unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{}", self.screen()));
        self.clicks(column, row)
    }

    fn find(&self, text: &str) -> Option<(u16, u16)> {
        let buffer = self.terminal.backend().buffer();
        (0..buffer.area.height).find_map(|y| {
            let line = line(buffer, y);
            let at = line.find(text)?;
            let column = unicode_width::UnicodeWidthStr::width(&line[..at]) as u16;
            Some((column, y))
        })
    }

    pub(crate) fn passes(&mut self, time: Duration) -> &mut Self {
        self.now.mono += time;
        self.now.wall += TimeDelta::from_std(time).expect("not too long");
        self
    }

    /// Whether the program ends.
    pub(crate) fn has_left(&self) -> bool {
        self.app.is_leaving()
    }

    pub(crate) fn resizes(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal.backend_mut().resize(width, height);
        self.gets(Msg::Resize(width, height))
    }

    /// Is thrown out, as by a kill: nothing is kept that was not kept before. Comes back to this.
    pub(crate) fn comes_back_after_a_kill(self, later: Duration, opening: Opening) -> Learner {
        let Learner {
            app,
            mut now,
            home,
            terminal,
            ..
        } = self;
        let size = terminal.size().expect("a size");
        let lang = app.shared().lang;
        now.wall += TimeDelta::from_std(later).expect("not too long");
        comes(lang)
            .with_terminal(size.width, size.height)
            .opening(opening)
            .sits_down_in(home, now)
    }

    /// Where an input method draws its composition.
    pub(crate) fn cursor(&mut self) -> (u16, u16) {
        let at = self.terminal.get_cursor_position().expect("a cursor");
        (at.x, at.y)
    }

    /// Leaves, and comes back some time later.
    pub(crate) fn comes_back(self, later: Duration) -> Learner {
        let Learner {
            app,
            edge,
            mut now,
            home,
            terminal,
            ..
        } = self;
        let size = terminal.size().expect("a size");
        let lang = app.shared().lang;
        edge.close(&app.shared().memory).expect("closed");
        now.wall += TimeDelta::from_std(later).expect("not too long");
        comes(lang)
            .with_terminal(size.width, size.height)
            .sits_down_in(home, now)
    }

    /// The colours of every cell, but of those that a wide character covers besides its own: of
    /// what is written, and behind it.
    pub(crate) fn colours(&self) -> impl Iterator<Item = (Color, Color)> {
        let mut covered = 0;
        let cells = &self.terminal.backend().buffer().content;
        cells.iter().filter_map(move |cell| {
            if covered > 0 {
                covered -= 1;
                return None;
            }
            covered = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
            Some((cell.fg, cell.bg))
        })
    }

    /// What is on the screen, line by line, without trailing blanks.
    pub(crate) fn screen(&self) -> String {
        let buffer = self.terminal.backend().buffer();
        let lines: Vec<String> = (0..buffer.area.height)
            .map(|y| line(buffer, y).trim_end().to_owned())
            .collect();
        lines.join("\n")
    }

    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(
            screen.contains(text),
            "`{text}` is not on the screen:\n{screen}"
        );
        self
    }

    #[track_caller]
    pub(crate) fn does_not_see(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(
            !screen.contains(text),
            "`{text}` is on the screen:\n{screen}"
        );
        self
    }

    /// What the database holds now, read by another connection.
    pub(crate) fn rows(&self) -> Vec<Row> {
        Store::open(&self.home.path().join("progress.db"), self.now.unix_ms())
            .and_then(|store| store.rows())
            .expect("history")
            .rows
    }

    pub(crate) fn now(&self) -> Now {
        self.now
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    pub(crate) fn notes_file(&self) -> PathBuf {
        self.home.path().join("notes.md")
    }
}

/// One line of the screen; the cell that a wide character covers besides its own is left out.
fn line(buffer: &Buffer, y: u16) -> String {
    let mut text = String::new();
    let mut covered = 0;
    for x in 0..buffer.area.width {
        let symbol = buffer[(x, y)].symbol();
        if covered > 0 {
            covered -= 1;
            continue;
        }
        text.push_str(symbol);
        covered = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
    }
    text
}

fn key_event(name: &str) -> KeyEvent {
    let plain = |code| KeyEvent::new(code, KeyModifiers::NONE);
    match name {
        "Enter" => plain(KeyCode::Enter),
        "Space" => plain(KeyCode::Char(' ')),
        "Esc" => plain(KeyCode::Esc),
        "Tab" => plain(KeyCode::Tab),
        "Up" => plain(KeyCode::Up),
        "Down" => plain(KeyCode::Down),
        "Left" => plain(KeyCode::Left),
        "Right" => plain(KeyCode::Right),
        "PageUp" => plain(KeyCode::PageUp),
        "PageDown" => plain(KeyCode::PageDown),
        "Home" => plain(KeyCode::Home),
        "End" => plain(KeyCode::End),
        "F1" => plain(KeyCode::F(1)),
        "F2" => plain(KeyCode::F(2)),
        "F4" => plain(KeyCode::F(4)),
        "F8" => plain(KeyCode::F(8)),
        "F9" => plain(KeyCode::F(9)),
        "C-Home" => KeyEvent::new(KeyCode::Home, KeyModifiers::CONTROL),
        "C-End" => KeyEvent::new(KeyCode::End, KeyModifiers::CONTROL),
        "Backspace" => plain(KeyCode::Backspace),
        _ => {
            if let Some(control) = name.strip_prefix("C-") {
                let c = control.chars().next().expect("a key after C-");
                return KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
            }
            let mut chars = name.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => plain(KeyCode::Char(c)),
                _ => panic!("`{name}` is no key"),
            }
        }
    }
}
