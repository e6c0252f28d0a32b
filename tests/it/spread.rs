//! Every lesson laid out as the reader lays it out, at every width a terminal gives it.

use std::ops::RangeInclusive;

use podlings::{
    ids::Lang,
    locale::Locale,
    notes::{Block, BlockKind, Inline, Lesson, course},
    tui::{
        lesson_page,
        text::{Glyphs, Labels, TextStyle, layout, width},
    },
};

/// The columns a lesson has on a terminal of 60, and the most it takes on any.
const WIDTHS: RangeInclusive<u16> = 54..=76;
/// The columns it has on a terminal of 80.
const ON_80: u16 = 74;
/// What no line begins with.
const CLOSING: &str = "，。、；：？！）》】」』”’%,;!?)]}";

/// Lays a lesson out in so many columns.
fn spread(lesson: &Lesson) -> (Vec<Block>, impl Fn(u16) -> Vec<String>) {
    let locale = match lesson.lang {
        Lang::Zh => Locale::zh(),
        Lang::En => Locale::en(),
    };
    let page = lesson_page(lesson, locale);
    let style = TextStyle::uncoloured(Glyphs::UNICODE, Labels::new(locale));
    let lines = {
        let page = page.clone();
        move |columns| {
            let laid = layout(&page, columns, &style).lines;
            laid.iter().map(|line| line.line.to_string()).collect()
        }
    };
    (page, lines)
}

#[test]
fn no_lesson_overflows_or_begins_a_line_with_a_closing_sign() {
    let mut wrong = Vec::new();
    for lesson in course().lessons() {
        let (_, lines) = spread(lesson);
        for columns in WIDTHS {
            for line in lines(columns) {
                let first = line.trim_start().chars().next();
                let begins_wrong = first.is_some_and(|c| CLOSING.contains(c));
                if width(&line) > columns.into() || begins_wrong {
                    wrong.push(format!("{} {} {columns}: {line}", lesson.id, lesson.lang));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_name_or_path_of_running_text_is_broken_and_no_diagram_is_wrapped() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for lesson in course().lessons() {
        let (page, lines) = spread(lesson);
        let (mut names, mut drawn) = (Vec::new(), Vec::new());
        collect(&page, &mut names, &mut drawn);
        looked_at += names.len() + drawn.len();
        let mut look = |whole: &[String], columns: u16| {
            let lines = lines(columns);
            for text in whole {
                if !lines.iter().any(|line| line.contains(text)) {
                    wrong.push(format!("{} {} {columns}: {text}", lesson.id, lesson.lang));
                }
            }
        };
        for columns in WIDTHS {
            look(&names, columns);
        }
        look(&drawn, ON_80);
    }
    assert!(looked_at > 500, "{looked_at}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The code of running text that has no blank, and the lines of diagrams.
fn collect(blocks: &[Block], names: &mut Vec<String>, drawn: &mut Vec<String>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Paragraph(inlines) => names_in(inlines, names),
            BlockKind::List { items, .. } => items
                .iter()
                .for_each(|item| collect(&item.blocks, names, drawn)),
            BlockKind::Quote { blocks, .. } => collect(blocks, names, drawn),
            BlockKind::Code { language, text } if language == "text" => {
                drawn.extend(text.lines().map(|line| line.trim_end().to_owned()));
            }
            _ => {}
        }
    }
}

fn names_in(inlines: &[Inline], names: &mut Vec<String>) {
    for inline in inlines {
        match inline {
            Inline::Code(code) if !code.contains(' ') && width(code) < 40 => {
                names.push(code.clone());
            }
            Inline::Strong(inner) | Inline::Emphasis(inner) => names_in(inner, names),
            _ => {}
        }
    }
}
