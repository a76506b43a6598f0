//! The one place where observations become events: it orders them, stamps them, and hands them on.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use trace::event::host::Limit;
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
    /// Bytes so far, as a recording has them.
    bytes: u64,
    room: Room,
    /// Facts that came after the limit; told at the end.
    missed: u64,
    /// Called with the limit when the first fact is not taken.
    full: Box<dyn Fn(Limit) + Send>,
}

/// How much a trace takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// So many events.
    pub(crate) events: u64,
    /// So many bytes.
    pub(crate) bytes: u64,
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
    /// A recorder whose time begins now. When it has no more room it calls `full` and takes only the last words of the
    /// run.
    pub(crate) fn new(sink: Sink, room: Room, full: Box<dyn Fn(Limit) + Send>) -> Self {
        let line = Mutex::new(Line { sink, next_seq: 0, bytes: 0, room, missed: 0, full });
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
        let limit = if self.next_seq >= self.room.events {
            Limit::Events(self.room.events)
        } else if self.bytes >= self.room.bytes {
            Limit::Trace(self.room.bytes)
        } else {
            return self.push(began, fact);
        };
        self.missed += 1;
        if self.missed == 1 {
            (self.full)(limit);
        }
    }

    fn push(&mut self, began: Instant, fact: Fact) {
        let event = Event { seq: self.next_seq, at: Nanos::from(began.elapsed()), fact };
        self.next_seq += 1;
        self.bytes += trace::record::size(&event);
        (self.sink)(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use trace::id::HostId;

    const ROOM: Room = Room { events: u64::MAX, bytes: u64::MAX };

    #[test]
    fn numbers_have_no_gap_and_time_never_runs_back() {
        let (to, from) = channel();
        let recorder = Arc::new(Recorder::new(Box::new(move |event| to.send(event).unwrap()), ROOM, Box::new(|_| ())));
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

    /// What a recorder with so much room says of itself, and the last event.
    fn filled(room: Room, facts: usize) -> (Vec<Limit>, Event) {
        let (to, from) = channel();
        let (full, told) = channel();
        let full = Box::new(move |limit| full.send(limit).unwrap());
        let recorder = Recorder::new(Box::new(move |event| to.send(event).unwrap()), room, full);
        (0..facts).for_each(|_| recorder.tell(Fact::HostReady { host: HostId(0) }));
        recorder.tell_last([]);
        drop(recorder);
        (told.iter().collect(), from.iter().last().unwrap())
    }

    #[test]
    fn a_full_trace_says_what_it_missed() {
        let (told, last) = filled(Room { events: 1, ..ROOM }, 1);
        assert!(told.is_empty() && last.seq == 0);
        let (told, last) = filled(Room { events: 1, ..ROOM }, 3);
        assert_eq!(told, [Limit::Events(1)]);
        assert!(matches!(last.fact, Fact::Missed { count: 2, .. }));
    }

    #[test]
    fn a_trace_is_full_by_its_bytes_too() {
        let event = Event { seq: 0, at: Nanos(0), fact: Fact::HostReady { host: HostId(0) } };
        let (told, last) = filled(Room { bytes: trace::record::size(&event), ..ROOM }, 3);
        assert_eq!(told, [Limit::Trace(trace::record::size(&event))]);
        assert!(matches!(last.fact, Fact::Missed { count: 2, .. }));
    }
}
