//! The I/O around the switch: frames out of and into the hosts' TAP devices, on a thread of its own.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use trace::bytes::Clipped;
use trace::event::wire::WireSettings;
use trace::event::{Fact, LossCause};
use trace::id::HostId;
use trace::protocol::{WireCommand, WireRefusal};

use super::flow::{Carries, carries};
use super::loopback::Loopback;
pub(crate) use super::switch::Port;
use super::switch::{Carried, Step, Switch};
use crate::kernel::Kernel;
use crate::kernel::diag::Flow;
use crate::recorder::Recorder;

/// A whole Ethernet frame of the largest packet.
const FRAME: usize = 2048;
/// So many frames of one host are taken before it is the next one's turn.
const TURN: usize = 32;
/// So many commands may wait to be obeyed.
const COMMANDS: usize = 64;
/// So long a command may take. The pump blocks nowhere, so whoever waits longer waits for a machine that stands still.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the rest of the engine knows of a running pump.
#[derive(Debug)]
pub(crate) struct Handle {
    stop: AtomicBool,
    wake: OwnedFd,
    frames: AtomicU64,
    max_frames: u64,
    under_way: AtomicBool,
    commands: SyncSender<Command>,
}

/// A command, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Command(WireCommand, SyncSender<Result<(), WireRefusal>>);

impl Handle {
    /// A handle for a pump that will be started, and what the pump needs to hear it.
    pub(crate) fn new(max_frames: u64) -> io::Result<(Self, Receiver<Command>)> {
        let (commands, inbox) = sync_channel(COMMANDS);
        let handle = Self {
            stop: AtomicBool::new(false),
            wake: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            frames: AtomicU64::new(0),
            max_frames,
            under_way: AtomicBool::new(false),
            commands,
        };
        Ok((handle, inbox))
    }

    /// Ends the pump.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Relaxed);
        self.wake();
    }

    /// Has the wire do something; `None` when there is no wire any more.
    pub(crate) fn command(&self, command: WireCommand) -> Option<Result<(), WireRefusal>> {
        let (answer, told) = sync_channel(1);
        self.commands.try_send(Command(command, answer)).ok()?;
        self.wake();
        told.recv_timeout(PATIENCE).ok()
    }

    /// How many frames there were so far, and whether one is still under way. One that is held is not: it stays where
    /// it is.
    pub(crate) fn progress(&self) -> (u64, bool) {
        (self.frames.load(Relaxed), self.under_way.load(Relaxed))
    }

    /// Counts a frame, and says whether there may be one more.
    pub(super) fn takes_one_more(&self) -> bool {
        let takes = self.frames.fetch_add(1, Relaxed) < self.max_frames;
        if !takes {
            self.wake(); // whoever counted it, the pump is to end the run
        }
        takes
    }

    fn is_full(&self) -> bool {
        self.frames.load(Relaxed) > self.max_frames
    }

    fn wake(&self) {
        // The counter overflows after 2^64 commands, which is the only error there is.
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
    }
}

/// What takes some 25 ms a host to be closed.
#[derive(Debug)]
pub(crate) struct Devices {
    _taps: Vec<OwnedFd>,
    _loopback: Arc<Loopback>,
}

/// A pump with its ports.
#[derive(Debug)]
pub(crate) struct Pump {
    pub(crate) taps: Vec<OwnedFd>,
    pub(crate) loopback: Arc<Loopback>,
    pub(crate) ports: Vec<Port>,
    pub(crate) settings: WireSettings,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) handle: Arc<Handle>,
    pub(crate) commands: Receiver<Command>,
}

impl Pump {
    /// Runs until it is stopped, or until there are more frames than there may be; then `too_many` is called.
    /// Returns the devices, since closing them takes its time.
    pub(crate) fn run(self, too_many: impl FnOnce()) -> Devices {
        let mut too_many = Some(too_many);
        let names = Arc::clone(&self.recorder);
        let mut switch = Switch::new(&self.ports, self.settings.clone(), Box::new(move || names.frame()));
        let mut buffer = [0; FRAME];
        while !self.handle.stop.load(Relaxed) {
            let (ready, talking) = self.wait(switch.until_next(Instant::now()));
            self.obey(&mut switch);
            // Before frames of the wire that were caused by them.
            for host in talking {
                self.loopback.listen(host);
            }
            self.work(&mut switch);
            for host in ready {
                for _ in 0..TURN {
                    let Ok(len) = rustix::io::read(&self.taps[usize::from(host.0)], &mut buffer[..]) else { break };
                    if !self.handle.takes_one_more() {
                        continue; // read and thrown away, until the run is ended
                    }
                    self.take(&mut switch, host, &buffer[..len]);
                    self.work(&mut switch);
                }
            }
            if self.handle.is_full()
                && let Some(too_many) = too_many.take()
            {
                too_many();
            }
            self.handle.under_way.store(switch.until_next(Instant::now()).is_some(), Relaxed);
        }
        Devices { _taps: self.taps, _loopback: self.loopback }
    }

    /// Waits for frames, for a command, or for the time to pass; tells which hosts have sent something, and which to
    /// themselves.
    fn wait(&self, timeout: Option<Duration>) -> (Vec<HostId>, Vec<HostId>) {
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let mut fds: Vec<_> = self.taps.iter().map(|tap| PollFd::new(tap, PollFlags::IN)).collect();
        fds.extend(self.loopback.sockets().map(|socket| PollFd::new(socket, PollFlags::IN)));
        fds.push(PollFd::from_borrowed_fd(self.handle.wake.as_fd(), PollFlags::IN));
        if poll(&mut fds, timeout.as_ref()).is_err() {
            return (Vec::new(), Vec::new()); // interrupted by a signal: look again
        }
        if fds.pop().is_some_and(|wake| !wake.revents().is_empty()) {
            let _ = rustix::io::read(&self.handle.wake, &mut [0; 8]); // it only says that there is something to look at
        }
        let ready = |fds: &[PollFd<'_>]| {
            let hosts = (0..).map(HostId).zip(fds);
            hosts.filter(|(_, fd)| !fd.revents().is_empty()).map(|(id, _)| id).collect()
        };
        let (taps, loopback) = fds.split_at(self.taps.len());
        (ready(taps), ready(loopback))
    }

    /// Does what was asked for meanwhile.
    fn obey(&self, switch: &mut Switch) {
        while let Ok(Command(command, answer)) = self.commands.try_recv() {
            let done = switch.obey(command, Instant::now());
            // What it did comes before the answer, so that whoever waits for it finds it in the trace.
            self.work(switch);
            let _ = answer.send(done); // nobody waits any more: it is in the trace all the same
        }
    }

    /// Does what the switch wants done by now.
    fn work(&self, switch: &mut Switch) {
        while let Some(step) = switch.next(Instant::now()) {
            match step {
                Step::Tell(fact) => {
                    if matches!(fact, Fact::FrameMade { .. }) {
                        self.handle.frames.fetch_add(1, Relaxed); // the limit is for all that is on the wire
                    }
                    self.recorder.tell(fact);
                }
                Step::Deliver(carried) => self.deliver(&carried),
            }
        }
    }

    /// A host sent a frame.
    fn take(&self, switch: &mut Switch, from: HostId, bytes: &[u8]) {
        let frame = self.recorder.frame();
        self.recorder.tell(Fact::FrameSent { frame, host: from, bytes: Clipped::of(bytes, FRAME) });
        // While the frame is in our hands the sender's state is the one that sent it.
        match carries(bytes) {
            Carries::Segment { from: local, to: remote, plain } => {
                self.kernel.segment(from, Flow { local, remote }, plain);
            }
            Carries::Datagram => self.kernel.datagram(from),
            Carries::Other => {}
        }
        switch.accept(from, frame, bytes, Instant::now());
    }

    /// A frame arrives at a host.
    fn deliver(&self, carried: &Carried) {
        let Carried { to, frame, bytes, .. } = carried;
        let (frame, host) = (*frame, *to);
        // The host's kernel acts on the frame within this write; whatever follows from it is to come later in the
        // trace.
        self.recorder.tell_doing(|| match rustix::io::write(&self.taps[usize::from(to.0)], bytes) {
            Ok(_) => Fact::FrameDelivered { frame, host },
            Err(_) => Fact::FrameLost { frame, host, cause: LossCause::Refused },
        });
        match carries(bytes) {
            Carries::Segment { from: remote, to: local, plain } => {
                self.kernel.segment(*to, Flow { local, remote }, plain);
            }
            Carries::Datagram => self.kernel.datagram(*to),
            Carries::Other => {}
        }
    }
}
