//! A terminal per host: a PTY, so that prompts, echo and line editing behave as they do at home.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use trace::bytes::Bytes;
use trace::event::Fact;
use trace::id::HostId;

use crate::recorder::Recorder;

/// What was typed and not yet taken by the terminal; more than this is thrown away, as a keyboard would.
const TYPE_AHEAD: usize = 64 << 10;

/// How soon a terminal is looked at again that nobody had open.
const LOOK_AGAIN: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// Both ends of a PTY.
#[derive(Debug)]
pub(crate) struct Pty {
    /// The engine's end.
    pub(crate) master: OwnedFd,
    /// The program's end: its standard input, output and error.
    pub(crate) slave: OwnedFd,
}

impl Pty {
    /// A new terminal of 80 columns and 24 rows.
    pub(crate) fn open() -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let slave = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        tcsetwinsize(&master, size(80, 24))?;
        rustix::io::ioctl_fionbio(&master, true)?;
        Ok(Self { master, slave })
    }
}

fn size(cols: u16, rows: u16) -> Winsize {
    Winsize { ws_row: rows, ws_col: cols, ws_xpixel: 0, ws_ypixel: 0 }
}

/// The terminals of a run.
#[derive(Debug)]
pub(crate) struct Terminals {
    screens: Vec<Screen>,
    wake: OwnedFd,
    stop: AtomicBool,
}

#[derive(Debug)]
struct Screen {
    master: OwnedFd,
    typed: Mutex<VecDeque<u8>>,
}

impl Terminals {
    /// Terminals of hosts in their order.
    pub(crate) fn new(masters: impl IntoIterator<Item = OwnedFd>) -> io::Result<Self> {
        let screens = masters.into_iter().map(|master| Screen { master, typed: Mutex::default() }).collect();
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self { screens, wake, stop: AtomicBool::new(false) })
    }

    /// Types into a host's terminal.
    pub(crate) fn type_into(&self, host: HostId, bytes: &Bytes) {
        let mut typed = self.typed(host);
        let room = TYPE_AHEAD.saturating_sub(typed.len());
        typed.extend(bytes.0.iter().take(room));
        drop(typed);
        self.wake();
    }

    /// Gives a terminal another size.
    pub(crate) fn resize(&self, host: HostId, cols: u16, rows: u16) -> io::Result<()> {
        Ok(tcsetwinsize(&self.screens[usize::from(host.0)].master, size(cols.clamp(1, 1000), rows.clamp(1, 1000)))?)
    }

    /// Makes [`Terminals::run`] return once everything that was printed is told.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Relaxed);
        self.wake();
    }

    fn wake(&self) {
        // Fails only when the counter is full, and then the thread is awake anyway.
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
    }

    fn typed(&self, host: HostId) -> std::sync::MutexGuard<'_, VecDeque<u8>> {
        self.screens[usize::from(host.0)].typed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries bytes both ways until it is stopped. Calls `too_much` once for a host that prints more than `limit`
    /// bytes; what it prints beyond is thrown away.
    pub(crate) fn run(&self, recorder: &Arc<Recorder>, limit: u64, too_much: impl Fn(HostId)) {
        let mut printed = vec![0u64; self.screens.len()];
        let mut buffer = [0; 4096];
        loop {
            // Asked before looking: what was printed before the stop is still to be read.
            let stop = self.stop.load(Relaxed);
            let mut busy = false;
            for (host, screen) in (0..).map(HostId).zip(&self.screens) {
                self.pass_on(host);
                // One chunk a turn, so that a flood on one terminal leaves the others alive.
                let Ok(len @ 1..) = rustix::io::read(&screen.master, &mut buffer[..]) else { continue };
                busy = true;
                let total = &mut printed[usize::from(host.0)];
                let before = *total;
                *total += len as u64;
                if before <= limit {
                    recorder.tell(Fact::Printed { host, bytes: buffer[..len].into() });
                    if *total > limit {
                        too_much(host);
                    }
                }
            }
            if busy {
                continue;
            }
            if stop {
                return;
            }
            self.wait();
        }
    }

    /// Hands what was typed to the terminal, as much as it takes.
    fn pass_on(&self, host: HostId) {
        let mut typed = self.typed(host);
        while !typed.is_empty() {
            match rustix::io::write(&self.screens[usize::from(host.0)].master, typed.as_slices().0) {
                Ok(taken @ 1..) => drop(typed.drain(..taken)),
                _ => return,
            }
        }
    }

    fn wait(&self) {
        let mut fds = vec![PollFd::from_borrowed_fd(self.wake.as_fd(), PollFlags::IN)];
        let mut timeout = None;
        for (host, screen) in (0..).map(HostId).zip(&self.screens) {
            let out = if self.typed(host).is_empty() { PollFlags::empty() } else { PollFlags::OUT };
            // A terminal that nobody has open is always "ready" with a hang-up; it is left out for a while. Its name
            // can be opened again.
            if is_hung_up(&screen.master) {
                timeout = Some(&LOOK_AGAIN);
            } else {
                fds.push(PollFd::from_borrowed_fd(screen.master.as_fd(), PollFlags::IN | out));
            }
        }
        let _ = poll(&mut fds, timeout); // interrupted: look again
        let _ = rustix::io::read(&self.wake, &mut [0; 8]);
    }
}

fn is_hung_up(master: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(master, PollFlags::empty())];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut fds, Some(&now)).is_ok() && fds[0].revents().contains(PollFlags::HUP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use crate::recorder::Room;

    #[test]
    fn a_terminal_that_was_closed_by_all_is_heard_again() {
        let Pty { master, slave } = Pty::open().unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let terminals = Arc::new(Terminals::new([master]).unwrap());
        let (to, told) = channel();
        let room = Room { events: u64::MAX, bytes: u64::MAX };
        let recorder = Arc::new(Recorder::new(Box::new(move |event| to.send(event).unwrap()), room, Box::new(|_| ())));
        let carrier = std::thread::spawn({
            let terminals = terminals.clone();
            move || terminals.run(&recorder, 100, |_| ())
        });

        drop(slave);
        for _ in 0..20 {
            let slave =
                rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
            rustix::io::write(&slave, b"again").unwrap();
            let event = told.recv_timeout(Duration::from_secs(30)).unwrap();
            assert_eq!(event.fact, Fact::Printed { host: HostId(0), bytes: b"again"[..].into() });
        }
        terminals.stop();
        carrier.join().unwrap();
    }
}
