use std::{borrow::Cow, fmt, ops::Range, sync::Arc};

use super::Origin;

/// One file of notes, already read.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceFile {
    /// How the file was named: a path, as the learner gave it or as it was found below a folder.
    pub name: Arc<str>,
    /// Who wrote it.
    pub origin: Origin,
    /// Its text, as it stands on disk.
    pub text: Arc<str>,
}

impl SourceFile {
    /// A file with this name and text.
    pub fn new(name: impl Into<Arc<str>>, origin: Origin, text: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            origin,
            text: text.into(),
        }
    }

    /// The text with `\n` line ends and without a byte order mark. Line numbers are the same.
    pub(super) fn normal_text(&self) -> Arc<str> {
        match normal_line_ends(&self.text) {
            Cow::Borrowed(text) if text.len() == self.text.len() => self.text.clone(),
            text => text.as_ref().into(),
        }
    }
}

/// The text of a file, with `\n` line ends and without a byte order mark.
#[derive(Clone)]
pub(super) enum Text {
    Read(Arc<str>),
    /// A file of the course, as it is within the program: looked at only when it is wanted.
    BuiltIn(&'static [u8]),
}

impl Text {
    pub(super) fn get(&self) -> Cow<'_, str> {
        match self {
            Text::Read(text) => Cow::Borrowed(text),
            Text::BuiltIn(bytes) => normal_line_ends(str::from_utf8(bytes).unwrap_or_default()),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::BuiltIn(&[])
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

fn normal_line_ends(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A file's name without folders and extension, and the language its name carries (`zh` of
/// `k09.zh.md`).
pub(super) fn split_name(name: &str) -> (&str, Option<crate::ids::Lang>) {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    };
    for (suffix, lang) in [(".zh", crate::ids::Lang::Zh), (".en", crate::ids::Lang::En)] {
        if let Some(bare) = stem.strip_suffix(suffix)
            && !bare.is_empty()
        {
            return (bare, Some(lang));
        }
    }
    (stem, None)
}

/// Where each line of a text begins.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            starts: std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect(),
        }
    }

    /// The line that holds this byte, counted from 1.
    pub(super) fn line(&self, offset: usize) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32
    }

    /// The column of this byte in characters, counted from 1.
    pub(super) fn column(&self, text: &str, offset: usize) -> u32 {
        let start = self.starts[self.line(offset) as usize - 1];
        text[start..offset].chars().count() as u32 + 1
    }
}

/// Each line of a part of a text, without its line end.
pub(super) fn lines_in(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        if at >= range.end {
            return None;
        }
        let end = text[at..range.end]
            .find('\n')
            .map_or(range.end, |length| at + length);
        let line = at..end;
        at = end + 1;
        Some(line)
    })
}

/// The range without white space at either end.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = start + part.trim().len();
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Lang;

    #[test]
    fn names_carry_a_stem_and_may_carry_a_language() {
        assert_eq!(split_name("a/b/k09.zh.md"), ("k09", Some(Lang::Zh)));
        assert_eq!(split_name("k09.en.markdown"), ("k09", Some(Lang::En)));
        assert_eq!(split_name("notes.v2.md"), ("notes.v2", None));
        assert_eq!(split_name(".zh.md"), (".zh", None));
        assert_eq!(split_name("plain"), ("plain", None));
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "一二\nabc\n";
        let lines = Lines::of(text);
        assert_eq!((lines.line(0), lines.column(text, 3)), (1, 2));
        assert_eq!((lines.line(8), lines.column(text, 8)), (2, 2));
    }

    #[test]
    fn a_byte_order_mark_and_carriage_returns_are_no_text() {
        let file = SourceFile::new("a.md", Origin::Own, "\u{feff}a\r\nb\rc");
        assert_eq!(&*file.normal_text(), "a\nb\nc");
    }
}
