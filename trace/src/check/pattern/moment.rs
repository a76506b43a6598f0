//! Every place in a trace where a moment is.

use super::value::{self, Scalar};
use super::{Exit, Moment, Operand, Passage, Phase, Relation, What};
use crate::check::reading::{Act, Reading};
use crate::event::host::ExitStatus;
use crate::event::signal;
use crate::event::{Event, Fact};
use crate::id::HostId;
use crate::model::Frame;
use crate::time::Nanos;
use crate::wire::Relative;

/// A place where a moment is, if its captures have these values.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) seq: u64,
    pub(super) at: Nanos,
    /// Captures, and the values of the attributes that are compared with them.
    pub(super) captures: Vec<(&'a str, Relation, Scalar)>,
}

/// In the order of the trace.
pub(super) fn all<'a>(moment: &'a Moment, trace: &Reading<'_>) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = match &moment.what {
        What::Call { .. } => trace.acts.iter().filter_map(|act| moment.call(act, trace)).collect(),
        What::State(_) | What::Left(_) => moment.states(trace),
        What::Frame(passage, _) => {
            trace.events.iter().filter_map(|event| moment.frame(*passage, event, trace)).collect()
        }
        What::Prints(text) => {
            let hosts = (0..).map(HostId).take(trace.model.hosts.len()).filter(|host| moment.is_on(*host, trace));
            hosts.filter_map(|host| moment.fits(trace.printed(host, text)?, trace, &|_| None)).collect()
        }
        What::Exits(_) | What::Signal(_) => {
            trace.events.iter().filter_map(|event| moment.ending(event, trace)).collect()
        }
    };
    found.sort_by_key(|found| found.seq);
    found
}

impl Moment {
    fn is_on(&self, host: HostId, trace: &Reading<'_>) -> bool {
        self.host.as_deref().is_none_or(|name| crate::check::reading::means(name, trace.name(host)))
    }

    /// Whether everything but captures is as it is wanted.
    fn fits<'a>(
        &'a self,
        seq: u64,
        trace: &Reading<'_>,
        attribute: &dyn Fn(&str) -> Option<Scalar>,
    ) -> Option<Found<'a>> {
        let mut captures = vec![];
        for wanted in &self.wanted {
            let value = attribute(&wanted.name)?;
            match &wanted.operand {
                Operand::Capture(name) => captures.push((name.as_str(), wanted.relation, value)),
                operand if value.is(wanted.relation, operand) => {}
                _ => return None,
            }
        }
        Some(Found { seq, at: trace.at(seq), captures })
    }

    fn call<'a>(&'a self, act: &Act, trace: &Reading<'_>) -> Option<Found<'a>> {
        let What::Call { calls, phase, lasting } = &self.what else { return None };
        if !calls.includes(&act.call) || !self.is_on(act.host, trace) {
            return None;
        }
        let seq = match phase {
            Phase::Entered => act.entered,
            Phase::Returned => act.returned?,
            Phase::Unfinished if act.returned.is_none() => act.entered,
            Phase::Unfinished => return None,
        };
        if lasting.is_some_and(|(relation, time)| !relation.holds(&act.lasted(trace), &time)) {
            return None;
        }
        self.fits(seq, trace, &|name| value::of_call(act, trace, name))
    }

    /// A change of the states asked for: a socket that stays in one comes into it once.
    fn states<'a>(&'a self, trace: &Reading<'_>) -> Vec<Found<'a>> {
        let (state, left) = match &self.what {
            What::State(state) => (*state, false),
            What::Left(state) => (*state, true),
            _ => return vec![],
        };
        let mut found = vec![];
        for (&socket, states) in &trace.states {
            let Some(known) = trace.model.sockets.get(&socket) else { continue };
            if !self.is_on(known.host, trace) || left && known.gone.is_some() {
                continue;
            }
            let mut was = false;
            for one in states.iter().skip(if left { states.len() - 1 } else { 0 }) {
                let fits = (state.is_none() || one.snapshot.state == state)
                    .then(|| self.fits(one.seq, trace, &|name| value::of_state(socket, one.snapshot, name)))
                    .flatten();
                let is = fits.is_some();
                found.extend(fits.filter(|_| !was));
                was = is;
            }
        }
        found
    }

    fn frame<'a>(&'a self, passage: Passage, event: &Event, trace: &Reading<'_>) -> Option<Found<'a>> {
        let What::Frame(_, filter) = &self.what else { return None };
        let (frame, on, receiver) = match (&event.fact, passage) {
            (
                Fact::FrameSent { frame, host, .. } | Fact::FrameLooped { frame, host, .. },
                Passage::Sent | Passage::Again,
            ) => (frame, host, None),
            (Fact::FrameDelivered { frame, host } | Fact::FrameLooped { frame, host, .. }, Passage::Arrived)
            | (Fact::FrameLost { frame, host, .. }, Passage::Lost) => (frame, host, Some(trace.name(*host))),
            _ => return None,
        };
        let frame: &Frame = trace.model.frames.get(frame)?;
        let again = frame.relative.is_some_and(Relative::is_retransmission);
        let (from, to) = trace.ends_of(frame);
        let meant = filter.matches(frame.packet.as_ref(), from, receiver.unwrap_or(to));
        if passage == Passage::Again && !again || !meant || !self.is_on(*on, trace) {
            return None;
        }
        self.fits(event.seq, trace, &|name| value::of_frame(frame, name))
    }

    fn ending<'a>(&'a self, event: &Event, trace: &Reading<'_>) -> Option<Found<'a>> {
        let (host, fits) = match (&event.fact, &self.what) {
            (Fact::ProgramEnded { host, .. }, What::Exits(exit)) => {
                let (_, status) = trace.ended(*host)?; // whom the engine stopped did not end
                (*host, exit.is(status))
            }
            (Fact::SignalDelivered { thread, signal, .. }, What::Signal(name)) => {
                (trace.model.threads.get(thread)?.host, signal::name(*signal) == *name)
            }
            _ => return None,
        };
        if fits && self.is_on(host, trace) { self.fits(event.seq, trace, &|_| None) } else { None }
    }
}

impl Exit {
    fn is(&self, status: ExitStatus) -> bool {
        match (self, status) {
            (Self::Anyhow, _) => true,
            (Self::Error, status) => status != ExitStatus::Exited(0),
            (Self::Code(code), ExitStatus::Exited(with)) => *code == with,
            (Self::Signal(name), ExitStatus::Signaled(number)) => signal::name(number) == *name,
            _ => false,
        }
    }
}
