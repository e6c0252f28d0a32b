/// The signs screens draw, each of one column on every terminal it is meant for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signs {
    /// Before the line Enter acts on.
    pub selected: &'static str,
    /// A group whose parts are shown.
    pub open: &'static str,
    /// A group whose parts are hidden.
    pub closed: &'static str,
    /// Something done or right.
    pub done: &'static str,
    /// Something that went wrong.
    pub problem: &'static str,
    /// A card the learner marked.
    pub flag: &'static str,
    /// Between things of one line.
    pub dot: &'static str,
    /// The part of a bar that is filled, and the part that is not.
    pub bar: [&'static str; 2],
    /// A line across.
    pub rule: &'static str,
    /// From no activity to much.
    pub heat: [&'static str; 5],
    /// The sides of a scroll bar and its handle.
    pub scroll: [&'static str; 2],
    /// From what was to what is.
    pub arrow: &'static str,
    /// Something plays; something waits.
    pub playing: [&'static str; 2],
    /// A line through time: passed, passed where something began, now, to come where something
    /// begins, to come.
    pub timeline: [&'static str; 5],
    /// Whether lines of boxes are drawn with `+`, `-` and `|`.
    pub ascii: bool,
}

impl Signs {
    /// For terminals that draw Unicode.
    pub const UNICODE: Signs = Signs {
        selected: "▸",
        open: "▾",
        closed: "▸",
        done: "✓",
        problem: "✗",
        flag: "⚑",
        dot: "·",
        bar: ["━", "─"],
        rule: "─",
        heat: ["·", "▪", "▪", "■", "■"],
        scroll: ["│", "┃"],
        arrow: "→",
        playing: ["▶", "‖"],
        timeline: ["━", "┿", "●", "┼", "─"],
        ascii: false,
    };

    /// For terminals that do not, or that draw such signs two columns wide.
    pub const ASCII: Signs = Signs {
        selected: ">",
        open: "v",
        closed: ">",
        done: "+",
        problem: "!",
        flag: "*",
        dot: "-",
        bar: ["#", "."],
        rule: "-",
        heat: [".", "o", "o", "O", "#"],
        scroll: [" ", "|"],
        arrow: "->",
        playing: [">", "="],
        timeline: ["=", "+", "@", "|", "-"],
        ascii: true,
    };

    /// A bar of `width` columns filled by a share from 0 to 1; something done shows as at least one
    /// column, and something left to do too.
    pub fn filled(&self, share: f64, width: usize) -> [String; 2] {
        let mut filled = (share.clamp(0.0, 1.0) * width as f64).round() as usize;
        if share > 0.0 {
            filled = filled.max(1);
        }
        if share < 1.0 {
            filled = filled.min(width.saturating_sub(1));
        }
        [
            self.bar[0].repeat(filled),
            self.bar[1].repeat(width - filled),
        ]
    }
}
