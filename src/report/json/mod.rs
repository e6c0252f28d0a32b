//! All figures as JSON. The keys are a promise: `docs/report-format.md` and
//! `assets/report/schema.json` say what each holds.

mod shape;

use std::time::Duration;

use self::shape::*;
use super::{Subject, parts};
use crate::progress::{self, Mastery};

/// The version of the format.
const VERSION: u32 = 1;

pub(super) fn json(subject: &Subject<'_>) -> String {
    let mut text = serde_json::to_string_pretty(&Report::of(subject)).unwrap_or_default();
    text.push('\n');
    text
}

impl Report {
    fn of(subject: &Subject<'_>) -> Report {
        let overview = subject.overview;
        Report {
            version: VERSION,
            day: overview.today,
            lang: subject.lang.code(),
            shared: subject.share,
            since: subject.aim.since,
            aim: Aim::of(subject),
            readiness: overview
                .readiness
                .as_ref()
                .map(|it| Readiness::of(subject, it)),
            plan: overview.plan.as_ref().map(Plan::of),
            cards: Cards::of(subject),
            fields: fields(subject),
            lessons: lessons(subject),
            retention: Retention::of(subject),
            calibration: Calibration::of(subject),
            certainty: Certainty::of(subject),
            confidently_wrong: confidently_wrong(subject),
            interviews: interviews(subject),
            habit: Habit::of(subject),
            forecast: forecast(subject),
            leeches: leeches(subject),
        }
    }
}

/// Four digits say all there is to say, and are the same on every machine.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

fn ends((low, high): (f64, f64)) -> [f64; 2] {
    [rounded(low), rounded(high)]
}

fn minutes(time: Duration) -> f64 {
    (time.as_secs_f64() / 6.0).round() / 10.0
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl From<progress::Share> for Share {
    fn from(share: progress::Share) -> Share {
        Share {
            share: share.value().map(rounded),
            of: share.of,
            interval: share.interval().map(ends),
        }
    }
}

impl From<&Mastery> for Known {
    fn from(mastery: &Mastery) -> Known {
        Known {
            recall: mastery.cards.value().map(rounded),
            met: mastery.met,
            cards: mastery.cards.of,
            predictions: mastery.predictions.into(),
            interviews: mastery.interviews.into(),
        }
    }
}

impl Aim {
    fn of(subject: &Subject<'_>) -> Aim {
        let aim = subject.aim;
        Aim {
            interview: aim.interview,
            days_left: aim
                .interview
                .map(|day| day.days_since(subject.overview.today)),
            profile: subject.profile.to_owned(),
            minutes_a_day: minutes(aim.a_day),
            weights: aim.weights.clone(),
        }
    }
}

impl Readiness {
    fn of(subject: &Subject<'_>, readiness: &progress::Readiness) -> Readiness {
        let weighed = |field: &progress::Field| Weighed {
            field: subject.domain(&field.domain),
            weight: rounded(field.weight),
            expected: rounded(field.expected()),
            gap: rounded(field.gap()),
        };
        Readiness {
            on: readiness.on,
            expected: rounded(readiness.expected),
            interval: readiness.interval.map(ends),
            tests: readiness.tests,
            interviews: readiness.interviews.into(),
            fields: readiness.fields.iter().map(weighed).collect(),
            gaps: readiness
                .gaps()
                .map(|field| subject.domain(&field.domain))
                .collect(),
            without_cards: readiness.without_cards.clone(),
            validated: false,
        }
    }
}

impl Plan {
    fn of(plan: &progress::Plan) -> Plan {
        Plan {
            new_a_day: plan.new_per_day,
            retention: rounded(plan.retention.into()),
            minutes_a_day: minutes(plan.time),
            expected: rounded(plan.expected),
            by_settings: rounded(plan.usual),
        }
    }
}

impl Cards {
    fn of(subject: &Subject<'_>) -> Cards {
        let cards = subject.overview.cards;
        let by_stability = parts::by_stability(&subject.overview.stabilities);
        Cards {
            all: cards.all,
            new: cards.new,
            young: cards.young,
            mature: cards.mature,
            left_out: cards.left_out,
            by_stability: by_stability
                .into_iter()
                .map(|(days, cards)| Stability { days, cards })
                .collect(),
        }
    }
}

fn fields(subject: &Subject<'_>) -> Vec<Field> {
    let domains = subject.overview.standing.domains.iter();
    domains
        .map(|(domain, mastery)| Field {
            field: subject.domain(domain),
            name: subject.field(domain),
            known: mastery.into(),
        })
        .collect()
}

fn lessons(subject: &Subject<'_>) -> Vec<Lesson> {
    let lessons = subject.overview.standing.lessons.iter();
    lessons
        .filter(|(lesson, _)| subject.tells_of(lesson))
        .map(|(lesson, mastery)| Lesson {
            lesson: lesson.to_string(),
            title: subject.lesson(lesson),
            known: mastery.into(),
        })
        .collect()
}

impl Retention {
    fn of(subject: &Subject<'_>) -> Retention {
        let overview = subject.overview;
        let retention = &overview.retention;
        let weeks = overview.weeks.len() as i64;
        Retention {
            all: retention.all.into(),
            young: retention.young.into(),
            mature: retention.mature.into(),
            desired: retention.desired().map(rounded),
            weeks: (1..)
                .zip(&overview.weeks)
                .map(|(week, retention)| Week {
                    last_day: overview.today.plus(7 * (week - weeks)),
                    recalled: retention.all.into(),
                    desired: retention.desired().map(rounded),
                })
                .collect(),
        }
    }
}

impl Calibration {
    fn of(subject: &Subject<'_>) -> Calibration {
        let evaluation = subject.overview.evaluation;
        Calibration {
            log_loss: evaluation.map(|one| rounded(one.log_loss.into())),
            rmse: evaluation.map(|one| rounded(one.rmse.into())),
            tests: evaluation.map_or(0, |one| one.recalls),
            bins: subject
                .overview
                .calibration
                .iter()
                .map(|bin| Bin {
                    foretold: rounded(bin.foretold),
                    recalled: bin.recalled.into(),
                })
                .collect(),
        }
    }
}

impl Certainty {
    fn of(subject: &Subject<'_>) -> Certainty {
        let confidence = &subject.overview.confidence;
        let [guess, think, certain] = confidence.by_certainty.map(Share::from);
        Certainty {
            brier: confidence.brier.map(rounded),
            guess,
            think,
            certain,
        }
    }
}

fn confidently_wrong(subject: &Subject<'_>) -> Vec<Wrong> {
    let wrong = subject.overview.confidently_wrong.iter();
    wrong
        .map(|on| {
            let tells = subject.tells_of(&on.what.lesson);
            Wrong {
                day: on.day,
                field: subject.domain(&on.what.domain),
                lesson: tells.then(|| on.what.lesson.to_string()),
                question: tells.then(|| on.what.question.to_string()),
                prompt: subject.question(&on.what),
                answer: subject.given(&on.what),
            }
        })
        .collect()
}

fn interviews(subject: &Subject<'_>) -> Vec<Interview> {
    let held = subject.overview.interviews.iter();
    held.map(|held| Interview {
        day: held.day,
        preset: held.preset,
        questions: held.questions,
        ms: held.spent_ms,
        by_rule: held.by_rule.into(),
        by_learner: held.by_learner.into(),
    })
    .collect()
}

impl Habit {
    fn of(subject: &Subject<'_>) -> Habit {
        let overview = subject.overview;
        let days = overview.habit.days.iter();
        Habit {
            current_streak: overview.streak.current,
            longest_streak: overview.streak.longest,
            ms: milliseconds(overview.habit.days.values().map(|done| done.time).sum()),
            days: days
                .map(|(day, done)| Day {
                    day: *day,
                    grades: done.cards,
                    predictions: done.predictions,
                    answers: done.answers,
                    ms: milliseconds(done.time),
                })
                .collect(),
        }
    }
}

fn forecast(subject: &Subject<'_>) -> Vec<Coming> {
    let (today, ahead) = (subject.overview.today, &subject.overview.ahead);
    let each = ahead.reviews.iter().zip(&ahead.new).zip(&ahead.time);
    (0..)
        .zip(each)
        .map(|(at, ((reviews, new), time))| Coming {
            day: today.plus(at),
            reviews: *reviews,
            new: *new,
            ms: milliseconds(*time),
        })
        .collect()
}

fn leeches(subject: &Subject<'_>) -> Vec<Leech> {
    let leeches = subject.overview.leeches.iter();
    leeches
        .filter(|(card, _)| {
            let card = subject.library.card(card, subject.lang);
            card.is_some_and(|card| subject.tells_of(&card.lesson))
        })
        .map(|(card, times)| Leech {
            card: card.to_string(),
            front: subject.front(card),
            times: *times,
        })
        .collect()
}
