use super::{Controller, Desk};
use crate::cluster::{
    api::Status,
    machinery::{Reply, Request},
    trace::Change,
};

/// The answers a piece of work has had. With each answer the work is gone through again from its
/// beginning, over the answers it has, up to the first that is still missing; so it reads as one sequence,
/// and everything it does is done once. What it begins from must stay the same meanwhile.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    given: Vec<Result<Reply, Status>>,
    /// How many events and decisions were told.
    told: usize,
}

/// Why work does not go on.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Halt {
    /// An answer is still to come.
    Waiting,
    /// The API server refused something; the whole is tried again.
    Refused(Box<Status>),
    /// Something else did not fit; the whole is tried again.
    Failed,
}

impl Answers {
    pub(super) fn push(&mut self, answer: Result<Reply, Status>) {
        self.given.push(answer);
    }
}

/// One going through a piece of work.
pub(super) struct Replay<'a, 'b, C: Controller> {
    pub(super) desk: &'a mut Desk<'b, C>,
    answers: &'a mut Answers,
    ticket: C::Ticket,
    asked: usize,
    told: usize,
}

impl<'a, 'b, C: Controller> Replay<'a, 'b, C> {
    pub(super) fn new(
        desk: &'a mut Desk<'b, C>,
        answers: &'a mut Answers,
        ticket: C::Ticket,
    ) -> Replay<'a, 'b, C> {
        Replay {
            desk,
            answers,
            ticket,
            asked: 0,
            told: 0,
        }
    }

    /// The answer to a request, once it has come.
    pub(super) fn call(&mut self, request: Request) -> Result<Reply, Halt> {
        let answer = self.answers.given.get(self.asked).cloned();
        self.asked += 1;
        if let Some(result) = answer {
            return result.map_err(|status| Halt::Refused(Box::new(status)));
        }
        self.desk.turn.rouse();
        self.desk.request(request, self.ticket.clone());
        Err(Halt::Waiting)
    }

    /// The same for a request whose object may be gone: None then.
    pub(super) fn call_if_there(&mut self, request: Request) -> Result<Option<Reply>, Halt> {
        match self.call(request) {
            Ok(reply) => Ok(Some(reply)),
            Err(Halt::Refused(status)) if status.code == 404 => Ok(None),
            Err(halt) => Err(halt),
        }
    }

    /// Does something the first time only, such as telling an event or a decision.
    pub(super) fn once(&mut self, act: impl FnOnce(&mut Desk<'b, C>)) {
        self.told += 1;
        if self.told > self.answers.told {
            self.answers.told = self.told;
            self.desk.turn.rouse();
            act(self.desk);
        }
    }
}

/// What most decisions are: a sentence.
pub(super) fn sentence(message: String) -> (String, Vec<Change>) {
    (message, Vec::new())
}
