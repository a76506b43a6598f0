//! Holding a program at the entry of its calls, and letting it go on.
//!
//! A held thread simply stays in its ptrace stop; the tracer goes back to wait(2), so that nobody else is held with it.
//! An order must therefore wake a thread that sits in wait(2). It does so through the one tracee that is always there:
//! bwrap outside of the sandbox is sent a signal that means nothing to it. The tracer notices the stop, takes the
//! orders, and lets bwrap go on without the signal. A signal stays pending until it is noticed, so none is lost.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use trace::id::CallId;
use trace::protocol::Breakpoints;
use trace::syscall::Syscall;

use crate::sys::ptrace::Tid;

/// What bwrap is sent to wake the tracer. Its default is to be ignored, and no terminal sends it.
pub(super) const DOORBELL: i32 = libc::SIGURG;

/// The orders for one host's tracer.
#[derive(Debug)]
pub(crate) struct Steps {
    /// bwrap outside of the sandbox; a descriptor, since a number could be somebody else's by now.
    doorbell: OwnedFd,
    orders: Mutex<Orders>,
}

#[derive(Debug, Default)]
struct Orders {
    at: Breakpoints,
    go_on: bool,
}

impl Steps {
    /// For a host whose outer bwrap is this process.
    pub(crate) fn new(outer: Tid, at: Breakpoints) -> io::Result<Self> {
        let pid = Pid::from_raw(outer).ok_or(io::ErrorKind::InvalidInput)?;
        let doorbell = pidfd_open(pid, PidfdFlags::empty())?;
        Ok(Self { doorbell, orders: Mutex::new(Orders { at, go_on: false }) })
    }

    /// Holds at these calls from now on; what is held goes on if there are none.
    pub(crate) fn set(&self, at: Breakpoints) {
        let mut orders = self.lock();
        orders.go_on |= at == Breakpoints::Never;
        orders.at = at;
        drop(orders);
        self.ring();
    }

    /// Lets what is held go on.
    pub(crate) fn next(&self) {
        self.lock().go_on = true;
        self.ring();
    }

    /// Whether a call is to be held.
    pub(super) fn holds(&self, syscall: Syscall) -> bool {
        self.lock().at.holds(syscall)
    }

    /// Whether what is held goes on now.
    pub(super) fn take(&self) -> bool {
        std::mem::take(&mut self.lock().go_on)
    }

    fn ring(&self) {
        // A host that is gone has nothing to be woken for.
        let _ = pidfd_send_signal(&self.doorbell, Signal::URG);
    }

    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The threads that stand at the entry of a call.
pub(super) type Held = BTreeMap<Tid, CallId>;
