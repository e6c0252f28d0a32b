//! The one place the app sleeps: until a key, a signal, a finished worker, or the moment it asked to
//! be woken. At rest it sleeps for ever and uses nothing.

use std::{
    io::{self, Read, Write},
    os::{fd::AsFd, unix::net::UnixStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::{consts, flag, low_level};

/// What ended a sleep. Several may be true at once.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Woken {
    /// Something can be read from the terminal.
    pub(super) input: bool,
    /// The terminal's size changed.
    pub(super) resized: bool,
    /// The terminal is gone, or the program was told to end.
    pub(super) end: bool,
    /// The program was told to stop until continued.
    pub(super) stop: bool,
    /// The program was continued: whatever stood on the screen may be gone.
    pub(super) continued: bool,
}

/// Sleeps, and is woken.
pub(super) struct Bed {
    pipe: UnixStream,
    end: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    resized: Arc<AtomicBool>,
    bell: UnixStream,
}

/// Wakes the app from another thread.
pub(super) struct Bell(UnixStream);

impl Bell {
    pub(super) fn another(&self) -> io::Result<Bell> {
        Ok(Bell(self.0.try_clone()?))
    }

    pub(super) fn ring(&mut self) {
        // A full pipe means the app is being woken already.
        let _ = self.0.write(&[1]);
    }
}

impl Bed {
    pub(super) fn new() -> io::Result<Bed> {
        let (pipe, bell) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        bell.set_nonblocking(true)?;
        let watch = |signals: &[i32]| -> io::Result<Arc<AtomicBool>> {
            let raised = Arc::new(AtomicBool::new(false));
            for signal in signals {
                flag::register(*signal, raised.clone())?;
                // Registered after the flag, so the flag is up when the sleeper wakes.
                low_level::pipe::register(*signal, bell.try_clone()?)?;
            }
            Ok(raised)
        };
        Ok(Bed {
            end: watch(&[consts::SIGTERM, consts::SIGHUP, consts::SIGINT])?,
            stop: watch(&[consts::SIGTSTP])?,
            continued: watch(&[consts::SIGCONT])?,
            resized: watch(&[consts::SIGWINCH])?,
            pipe,
            bell,
        })
    }

    pub(super) fn bell(&self) -> io::Result<Bell> {
        Ok(Bell(self.bell.try_clone()?))
    }

    /// Sleeps until something happens or `at_most` has passed; `None` sleeps for ever.
    pub(super) fn sleep(&mut self, at_most: Option<Duration>) -> io::Result<Woken> {
        let timeout = at_most.map(|time| Timespec {
            tv_sec: time.as_secs().min(i64::MAX as u64) as i64,
            tv_nsec: time.subsec_nanos().into(),
        });
        let stdin = io::stdin();
        let mut fds = [
            PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.pipe.as_fd(), PollFlags::IN),
        ];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let terminal = fds[0].revents();
        let mut rung = [0; 64];
        while matches!((&self.pipe).read(&mut rung), Ok(read) if read > 0) {}
        let take = |flag: &AtomicBool| flag.swap(false, Ordering::SeqCst);
        let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        Ok(Woken {
            input: terminal.contains(PollFlags::IN),
            resized: take(&self.resized),
            end: take(&self.end) | terminal.intersects(gone),
            stop: take(&self.stop),
            continued: take(&self.continued),
        })
    }
}

/// Whether a shell is there to continue the program once it stops. A program that leads its own
/// session (`xterm -e podlings`) would stop for ever.
pub(super) fn can_be_continued() -> bool {
    rustix::process::getsid(None).is_ok_and(|leader| leader != rustix::process::getpid())
}

impl Bed {
    /// Stops the program, and those started with it (`cargo run`), as the terminal's suspend key
    /// would; returns when it is continued.
    pub(super) fn stop_until_continued(&self) {
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        let _ = low_level::emulate_default_handler(consts::SIGTSTP);
        self.stop.store(false, Ordering::SeqCst);
        self.continued.store(false, Ordering::SeqCst);
    }
}
