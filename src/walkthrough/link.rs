use std::{fmt, rc::Rc};

use super::{Scenario, built_in, find};
use crate::notes::{Block, BlockKind, Code, Diagnostic, Inline, Lesson, Library, Origin, Severity};

/// A place in a walkthrough that a lesson points to: `walk:SCENARIO` or `walk:SCENARIO#CHAPTER`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    scenario: String,
    chapter: Option<String>,
}

/// Why a link leads nowhere.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// No such scenario.
    #[error("there is no scenario \"{0}\"")]
    Scenario(String),
    /// No such chapter.
    #[error("scenario \"{0}\" has no chapter \"{1}\"")]
    Chapter(String, String),
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scenario)?;
        match &self.chapter {
            Some(chapter) => write!(f, "#{chapter}"),
            None => Ok(()),
        }
    }
}

impl Link {
    /// The place a link's address names, if it is one of a walkthrough.
    pub fn parse(address: &str) -> Option<Link> {
        address.strip_prefix("walk:").map(Link::of)
    }

    /// `SCENARIO` or `SCENARIO#CHAPTER`.
    pub fn of(target: &str) -> Link {
        let (scenario, chapter) = match target.split_once('#') {
            Some((scenario, chapter)) => (scenario, Some(chapter)),
            None => (target, None),
        };
        Link {
            scenario: scenario.to_owned(),
            chapter: chapter.map(str::to_owned),
        }
    }

    /// The built-in scenario it leads to, and the place of the chapter among its chapters.
    ///
    /// # Errors
    /// What of it does not exist.
    pub fn target(&self) -> Result<(Rc<Scenario>, Option<usize>), LinkError> {
        let scenario =
            find(&self.scenario).ok_or_else(|| LinkError::Scenario(self.scenario.clone()))?;
        let Some(chapter) = &self.chapter else {
            return Ok((scenario, None));
        };
        let mut chapters = scenario.chapters.iter();
        match chapters.position(|one| one.id == *chapter) {
            Some(at) => Ok((scenario, Some(at))),
            None => Err(LinkError::Chapter(self.scenario.clone(), chapter.clone())),
        }
    }
}

/// What leads nowhere among the links of lessons to walkthroughs.
pub fn lint_links(library: &Library) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for lesson in library.lessons() {
        let mut links = Vec::new();
        of_blocks(&lesson.document(), &mut links);
        for (line, link) in links {
            if let Err(error) = link.target() {
                found.push(diagnostic(lesson, line, &link, &error));
            }
        }
    }
    found
}

fn diagnostic(lesson: &Lesson, line: u32, link: &Link, error: &LinkError) -> Diagnostic {
    let (what, names) = match error {
        LinkError::Scenario(_) => {
            let ids = built_in().into_iter().map(|one| one.id.clone());
            ("the scenarios", ids.collect::<Vec<_>>())
        }
        LinkError::Chapter(scenario, _) => {
            let chapters = find(scenario).map_or(Vec::new(), |one| one.chapters.clone());
            let ids = chapters.into_iter().map(|one| one.id);
            ("its chapters", ids.collect())
        }
    };
    Diagnostic {
        severity: match lesson.origin {
            Origin::Course => Severity::Error,
            Origin::Own => Severity::Warning,
        },
        code: Code::WalkLink,
        file: lesson.file.clone(),
        line,
        column: 0,
        message: format!("walk:{link} leads nowhere: {error}"),
        help: format!("{what} are {}", names.join(", ")),
    }
}

fn of_blocks(blocks: &[Block], found: &mut Vec<(u32, Link)>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Heading { text, .. } | BlockKind::Paragraph(text) => {
                of_text(text, &mut block.line.clone(), found);
            }
            BlockKind::List { items, .. } => {
                items.iter().for_each(|item| of_blocks(&item.blocks, found));
            }
            BlockKind::Quote { blocks, .. } | BlockKind::Footnote { blocks, .. } => {
                of_blocks(blocks, found);
            }
            BlockKind::Table { head, rows, .. } => {
                let cells = head.iter().chain(rows.iter().flatten());
                cells.for_each(|cell| of_text(cell, &mut block.line.clone(), found));
            }
            BlockKind::Code { .. } | BlockKind::Rule => {}
        }
    }
}

/// The links of running text that begins on this line.
fn of_text(text: &[Inline], line: &mut u32, found: &mut Vec<(u32, Link)>) {
    for inline in text {
        match inline {
            Inline::Link { url, text } => {
                found.extend(Link::parse(url).map(|link| (*line, link)));
                of_text(text, line, found);
            }
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => {
                of_text(inner, line, found);
            }
            Inline::SoftBreak | Inline::HardBreak => *line += 1,
            Inline::Text(_) | Inline::Code(_) | Inline::Image { .. } | Inline::FootnoteRef(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_a_scenario_and_may_name_a_chapter() {
        let target = |address: &str| Link::parse(address).map(|link| link.target());
        assert_eq!(target("https://kubernetes.io"), None);
        let found = target("walk:rc-create#scheduler").expect("a link");
        let (scenario, chapter) = found.expect("both are there");
        assert_eq!(scenario.id, "rc-create");
        assert_eq!(scenario.chapters[chapter.unwrap_or(0)].id, "scheduler");
        let whole = target("walk:rc-create").expect("a link");
        assert_eq!(whole.map(|found| found.1), Ok(None));
        assert_eq!(
            target("walk:rc"),
            Some(Err(LinkError::Scenario("rc".into())))
        );
        let nowhere = LinkError::Chapter("rc-create".into(), "x".into());
        assert_eq!(target("walk:rc-create#x"), Some(Err(nowhere)));
    }
}
