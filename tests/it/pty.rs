//! The real binary in a pseudo-terminal, and what a person would see on it.

use std::{
    io::{Read, Write},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::program::{BINARY, Home};

/// The longest a picture may take to appear before a test gives up; it is never waited out.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

impl Pty {
    pub(crate) fn start(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Pty {
        let (rows, cols) = (24, 80);
        let pty = native_pty_system()
            .openpty(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(BINARY);
        command.args(arguments);
        command.env_clear();
        command.env("HOME", home.path());
        command.cwd(home.path());
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).expect("podlings starts");
        drop(pty.slave);
        let mut output = pty.master.try_clone_reader().expect("its output");
        let keyboard = pty.master.take_writer().expect("its input");
        let seen = Arc::new(Mutex::new(Seen {
            screen: vt100::Parser::new(rows, cols, 0),
            bytes: Vec::new(),
            ended: false,
        }));
        let shared = seen.clone();
        thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                let mut seen = shared.lock().expect("not poisoned");
                seen.screen.process(&buffer[..read]);
                seen.bytes.extend_from_slice(&buffer[..read]);
            }
            shared.lock().expect("not poisoned").ended = true;
        });
        Pty {
            child,
            master: pty.master,
            keyboard,
            seen,
        }
    }

    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.keyboard
            .write_all(keys.as_bytes())
            .and_then(|()| self.keyboard.flush())
            .expect("typed");
        self
    }

    pub(crate) fn screen(&self) -> String {
        let seen = self.seen.lock().expect("not poisoned");
        seen.screen.screen().contents()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.seen.lock().expect("not poisoned").bytes.clone()
    }

    /// Whether the cell at which a text begins is drawn bold.
    pub(crate) fn is_bold(&self, text: &str) -> bool {
        let seen = self.seen.lock().expect("not poisoned");
        let screen = seen.screen.screen();
        let (rows, cols) = screen.size();
        let first = text.chars().next().map(String::from).unwrap_or_default();
        (0..rows).any(|row| {
            let line = screen.contents_between(row, 0, row, cols);
            line.contains(text)
                && (0..cols)
                    .filter_map(|col| screen.cell(row, col))
                    .any(|cell| cell.contents() == first && cell.bold())
        })
    }

    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        self.waits(text, |screen| screen.contains(text))
    }

    #[track_caller]
    fn waits(&mut self, what: &str, until: impl Fn(&str) -> bool) -> &mut Self {
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if until(&screen) {
                return self;
            }
            let ended = self.seen.lock().expect("not poisoned").ended;
            assert!(
                started.elapsed() < PATIENCE && !ended,
                "waiting for `{what}`:\n{screen}"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn resizes(&mut self, cols: u16, rows: u16) -> &mut Self {
        let seen = self.seen.clone();
        let mut seen = seen.lock().expect("not poisoned");
        seen.screen.screen_mut().set_size(rows, cols);
        self.master
            .resize(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("resized");
        drop(seen);
        self
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&mut self, name: &str) -> &mut Self {
        let status = std::process::Command::new("kill")
            .args([format!("-{name}"), self.pid().to_string()])
            .status()
            .expect("kill runs");
        assert!(status.success());
        self
    }

    /// Waits for its end; its exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                // What it wrote last may still be under way.
                while !self.seen.lock().expect("not poisoned").ended && started.elapsed() < PATIENCE
                {
                    thread::sleep(Duration::from_millis(5));
                }
                return status.exit_code();
            }
            assert!(
                started.elapsed() < PATIENCE,
                "it goes on:\n{}",
                self.screen()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the terminal is as it was before the program took it.
    pub(crate) fn is_restored(&self) -> bool {
        let seen = self.seen.lock().expect("not poisoned");
        let screen = seen.screen.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
