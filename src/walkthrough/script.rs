use serde::{Deserialize, Deserializer, de::Error};

use super::Matcher;
use crate::cluster::{Fault, Moment};

/// Something the scenario does, and when.
#[derive(Clone, PartialEq, Debug)]
pub struct Script {
    /// When.
    pub when: When,
    /// What.
    pub act: Act,
}

/// When something is done.
#[derive(Clone, PartialEq, Debug)]
pub enum When {
    /// At a moment of the trace's clock.
    At(Moment),
    /// As soon as a step like this has happened, after what the script did before.
    After(Box<Matcher>),
}

/// Something that is done to the cluster.
#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// A command line.
    Command(String),
    /// Something is broken or mended.
    Fault(Fault),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    at_ms: Option<u64>,
    after: Option<Box<Matcher>>,
    command: Option<String>,
    fault: Option<String>,
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Script, D::Error> {
        let written = Written::deserialize(from)?;
        let when = match (written.at_ms, written.after) {
            (Some(millis), None) => When::At(Moment::from_millis(millis)),
            (None, Some(after)) => When::After(after),
            _ => {
                return Err(D::Error::custom(
                    "a script entry needs either at_ms or after",
                ));
            }
        };
        let act = match (written.command, written.fault) {
            (Some(line), None) => Act::Command(line),
            (None, Some(fault)) => Act::Fault(fault.parse().map_err(D::Error::custom)?),
            _ => {
                return Err(D::Error::custom(
                    "a script entry needs either command or fault",
                ));
            }
        };
        Ok(Script { when, act })
    }
}
