//! From starting the program to its first whole frame, in a pseudo-terminal, beside an empty ratatui
//! program started the same way. The two take turns, so that both see the same machine.

use std::{
    env,
    io::Read,
    path::Path,
    process, thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const RUNS: usize = 41;
const EMPTY: &str = "PODLINGS_BENCH_EMPTY";

fn main() {
    if env::var_os(EMPTY).is_some() {
        return empty_program();
    }
    let home = tempfile::tempdir().expect("a folder for the learner's data");
    let myself = env::current_exe().expect("the path of this program");
    let podlings = Path::new(env!("CARGO_BIN_EXE_podlings"));
    let mut times = [Vec::new(), Vec::new()];
    for run in 0..=RUNS {
        let empty = first_frame(&myself, Some(EMPTY), home.path(), "empty");
        let ours = first_frame(podlings, None, home.path(), "podlings");
        // The first round makes the database and warms the page cache.
        if run > 0 {
            times[0].push(empty);
            times[1].push(ours);
        }
    }
    let [empty, ours] = times.map(median);
    println!("first frame, empty ratatui program   {empty:>8.2?}");
    println!("first frame, podlings                {ours:>8.2?}");
    println!(
        "ratio                                {:>8.2}   (reach: 1.5)",
        ours.as_secs_f64() / empty.as_secs_f64()
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Starts a program and waits until the text it is known by was drawn.
fn first_frame(program: &Path, flag: Option<&str>, home: &Path, expected: &str) -> Duration {
    let pty = native_pty_system()
        .openpty(PtySize {
            rows: 36,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        })
        .expect("a pseudo-terminal");
    let mut command = CommandBuilder::new(program);
    command.env_clear();
    command.env("HOME", home);
    command.env("TERM", "xterm-256color");
    if let Some(flag) = flag {
        command.env(flag, "1");
    }
    let mut output = pty
        .master
        .try_clone_reader()
        .expect("the terminal's output");
    let started = Instant::now();
    let mut child = pty
        .slave
        .spawn_command(command)
        .expect("the program starts");
    drop(pty.slave);
    let mut seen = Vec::new();
    let mut buffer = [0; 65536];
    let took = loop {
        let read = output.read(&mut buffer).expect("the program draws");
        assert!(read > 0, "the program ended before its first frame");
        seen.extend_from_slice(&buffer[..read]);
        if contains(&seen, expected.as_bytes()) {
            break started.elapsed();
        }
    };
    child.kill().expect("the program can be ended");
    child.wait().expect("the program ends");
    took
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The least a ratatui program does: take the terminal, draw one line.
fn empty_program() {
    let mut terminal = ratatui::init();
    terminal
        .draw(|frame| frame.render_widget("empty", frame.area()))
        .expect("the terminal can be drawn on");
    thread::sleep(Duration::from_secs(60));
    ratatui::restore();
    process::exit(0);
}
