//! The one place where observations become events: it orders them, stamps them, and hands them on.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use trace::event::{Event, Fact};
use trace::id::{CallId, FrameId, ProcessId, SocketId, ThreadId};
use trace::time::Nanos;

/// Where events go, one after the other, in order. Called from the engine's threads; must not block.
pub type Sink = Box<dyn FnMut(Event) + Send>;

/// Orders the observations of all threads of a run. Time and number are given under one lock, so that neither ever
/// runs backwards.
pub(crate) struct Recorder {
    began: Instant,
    line: Mutex<Line>,
    ids: Ids,
}

struct Line {
    sink: Sink,
    next_seq: u64,
    limit: u64,
    /// Facts that came after the limit; told at the end.
    missed: u64,
    /// Called when the first fact is not taken.
    full: Box<dyn Fn() + Send>,
}

#[derive(Default)]
struct Ids {
    calls: AtomicU64,
    frames: AtomicU64,
    threads: AtomicU32,
    processes: AtomicU32,
    sockets: AtomicU32,
}

impl Recorder {
    /// A recorder whose time begins now. After `limit` events it calls `full` and takes only the last words of the run.
    pub(crate) fn new(sink: Sink, limit: u64, full: Box<dyn Fn() + Send>) -> Self {
        let line = Mutex::new(Line { sink, next_seq: 0, limit, missed: 0, full });
        Self { began: Instant::now(), line, ids: Ids::default() }
    }

    /// Nanoseconds since the Unix epoch at the run's beginning.
    pub(crate) fn unix_ns(&self) -> u64 {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let began = since_epoch.saturating_sub(self.began.elapsed());
        u64::try_from(began.as_nanos()).unwrap_or(0)
    }

    /// The run's time.
    pub(crate) fn now(&self) -> Nanos {
        Nanos::from(self.began.elapsed())
    }

    /// Writes a fact down, or counts it when the trace is full.
    pub(crate) fn tell(&self, fact: Fact) {
        self.lock().take(self.began, fact);
    }

    /// Does something whose consequences other threads will observe, and writes down that it was done before any of
    /// them can write theirs.
    pub(crate) fn tell_doing(&self, deed: impl FnOnce() -> Fact) {
        let mut line = self.lock();
        let fact = deed();
        line.take(self.began, fact);
    }

    /// Writes the run's last facts down, whatever the limit.
    pub(crate) fn tell_last(&self, facts: impl IntoIterator<Item = Fact>) {
        let mut line = self.lock();
        if line.missed > 0 {
            let count = std::mem::take(&mut line.missed);
            line.push(self.began, Fact::Missed { count, what: "events beyond the trace's limit".to_owned() });
        }
        for fact in facts {
            line.push(self.began, fact);
        }
    }

    /// A call's name.
    pub(crate) fn call(&self) -> CallId {
        CallId(self.ids.calls.fetch_add(1, Relaxed))
    }

    /// A frame's name.
    pub(crate) fn frame(&self) -> FrameId {
        FrameId(self.ids.frames.fetch_add(1, Relaxed))
    }

    /// A thread's name.
    pub(crate) fn thread(&self) -> ThreadId {
        ThreadId(self.ids.threads.fetch_add(1, Relaxed))
    }

    /// A process's name.
    pub(crate) fn process(&self) -> ProcessId {
        ProcessId(self.ids.processes.fetch_add(1, Relaxed))
    }

    /// A socket's name.
    pub(crate) fn socket(&self) -> SocketId {
        SocketId(self.ids.sockets.fetch_add(1, Relaxed))
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        // A sink that panicked has lost an event of its own; the run's order is intact.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("began", &self.began).finish_non_exhaustive()
    }
}

impl Line {
    fn take(&mut self, began: Instant, fact: Fact) {
        if self.next_seq < self.limit {
            self.push(began, fact);
            return;
        }
        self.missed += 1;
        if self.missed == 1 {
            (self.full)();
        }
    }

    fn push(&mut self, began: Instant, fact: Fact) {
        let event = Event { seq: self.next_seq, at: Nanos::from(began.elapsed()), fact };
        self.next_seq += 1;
        (self.sink)(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use trace::id::HostId;

    #[test]
    fn numbers_have_no_gap_and_time_never_runs_back() {
        let (to, from) = channel();
        let recorder =
            Arc::new(Recorder::new(Box::new(move |event| to.send(event).unwrap()), u64::MAX, Box::new(|| ())));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|_| recorder.tell(Fact::HostReady { host: HostId(0) })));
            }
        });
        drop(recorder);
        let events: Vec<Event> = from.iter().collect();
        assert_eq!(events.len(), 2000);
        assert!(events.iter().zip(0..).all(|(event, seq)| event.seq == seq));
        assert!(events.is_sorted_by_key(|event| event.at));
    }

    #[test]
    fn a_full_trace_says_what_it_missed() {
        let (to, from) = channel();
        let (full, told) = channel();
        let full = Box::new(move || full.send(()).unwrap());
        let recorder = Recorder::new(Box::new(move |event| to.send(event).unwrap()), 1, full);
        let fact = || Fact::HostReady { host: HostId(0) };
        recorder.tell(fact());
        assert!(told.try_recv().is_err());
        recorder.tell(fact());
        assert!(told.try_recv().is_ok());
        recorder.tell_last([]);
        drop(recorder);
        let last = from.iter().last().unwrap();
        assert!(matches!(last.fact, Fact::Missed { count: 1, .. }));
    }
}
