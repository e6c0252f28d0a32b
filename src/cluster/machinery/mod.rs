//! What all components are built from: requests and answers, informers, work queues, timers, and the
//! one queue of happenings on the virtual clock. Look first at [`Turn`], through which a component sees
//! and does everything. This room knows the components only by the names of their timers and tickets.

mod address;
mod agenda;
mod call;
mod event;
mod informer;
mod latency;
mod shared;
mod ticket;
mod turn;
mod work_queue;

pub(crate) use self::{
    address::{Address, Lives, NodeIndex},
    agenda::{Agenda, Happening, Life, Scheduled, TimerId},
    call::{
        Answer, Body, Call, DeleteOptions, ListOptions, LogOptions, Patch, Preconditions,
        Propagation, Reply, Request, Subresource, User, Verb, WatchEvent, WatchStart,
    },
    event::EventNote,
    informer::{Informer, Known, Seen},
    latency::Latency,
    shared::Shared,
    ticket::{Ticket, Timer},
    turn::{Decision, Turn},
    work_queue::WorkQueue,
};

use crate::cluster::api::Resource;

/// A process that watches the API server and acts on what it sees.
pub(crate) trait Component {
    /// What it waits for when it asks something.
    type Ticket;
    /// What it wakes itself for.
    type Timer;

    /// The process starts, knowing nothing.
    fn start(&mut self, turn: &mut Turn<'_>);

    /// The reflector for this resource connects again.
    fn reconnect(&mut self, resource: Resource, turn: &mut Turn<'_>);

    /// A watch brought something.
    fn hear(&mut self, resource: Resource, connection: u32, event: WatchEvent, turn: &mut Turn<'_>);

    /// An answer came.
    fn answer(&mut self, ticket: Self::Ticket, answer: Answer, turn: &mut Turn<'_>);

    /// A timer fired.
    fn fire(&mut self, timer: Self::Timer, turn: &mut Turn<'_>);
}
