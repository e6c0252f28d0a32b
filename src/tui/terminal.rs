//! The terminal while the app has it: taken on entry, given back on leaving, on a panic and around
//! anything else that wants it.

use std::{
    io::{self, BufWriter, Stdout, Write},
    panic,
    sync::Once,
};

use ratatui::{
    Frame, Terminal,
    backend::CrosstermBackend,
    crossterm::{
        cursor, event, execute, queue,
        style::force_color_output,
        terminal::{
            BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
            LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
        },
    },
};

/// The terminal in the app's hands.
pub(super) struct Tty {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    mouse: bool,
}

impl Tty {
    /// Takes the terminal.
    pub(super) fn enter(mouse: bool) -> io::Result<Tty> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let report = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                give_back();
                report(info);
            }));
        });
        // With NO_COLOR set, crossterm writes a bare reset in place of a colour and wipes bold and
        // reverse with it. The theme holds no colours then, so none are written either way.
        force_color_output(true);
        let mut tty = Tty {
            terminal: blank()?,
            mouse,
        };
        tty.take()?;
        Ok(tty)
    }

    fn take(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        let output = self.terminal.backend_mut();
        queue!(
            output,
            EnterAlternateScreen,
            event::EnableBracketedPaste,
            event::EnableFocusChange,
            cursor::Hide
        )?;
        if self.mouse {
            queue!(output, event::EnableMouseCapture)?;
        }
        output.flush()
    }

    /// Draws one frame, whole or not at all where the terminal can do that.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Frame)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(view)?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Gives the terminal to `other`, then takes it again and forgets what stood on it.
    pub(super) fn lend<T>(&mut self, other: impl FnOnce() -> T) -> io::Result<T> {
        give_back();
        let result = other();
        // `Terminal::clear` asks the terminal for its cursor and fails where none answers.
        self.terminal = blank()?;
        self.take()?;
        execute!(self.terminal.backend_mut(), Clear(ClearType::All))?;
        Ok(result)
    }
}

/// A terminal on which nothing has been drawn.
fn blank() -> io::Result<Terminal<CrosstermBackend<BufWriter<Stdout>>>> {
    // One write for each frame.
    let output = BufWriter::with_capacity(1 << 16, io::stdout());
    Terminal::new(CrosstermBackend::new(output))
}

impl Drop for Tty {
    fn drop(&mut self) {
        give_back();
    }
}

/// Undoes all that [`Tty::take`] did. Also right when it did only part, or when the terminal is gone.
fn give_back() {
    let mut output = io::stdout();
    let _ = execute!(
        output,
        EndSynchronizedUpdate,
        event::DisableMouseCapture,
        event::DisableFocusChange,
        event::DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}
