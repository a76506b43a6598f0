//! Which processor a host runs on.
//!
//! While a host's program is one task, it has one processor, and its tracer the same: at a traced call one of the two
//! waits for the other anyway, and a hand-over on one processor takes half of what waking another one up takes. Hosts
//! go where the fewest are. With its second task a host has all processors: threads and processes that race elsewhere
//! are to race here.

use std::sync::{LazyLock, Mutex, PoisonError};

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::sys::ptrace::Tid;

/// How many hosts run on each of the processors that the engine may use.
static HOSTS: LazyLock<Mutex<Vec<(usize, usize)>>> = LazyLock::new(|| {
    let allowed = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
    Mutex::new((0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).map(|core| (core, 0)).collect())
});

/// A host's place on a processor; it is free again once dropped.
#[derive(Debug)]
pub(crate) struct Core(Option<usize>);

impl Core {
    /// Binds the calling thread, and what it will start, to one processor.
    pub(super) fn take() -> Self {
        let mut hosts = HOSTS.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((core, count)) = hosts.iter_mut().min_by_key(|(_, count)| *count) else { return Self(None) };
        let mut only = CpuSet::new();
        only.set(*core);
        // Refused only where the machine has taken that processor away from the engine: then hosts share the rest.
        if sched_setaffinity(None, &only).is_err() {
            return Self(None);
        }
        *count += 1;
        Self(Some(*core))
    }

    /// Gives all processors to the calling thread and to these tasks; what they make later has them too.
    pub(crate) fn leave(&mut self, tasks: impl IntoIterator<Item = Tid>) {
        let Some(core) = self.0.take() else { return };
        let mut all = CpuSet::new();
        {
            let mut hosts = HOSTS.lock().unwrap_or_else(PoisonError::into_inner);
            for (one, count) in hosts.iter_mut() {
                all.set(*one);
                *count -= usize::from(*one == core);
            }
        }
        for task in tasks.into_iter().filter_map(Pid::from_raw).map(Some).chain([None]) {
            if let Err(error) = sched_setaffinity(task, &all) {
                // ESRCH: it was killed meanwhile.
                tracing::debug!(?task, %error, "stays on one processor");
            }
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let mut hosts = HOSTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = hosts.iter_mut().find(|(core, _)| Some(*core) == self.0) {
            *count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_took_a_core_stays_there_until_it_leaves() {
        let all = sched_getaffinity(None).unwrap();
        let on = |task| sched_getaffinity(task).unwrap();
        std::thread::spawn(move || {
            let mut core = Core::take();
            assert_eq!(on(None).count(), 1);
            std::thread::scope(|scope| {
                let (tell, told) = std::sync::mpsc::channel();
                let (go, may_go) = std::sync::mpsc::channel::<()>();
                scope.spawn(move || {
                    tell.send(rustix::thread::gettid()).unwrap();
                    let _ = may_go.recv(); // until it was looked at
                });
                let other = told.recv().unwrap();
                assert_eq!(on(Some(other)).count(), 1);
                core.leave([other.as_raw_nonzero().get()]);
                assert_eq!((on(Some(other)), on(None)), (all, all));
                drop(go);
            });
        })
        .join()
        .unwrap();
    }
}
