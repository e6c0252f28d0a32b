//! An interview that was interrupted is offered before another begins.

use std::{io::Write, sync::mpsc::Receiver};

use super::{super::preset_name, Stop, clock, finished};
use crate::{
    cli::setup::{Desk, store_failure},
    interview::{Effect, Input, Session},
};

/// What becomes of an interview that was interrupted.
pub(super) enum Offer {
    Resumed(Box<Session>),
    /// There is none, or it is out of the way: a new one begins.
    Begin,
    /// The input ended: it stays as it is.
    Left,
}

pub(super) fn resumed(
    desk: &mut Desk,
    lines: &Receiver<String>,
    out: &mut impl Write,
) -> Result<Offer, Stop> {
    let failed = |error| Stop::Failure(store_failure(error));
    let Some((paper, progress)) = desk.edge.interview_under_way().map_err(failed)? else {
        return Ok(Offer::Begin);
    };
    let answered = progress.sheets.iter().filter(|sheet| sheet.is_answered());
    let left = paper.limit_ms.saturating_sub(progress.clock_ms) / 1000;
    let offer = desk.fill(
        "interview.unfinished",
        &[
            ("preset", &preset_name(desk, paper.blueprint.preset)),
            ("k", &answered.count()),
            ("n", &paper.items.len()),
            ("left", &clock(left)),
        ],
    );
    loop {
        writeln!(out, "{offer}\n{}", desk.text("interview.line-resume"))?;
        out.flush()?;
        let Ok(line) = lines.recv() else {
            return Ok(Offer::Left);
        };
        let now = desk.clock.now();
        match line.trim().to_ascii_lowercase().as_str() {
            "" | "y" | "r" => {
                let session = Session::resume(paper, progress, &now);
                let attempt = session.paper().attempt.clone();
                desk.edge
                    .take_interview(&attempt, &session.progress(&now))
                    .map_err(failed)?;
                return Ok(Offer::Resumed(Box::new(session)));
            }
            "s" => {
                let mut session = Session::resume(paper, progress, &now);
                let attempt = session.paper().attempt.clone();
                desk.edge
                    .take_interview(&attempt, &session.progress(&now))
                    .map_err(failed)?;
                for effect in session.update(Input::Submit, &now) {
                    if let Effect::Finish(events) = effect {
                        finished(desk, &session, &events).map_err(Stop::Failure)?;
                    }
                }
                writeln!(out, "saved {attempt}")?;
                return Ok(Offer::Begin);
            }
            "d" => {
                desk.edge.drop_interview(&paper.attempt).map_err(failed)?;
                return Ok(Offer::Begin);
            }
            _ => {}
        }
    }
}
