use std::{cell::OnceCell, collections::HashMap, fmt::Display, sync::Arc, time::Duration};

use chrono::NaiveDate;

use super::{
    effect::Choice,
    keymap::{Action, Keymap, Place},
    screens::Story,
    signs::Signs,
    task::Ground,
    text::{Glyphs, Labels, TextStyle},
    theme::{ColourDepth, Theme, ThemeName},
    widgets::Hint,
};
use crate::{
    ids::{Lang, LessonId, Now, RowId, StudyDay},
    locale::Locale,
    memory::{Brake, Evaluation, Memory, Settings},
    notes::{Course, Glossary, Library, SearchIndex},
    progress::{Agenda, Aim, Sources},
    walkthrough::Walked,
};

/// What an interview weighs where nothing is said.
pub const USUAL_PROFILE: &str = "mixed";

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
    /// What the interview weighs, by the name the course gives it.
    pub profile: String,
    /// The time there is in a day.
    pub a_day: Duration,
    /// What the configuration file has decided.
    pub fixed: Fixed,
    /// The parameters that were fitted to the learner in this sitting.
    pub(super) training: Training,
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

/// What the configuration file has decided, so that it is not to be chosen in the app.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs)]
pub struct Fixed {
    pub interview: bool,
    pub minutes: bool,
    pub retention: bool,
    pub new: bool,
    pub reviews: bool,
    pub profile: bool,
}

/// What became of fitting the parameters to the learner in this sitting. `before` and `after` say how
/// well those in force and the fitted ones foretold what the learner recalled.
#[derive(Clone, Default, PartialEq, Debug)]
pub(super) enum Training {
    /// Nothing: there was too little to train on, or what was taken was taken back.
    #[default]
    None,
    /// It is under way.
    Running(Brake),
    /// The learner stopped it.
    Stopped,
    /// Those in force foretold better.
    Refused {
        before: Evaluation,
        after: Evaluation,
    },
    /// They are taken.
    Taken {
        before: Evaluation,
        after: Evaluation,
        /// The row that brought them, once it is kept.
        row: Option<RowId>,
    },
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
            profile: USUAL_PROFILE.to_owned(),
            a_day: Duration::from_secs(20 * 60),
            fixed: Fixed::default(),
            training: Training::None,
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

    /// What the learner chose holds from now on.
    pub(super) fn choose(&mut self, choice: &Choice) {
        match choice {
            Choice::Interview(day) => self.interview = *day,
            Choice::Profile(profile) => self.profile.clone_from(profile),
            Choice::Minutes(minutes) => self.a_day = Duration::from_secs(60 * u64::from(*minutes)),
            Choice::Retention(hundredths) => {
                self.settings.desired_retention = *hundredths as f32 / 100.0;
            }
            Choice::NewPerDay(cards) => self.settings.new_per_day = *cards,
            Choice::ReviewsPerDay(cards) => self.settings.reviews_per_day = *cards,
            Choice::Lang(_)
            | Choice::Theme(_)
            | Choice::Sources(_)
            | Choice::Place(..)
            | Choice::Predictions(_) => {}
        }
    }

    /// All that bears on where the learner stands, as it is now.
    pub(super) fn ground(&self, now: &Now) -> Ground {
        Ground {
            library: self.library.clone(),
            memory: self.memory.clone(),
            lang: self.lang,
            sources: self.sources,
            settings: self.settings.clone(),
            aim: self.aim(),
            now: *now,
        }
    }

    fn aim(&self) -> Aim {
        let course = Course::built_in();
        let mut profiles = course.profiles.into_iter();
        let profile = profiles.find(|profile| profile.id == self.profile);
        Aim {
            interview: self.interview.map(StudyDay::new),
            weights: match self.sources {
                Sources::Own => self.agenda().weights_by_cards(),
                Sources::Both | Sources::Course => {
                    profile.map(|profile| profile.weights).unwrap_or_default()
                }
            },
            a_day: self.a_day,
            since: None,
        }
    }

    /// The profile of the course the learner prepares for, unless that is all of it.
    pub(super) fn chosen_profile(&self) -> Option<String> {
        let is_chosen = self.profile != USUAL_PROFILE && self.sources != Sources::Own;
        is_chosen.then(|| self.profile.clone())
    }

    /// What the interview weighs, as a person calls it.
    pub(super) fn profile_title(&self) -> String {
        let course = Course::built_in();
        let found = course.profiles.iter().find(|one| one.id == self.profile);
        found.map_or_else(
            || self.profile.clone(),
            |profile| match self.lang {
                Lang::Zh => profile.title.zh.clone(),
                Lang::En => profile.title.en.clone(),
            },
        )
    }

    pub(super) fn index(&self) -> &SearchIndex {
        self.index
            .get_or_init(|| SearchIndex::new(&self.library).with_terms(Glossary::built_in()))
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
