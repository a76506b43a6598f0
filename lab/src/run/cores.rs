//! Which processor a host runs on.
//!
//! A host has one processor, and its tracer the same: at a traced call one of the two waits for the other anyway, and a
//! hand-over on one processor takes half of what waking another one up takes. Hosts go where the fewest are.

use std::sync::{LazyLock, Mutex, PoisonError};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// How many hosts run on each of the processors that the engine may use.
static HOSTS: LazyLock<Mutex<Vec<(usize, usize)>>> = LazyLock::new(|| {
    let allowed = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
    Mutex::new((0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).map(|core| (core, 0)).collect())
});

/// A host's place on a processor; it is free again once dropped.
#[derive(Debug)]
pub(super) struct Core(Option<usize>);

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
    fn a_thread_that_took_a_core_stays_there() {
        let seen = std::thread::spawn(|| {
            let _core = Core::take();
            sched_getaffinity(None).unwrap().count()
        });
        assert_eq!(seen.join().unwrap(), 1);
    }
}
