use ratatui::style::{Modifier, Style};

use crate::{locale::Locale, notes::Alert};

/// How text looks: a style for each meaning, the signs drawn around it and the few words the
/// program adds. Made from a theme; every inline style is laid over the style it stands in.
#[derive(Clone, PartialEq, Debug)]
pub struct TextStyle {
    /// Running text.
    pub text: Style,
    /// What helps and should not be seen first: list markers, web addresses, footnote numbers.
    pub muted: Style,
    /// The accent: tips and notes.
    pub accent: Style,
    /// Something done, something right.
    pub good: Style,
    /// Something to look out for.
    pub warn: Style,
    /// Something that breaks things.
    pub bad: Style,
    /// A heading of level 1.
    pub heading1: Style,
    /// A heading of level 2.
    pub heading2: Style,
    /// A heading of level 3 and below.
    pub heading3: Style,
    /// Strong emphasis.
    pub strong: Style,
    /// Emphasis.
    pub emphasis: Style,
    /// Struck out.
    pub strikethrough: Style,
    /// Inline code.
    pub code: Style,
    /// A code block. With a background, it is drawn as a filled area.
    pub code_block: Style,
    /// Instructions, keys and commands in a code block.
    pub code_keyword: Style,
    /// Strings and values in a code block.
    pub code_string: Style,
    /// Comments in a code block.
    pub code_comment: Style,
    /// What a command printed, and the prompt before it.
    pub code_output: Style,
    /// Quoted text.
    pub quote: Style,
    /// A link's text.
    pub link: Style,
    /// Lines: rules, bars, table lines.
    pub rule: Style,
    /// The signs.
    pub glyphs: Glyphs,
    /// The words.
    pub labels: Labels,
    /// Whether a link's address is shown after its text, where it is another and there is room.
    pub addresses: bool,
}

impl TextStyle {
    /// Looks that need no colour: bold, italic, dim, underlined.
    pub fn uncoloured(glyphs: Glyphs, labels: Labels) -> Self {
        let with = |modifier| Style::new().add_modifier(modifier);
        let dim = with(Modifier::DIM);
        let bold = with(Modifier::BOLD);
        Self {
            text: Style::new(),
            muted: dim,
            accent: bold,
            good: bold,
            warn: bold,
            bad: bold,
            heading1: bold,
            heading2: bold,
            heading3: bold,
            strong: bold,
            emphasis: with(Modifier::ITALIC),
            strikethrough: with(Modifier::CROSSED_OUT),
            code: bold,
            code_block: Style::new(),
            code_keyword: bold,
            code_string: Style::new(),
            code_comment: dim,
            code_output: dim,
            quote: Style::new(),
            link: with(Modifier::UNDERLINED),
            rule: dim,
            glyphs,
            labels,
            addresses: true,
        }
    }

    pub(super) fn alert(&self, alert: Alert) -> Style {
        match alert {
            Alert::Note | Alert::Tip => self.accent,
            Alert::Important | Alert::Warning => self.warn,
            Alert::Caution => self.bad,
        }
    }

    pub(super) fn heading(&self, level: u8) -> Style {
        match level {
            0 | 1 => self.heading1,
            2 => self.heading2,
            _ => self.heading3,
        }
    }
}

/// The signs drawn around text, each of a known width on every terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Glyphs {
    /// Before the items of a list, by depth; deeper ones repeat the last.
    pub bullets: [&'static str; 3],
    /// Before each line of a quotation.
    pub quote_bar: &'static str,
    /// Before each line of an alert.
    pub alert_bar: &'static str,
    /// Before each line of a code block without a background.
    pub code_bar: &'static str,
    /// At the end of a code line that goes on in the next line.
    pub continued: &'static str,
    /// What rules are made of.
    pub rule: &'static str,
    /// What the line under a heading of level 1 is made of.
    pub heading_rule: &'static str,
    /// A task that is done.
    pub task_done: &'static str,
    /// A task that is not.
    pub task_open: &'static str,
    /// After a link that opens a walkthrough.
    pub leads: &'static str,
    /// What was cut off.
    pub ellipsis: &'static str,
    /// Before the titles of alerts, in the order note, tip, important, warning, caution.
    pub alerts: [&'static str; 5],
}

impl Glyphs {
    /// For terminals that draw Unicode.
    pub const UNICODE: Glyphs = Glyphs {
        bullets: ["•", "◦", "▪"],
        quote_bar: "│",
        alert_bar: "┃",
        code_bar: "│",
        continued: "↩",
        rule: "─",
        heading_rule: "━",
        task_done: "[✓]",
        task_open: "[ ]",
        leads: "▸",
        ellipsis: "…",
        alerts: ["✎", "✦", "✱", "▲", "✗"],
    };

    /// For terminals that do not, or that draw box lines two columns wide.
    pub const ASCII: Glyphs = Glyphs {
        bullets: ["*", "-", "+"],
        quote_bar: "|",
        alert_bar: "|",
        code_bar: "|",
        continued: "\\",
        rule: "-",
        heading_rule: "=",
        task_done: "[x]",
        task_open: "[ ]",
        leads: ">",
        ellipsis: "..",
        alerts: ["i", "*", "!", "!", "x"],
    };

    pub(super) fn alert(&self, alert: Alert) -> &'static str {
        self.alerts[alert as usize]
    }

    pub(super) fn bullet(&self, depth: usize) -> &'static str {
        self.bullets[depth.min(self.bullets.len() - 1)]
    }
}

/// The words the program adds to a text, in the language of the interface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Labels {
    alerts: [&'static str; 5],
    /// Stands before an image's alternative text.
    pub(super) image: &'static str,
    /// Stands before a link to a walkthrough.
    pub(super) walk: &'static str,
}

impl Labels {
    /// The words of a language.
    pub fn new(locale: &'static Locale) -> Self {
        Self {
            alerts: [
                locale.text("text.note"),
                locale.text("text.tip"),
                locale.text("text.important"),
                locale.text("text.warning"),
                locale.text("text.caution"),
            ],
            image: locale.text("text.image"),
            walk: locale.text("text.walk"),
        }
    }

    pub(super) fn alert(&self, alert: Alert) -> &'static str {
        self.alerts[alert as usize]
    }
}
