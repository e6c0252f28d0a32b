//! The real binary, run as a person or a script would run it, in a home of its own.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_podlings");

/// A home directory with nothing in it but what a test puts there.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Home {
        Home {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file there.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("written");
        path
    }

    /// podlings with these arguments and an environment that is the same everywhere.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("LANG", "C")
            .current_dir(self.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs it with this on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("podlings starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that ends early closes the pipe: what it printed tells why.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Ran(child.wait_with_output().expect("podlings ends"))
    }
}

/// How a run of the program went.
pub(crate) struct Ran(Output);

impl Ran {
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("UTF-8")
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("UTF-8")
    }

    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().expect("it ended by itself")
    }

    /// Standard output, of a run that went well.
    #[track_caller]
    pub(crate) fn result(&self) -> String {
        assert_eq!(self.code(), 0, "{}\n{}", self.stdout(), self.stderr());
        self.stdout()
    }

    /// Checks that it failed with this exit code and an error of two lines: what and where, and what
    /// to do.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, what: &str) -> String {
        let stderr = self.stderr();
        assert_eq!(self.code(), code, "{}\n{stderr}", self.stdout());
        let mut lines = stderr.lines();
        let first = lines.next().unwrap_or_default();
        assert!(first.starts_with("podlings: error: "), "{stderr}");
        assert!(first.contains(what), "{stderr}");
        assert!(first.ends_with(')'), "{stderr}");
        assert!(
            lines.next().is_some_and(|advice| !advice.is_empty()),
            "{stderr}"
        );
        assert_eq!(lines.next(), None, "{stderr}");
        stderr
    }
}
