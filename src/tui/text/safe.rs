use std::borrow::Cow;

use super::width::width;

/// Columns between tab stops.
const TAB: usize = 4;

/// The text with nothing in it that a terminal would act on, or that would take a cell no one can
/// see: control characters become their Unicode pictures (`␛`), marks that turn the direction of
/// text become `�`, tabs become spaces up to the next fourth column, and invisible characters
/// without a meaning on screen go. A line end is a control character too (`␊`).
pub fn safe(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(|c| fate(c) != Fate::Kept) else {
        return Cow::Borrowed(text);
    };
    let mut shown = String::with_capacity(text.len() + 8);
    shown.push_str(&text[..first]);
    // Columns up to the last tab, and where the text after it begins.
    let (mut columns, mut measured) = (0, 0);
    for c in text[first..].chars() {
        match fate(c) {
            Fate::Kept => shown.push(c),
            Fate::Shown(picture) => shown.push(picture),
            Fate::Dropped => {}
            Fate::Tab => {
                columns += width(&shown[measured..]);
                let spaces = TAB - columns % TAB;
                shown.extend(std::iter::repeat_n(' ', spaces));
                columns += spaces;
                measured = shown.len();
            }
        }
    }
    Cow::Owned(shown)
}

#[derive(PartialEq)]
enum Fate {
    Kept,
    Shown(char),
    Dropped,
    Tab,
}

fn fate(c: char) -> Fate {
    match c {
        ' '..='~' => Fate::Kept,
        '\t' => Fate::Tab,
        '\0'..='\u{1F}' => Fate::Shown(control_picture(c)),
        '\u{7F}' => Fate::Shown('\u{2421}'),
        // C1 controls: U+009B alone opens an escape sequence on some terminals.
        '\u{80}'..='\u{9F}' => Fate::Shown(char::REPLACEMENT_CHARACTER),
        // Directional marks, embeddings, overrides and isolates (UAX #9): "Trojan Source".
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Fate::Shown(char::REPLACEMENT_CHARACTER)
        }
        // Line and paragraph separators; interlinear annotations.
        '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}' => {
            Fate::Shown(char::REPLACEMENT_CHARACTER)
        }
        // Soft hyphen, zero-width space, word joiner and invisible operators, deprecated format
        // controls, byte order mark, tags.
        '\u{AD}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}' => Fate::Dropped,
        _ => Fate::Kept,
    }
}

/// U+2400 to U+241F, in the order of the C0 controls.
fn control_picture(c: char) -> char {
    char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_escape_sequence_is_shown_and_not_sent() {
        assert_eq!(safe("\x1b[31mred\x1b[0m\x07"), "␛[31mred␛[0m␇");
        assert_eq!(safe("a\u{9b}2Jb"), "a�2Jb");
        assert_eq!(safe("rm\x7f\r\n"), "rm␡␍␊");
    }

    #[test]
    fn text_cannot_be_turned_around() {
        assert_eq!(safe("if \u{202e}nimda\u{2066} {"), "if �nimda� {");
    }

    #[test]
    fn tabs_reach_the_next_fourth_column() {
        assert_eq!(safe("\tx\ty"), "    x   y");
        assert_eq!(safe("容器\tx"), "容器    x");
    }

    #[test]
    fn plain_text_is_left_as_it_is() {
        let text = "容器 e\u{301} 👩‍👩‍👧 ﷽ “x”";
        assert!(matches!(safe(text), Cow::Borrowed(same) if same == text));
        assert_eq!(safe("\u{feff}soft\u{ad}ware\u{200b}"), "software");
    }

    proptest! {
        #[test]
        fn nothing_a_terminal_acts_on_is_left(text in any::<String>()) {
            let shown = safe(&text);
            prop_assert!(!shown.contains(char::is_control));
            let again = safe(&shown).into_owned();
            prop_assert_eq!(again, shown.into_owned());
        }
    }
}
