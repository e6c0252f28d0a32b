use std::collections::BTreeMap;

use super::{Ask, Record, answers_nothing, brier, certainty_score, mark_all, wilson};
use crate::{
    history::{Answer, Certainty, Difficulty, Kind},
    locale::Locale,
};

/// What came of an interview. Numbers are places in [`Record::answers`].
#[derive(Clone, PartialEq, Debug)]
pub struct Results {
    /// What was marked by rule, points as the learner confirmed them.
    pub score: Tally,
    /// The same before the learner confirmed anything.
    pub by_rule: Tally,
    /// What the learner marked: said out loud, and cards.
    pub own: Tally,
    /// How many questions were answered.
    pub answered: usize,
    /// Of what was marked by rule: each domain, by its name.
    pub domains: BTreeMap<String, Tally>,
    /// Of what was marked by rule: each difficulty.
    pub difficulties: BTreeMap<Difficulty, Tally>,
    /// Wrong although the learner was certain.
    pub certain_and_wrong: Vec<usize>,
    /// The others that are wrong, and were answered.
    pub wrong: Vec<usize>,
    /// Right as far as it goes, and not worth everything.
    pub partly: Vec<usize>,
    /// Not answered.
    pub blank: Vec<usize>,
    /// Short answers whose points the learner has not confirmed.
    pub to_confirm: Vec<usize>,
    /// How often answers were right, at each certainty from the least.
    pub calibration: [Tally; 3],
    /// The mean squared difference between how likely and whether right.
    pub brier: Option<f64>,
    /// What the answers score when certainty counts, and what they could have.
    pub with_certainty: Option<(i32, i32)>,
    /// Of the points that were confirmed: how many the rules had marked the same way.
    pub agreement: Option<(usize, usize)>,
}

/// Credit, of so many questions.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Tally {
    /// The sum of what the answers are worth.
    pub credit: f64,
    /// How many questions there were.
    pub count: usize,
}

impl Tally {
    fn add(&mut self, credit: f64) {
        self.credit += credit;
        self.count += 1;
    }

    /// The mean, of 100; None if there was no question.
    pub fn percent(&self) -> Option<u32> {
        (self.count > 0).then(|| whole(self.credit / self.count as f64))
    }

    /// In which it lies, of 100; None if there was no question.
    pub fn interval(&self) -> Option<(u32, u32)> {
        let (low, high) = wilson(self.credit, self.count)?;
        Some((whole(low), whole(high)))
    }
}

fn whole(share: f64) -> u32 {
    (share * 100.0).round().clamp(0.0, 100.0) as u32
}

impl Results {
    /// The one figure that stands for all of it: what was marked by rule, or, where nothing was, the
    /// learner's own word.
    pub fn headline(&self) -> Tally {
        if self.score.count > 0 {
            self.score
        } else {
            self.own
        }
    }

    /// What came of it.
    pub fn of(record: &Record) -> Results {
        let mut results = Results {
            score: Tally::default(),
            by_rule: Tally::default(),
            own: Tally::default(),
            answered: 0,
            domains: BTreeMap::new(),
            difficulties: BTreeMap::new(),
            certain_and_wrong: Vec::new(),
            wrong: Vec::new(),
            partly: Vec::new(),
            blank: Vec::new(),
            to_confirm: Vec::new(),
            calibration: [Tally::default(); 3],
            brier: None,
            with_certainty: None,
            agreement: None,
        };
        for (at, (_, answer)) in record.answers.iter().enumerate() {
            results.count(answer);
            results.place(at, answer);
        }
        results.be_certain(record);
        results.agree(record);
        results
    }

    fn count(&mut self, answer: &Answer) {
        if answer.asked.is_self_marked() {
            self.own.add(answer.worth());
            return;
        }
        self.score.add(answer.worth());
        self.by_rule.add(answer.credit);
        let domain = self.domains.entry(answer.domain.clone()).or_default();
        domain.add(answer.worth());
        let difficulty = self.difficulties.entry(answer.difficulty).or_default();
        difficulty.add(answer.worth());
    }

    fn place(&mut self, at: usize, answer: &Answer) {
        let is_blank = answers_nothing(&answer.given);
        self.answered += usize::from(!is_blank);
        if is_blank {
            self.blank.push(at);
            return;
        }
        if !answer.is_right() {
            match answer.certainty {
                Some(Certainty::Certain) => self.certain_and_wrong.push(at),
                _ => self.wrong.push(at),
            }
        } else if answer.worth() < 1.0 {
            self.partly.push(at);
        }
        if answer.asked == Kind::Short && answer.confirmed.is_none() {
            self.to_confirm.push(at);
        }
    }

    fn be_certain(&mut self, record: &Record) {
        let said: Vec<(Certainty, bool)> = record
            .answers
            .iter()
            .filter(|(_, answer)| !answers_nothing(&answer.given))
            .filter(|(_, answer)| !answer.asked.is_self_marked())
            .filter_map(|(_, answer)| Some((answer.certainty?, answer.is_right())))
            .collect();
        for (certainty, right) in &said {
            self.calibration[*certainty as usize - 1].add(f64::from(u8::from(*right)));
        }
        self.brier = brier(&said);
        let best = |certainty| certainty_score(true, certainty);
        self.with_certainty = (!said.is_empty()).then(|| {
            said.iter()
                .fold((0, 0), |(got, could), (certainty, right)| {
                    let score = certainty_score(*right, *certainty);
                    (got + score, could + best(*certainty))
                })
        });
    }

    fn agree(&mut self, record: &Record) {
        let (mut same, mut all) = (0, 0);
        for (at, (_, answer)) in record.answers.iter().enumerate() {
            let (Some(confirmed), Some(question)) = (&answer.confirmed, record.question(at)) else {
                continue;
            };
            let Ask::Short(_) = question.ask else {
                continue;
            };
            let marked = mark_all(&question, &answer.given, answer.follow_up.as_ref());
            for point in &marked.points {
                all += 1;
                same += usize::from(point.met == confirmed.points.contains(&point.id));
            }
        }
        self.agreement = (all > 0).then_some((same, all));
    }

    /// What came of it in one sentence that claims no more than is known.
    pub fn sentence(&self, locale: &Locale) -> String {
        let mut sentence = match (self.score.percent(), self.score.interval()) {
            _ if self.answered == 0 => return locale.text("results.nothing").to_owned(),
            (Some(percent), Some((low, high))) => locale.fill(
                "results.score",
                &[("n", &percent), ("low", &low), ("high", &high)],
            ),
            _ => {
                let percent = self.own.percent().unwrap_or_default();
                locale.fill("results.own-score", &[("n", &percent)])
            }
        };
        let wrong = self.certain_and_wrong.len();
        let said = match (wrong, self.wrong.len(), self.blank.len()) {
            (1.., _, _) => locale.fill("results.but-certain", &[("n", &wrong)]),
            (0, 0, 0) if self.partly.is_empty() => locale.text("results.all-right").to_owned(),
            (0, 0, 0) => locale.fill("results.but-partly", &[("n", &self.partly.len())]),
            (0, 0, blank) => locale.fill("results.but-blank", &[("n", &blank)]),
            (0, wrong, _) => locale.fill("results.but-wrong", &[("n", &wrong)]),
        };
        sentence.push_str(&said);
        sentence
    }
}
