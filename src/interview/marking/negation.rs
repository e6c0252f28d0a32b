//! Words that turn what follows into its opposite, and how far they reach.

use std::ops::Range;

use super::normal::{Normal, Token, TokenKind};

/// How many words or characters before a form a negation still reaches it.
const REACH: usize = 8;

/// How many before a negation another still makes a double one of it: 不是没有. In "no class and no default"
/// there are two.
const DOUBLE_REACH: usize = 3;

/// Chinese words that negate, each with what it must not be part of.
const CHINESE: &[&str] = &["不", "没", "未", "无", "并非", "而非", "绝非", "勿", "别再"];

/// Words with one of these that deny themselves and nothing that follows: CPU 不够看的是请求.
const SPENT: &[&str] = &[
    "不够",
    "不足",
    "不通",
    "不对",
    "不一致",
    "不匹配",
    "不可信",
    "不可用",
    "不可达",
    "不可调度",
    "不均",
    "不存在",
    "不响应",
    "不健康",
    "不就绪",
    "不稳",
    "未就绪",
    "没就绪",
    "无响应",
];

/// What follows 没 and its like where they deny a thing; else the 的 after them ends what they deny, as
/// in 没分配节点的 Pod.
const DENIES_THING: &str = "有是需要用会能可必再存在属";

/// What ends a verb that 不 before it makes impossible: 看不到, 解决不了.
const COMPLEMENTS: &str = "了到上出掉动成完住起开下来去着见清全";

/// What denies the subject of a clause: 缓存挂载不能省下载.
const UNABLE: &[&str] = &["不能", "不会"];

/// What is said of a thing that does not help, after it.
const USELESS: &[&str] = &[
    "没用",
    "没有用",
    "没啥用",
    "没什么用",
    "无用",
    "没意义",
    "没有意义",
    "没什么意义",
    "毫无意义",
    "无济于事",
    "帮不上",
    "解决不了",
    "不管用",
    "不起作用",
    "没必要",
    "没有必要",
    "不必要",
    "不需要",
    "没帮助",
    "没有帮助",
    "无效",
    "不行",
    "不用看",
    "白搭",
];

/// Verbs in English that a negation before them makes say that.
const HELPS: &[&str] = &[
    "help",
    "helps",
    "work",
    "matter",
    "needed",
    "necessary",
    "required",
    "useful",
    "use",
    "solve",
    "fix",
    "make",
    "do",
    "change",
    "difference",
    "effect",
    "tell",
    "show",
];

/// Verbs that "nothing" after them makes say that.
const SAYS: &[&str] = &["proves", "shows", "tells", "says", "changes", "does"];

/// The same said by one word.
const USELESS_ENGLISH: &[&str] = &["useless", "pointless", "unnecessary", "ineffective"];

/// Words that end something, and deny the verb that follows: "stops sending", 停止转发.
const STOPS: &[&str] = &["stop", "stops", "stopped", "cease", "ceases", "ceased"];
const STOPS_CHINESE: &str = "停止";
const STOPPED: &[&str] = &[
    "发", "接", "转", "更新", "续", "上报", "服务", "同步", "写", "推", "重启", "运行",
];

/// Words that hold one of these and negate nothing.
const NOT_NEGATING: &[&str] = &[
    "不同",
    "不仅",
    "不但",
    "不只",
    "不光",
    "不过",
    "不断",
    "不管是",
    "不管怎",
    "不管谁",
    "不管哪",
    "不管什",
    "不管多",
    "不管有",
    "实在不行",
    "还不行",
    "再不行",
    "不行就",
    "不行的话",
    "没了",
    "没有了",
    "全没",
    "不论",
    "不然",
    "不少",
    "不久",
    "不止",
    "不得不",
    "不能不",
    "不错",
    "无论",
    "无非",
    "无数",
    "未来",
    "没错",
    "差不多",
    "要不",
    "是不是",
    "能不能",
    "会不会",
    "要不要",
    "对不对",
    "有没有",
    "无不",
];

/// English words that negate.
const ENGLISH: &[&str] = &[
    "not", "no", "never", "none", "neither", "nor", "cannot", "without", "nothing", "nobody",
];

/// Pairs of English words that negate.
const PAIRS: &[(&str, &str)] = &[
    ("instead", "of"),
    ("rather", "than"),
    ("fail", "to"),
    ("fails", "to"),
    ("failed", "to"),
];

/// What may follow an English negation that then negates nothing.
const AFTER_NOT: &[&str] = &["only", "just", "merely", "matter"];

/// English words that end in `n't`.
const CONTRACTED: &[&str] = &[
    "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "cant", "couldnt", "wont",
    "wouldnt", "shouldnt", "hasnt", "havent", "hadnt", "neednt", "mustnt",
];

/// Words that stand between a thing and what is denied of it.
const LINKS: &[&str] = &[
    "does", "do", "did", "is", "are", "was", "were", "would", "will", "can", "could", "should",
    "be", "also", "just", "then", "alone", "也", "都", "并", "看", "是", "就", "根本", "完全",
    "其实", "这里", "里",
];

/// How many of them may stand in a row.
const MOST_LINKS: usize = 3;

/// How much may stand between a thing and what says that it is of no use.
const MOST_BETWEEN: usize = 8;

/// Words at which the reach of a negation ends.
const TURNS: &[&str] = &[
    "但", "而", "却", "所以", "因此", "因为", "就", "才", "则", "还", "仍", "也", "时", "but",
    "because", "so", "since", "while", "whereas", "although", "though", "yet", "still", "instead",
    "rather", "only", "until", "unless", "before", "直到", "除非",
];

/// Whether a word is `doesn't` or one of its kind, apostrophe or not.
pub(super) fn is_contracted(word: &str) -> bool {
    CONTRACTED.contains(&word)
}

/// The negations of an answer.
#[derive(Debug)]
pub(super) struct Negations {
    /// Of each token: how many tokens long the negation is that begins there, or 0.
    lengths: Vec<usize>,
    /// Of each token: whether the reach of a negation before it ends there.
    turns: Vec<bool>,
}

impl Negations {
    pub(super) fn of(answer: &Normal) -> Negations {
        let tokens = &answer.tokens;
        let mut lengths = vec![0; tokens.len()];
        let mut turns = vec![false; tokens.len()];
        let mut at = 0;
        while at < tokens.len() {
            if let Some(length) = longest(NOT_NEGATING, tokens, at) {
                at += length;
                continue;
            }
            if is_asked(tokens, at) {
                at += 1;
                continue;
            }
            let length = negation(tokens, at);
            lengths[at] = length;
            turns[at] |= length == 0 && turn(tokens, at) && !denies_reason(tokens, &lengths, at);
            if let Some(end) = spent(tokens, at) {
                turns[end] = true;
            }
            at += length.max(1);
        }
        Negations { lengths, turns }
    }

    /// The tokens of a negation in this gap that reaches its end: 端口不对，改成 8080 denies no change.
    pub(super) fn within(&self, answer: &Normal, gap: Range<usize>) -> Option<Range<usize>> {
        let negation = self.reaching(answer, gap.end, gap.len())?;
        (negation.start >= gap.start).then_some(negation)
    }

    /// Whether the reach of a negation ends with the token here.
    pub(super) fn turns_at(&self, at: usize) -> bool {
        self.turns[at]
    }

    /// Whether a negation begins with the token here.
    pub(super) fn begins_at(&self, at: usize) -> bool {
        self.lengths.get(at).is_some_and(|length| *length > 0)
    }

    /// The tokens of the negation that reaches the token here from before it.
    pub(super) fn before(&self, answer: &Normal, at: usize) -> Option<Range<usize>> {
        let reach = if self.begins_at(at) {
            DOUBLE_REACH
        } else {
            REACH
        };
        self.reaching(answer, at, reach)
    }

    /// The nearest negation that ends before the token here, within its clause and so many tokens.
    fn reaching(&self, answer: &Normal, at: usize, reach: usize) -> Option<Range<usize>> {
        for start in (at.saturating_sub(reach + 1)..at).rev() {
            if answer.tokens[start].is_end() {
                return None;
            }
            let length = self.lengths[start];
            if length > 0 && start + length <= at {
                return Some(start..start + length);
            }
            if self.turns[start] {
                return None;
            }
        }
        None
    }
}

impl Negations {
    /// The tokens of a negation that follows what stands here and denies it: `docker logs does not show`,
    /// `uncordon 也没有用`, 看不到, "makes no".
    pub(super) fn after(
        &self,
        answer: &Normal,
        (first, last): (usize, usize),
    ) -> Option<Range<usize>> {
        let tokens = &answer.tokens;
        let next = last + 1;
        if let Some(denied) = impossible(tokens, next).or_else(|| self.no(tokens, next)) {
            return Some(denied);
        }
        // 解决不了, 挡不住: its verb has one character or two.
        let verbs = (next + 1..=next + 2).filter(|_| is_subject(tokens, first));
        if let Some(denied) = verbs.filter_map(|at| impossible(tokens, at)).next() {
            return Some(denied);
        }
        let said = (next..tokens.len()).take(MOST_BETWEEN);
        let said = said.take_while(|at| !tokens[*at].is_end() && !self.turns[*at]);
        let useless = |at: usize| Some(at..at + self.useless(tokens, at)?);
        if let Some(denied) = said.filter_map(useless).next() {
            return Some(denied);
        }
        let links = (next..tokens.len()).take(MOST_LINKS);
        let links = links.take_while(|at| longest(LINKS, tokens, *at).is_some());
        let links = links.count();
        let (at, linked) = (next + links, links > 0);
        let length = *self.lengths.get(at)?;
        let token = &tokens[at];
        let denies = match token.kind {
            TokenKind::Word => {
                let is_verb = linked || is_contracted(&token.text) || token.text == "cannot";
                is_verb && tokens[last].kind == TokenKind::Word && is_subject(tokens, first)
            }
            // Chinese that goes on after Chinese denies something else, but for 并不, and 不能 after a subject.
            _ => {
                tokens[last].kind == TokenKind::Word
                    || tokens[at - 1].text == "并"
                    || (longest(UNABLE, tokens, at).is_some() && is_subject(tokens, first))
            }
        };
        (length > 0 && denies).then(|| at..at + length)
    }

    /// How long what stands here is, if it says that a thing before it is of no use: 没用, "won't help".
    fn useless(&self, tokens: &[Token], at: usize) -> Option<usize> {
        let word = tokens[at].text.as_str();
        if let Some(length) = longest(USELESS, tokens, at) {
            return Some(length);
        }
        let helps = |next: &Token| HELPS.contains(&next.text.as_str());
        let is_denied = self.lengths[at] > 0 && tokens.get(at + 1).is_some_and(helps);
        let says_nothing = word == "nothing" && SAYS.contains(&tokens[at - 1].text.as_str());
        (is_denied || says_nothing || USELESS_ENGLISH.contains(&word)).then_some(1)
    }

    /// "no" and its like at once after a verb.
    fn no(&self, tokens: &[Token], at: usize) -> Option<Range<usize>> {
        let is_no = ["no", "nothing", "none"].contains(&tokens.get(at)?.text.as_str());
        (is_no && self.lengths[at] > 0).then(|| at..at + 1)
    }

    /// Whether a negation ends with the token here.
    pub(super) fn ends_at(&self, at: usize) -> bool {
        (0..=at).rev().take(2).any(|start| {
            let length = self.lengths[start];
            length > 0 && start + length == at + 1
        })
    }
}

/// The 不 of 在不在, which asks and denies nothing.
fn is_asked(tokens: &[Token], at: usize) -> bool {
    let text = |at: usize| tokens.get(at).map(|token| token.text.as_str());
    ["不", "没"].map(Some).contains(&text(at)) && at > 0 && text(at - 1) == text(at + 1)
}

fn turn(tokens: &[Token], at: usize) -> bool {
    longest(TURNS, tokens, at).is_some() || goes_on(tokens, at)
}

/// Whether another verb follows here: "no longer counts it and makes another".
fn goes_on(tokens: &[Token], at: usize) -> bool {
    let ends_as_verb = |token: &Token| token.text.ends_with('s') && !token.text.ends_with("ss");
    tokens[at].text == "and" && tokens.get(at + 1).is_some_and(ends_as_verb)
}

/// In 不会因为 the reason is denied, and with it what follows from it.
fn denies_reason(tokens: &[Token], lengths: &[usize], at: usize) -> bool {
    stands("因为", tokens, at).is_some() && (1..=2).any(|back| at >= back && lengths[at - back] > 0)
}

/// Whether the clause begins with the token here, articles aside. In "Pods that fail the probe are not
/// counted" something else is denied than the probe.
fn is_subject(tokens: &[Token], at: usize) -> bool {
    const ASIDE: [&str; 7] = ["the", "a", "an", "and", "but", "so", "then"];
    let mut before = tokens[..at]
        .iter()
        .rev()
        .take_while(|token| !token.is_end());
    before.all(|token| ASIDE.contains(&token.text.as_str()))
}

/// Where 看不到 says so after its verb.
fn impossible(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let is_not = tokens.get(at)?.text == "不";
    let complement = tokens.get(at + 1)?;
    let follows_verb = at > 0 && tokens[at - 1].kind == TokenKind::Character;
    let is_complement =
        complement.kind == TokenKind::Character && COMPLEMENTS.contains(complement.text.as_str());
    (is_not && follows_verb && is_complement).then(|| at..at + 2)
}

/// Where a negation that begins here reaches no further.
fn spent(tokens: &[Token], at: usize) -> Option<usize> {
    if let Some(length) = longest(SPENT, tokens, at) {
        return Some(at + length - 1);
    }
    longest(&["没", "未", "不"], tokens, at)?;
    let denied = tokens.get(at + 1)?;
    if denied.kind == TokenKind::Word {
        return Some(at + 1);
    }
    if DENIES_THING.contains(denied.text.as_str()) {
        return None;
    }
    let clause = (at + 1..tokens.len()).take_while(|at| !tokens[*at].is_end());
    clause.take(REACH).find(|at| tokens[*at].text == "的")
}

fn negation(tokens: &[Token], at: usize) -> usize {
    if let Some(length) = longest(CHINESE, tokens, at) {
        return length;
    }
    if let Some(length) = stands(STOPS_CHINESE, tokens, at)
        && longest(STOPPED, tokens, at + length).is_some()
    {
        return length;
    }
    let word = |at: usize| match tokens.get(at) {
        Some(token) if token.kind == TokenKind::Word => token.text.as_str(),
        _ => "",
    };
    let (here, next) = (word(at), word(at + 1));
    if here == "nothing" && ["but", "more"].contains(&next) {
        return 0;
    }
    if ENGLISH.contains(&here) || is_contracted(here) {
        return usize::from(!AFTER_NOT.contains(&next));
    }
    let stops = STOPS.contains(&here) && next.ends_with("ing");
    if PAIRS.contains(&(here, next)) {
        2
    } else {
        usize::from(stops)
    }
}

/// How many tokens long the longest of these words is that stands here.
fn longest(words: &[&str], tokens: &[Token], at: usize) -> Option<usize> {
    let lengths = words.iter().filter_map(|word| stands(word, tokens, at));
    lengths.max()
}

fn stands(word: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let first = tokens.get(at)?;
    if first.kind == TokenKind::Word {
        return (first.text == word).then_some(1);
    }
    let mut length = 0;
    for c in word.chars() {
        let token = tokens.get(at + length)?;
        if token.kind != TokenKind::Character || !token.text.starts_with(c) {
            return None;
        }
        length += 1;
    }
    Some(length)
}
