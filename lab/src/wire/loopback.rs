//! What hosts send to themselves. It crosses no wire of ours: a packet socket on each host's `lo` hears it, and nobody
//! can hold it.
//!
//! The frames are there the moment they were sent, and wait to be taken. So that they stand in the trace before what
//! follows from them, the tracer takes them as a call returns, before it tells so; the pump takes what no call made
//! (acknowledgments that were put off, retransmissions).

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use trace::bytes::Clipped;
use trace::event::Fact;
use trace::id::HostId;

use super::flow::{Carries, carries};
use super::pump::Handle;
use crate::kernel::Kernel;
use crate::kernel::diag::Flow;
use crate::recorder::Recorder;
use crate::sys::packet;

/// As much of a frame is kept. `lo` takes packets of 64 KB.
const FRAME: usize = 2048;
/// So many frames are taken before somebody else has a turn.
const TURN: usize = 32;

#[derive(Debug)]
struct Ear {
    socket: OwnedFd,
    /// Held by whoever takes frames and tells them, or two of them would change places in between.
    turn: Mutex<()>,
}

/// The ears on the hosts' `lo`.
#[derive(Debug)]
pub(crate) struct Loopback {
    ears: Vec<Ear>,
    recorder: Arc<Recorder>,
    kernel: Arc<Kernel>,
    wire: Arc<Handle>,
}

impl Loopback {
    /// Ears for hosts in their order. Their frames count with the wire's.
    pub(crate) fn new(sockets: Vec<OwnedFd>, recorder: Arc<Recorder>, kernel: Arc<Kernel>, wire: Arc<Handle>) -> Self {
        let ears = sockets.into_iter().map(|socket| Ear { socket, turn: Mutex::new(()) }).collect();
        Self { ears, recorder, kernel, wire }
    }

    /// What poll(2) is to wait for, by host.
    pub(super) fn sockets(&self) -> impl Iterator<Item = &OwnedFd> {
        self.ears.iter().map(|ear| &ear.socket)
    }

    /// Tells what a host has sent to itself so far, a turn of it.
    pub(crate) fn listen(&self, host: HostId) {
        let Ear { socket, turn } = &self.ears[usize::from(host.0)];
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = [0; FRAME];
        let mut took = false;
        for _ in 0..TURN {
            let len = match packet::receive(socket, &mut buffer) {
                Ok(len) => len,
                // The device was not yet up when the socket was bound to it.
                Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => continue,
                Err(_) => break,
            };
            took = true;
            if !self.wire.takes_one_more() {
                continue; // read and thrown away, until the run is ended
            }
            let head = &buffer[..len.min(FRAME)];
            let bytes = Clipped { head: head.into(), len: len as u64 };
            self.recorder.tell(Fact::FrameLooped { frame: self.recorder.frame(), host, bytes });
            match carries(head) {
                Carries::Segment { from, to, plain } => {
                    self.kernel.segment(host, Flow { local: from, remote: to }, plain);
                    self.kernel.segment(host, Flow { local: to, remote: from }, plain);
                }
                Carries::Datagram => self.kernel.datagram(host),
                Carries::Other => {}
            }
        }
        // A call that sends nothing to its own host is not to cost two questions.
        let count = if took { packet::dropped(socket) } else { 0 };
        if count > 0 {
            let what = "frames of a host to itself, which came faster than they were looked at".to_owned();
            self.recorder.tell(Fact::Missed { count: count.into(), what });
        }
    }
}
