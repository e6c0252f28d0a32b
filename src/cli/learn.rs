use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use super::{
    Failure, Setup,
    setup::{find_lesson, locale},
    written,
};
use crate::{
    notes::BlockKind,
    tui::{
        lesson_page, terminal_size,
        text::{Labels, plain, safe},
    },
};

/// `podlings learn LESSON --plain`: the lesson as linear text. In a pipe a paragraph is one line; on
/// a terminal it is broken to its width.
pub(super) fn print(setup: Setup, name: &str) -> Result<ExitCode, Failure> {
    let library = setup.notes().load().0;
    let id = find_lesson(&library, name)?;
    let lang = setup.lang(None);
    let Some(lesson) = library.lesson(&id, lang) else {
        return Ok(ExitCode::FAILURE);
    };
    let width = io::stdout()
        .is_terminal()
        .then(|| usize::from(terminal_size().0));
    let document = lesson_page(lesson, locale(lang));
    let mut text = plain(&document, width, Labels::new(locale(lang)));
    let headed = matches!(
        document.first().map(|block| &block.kind),
        Some(BlockKind::Heading { .. })
    );
    if !headed {
        text = format!("{}\n\n{text}", safe(&lesson.title));
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    written::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
