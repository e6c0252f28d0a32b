use std::{cell::OnceCell, collections::HashMap, fmt::Display, sync::Arc};

use chrono::NaiveDate;

use super::{
    keymap::{Action, Keymap, Place},
    screens::Story,
    signs::Signs,
    text::{Glyphs, Labels, TextStyle},
    theme::{ColourDepth, Theme, ThemeName},
    widgets::Hint,
};
use crate::{
    ids::{Lang, LessonId, Now, StudyDay},
    locale::Locale,
    memory::{Memory, Settings},
    notes::{Library, SearchIndex},
    progress::{Agenda, Sources},
    walkthrough::Walked,
};

/// What all screens see: the library, what the learner did, and how things look.
pub struct Shared {
    /// Everything there is to read and recall.
    pub library: Arc<Library>,
    /// What the learner did.
    pub memory: Memory,
    /// How study is scheduled.
    pub settings: Settings,
    /// Where cards come from.
    pub sources: Sources,
    /// How far lessons were read: lines of their files.
    pub places: HashMap<LessonId, u32>,
    /// The day of the interview.
    pub interview: Option<NaiveDate>,
    /// Whether a walkthrough asks before its key steps.
    pub predictions: bool,
    /// What was answered in walkthroughs.
    pub walked: Walked,
    /// Whether the cards of wrong answers in interviews come up for study.
    pub study_wrong: bool,
    /// Whether what would move is shown where it comes to rest.
    pub reduced_motion: bool,
    /// Walkthroughs that were left, to be found again as they were.
    pub(super) walks: HashMap<String, Story>,
    /// The interface's language, and the one lessons are wanted in.
    pub lang: Lang,
    /// The theme chosen.
    pub theme_name: ThemeName,
    /// The styles in use.
    pub theme: Theme,
    /// What the terminal can show.
    pub depth: ColourDepth,
    /// The signs of running text.
    pub glyphs: Glyphs,
    /// The signs of screens.
    pub signs: Signs,
    /// Which keys do what.
    pub keymap: Keymap,
    /// Made when first searched, and again for another library.
    pub(super) index: OnceCell<SearchIndex>,
}

/// How the app looks and which keys it obeys.
pub struct Look {
    /// The theme chosen.
    pub theme: ThemeName,
    /// What the terminal can show.
    pub depth: ColourDepth,
    /// Which keys do what.
    pub keymap: Keymap,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            theme: ThemeName::default(),
            depth: ColourDepth::Sixteen,
            keymap: Keymap::built_in(),
        }
    }
}

impl Shared {
    /// A library and what the learner did with it, with everything else as it is before anyone
    /// chooses.
    pub fn new(library: Arc<Library>, memory: Memory, look: Look) -> Shared {
        Shared {
            library,
            memory,
            settings: Settings::default(),
            sources: Sources::Both,
            places: HashMap::new(),
            interview: None,
            predictions: true,
            walked: Walked::default(),
            study_wrong: true,
            reduced_motion: false,
            walks: HashMap::new(),
            lang: Lang::En,
            theme_name: look.theme,
            theme: Theme::new(look.theme, look.depth),
            depth: look.depth,
            glyphs: Glyphs::UNICODE,
            signs: Signs::UNICODE,
            keymap: look.keymap,
            index: OnceCell::new(),
        }
    }

    /// Wears a theme, as far as the terminal can show it.
    pub fn wear(&mut self, name: ThemeName) {
        self.theme_name = name;
        self.theme = Theme::new(name, self.depth);
    }

    /// The text of this name in the interface's language.
    pub(super) fn text(&self, name: &str) -> String {
        self.locale().text(name).to_owned()
    }

    /// The text of this name with its places filled.
    pub(super) fn fill(&self, name: &str, places: &[(&str, &dyn Display)]) -> String {
        self.locale().fill(name, places)
    }

    pub(super) fn locale(&self) -> &'static Locale {
        match self.lang {
            Lang::Zh => Locale::zh(),
            Lang::En => Locale::en(),
        }
    }

    /// The study day of this moment.
    pub(super) fn today(&self, now: &Now) -> StudyDay {
        self.settings.study_day(now)
    }

    pub(super) fn agenda(&self) -> Agenda<'_> {
        Agenda {
            library: &self.library,
            memory: &self.memory,
            lang: self.lang,
            sources: self.sources,
        }
    }

    pub(super) fn index(&self) -> &SearchIndex {
        self.index.get_or_init(|| SearchIndex::new(&self.library))
    }

    pub(super) fn set_library(&mut self, library: Arc<Library>) {
        self.library = library;
        self.index = OnceCell::new();
    }

    /// How running text of notes looks.
    pub(super) fn text_style(&self) -> TextStyle {
        let theme = &self.theme;
        TextStyle {
            text: theme.text.into(),
            muted: theme.muted.into(),
            accent: theme.accent.into(),
            good: theme.good.into(),
            warn: theme.warn.into(),
            bad: theme.bad.into(),
            heading1: theme.title.into(),
            heading2: theme.heading.into(),
            heading3: theme.heading.into(),
            code: theme.code.into(),
            code_block: theme.text.into(),
            code_keyword: theme.keyword.into(),
            code_string: theme.string.into(),
            code_comment: theme.comment.into(),
            code_output: theme.muted.into(),
            quote: theme.text.into(),
            link: theme.link.into(),
            rule: theme.border.into(),
            ..TextStyle::uncoloured(self.glyphs, Labels::new(self.locale()))
        }
    }

    /// A hint for the last line: the key of an action in these places, and its label.
    pub(super) fn hint(&self, places: &[Place], action: Action) -> Option<Hint> {
        Some(Hint {
            key: self.keymap.key(places, action)?,
            label: self.text(&action.label()),
        })
    }

    /// `in 3 days`, `tomorrow`, as a number of days reads.
    pub(super) fn days(&self, days: i64) -> String {
        match days {
            ..=0 => self.text("time.today"),
            1..=30 => self.fill("time.days", &[("n", &days)]),
            31..=364 => self.fill("time.months", &[("n", &one_decimal(days as f64 / 30.44))]),
            _ => self.fill("time.years", &[("n", &one_decimal(days as f64 / 365.25))]),
        }
    }
}

/// One digit after the point, and none where it is 0.
fn one_decimal(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
