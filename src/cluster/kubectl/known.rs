use super::{command::Command, commands, flags::GLOBAL};
use crate::cluster::api::Resource;

/// What a command's words name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Words {
    /// Objects of any resource: `pods web-1`, `pod/web-1`.
    Objects,
    /// One object of one of these: `deployment/web`.
    One(&'static [Resource]),
    /// Objects of this resource, which is named first: `nodes node-1`.
    Of(Resource),
    /// Objects of this resource by their names alone.
    Names(Resource),
    /// Nothing: what it works on is in a file.
    File,
    /// One of these, then a name of the user's own.
    Kinds(&'static [&'static str]),
    /// Nothing, or what the user makes up.
    Own,
    /// The command only says that this cluster does not have it.
    Later,
}

/// A command kubectl knows.
#[derive(Clone, Copy, Debug)]
pub struct KnownCommand(&'static Command);

/// A flag of such a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownFlag {
    /// `--long`
    pub long: &'static str,
    /// `-s`
    pub short: Option<char>,
    /// Whether a value must follow.
    pub takes_value: bool,
}

/// All commands that do something, most wanted first.
pub fn known_commands() -> impl Iterator<Item = KnownCommand> {
    let all = commands::ALL.iter().map(KnownCommand);
    all.filter(|command| command.words() != Words::Later)
}

impl KnownCommand {
    /// Its words after `kubectl`.
    pub fn path(self) -> &'static str {
        self.0.path
    }

    /// What its words name.
    pub fn words(self) -> Words {
        self.0.words
    }

    /// Its own flags, then those that all commands take.
    pub fn flags(self) -> impl Iterator<Item = KnownFlag> {
        let all = self.0.flags.iter().chain(GLOBAL);
        all.map(|flag| KnownFlag {
            long: flag.long,
            short: flag.short,
            takes_value: flag.alone.is_none(),
        })
    }
}
