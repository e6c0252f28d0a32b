//! The loop: sleep, read what happened, update, run effects, draw once.

use std::{collections::VecDeque, io, process::Command, sync::mpsc, time::Duration};

use ratatui::crossterm::event::{self, Event as Input, KeyEventKind};
use thiserror::Error;

use super::{
    app::{App, Msg},
    clock::Clock,
    edge::{Edge, EdgeError, Refreshed},
    effect::Effect,
    size::terminal_size,
    terminal::Tty,
    wake::{Bed, can_be_continued},
};
use crate::store::StoreError;

/// Why the app could not go on.
#[derive(Debug, Error)]
pub enum RunError {
    /// The terminal could not be used.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] io::Error),
    /// The last sitting's end could not be kept. Grades are safe: each was kept when it was given.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs the app until the learner leaves, the terminal goes away, or the program is told to end.
///
/// # Errors
/// [`RunError`] says what could not be used.
pub fn run(mut app: App, mut edge: Edge, clock: Clock, mouse: bool) -> Result<(), RunError> {
    let mut bed = Bed::new()?;
    let (post, inbox) = mpsc::channel();
    edge.work_with(post, bed.bell()?);
    let mut tty = Tty::enter(mouse)?;
    let mut queue: VecDeque<Effect> = app.start(clock.now()).into();
    // Input that crossterm has read but not handed out cannot be seen by sleeping on the terminal.
    let mut input_waiting = false;
    loop {
        if let Some(effect) = queue.pop_front() {
            if let Some(msg) = carry_out(effect, &mut edge, &mut tty, &bed, clock)? {
                queue.extend(app.update(msg, clock.now()));
            }
            continue;
        }
        if app.is_leaving() {
            break;
        }
        // Zero would never report anything with crossterm's `use-dev-tty` source.
        if input_waiting {
            if event::poll(Duration::from_millis(1))? {
                queue.extend(app.update(message(event::read()?), clock.now()));
            } else {
                input_waiting = false;
            }
            continue;
        }
        if let Ok(msg) = inbox.try_recv() {
            if let Msg::Refreshed(Ok(Refreshed {
                stamp: Some(stamp), ..
            })) = &msg
            {
                edge.has_read(*stamp);
            }
            queue.extend(app.update(msg, clock.now()));
            continue;
        }
        if app.needs_drawing() {
            let now = clock.now();
            tty.draw(|frame| app.view(frame, now))?;
            app.drawn();
            edge.after_frame(now);
        }
        let now = clock.now();
        let woken = bed.sleep(app.next_wake(now).map(|at| at.saturating_sub(now.mono)))?;
        input_waiting = woken.input;
        if woken.resized {
            // crossterm would not tell of a change before it was first asked for input.
            let (width, height) = terminal_size();
            queue.extend(app.update(Msg::Resize(width, height), clock.now()));
        }
        if woken.end {
            queue.extend(app.update(Msg::End, clock.now()));
        }
        if woken.stop {
            queue.push_back(Effect::SuspendProgram);
        }
        if woken.continued {
            queue.push_back(Effect::Redraw);
        }
        queue.extend(app.update(Msg::Wake, clock.now()));
    }
    edge.close(&app.shared().memory)?;
    Ok(())
}

fn message(input: Input) -> Msg {
    match input {
        Input::Key(key) if key.kind != KeyEventKind::Release => Msg::Key(key),
        Input::Mouse(mouse) => Msg::Mouse(mouse),
        Input::Paste(text) => Msg::Paste(text),
        Input::Resize(width, height) => Msg::Resize(width, height),
        Input::FocusGained => Msg::Focus,
        Input::Key(_) | Input::FocusLost => Msg::Wake,
    }
}

fn carry_out(
    effect: Effect,
    edge: &mut Edge,
    tty: &mut Tty,
    bed: &Bed,
    clock: Clock,
) -> Result<Option<Msg>, RunError> {
    Ok(match effect {
        Effect::SuspendProgram if can_be_continued() => {
            tty.lend(|| bed.stop_until_continued())?;
            Some(Msg::Resumed)
        }
        Effect::SuspendProgram => Some(Msg::CannotSuspend),
        Effect::Redraw => {
            tty.lend(|| ())?;
            Some(Msg::Resumed)
        }
        Effect::Edit { file, line } => {
            let edited = tty.lend(|| open_editor(&file, line))?;
            Some(Msg::Edited(edited.map_err(|error| EdgeError::Editor {
                problem: error.to_string(),
            })))
        }
        other => edge.carry_out(other, clock.now()),
    })
}

/// Opens the learner's editor at a line. `+LINE` before the file is understood by vi, vim, nvim,
/// emacs, nano, micro, kak and joe; helix and VS Code take `FILE:LINE`.
fn open_editor(file: &str, line: u32) -> io::Result<()> {
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.trim().is_empty())
        .unwrap_or_else(|| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let mut command = Command::new(program);
    command.args(words);
    match program.rsplit('/').next().unwrap_or(program) {
        "hx" | "helix" | "zed" | "subl" => command.arg(format!("{file}:{line}")),
        "code" | "codium" | "cursor" => command
            .args(["--wait", "--goto"])
            .arg(format!("{file}:{line}")),
        _ => command.arg(format!("+{line}")).arg(file),
    };
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{program} ended with {status}")))
    }
}
