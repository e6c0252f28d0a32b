use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    process::ExitCode,
};

use super::{Failure, Setup, setup::store_failure, written};
use crate::store::{ExportError, ImportError};

/// `podlings log export [FILE]`
pub(super) fn export(setup: Setup, file: Option<&Path>, force: bool) -> Result<ExitCode, Failure> {
    let store = setup.open_store()?;
    match file {
        None => match store.export(io::BufWriter::new(io::stdout().lock())) {
            Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
            result => {
                result.map_err(export_failure)?;
            }
        },
        Some(path) => {
            let mut rows = 0;
            written::to_file(path, force, |out| {
                rows = store.export(out).map_err(export_failure)?;
                Ok(())
            })?;
            eprintln!("podlings: {rows} rows written ({})", path.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn export_failure(error: ExportError) -> Failure {
    match error {
        ExportError::Store(error) => store_failure(error),
        ExportError::Write(error) => written::failed(error),
    }
}

/// `podlings log import FILE`
pub(super) fn import(setup: Setup, file: &Path) -> Result<ExitCode, Failure> {
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).map_err(|error| {
            Failure::new(
                format!("cannot read: {error} ({})", file.display()),
                "Check the path.",
            )
        })?))
    };
    let mut store = setup.open_store()?;
    let imported = store.import(reader).map_err(|error| match error {
        ImportError::BadLines { lines, more } => {
            let mut bad: Vec<String> = lines.iter().map(ToString::to_string).collect();
            if more > 0 {
                bad.push(format!("and {more} more"));
            }
            Failure::new(
                format!(
                    "nothing was imported: {} bad lines ({})",
                    lines.len() + more,
                    file.display()
                ),
                format!("Mend {}; then import again.", bad.join("; ")),
            )
        }
        ImportError::Read(error) => Failure::new(
            format!("nothing was imported: {error} ({})", file.display()),
            "Check the file.",
        ),
        ImportError::Store(error) => store_failure(error),
    })?;
    written::print(&format!(
        "{} rows added, {} were there already\n",
        imported.added, imported.already
    ))?;
    Ok(ExitCode::SUCCESS)
}
