//! The I/O around the switch: frames out of and into the hosts' TAP devices, on a thread of its own.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use trace::bytes::Clipped;
use trace::event::host::WireSettings;
use trace::event::{Fact, LossCause};
use trace::id::HostId;

use super::flow::{Carries, carries};
use super::switch::{Arrival, Switch};
use crate::kernel::Kernel;
use crate::kernel::diag::Flow;
use crate::recorder::Recorder;

/// A whole Ethernet frame of the largest packet.
const FRAME: usize = 2048;
/// So many frames of one host are taken before it is the next one's turn.
const TURN: usize = 32;

/// What the rest of the engine knows of a running pump.
#[derive(Debug)]
pub(crate) struct Handle {
    stop: AtomicBool,
    wake: OwnedFd,
    frames: AtomicU64,
    under_way: AtomicBool,
}

impl Handle {
    /// A handle for a pump that will be started.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            stop: AtomicBool::new(false),
            wake: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            frames: AtomicU64::new(0),
            under_way: AtomicBool::new(false),
        })
    }

    /// Ends the pump.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Relaxed);
        // The counter can't overflow by one write a run, which is the only error there is.
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
    }

    /// How many frames were sent so far, and whether one is still under way.
    pub(crate) fn progress(&self) -> (u64, bool) {
        (self.frames.load(Relaxed), self.under_way.load(Relaxed))
    }
}

/// A pump with its ports.
#[derive(Debug)]
pub(crate) struct Pump {
    pub(crate) taps: Vec<OwnedFd>,
    pub(crate) macs: Vec<[u8; 6]>,
    pub(crate) settings: WireSettings,
    pub(crate) seed: u64,
    pub(crate) max_frames: u64,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) handle: Arc<Handle>,
}

impl Pump {
    /// Runs until it is stopped, or until the hosts have sent more frames than they may; then `too_many` is called.
    /// Returns the devices, since closing them takes its time.
    pub(crate) fn run(self, too_many: impl FnOnce()) -> Vec<OwnedFd> {
        let mut too_many = Some(too_many);
        let mut switch = Switch::new(self.macs.clone(), self.settings.clone(), self.seed);
        let mut buffer = [0; FRAME];
        while !self.handle.stop.load(Relaxed) {
            let ready = self.wait(switch.until_next(Instant::now()));
            while let Some(arrival) = switch.arrival(Instant::now()) {
                self.deliver(&arrival);
            }
            for host in ready {
                for _ in 0..TURN {
                    let Ok(len) = rustix::io::read(&self.taps[usize::from(host.0)], &mut buffer[..]) else { break };
                    if self.handle.frames.fetch_add(1, Relaxed) >= self.max_frames {
                        if let Some(too_many) = too_many.take() {
                            too_many();
                        }
                        continue; // read and thrown away, until the run is ended
                    }
                    self.take(&mut switch, host, &buffer[..len]);
                }
            }
            self.handle.under_way.store(switch.until_next(Instant::now()).is_some(), Relaxed);
        }
        self.taps
    }

    /// Waits for frames or for the time to pass; tells which hosts have sent something.
    fn wait(&self, timeout: Option<Duration>) -> Vec<HostId> {
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let mut fds: Vec<_> = self.taps.iter().map(|tap| PollFd::new(tap, PollFlags::IN)).collect();
        fds.push(PollFd::from_borrowed_fd(self.handle.wake.as_fd(), PollFlags::IN));
        if poll(&mut fds, timeout.as_ref()).is_err() {
            return Vec::new(); // interrupted by a signal: look again
        }
        (0..)
            .map(HostId)
            .zip(&fds[..self.taps.len()])
            .filter(|(_, fd)| !fd.revents().is_empty())
            .map(|(id, _)| id)
            .collect()
    }

    /// A host sent a frame.
    fn take(&self, switch: &mut Switch, from: HostId, bytes: &[u8]) {
        let frame = self.recorder.frame();
        self.recorder.tell(Fact::FrameSent { frame, host: from, bytes: Clipped::of(bytes, FRAME) });
        // While the frame is in our hands the sender's state is the one that sent it.
        match carries(bytes) {
            Carries::Segment { from: local, to: remote } => self.kernel.segment(from, Flow { local, remote }),
            Carries::Datagram => self.kernel.datagram(from),
            Carries::Other => {}
        }
        for loss in switch.accept(from, frame, bytes, Instant::now()) {
            self.recorder.tell(Fact::FrameLost { frame, host: loss.to, cause: loss.cause });
        }
    }

    /// A frame arrives at a host.
    fn deliver(&self, arrival: &Arrival) {
        let Arrival { to, frame, bytes } = arrival;
        let (frame, host) = (*frame, *to);
        // The host's kernel acts on the frame within this write; whatever follows from it is to come later in the
        // trace.
        self.recorder.tell_doing(|| match rustix::io::write(&self.taps[usize::from(to.0)], bytes) {
            Ok(_) => Fact::FrameDelivered { frame, host },
            Err(_) => Fact::FrameLost { frame, host, cause: LossCause::Refused },
        });
        match carries(bytes) {
            Carries::Segment { from: remote, to: local } => self.kernel.segment(*to, Flow { local, remote }),
            Carries::Datagram => self.kernel.datagram(*to),
            Carries::Other => {}
        }
    }
}
