//! Results: to standard output, or to a file that is written whole or not at all.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::Path,
};

use super::Failure;

/// Prints a result. A reader that has seen enough (`| head`) ends the program quietly.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// [`print`], for what others rendered.
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(failed(error)),
        })
}

/// What a result that could not be printed means.
pub(super) fn failed(error: io::Error) -> Failure {
    Failure::new(
        format!("cannot write the result: {error} (standard output)"),
        "Check where the output goes.",
    )
}

/// Writes a file whole or not at all; one that is there is replaced only with `force`, or when the
/// person at the terminal says yes.
pub(super) fn to_file(
    path: &Path,
    force: bool,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if path.exists() && !force && !may_replace(path) {
        return Err(Failure::new(
            format!("the file is there already ({})", path.display()),
            "Choose another name, or add --force to replace it.",
        ));
    }
    let wrong = |error: io::Error| {
        Failure::new(
            format!("cannot write: {error} ({})", path.display()),
            "Choose a folder you may write to.",
        )
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(wrong(io::ErrorKind::NotADirectory.into()));
    }
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
    write(&mut io::BufWriter::new(file.as_file_mut()))?;
    file.as_file().sync_all().map_err(wrong)?;
    if let Ok(there) = fs::metadata(path) {
        // Replacing keeps the permissions the person gave the file.
        fs::set_permissions(file.path(), there.permissions()).map_err(wrong)?;
    }
    file.persist(path).map_err(|error| wrong(error.error))?;
    Ok(())
}

fn may_replace(path: &Path) -> bool {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    eprint!("Replace {}? [y/N] ", path.display());
    let mut answer = String::new();
    if io::stdin().read_line(&mut answer).is_err() {
        return false;
    }
    let answer = answer.trim();
    ["y", "yes"]
        .iter()
        .any(|yes| answer.eq_ignore_ascii_case(yes))
}
