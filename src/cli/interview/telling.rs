//! Questions, answers and what they are worth as lines of text.

use std::fmt::Write;

use crate::{
    cli::setup::Desk,
    history::{Answer, FollowUp, Given},
    ids::{Lang, PointId},
    interview::{Ask, Item, Kind, Marked, Question, Scene, Verdict, letter, mark_all, right_words},
    notes::blocks,
    tui::text::{plain, safe},
};

/// The words a telling is made of.
pub(super) struct Telling<'a> {
    pub(super) desk: &'a Desk,
    /// The language the interview is held in.
    pub(super) lang: Lang,
}

impl Telling<'_> {
    fn markdown(&self, text: &str) -> String {
        plain(&blocks(text), None, self.desk.labels())
    }

    /// One line of Markdown, without its line end.
    fn inline(&self, text: &str) -> String {
        self.markdown(text).trim_end().replace('\n', " ")
    }

    /// `[n/N] ID KIND`, the question, and what stands below it.
    pub(super) fn question(&self, item: &Item, (number, count): (usize, usize)) -> String {
        let question = &item.question;
        let mut text = format!(
            "[{number}/{count}] {} {}\n",
            safe(question.id.as_str()),
            question.kind()
        );
        text.push_str(&self.markdown(question.prompt.text(self.lang)));
        match &question.ask {
            Ask::Match(asked) => {
                for (at, pair) in asked.pairs.iter().enumerate() {
                    let left = self.inline(pair.left.text(self.lang));
                    let _ = writeln!(text, "{}) {left}", letter(at).to_ascii_lowercase());
                }
                self.offers(&mut text, item, |at| (at + 1).to_string());
            }
            Ask::Order(_) => self.offers(&mut text, item, |at| (at + 1).to_string()),
            Ask::Predict(predict) => {
                self.scene(&mut text, &predict.scene);
                self.offers(&mut text, item, |at| letter(at).to_string());
            }
            _ => self.offers(&mut text, item, |at| letter(at).to_string()),
        }
        let _ = writeln!(text, "{}", self.hint(question));
        text
    }

    fn offers(&self, text: &mut String, item: &Item, name: impl Fn(usize) -> String) {
        for (at, offer) in item.question.offers(&item.shown).into_iter().enumerate() {
            let _ = writeln!(text, "{}) {}", name(at), self.inline(offer.text(self.lang)));
        }
    }

    fn scene(&self, text: &mut String, scene: &Scene) {
        for (name, content) in &scene.files {
            let _ = writeln!(text, "{}:", safe(name));
            for line in content.lines() {
                let _ = writeln!(text, "    {}", safe(line));
            }
        }
        for act in &scene.acts {
            let _ = writeln!(text, "$ {}", safe(act));
        }
    }

    fn hint(&self, question: &Question) -> String {
        let name = match question.kind() {
            Kind::Choice | Kind::Predict => "interview.line-choice",
            Kind::Multi => "interview.line-multi",
            Kind::Cloze => "interview.line-cloze",
            Kind::Order => "interview.line-order",
            Kind::Match => "interview.line-match",
            Kind::Short => "interview.line-short",
            Kind::Aloud => "interview.line-aloud",
            Kind::Card => "interview.line-card",
        };
        let seconds = match &question.ask {
            Ask::Aloud(aloud) => aloud.seconds,
            _ => 0,
        };
        self.desk.fill(name, &[("n", &seconds)])
    }

    /// What an interviewer asks after an answer.
    pub(super) fn follow_up(
        &self,
        question: &Question,
        follow_up: &FollowUp,
        (number, count): (usize, usize),
    ) -> String {
        let asked = question.follow_up(&follow_up.point);
        let asked = asked.map_or("", |asked| asked.text(self.lang));
        format!(
            "[{number}/{count}] {} follow-up\n{}",
            safe(question.id.as_str()),
            self.markdown(asked)
        )
    }

    /// What the learner marks the answer by: the model answer and its points, or the card's back.
    pub(super) fn to_mark(&self, question: &Question) -> String {
        let mut text = self.markdown(&right_words(question, self.lang));
        for ((_, point), number) in question.points().into_iter().zip(1..) {
            let _ = writeln!(text, "{number}) {}", self.inline(point.text(self.lang)));
        }
        let hint = match question.kind() {
            Kind::Card => "interview.line-own",
            _ => "interview.line-points",
        };
        let _ = writeln!(text, "{}", self.desk.text(hint));
        text
    }

    /// The points of a short answer as the rules found them, to be confirmed.
    pub(super) fn to_confirm(&self, question: &Question, marked: &Marked) -> String {
        let mut text = self.points(question, marked, None);
        let _ = writeln!(text, "{}", self.desk.text("interview.line-confirm"));
        text
    }

    fn points(&self, question: &Question, marked: &Marked, said: Option<&[PointId]>) -> String {
        let mut text = String::new();
        for (mark, number) in marked.points.iter().zip(1..) {
            let met = said.map_or(mark.met, |said| said.contains(&mark.id));
            let point = question.point(&mark.id);
            let point = point.map_or_else(String::new, |point| self.inline(point.text(self.lang)));
            let sign = if met { 'x' } else { ' ' };
            let _ = writeln!(text, "{number}) [{sign}] {point}");
        }
        text
    }

    /// Whether it was right, why, and what would have been.
    pub(super) fn feedback(
        &self,
        item: &Item,
        (given, follow_up): (&Given, Option<&FollowUp>),
    ) -> String {
        let question = &item.question;
        let marked = mark_all(question, given, follow_up);
        let verdict = if marked.credit >= 1.0 {
            self.desk.text("interview.is-right").to_owned()
        } else {
            let credit = (marked.credit * 100.0).round();
            self.desk.fill("interview.is-worth", &[("n", &credit)])
        };
        let mut text = format!("{verdict}\n");
        self.explain(&mut text, item, &marked);
        text
    }

    /// An answer of an interview that is over, and its explanation.
    pub(super) fn over(&self, item: &Item, answer: &Answer) -> String {
        let mut text = String::new();
        let marked = mark_all(&item.question, &answer.given, answer.follow_up.as_ref());
        self.explain(&mut text, item, &marked);
        text
    }

    fn explain(&self, text: &mut String, item: &Item, marked: &Marked) {
        let question = &item.question;
        if let (Verdict::Options { wrong, .. }, Ask::Choice(choice) | Ask::Multi(choice)) =
            (&marked.verdict, &question.ask)
        {
            for option in wrong.iter().filter_map(|at| choice.options.get(*at)) {
                if let Some(reason) = &option.reason {
                    let (option, reason) = (option.text.text(self.lang), reason.text(self.lang));
                    let _ = writeln!(text, "- {}: {}", self.inline(option), self.inline(reason));
                }
            }
        }
        if marked.credit < 1.0 {
            let right = right_words(question, self.lang);
            let label = self.desk.text("transcript.right");
            let _ = writeln!(text, "{label}{}", self.markdown(&right).trim_end());
        }
        let why = self.markdown(question.why.text(self.lang));
        text.push_str(&why);
        if !question.source.is_empty() {
            let _ = writeln!(text, "{}", safe(&question.source));
        }
    }
}
