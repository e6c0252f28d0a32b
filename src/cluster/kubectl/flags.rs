use super::duration;

/// A flag a command takes.
#[derive(Debug)]
pub(super) struct Flag {
    pub(super) long: &'static str,
    pub(super) short: Option<char>,
    pub(super) takes: Takes,
    /// What it means without a value; None: a value must follow.
    pub(super) alone: Option<&'static str>,
}

/// What a flag's value must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Takes {
    Text,
    /// May be given more than once.
    Texts,
    /// May be given more than once, each time with several values.
    Lists,
    Bool,
    Number,
    /// As Go writes a length of time: `1m30s`.
    Duration,
}

impl Takes {
    /// Go's own complaints about what is no number and no truth value.
    pub(super) fn check(self, value: &str) -> Result<(), String> {
        const TRUTHS: [&str; 12] = [
            "1", "0", "t", "f", "T", "F", "true", "false", "TRUE", "FALSE", "True", "False",
        ];
        match self {
            Takes::Number if value.parse::<i64>().is_err() => Err(format!(
                "strconv.ParseInt: parsing \"{value}\": invalid syntax"
            )),
            Takes::Bool if !TRUTHS.contains(&value) => Err(format!(
                "strconv.ParseBool: parsing \"{value}\": invalid syntax"
            )),
            Takes::Duration => duration::parse(value).map(|_| ()),
            _ => Ok(()),
        }
    }
}

pub(super) const fn text(long: &'static str) -> Flag {
    Flag {
        long,
        short: None,
        takes: Takes::Text,
        alone: None,
    }
}

pub(super) const fn texts(long: &'static str) -> Flag {
    Flag {
        takes: Takes::Texts,
        ..text(long)
    }
}

pub(super) const fn lists(long: &'static str) -> Flag {
    Flag {
        takes: Takes::Lists,
        ..text(long)
    }
}

pub(super) const fn number(long: &'static str) -> Flag {
    Flag {
        takes: Takes::Number,
        ..text(long)
    }
}

pub(super) const fn length(long: &'static str) -> Flag {
    Flag {
        takes: Takes::Duration,
        ..text(long)
    }
}

pub(super) const fn switch(long: &'static str) -> Flag {
    Flag {
        takes: Takes::Bool,
        alone: Some("true"),
        ..text(long)
    }
}

impl Flag {
    pub(super) const fn short(self, short: char) -> Flag {
        Flag {
            short: Some(short),
            ..self
        }
    }

    pub(super) const fn alone(self, alone: &'static str) -> Flag {
        Flag {
            alone: Some(alone),
            ..self
        }
    }
}

pub(super) const FILENAME: Flag = lists("filename").short('f');
pub(super) const OUTPUT: Flag = text("output").short('o');
pub(super) const SELECTOR: Flag = text("selector").short('l');
pub(super) const ALL_NAMESPACES: Flag = switch("all-namespaces").short('A');
pub(super) const DRY_RUN: Flag = text("dry-run").alone("unchanged");

/// What every command takes.
pub(super) const GLOBAL: &[Flag] = &[
    text("namespace").short('n'),
    text("as"),
    texts("as-group"),
    text("as-uid"),
    text("context"),
    text("cluster"),
    text("user"),
    text("kubeconfig"),
    text("server").short('s'),
    text("token"),
    text("request-timeout"),
    text("cache-dir"),
    number("v").short('v'),
    switch("insecure-skip-tls-verify"),
    switch("match-server-version"),
    switch("warnings-as-errors"),
    switch("help").short('h'),
];
