use crate::{
    locale::Locale,
    notes::{Block, BlockKind, Inline, Lesson, ListItem},
};

/// A lesson as it is read: its text, then what it was checked against and where its claims stand.
pub fn lesson_page(lesson: &Lesson, locale: &Locale) -> Vec<Block> {
    let mut page = lesson.document();
    if lesson.sources.is_empty() {
        return page;
    }
    // What is added belongs to no line of the file and comes after all of them.
    let line = page.last().map_or(lesson.line, |last| last.line) + 1;
    let block = |kind| Block { line, kind };
    let title = if lesson.checked.is_empty() {
        locale.text("reader.sources").to_owned()
    } else {
        let what = lesson.checked.join(locale.text("reader.and"));
        locale.fill("reader.sources-checked", &[("what", &what)])
    };
    page.push(block(BlockKind::Heading {
        level: 3,
        text: vec![Inline::Text(title)],
    }));
    let items = lesson.sources.iter().map(|source| ListItem {
        task: None,
        blocks: vec![block(BlockKind::Paragraph(vec![Inline::Link {
            url: source.to_string(),
            text: vec![Inline::Text(source.to_string())],
        }]))],
    });
    page.push(block(BlockKind::List {
        start: None,
        items: items.collect(),
    }));
    page
}
