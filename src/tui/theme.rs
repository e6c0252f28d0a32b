//! Colours by meaning. Screens name a token (`accent`, `warn` …); what it looks like is read from
//! `assets/themes/*.toml` and reduced to what the terminal can show.

use std::{fmt, str::FromStr};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// Which built-in theme is worn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ThemeName {
    /// The terminal's own sixteen colours.
    #[default]
    Terminal,
    /// For dark backgrounds.
    Dark,
    /// For light backgrounds.
    Light,
}

impl ThemeName {
    /// All of them, in the order a key walks through.
    pub const ALL: [ThemeName; 3] = [ThemeName::Terminal, ThemeName::Dark, ThemeName::Light];

    /// The theme after this one.
    pub fn next(self) -> ThemeName {
        let at = Self::ALL.iter().position(|name| *name == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    fn source(self) -> &'static str {
        match self {
            ThemeName::Terminal => include_str!("../../assets/themes/terminal.toml"),
            ThemeName::Dark => include_str!("../../assets/themes/dark.toml"),
            ThemeName::Light => include_str!("../../assets/themes/light.toml"),
        }
    }
}

impl fmt::Display for ThemeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ThemeName::Terminal => "terminal",
            ThemeName::Dark => "dark",
            ThemeName::Light => "light",
        })
    }
}

impl FromStr for ThemeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|name| name.to_string() == text)
            .ok_or_else(|| format!("unknown theme `{text}`: terminal, dark or light"))
    }
}

/// How many colours the terminal shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ColourDepth {
    /// None (`NO_COLOR`, `--no-color`, `TERM=dumb`): bold, underline and reverse remain.
    None,
    /// Sixteen.
    Sixteen,
    /// 256.
    Indexed,
    /// 24 bits.
    True,
}

impl ColourDepth {
    /// What the environment says of the terminal. <https://no-color.org>: any non-empty `NO_COLOR`
    /// means no colour; `COLORTERM` names 24-bit terminals.
    pub fn of(no_colour: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> ColourDepth {
        let term = term.unwrap_or_default();
        if no_colour.is_some_and(|value| !value.is_empty()) || term == "dumb" {
            ColourDepth::None
        } else if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            ColourDepth::True
        } else if term.contains("256color") {
            ColourDepth::Indexed
        } else {
            ColourDepth::Sixteen
        }
    }
}

/// The styles of one theme, ready for one terminal.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Theme {
    /// What lies below everything: a theme made for one ground brings it along.
    pub ground: Token,
    pub text: Token,
    pub muted: Token,
    pub accent: Token,
    pub title: Token,
    pub heading: Token,
    pub good: Token,
    pub warn: Token,
    pub bad: Token,
    pub code: Token,
    pub keyword: Token,
    pub string: Token,
    pub comment: Token,
    pub link: Token,
    pub border: Token,
    pub selection: Token,
    pub key: Token,
    /// From no activity to much.
    pub heat: [Token; 5],
}

/// One style of a theme.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(from = "TokenSource")]
pub struct Token(Style);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenSource {
    fg: Option<ColourSource>,
    bg: Option<ColourSource>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    dim: bool,
    #[serde(default)]
    italic: bool,
    #[serde(default)]
    underlined: bool,
    #[serde(default)]
    reversed: bool,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ColourSource(Color);

impl TryFrom<String> for ColourSource {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("unknown colour `{text}`"))
    }
}

impl From<TokenSource> for Token {
    fn from(source: TokenSource) -> Self {
        let mut style = Style::new();
        style.fg = source.fg.map(|colour| colour.0);
        style.bg = source.bg.map(|colour| colour.0);
        for (on, modifier) in [
            (source.bold, Modifier::BOLD),
            (source.dim, Modifier::DIM),
            (source.italic, Modifier::ITALIC),
            (source.underlined, Modifier::UNDERLINED),
            (source.reversed, Modifier::REVERSED),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        Self(style)
    }
}

impl Token {
    /// The style to draw with.
    pub fn style(self) -> Style {
        self.0
    }
}

impl From<Token> for Style {
    fn from(token: Token) -> Style {
        token.0
    }
}

impl Theme {
    /// A built-in theme, reduced to what the terminal can show.
    pub fn new(name: ThemeName, depth: ColourDepth) -> Theme {
        // Without colour the muted grey of the 16-colour theme is the only hint of rank left.
        let source = match depth {
            ColourDepth::None | ColourDepth::Sixteen => ThemeName::Terminal.source(),
            ColourDepth::Indexed | ColourDepth::True => name.source(),
        };
        let mut theme: Theme = toml::from_str(source).expect("the built-in themes are valid");
        theme.each(|token| token.0 = reduce(token.0, depth));
        if depth == ColourDepth::None {
            let add = |token: &mut Token, modifier| token.0 = token.0.add_modifier(modifier);
            add(&mut theme.muted, Modifier::DIM);
            add(&mut theme.border, Modifier::DIM);
            add(&mut theme.heat[0], Modifier::DIM);
            add(&mut theme.selection, Modifier::REVERSED);
            add(&mut theme.accent, Modifier::BOLD);
            add(&mut theme.bad, Modifier::BOLD);
        }
        theme
    }

    fn each(&mut self, mut change: impl FnMut(&mut Token)) {
        let Theme {
            ground,
            text,
            muted,
            accent,
            title,
            heading,
            good,
            warn,
            bad,
            code,
            keyword,
            string,
            comment,
            link,
            border,
            selection,
            key,
            heat,
        } = self;
        for token in [
            ground, text, muted, accent, title, heading, good, warn, bad, code, keyword, string,
            comment, link, border, selection, key,
        ] {
            change(token);
        }
        heat.iter_mut().for_each(change);
    }
}

fn reduce(style: Style, depth: ColourDepth) -> Style {
    let colour = |colour: Color| match (depth, colour) {
        (ColourDepth::None, _) => Color::Reset,
        (ColourDepth::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(nearest_indexed(r, g, b)),
        _ => colour,
    };
    Style {
        fg: style.fg.map(colour),
        bg: style.bg.map(colour),
        ..style
    }
}

/// The nearest of xterm's 216 colour cube and 24 greys.
fn nearest_indexed(r: u8, g: u8, b: u8) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let level = |value: u8| {
        (0..6)
            .min_by_key(|at| LEVELS[*at].abs_diff(value))
            .unwrap_or(0)
    };
    let distance = |(x, y, z): (u8, u8, u8)| {
        let part = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        part(x, r) + part(y, g) + part(z, b)
    };
    let (lr, lg, lb) = (level(r), level(g), level(b));
    let cube = distance((LEVELS[lr], LEVELS[lg], LEVELS[lb]));
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let step = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + step * 10;
    if distance((grey, grey, grey)) < cube {
        232 + step
    } else {
        16 + (36 * lr + 6 * lg + lb) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_is_readable_at_every_depth() {
        for name in ThemeName::ALL {
            for depth in [
                ColourDepth::None,
                ColourDepth::Sixteen,
                ColourDepth::Indexed,
                ColourDepth::True,
            ] {
                let mut theme = Theme::new(name, depth);
                theme.each(|token| {
                    let shown = [token.0.fg, token.0.bg].into_iter().flatten();
                    for colour in shown {
                        match depth {
                            ColourDepth::None => assert_eq!(colour, Color::Reset),
                            ColourDepth::True => {}
                            _ => assert!(!matches!(colour, Color::Rgb(..)), "{colour:?}"),
                        }
                    }
                });
            }
        }
    }

    #[test]
    fn a_theme_made_for_one_ground_brings_it_along() {
        for name in ThemeName::ALL {
            let ground = Theme::new(name, ColourDepth::True).ground.style();
            assert_eq!(ground.bg.is_some(), name != ThemeName::Terminal, "{name}");
        }
        let sixteen = Theme::new(ThemeName::Light, ColourDepth::Sixteen);
        assert_eq!(sixteen.ground.style().bg, None);
    }

    #[test]
    fn without_colour_the_selection_can_still_be_told() {
        let theme = Theme::new(ThemeName::Dark, ColourDepth::None);
        assert!(
            theme
                .selection
                .style()
                .add_modifier
                .contains(Modifier::REVERSED)
        );
    }

    #[test]
    fn the_environment_decides_the_depth() {
        assert_eq!(
            ColourDepth::of(Some("1"), Some("truecolor"), None),
            ColourDepth::None
        );
        assert_eq!(
            ColourDepth::of(Some(""), Some("truecolor"), None),
            ColourDepth::True
        );
        assert_eq!(
            ColourDepth::of(None, None, Some("xterm-256color")),
            ColourDepth::Indexed
        );
        assert_eq!(
            ColourDepth::of(None, None, Some("linux")),
            ColourDepth::Sixteen
        );
        assert_eq!(ColourDepth::of(None, None, Some("dumb")), ColourDepth::None);
    }

    #[test]
    fn exact_colours_of_the_cube_are_found() {
        assert_eq!(nearest_indexed(0, 0, 0), 16);
        assert_eq!(nearest_indexed(255, 255, 255), 231);
        assert_eq!(nearest_indexed(95, 135, 175), 67);
        assert_eq!(nearest_indexed(128, 128, 128), 244);
    }
}
