use std::time::Duration;

use super::{Cluster, Machine};
use crate::cluster::{
    api::Status,
    etcd::Etcd,
    machinery::{Address, Component, Happening, Scheduled, Ticket, Timer, Turn, WatchEvent},
    trace::StepId,
    traffic::{Ending, Journey, Located, Network},
};

impl Cluster {
    /// Lets the next thing happen. False if nothing ever will.
    pub fn advance(&mut self) -> bool {
        let Some(next) = self.shared.agenda.pop() else {
            return false;
        };
        self.shared.now = next.at;
        let gone = self.shared.stopped.contains(&next.to) || next.life != self.shared.life(next.to);
        if gone || self.shared.is_cut(next.to) {
            self.lose(next, gone);
        } else {
            self.happen(next.to, (next.cause, next.routine), next.what);
        }
        true
    }

    /// Something was on its way to a process that has ended, or over a wire that is cut.
    fn lose(&mut self, lost: Scheduled, gone: bool) {
        let Scheduled {
            to, cause, routine, ..
        } = lost;
        let what = match lost.what {
            Happening::Arrival(call) | Happening::Commit(call) => {
                let turn = &mut Turn::new(&mut self.shared, to, (cause, routine));
                let status = Status::unreachable("unexpected EOF");
                turn.answer_after(Duration::ZERO, &call, Err(status), Vec::new());
                return;
            }
            _ if gone => return,
            // Over a cut wire nothing comes; what the node does itself goes on.
            Happening::Answer { ticket, mut answer } => {
                answer.result = Err(Status::unreachable(
                    "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
                ));
                Happening::Answer { ticket, answer }
            }
            Happening::Watch { event, .. } if !matches!(event, WatchEvent::Closed) => return,
            Happening::KubeletRequest(_) => return,
            other => other,
        };
        self.happen(to, (cause, routine), what);
    }

    fn happen(&mut self, to: Address, (cause, routine): (StepId, bool), what: Happening) {
        let turn = &mut Turn::new(&mut self.shared, to, (cause, routine));
        match (to, what) {
            (Address::ApiServer, Happening::Arrival(call)) => {
                self.apiserver.arrive(call, &self.etcd, turn);
            }
            (Address::ApiServer, Happening::Commit(call)) => {
                self.apiserver.commit(call, &mut self.etcd, turn);
            }
            (
                Address::ApiServer,
                Happening::HangUp {
                    from,
                    resource,
                    connection,
                },
            ) => self.apiserver.hang_up(from, resource, connection),
            (
                Address::ApiServer,
                Happening::Timer {
                    timer: Timer::ApiServer(timer),
                    ..
                },
            ) => {
                self.apiserver.fire(timer, &mut self.etcd, turn);
            }
            (Address::ControllerManager, what) => {
                let to = &mut self.controller_manager;
                deliver(
                    to,
                    what,
                    |ticket| match ticket {
                        Ticket::Controller(ticket) => Some(ticket),
                        _ => None,
                    },
                    |timer| match timer {
                        Timer::Controller(timer) => Some(timer),
                        _ => None,
                    },
                    turn,
                );
            }
            (Address::Scheduler, what) => {
                deliver(
                    &mut self.scheduler,
                    what,
                    |ticket| match ticket {
                        Ticket::Scheduler(ticket) => Some(ticket),
                        _ => None,
                    },
                    |timer| match timer {
                        Timer::Scheduler(timer) => Some(timer),
                        _ => None,
                    },
                    turn,
                );
            }
            (Address::Kubelet(node), what) => {
                let kubelet = &mut self.machines[node.0 as usize].kubelet;
                match what {
                    Happening::RuntimeAnswer(answer) => kubelet.runtime_answer(*answer, turn),
                    Happening::RuntimeChanged => kubelet.runtime_changed(turn),
                    Happening::KubeletRequest(request) => kubelet.serve(*request, turn),
                    what => deliver(
                        kubelet,
                        what,
                        |ticket| match ticket {
                            Ticket::Kubelet(ticket) => Some(ticket),
                            _ => None,
                        },
                        |timer| match timer {
                            Timer::Kubelet(timer) => Some(timer),
                            _ => None,
                        },
                        turn,
                    ),
                }
            }
            (Address::KubeProxy(node), what) => {
                let proxy = &mut self.machines[node.0 as usize].kube_proxy;
                deliver(
                    proxy,
                    what,
                    |_| None,
                    |timer| match timer {
                        Timer::KubeProxy(timer) => Some(timer),
                        _ => None,
                    },
                    turn,
                );
            }
            (Address::Client, Happening::Hop(journey)) => {
                if let Some(ending) = follow(*journey, &mut self.machines, &self.etcd, turn) {
                    self.kubectl.close(ending, turn);
                }
            }
            (Address::Kernel(node), Happening::Restore(restore)) => {
                self.machines[node.0 as usize]
                    .kernel
                    .restore(*restore, turn);
            }
            (Address::Runtime(node), Happening::RuntimeCall(call)) => {
                self.machines[node.0 as usize].runtime.call(*call, turn);
            }
            (
                Address::Runtime(node),
                Happening::Timer {
                    timer: Timer::Runtime(timer),
                    ..
                },
            ) => {
                self.machines[node.0 as usize].runtime.fire(timer, turn);
            }
            (
                Address::Kubectl,
                Happening::Watch {
                    connection, event, ..
                },
            ) => self.kubectl.hear(connection, event, turn),
            (
                Address::Kubectl,
                Happening::Answer {
                    ticket: Ticket::Kubectl(ticket),
                    answer,
                },
            ) => {
                self.kubectl.answer(ticket, *answer, turn);
            }
            (
                Address::Kubectl,
                Happening::Timer {
                    timer: Timer::Kubectl(timer),
                    ..
                },
            ) => {
                self.kubectl.fire(timer, turn);
            }
            // Nothing else is ever sent: each kind has one sort of receiver.
            _ => {}
        }
    }
}

/// The next hop of a request that is followed, with the kernel it meets or the Pods it reaches.
fn follow(
    journey: Journey,
    machines: &mut [Machine],
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Option<Ending> {
    let mut pods = Vec::new();
    if let Some((address, own)) = journey.reaches(etcd) {
        let address = address.to_string();
        for (machine, name) in machines.iter().zip(&turn.shared.machines) {
            let mut found = machine.runtime.pods_at(&address);
            if own.as_ref() == Some(name) {
                found.extend(machine.runtime.pods_at(""));
            }
            pods.extend(found.into_iter().map(|pod| Located {
                machine: name.clone(),
                pod,
            }));
        }
    }
    let node = journey.node();
    let off = turn.shared.stopped.contains(&Address::Kernel(node));
    let machine = machines.get_mut(node.0 as usize).filter(|_| !off);
    let network = Network {
        etcd,
        pods,
        kernel: machine.map(|machine| &mut machine.kernel),
    };
    journey.go_on(network, turn)
}

/// Hands something to a component that is a client of the API server.
fn deliver<C: Component>(
    to: &mut C,
    what: Happening,
    ticket_of: impl FnOnce(Ticket) -> Option<C::Ticket>,
    timer_of: impl FnOnce(Timer) -> Option<C::Timer>,
    turn: &mut Turn<'_>,
) {
    match what {
        Happening::Watch {
            resource,
            connection,
            event,
        } => to.hear(resource, connection, event, turn),
        Happening::Answer { ticket, answer } => {
            if let Some(ticket) = ticket_of(ticket) {
                to.answer(ticket, *answer, turn);
            }
        }
        Happening::Timer {
            timer: Timer::Reconnect(resource),
            ..
        } => to.reconnect(resource, turn),
        Happening::Timer { timer, .. } => {
            if let Some(timer) = timer_of(timer) {
                to.fire(timer, turn);
            }
        }
        _ => {}
    }
}
