//! Single keys: as the table writes them, as a keyboard sends them, as hints show them.

use crokey::KeyCombination;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

pub(super) fn read_keys(keys: Option<Vec<Option<&str>>>) -> Result<Vec<KeyCombination>, String> {
    let keys = keys.ok_or("keys are a list of texts")?;
    keys.into_iter()
        .map(|key| {
            let text = key.ok_or("keys are texts")?;
            read_key(text).ok_or_else(|| format!("\"{text}\" is no key"))
        })
        .collect()
}

fn read_key(text: &str) -> Option<KeyCombination> {
    let mut chars = text.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        let event = KeyEvent::new(KeyCode::Char(only), KeyModifiers::NONE);
        return Some(KeyCombination::from(event).normalized());
    }
    crokey::parse(text).ok().map(KeyCombination::normalized)
}

/// A full-width character typed through an input method stands for its ASCII form.
pub(super) fn half_width(mut key: KeyEvent) -> KeyEvent {
    if let KeyCode::Char(c) = key.code {
        key.code = KeyCode::Char(fold_width(c));
    }
    key
}

fn fold_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        // Input methods type these for `.` and `/`.
        '。' => '.',
        '、' => '/',
        _ => c,
    }
}

/// A key as hints and help show it.
pub(super) fn shown(key: KeyCombination) -> String {
    let mut text = String::new();
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        text.push('^');
    }
    if key.modifiers.contains(KeyModifiers::ALT) {
        text.push_str("M-");
    }
    let first = key.codes.first();
    // A character says itself whether it was shifted, and so does the back tab.
    if key.modifiers.contains(KeyModifiers::SHIFT)
        && !matches!(first, KeyCode::Char(_) | KeyCode::BackTab)
    {
        text.push_str("S-");
    }
    match first {
        KeyCode::Char(' ') => text.push_str("Space"),
        KeyCode::Char(c) if !key.modifiers.is_empty() => text.extend(c.to_uppercase()),
        KeyCode::Char(c) => text.push(*c),
        KeyCode::Enter => text.push_str("Enter"),
        KeyCode::Esc => text.push_str("Esc"),
        KeyCode::Backspace => text.push_str("Backspace"),
        KeyCode::Delete => text.push_str("Del"),
        KeyCode::Tab => text.push_str("Tab"),
        KeyCode::BackTab => text.push_str("S-Tab"),
        KeyCode::Up => text.push('↑'),
        KeyCode::Down => text.push('↓'),
        KeyCode::Left => text.push('←'),
        KeyCode::Right => text.push('→'),
        KeyCode::PageUp => text.push_str("PgUp"),
        KeyCode::PageDown => text.push_str("PgDn"),
        KeyCode::Home => text.push_str("Home"),
        KeyCode::End => text.push_str("End"),
        KeyCode::F(number) => text.push_str(&format!("F{number}")),
        other => text.push_str(&other.to_string()),
    }
    text
}
