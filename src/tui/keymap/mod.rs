//! Which keys do what. One table, `assets/keymap.toml` with the learner's changes merged in, drives
//! what keys do, the hints in the last line, the help, the command palette and the README.

mod keys;

use std::collections::BTreeMap;

use crokey::KeyCombination;
use ratatui::crossterm::event::KeyEvent;
use thiserror::Error;
use toml::de::DeTable;

use self::keys::{half_width, read_keys, shown};
use crate::locale::Locale;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[allow(missing_docs)]
        pub enum $name { $($variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// As the key table writes it.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            fn named(text: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| one.name() == text)
            }
        }
    };
}

named! {
    /// A place keys belong to. A screen names the places it listens to, nearest first.
    Place {
        Global = "global",
        List = "list",
        Home = "home",
        Lessons = "lessons",
        Reader = "reader",
        Glossary = "glossary",
        Question = "question",
        Answer = "answer",
        Study = "study",
        Summary = "summary",
        Typing = "typing",
        Walk = "walk",
        Ask = "ask",
        Told = "told",
        Popup = "popup",
        Branches = "branches",
        Causes = "causes",
        Inspector = "inspector",
        Interviews = "interviews",
        Sit = "sit",
        Writing = "writing",
        Sure = "sure",
        Overview = "overview",
        Outcome = "outcome",
        Confirming = "confirming",
        Stats = "stats",
        Settings = "settings",
    }
}

named! {
    /// What a key can do.
    Action {
        Help = "help",
        Search = "search",
        Palette = "palette",
        Back = "back",
        Quit = "quit",
        Language = "language",
        Theme = "theme",
        SuspendProgram = "suspend-program",
        Leave = "leave",
        MoveBack = "move-back",
        Up = "up",
        Down = "down",
        PageUp = "page-up",
        PageDown = "page-down",
        Top = "top",
        Bottom = "bottom",
        Open = "open",
        Review = "review",
        FewMinutes = "few-minutes",
        Lessons = "lessons",
        Cram = "cram",
        Ahead = "ahead",
        Sources = "sources",
        Placement = "placement",
        Expand = "expand",
        Collapse = "collapse",
        Practise = "practise",
        Known = "known",
        Edit = "edit",
        NextSection = "next-section",
        PreviousSection = "previous-section",
        Contents = "contents",
        Glossary = "glossary",
        NextLink = "next-link",
        PreviousLink = "previous-link",
        Reveal = "reveal",
        Type = "type",
        Again = "again",
        Hard = "hard",
        Good = "good",
        Easy = "easy",
        Undo = "undo",
        Source = "source",
        Flag = "flag",
        Bury = "bury",
        Suspend = "suspend",
        NotACard = "not-a-card",
        Forget = "forget",
        AgainToday = "again-today",
        Finish = "finish",
        Accept = "accept",
        Cancel = "cancel",
        Walk = "walk",
        Play = "play",
        StepForward = "step-forward",
        StepBack = "step-back",
        NextChapter = "next-chapter",
        PreviousChapter = "previous-chapter",
        Inspect = "inspect",
        SelectNext = "select-next",
        SelectPrevious = "select-previous",
        Kubectl = "kubectl",
        Faults = "faults",
        Branches = "branches",
        Cause = "cause",
        Zoom = "zoom",
        Jump = "jump",
        Faster = "faster",
        Slower = "slower",
        Panel = "panel",
        Predictions = "predictions",
        LessonOf = "lesson-of",
        OnceMore = "once-more",
        Way = "way",
        First = "first",
        Second = "second",
        Third = "third",
        Fourth = "fourth",
        Fifth = "fifth",
        Sixth = "sixth",
        GoOn = "go-on",
        Compare = "compare",
        Discard = "discard",
        Close = "close",
        Interview = "interview",
        Format = "format",
        Profile = "profile",
        Domain = "domain",
        Choose = "choose",
        Earlier = "earlier",
        Later = "later",
        NextQuestion = "next-question",
        PreviousQuestion = "previous-question",
        NewLine = "new-line",
        Overview = "overview",
        Pause = "pause",
        HandIn = "hand-in",
        Stats = "stats",
        Settings = "settings",
        NextPage = "next-page",
        PreviousPage = "previous-page",
        TakeBack = "take-back",
        More = "more",
        Less = "less",
        Clear = "clear",
    }
}

impl Action {
    /// The name of its label among the interface's texts.
    pub fn label(self) -> String {
        format!("action.{}", self.name())
    }
}

/// What is wrong with a key table.
#[derive(Debug, Error)]
pub enum KeymapError {
    /// No such place.
    #[error("[keymap.{0}]: there is no such place; see assets/keymap.toml for their names")]
    Place(String),
    /// No such action there.
    #[error("[keymap.{place}] {action}: there is no such action; see assets/keymap.toml")]
    Action {
        /// The place named.
        place: String,
        /// The action named.
        action: String,
    },
    /// Not a key, or not a list of keys.
    #[error(
        "[keymap.{place}] {action}: {problem}; keys look like \"a\", \"ctrl-p\", \"f5\", \"enter\""
    )]
    Key {
        /// The place named.
        place: String,
        /// The action named.
        action: String,
        /// What is wrong.
        problem: String,
    },
    /// One key for two actions of one place.
    #[error("[keymap.{place}]: {key} is both {first} and {second}; give one of them another key")]
    Clash {
        /// The place.
        place: String,
        /// The key.
        key: String,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// The keys of every action in every place.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: BTreeMap<(Place, Action), Vec<KeyCombination>>,
}

impl Keymap {
    /// The built-in keys.
    pub fn built_in() -> Keymap {
        let table = DeTable::parse(include_str!("../../../assets/keymap.toml"))
            .expect("the built-in key table is valid TOML");
        let mut keymap = Keymap {
            bindings: BTreeMap::new(),
        };
        for (place, entries) in table.get_ref() {
            let entries = entries.get_ref().as_table();
            for (action, keys) in entries.expect("a place is a table") {
                let keys = keys.get_ref().as_array().map(|keys| {
                    let keys = keys.iter().map(|key| key.get_ref().as_str());
                    keys.collect::<Vec<_>>()
                });
                keymap
                    .bind(place.get_ref(), action.get_ref(), keys)
                    .expect("the built-in key table is valid");
            }
        }
        keymap
    }

    /// Replaces the keys of the actions a table names.
    ///
    /// # Errors
    /// [`KeymapError`] names the first entry that is wrong.
    pub fn merge(&mut self, table: &toml::Table) -> Result<(), KeymapError> {
        for (place, entries) in table {
            let Some(entries) = entries.as_table() else {
                return Err(KeymapError::Place(place.clone()));
            };
            for (action, keys) in entries {
                let keys = keys
                    .as_array()
                    .map(|keys| keys.iter().map(toml::Value::as_str).collect());
                self.bind(place, action, keys)?;
            }
        }
        self.find_clash()
    }

    /// Gives an action of a place these keys, if it is a list and they are texts.
    fn bind(
        &mut self,
        place_name: &str,
        action_name: &str,
        keys: Option<Vec<Option<&str>>>,
    ) -> Result<(), KeymapError> {
        let place =
            Place::named(place_name).ok_or_else(|| KeymapError::Place(place_name.to_owned()))?;
        let action = Action::named(action_name).ok_or_else(|| KeymapError::Action {
            place: place_name.to_owned(),
            action: action_name.to_owned(),
        })?;
        let keys = read_keys(keys).map_err(|problem| KeymapError::Key {
            place: place_name.to_owned(),
            action: action_name.to_owned(),
            problem,
        })?;
        self.bindings.insert((place, action), keys);
        Ok(())
    }

    fn find_clash(&self) -> Result<(), KeymapError> {
        let mut taken: BTreeMap<(Place, String), Action> = BTreeMap::new();
        for ((place, action), keys) in &self.bindings {
            for key in keys {
                if let Some(first) = taken.insert((*place, shown(*key)), *action) {
                    return Err(KeymapError::Clash {
                        place: place.name().to_owned(),
                        key: shown(*key),
                        first: first.name(),
                        second: action.name(),
                    });
                }
            }
        }
        Ok(())
    }

    /// What a key does in these places, the nearest first.
    pub fn action(&self, places: &[Place], key: KeyEvent) -> Option<Action> {
        let key = KeyCombination::from(half_width(key)).normalized();
        places.iter().find_map(|place| {
            self.of(*place)
                .find(|(_, keys)| keys.contains(&key))
                .map(|(action, _)| action)
        })
    }

    /// The actions of a place with their keys, in the order they are declared.
    pub fn of(&self, place: Place) -> impl Iterator<Item = (Action, &[KeyCombination])> {
        self.bindings
            .range((place, Action::ALL[0])..)
            .take_while(move |((at, _), _)| *at == place)
            .map(|((_, action), keys)| (*action, keys.as_slice()))
    }

    /// The keys of an action of one place that no nearer place takes.
    pub fn keys(&self, nearer: &[Place], place: Place, action: Action) -> Vec<String> {
        self.bindings
            .get(&(place, action))
            .into_iter()
            .flatten()
            .filter(|key| !self.is_taken(nearer, key))
            .map(|key| shown(*key))
            .collect()
    }

    /// The table as Markdown, for the README: a row for each action of each place.
    pub fn to_markdown(&self, locale: &Locale) -> String {
        let mut table = String::from("| where | keys | what they do |\n|---|---|---|\n");
        for ((place, action), keys) in &self.bindings {
            let keys: Vec<String> = keys
                .iter()
                .map(|key| format!("`{}`", shown(*key)))
                .collect();
            let place = format!("place.{}", place.name());
            let what = format!("help.{}", action.name());
            table.push_str(&format!(
                "| {} | {} | {} |\n",
                locale.text(&place),
                keys.join(" "),
                locale.text(&what)
            ));
        }
        table
    }

    fn is_taken(&self, places: &[Place], key: &KeyCombination) -> bool {
        places
            .iter()
            .any(|place| self.of(*place).any(|(_, keys)| keys.contains(key)))
    }

    /// The key to show for an action in these places: the first that no nearer place takes.
    pub fn key(&self, places: &[Place], action: Action) -> Option<String> {
        places.iter().enumerate().find_map(|(at, place)| {
            self.bindings
                .get(&(*place, action))?
                .iter()
                .find(|key| !self.is_taken(&places[..at], key))
                .map(|key| shown(*key))
        })
    }
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    fn press(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
    }

    #[test]
    fn every_action_has_a_key_that_is_no_letter() {
        let keymap = Keymap::built_in();
        for ((place, action), keys) in &keymap.bindings {
            assert!(
                keys.iter().any(|key| {
                    !matches!(key.codes.first(), KeyCode::Char(c) if c.is_alphabetic())
                        || key.modifiers.contains(KeyModifiers::CONTROL)
                }),
                "[{}] {}",
                place.name(),
                action.name()
            );
        }
    }

    #[test]
    fn every_action_is_in_the_table_and_no_key_there_twice() {
        let keymap = Keymap::built_in();
        assert!(keymap.find_clash().is_ok());
        for action in Action::ALL {
            assert!(
                keymap.bindings.keys().any(|(_, bound)| bound == action),
                "{}",
                action.name()
            );
        }
    }

    #[test]
    fn full_width_characters_count_as_ascii() {
        let keymap = Keymap::built_in();
        let places = [Place::Answer, Place::Global];
        assert_eq!(keymap.action(&places, press('？')), Some(Action::Help));
        assert_eq!(keymap.action(&places, press('：')), Some(Action::Palette));
        assert_eq!(keymap.action(&places, press('／')), Some(Action::Search));
        assert_eq!(keymap.action(&places, press('１')), Some(Action::Again));
        assert_eq!(keymap.action(&places, press('、')), Some(Action::Search));
    }

    #[test]
    fn the_nearest_place_wins_and_hints_skip_a_key_it_took() {
        let mut keymap = Keymap::built_in();
        let table = "[study]\nflag = ['q']".parse().expect("TOML");
        keymap.merge(&table).expect("a valid change");
        let places = [Place::Study, Place::Global];
        assert_eq!(keymap.action(&places, press('q')), Some(Action::Flag));
        assert_eq!(keymap.key(&places, Action::Quit).as_deref(), Some("F10"));
    }

    #[test]
    fn upper_case_is_another_key() {
        let keymap = Keymap::built_in();
        let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(keymap.action(&[Place::List], shifted), Some(Action::Bottom));
        assert_eq!(keymap.action(&[Place::List], press('g')), Some(Action::Top));
    }

    #[test]
    fn a_wrong_table_says_where() {
        for (table, message) in [
            ("[nowhere]\nup = ['k']", "[keymap.nowhere]"),
            ("[list]\nfly = ['k']", "[keymap.list] fly"),
            ("[list]\nup = ['hyper-k']", "\"hyper-k\" is no key"),
            ("[list]\nup = 'k'", "keys are a list"),
            ("[list]\nup = ['j']", "j is both up and down"),
        ] {
            let error = Keymap::built_in()
                .merge(&table.parse().expect("TOML"))
                .expect_err(table);
            assert!(error.to_string().contains(message), "{error}");
        }
    }
}
