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
    /// Something seen and left blank.
    pub blank: &'static str,
    /// Something begun that is not done.
    pub begun: &'static str,
    /// Something that went wrong.
    pub problem: &'static str,
    /// A card the learner marked.
    pub flag: &'static str,
    /// Between things of one line.
    pub dot: &'static str,
    /// The part of a bar that is filled, and the part that is not.
    pub bar: [&'static str; 2],
    /// The parts of a column of a chart, from below.
    pub column: [&'static str; 2],
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
    /// Of the cluster's map.
    pub map: MapSigns,
    /// Whether lines of boxes are drawn with `+`, `-` and `|`.
    pub ascii: bool,
}

/// What the map of the cluster draws: how Pods are, and what goes between the components.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MapSigns {
    /// A Pod that waits for a node or for its containers.
    pub waiting: &'static str,
    /// A Pod whose image is being pulled.
    pub pulling: &'static str,
    /// A Pod that runs and is ready.
    pub ready: &'static str,
    /// A Pod that runs and is not ready.
    pub unready: &'static str,
    /// A Pod that is being deleted.
    pub terminating: &'static str,
    /// A Pod that is tried again and again.
    pub backing_off: &'static str,
    /// A message on its way.
    pub message: &'static str,
    /// Where a message has arrived: to the right, down, to the left, up.
    pub arrows: [&'static str; 4],
    /// From one thing to another, in a text.
    pub to: &'static str,
    /// What is not shown, above and below.
    pub more: [&'static str; 2],
}

impl MapSigns {
    const UNICODE: MapSigns = MapSigns {
        waiting: "▢",
        pulling: "⇣",
        ready: "▣",
        unready: "◧",
        terminating: "◌",
        backing_off: "↻",
        message: "●",
        arrows: ["▸", "▾", "◂", "▴"],
        to: "→",
        more: ["↑", "↓"],
    };

    const ASCII: MapSigns = MapSigns {
        waiting: "o",
        pulling: "v",
        ready: "#",
        unready: "=",
        terminating: "~",
        backing_off: "@",
        message: "*",
        arrows: [">", "v", "<", "^"],
        to: ">",
        more: ["^", "v"],
    };
}

impl Signs {
    /// For terminals that draw Unicode.
    pub const UNICODE: Signs = Signs {
        selected: "▸",
        open: "▾",
        closed: "▸",
        done: "✓",
        blank: "○",
        begun: "◐",
        problem: "✗",
        flag: "⚑",
        dot: "·",
        bar: ["━", "─"],
        column: ["█", "▒"],
        rule: "─",
        heat: ["·", "▪", "▪", "■", "■"],
        scroll: ["│", "┃"],
        arrow: "→",
        playing: ["▶", "‖"],
        timeline: ["━", "┿", "●", "┼", "─"],
        map: MapSigns::UNICODE,
        ascii: false,
    };

    /// For terminals that do not, or that draw such signs two columns wide.
    pub const ASCII: Signs = Signs {
        selected: ">",
        open: "v",
        closed: ">",
        done: "+",
        blank: "o",
        begun: "%",
        problem: "!",
        flag: "*",
        dot: "-",
        bar: ["#", "."],
        column: ["#", "o"],
        rule: "-",
        heat: [".", "o", "o", "O", "#"],
        scroll: [" ", "|"],
        arrow: "->",
        playing: [">", "="],
        timeline: ["=", "+", "@", "|", "-"],
        map: MapSigns::ASCII,
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
