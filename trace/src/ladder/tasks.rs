//! Placing threads and forked processes beside their host's lifeline.

use super::Ladder;
use super::item::{Marked, Stem};
use crate::event::Event;
use crate::id::{HostId, ProcessId, ThreadId};

impl Ladder {
    /// A task began that another one started: it gets a lane of its own, and a mark says what it is.
    pub(super) fn task_started(
        &mut self,
        event: &Event,
        thread: ThreadId,
        (process, host, tid): (ProcessId, HostId, u32),
        parent: ThreadId,
    ) {
        if self.tasks.contains_key(&thread) || self.line(host).is_none() {
            return;
        }
        let within = self.model.threads.get(&parent).is_some_and(|parent| parent.process == process);
        let what = if within { Marked::ThreadStarted(tid) } else { Marked::Forked(tid) };
        let top = self.mark(event, Some(host), what);
        let from = self.tasks.get(&parent).and_then(|stem| self.stems.get(*stem)).map(|stem| stem.lane);
        let mut lane = 0;
        self.on(host, |line| {
            // The program's own lane is the innermost, whether or not it has made a call.
            if from.is_none() {
                line.threads.of(parent);
            }
            lane = line.threads.of(thread);
            line.column.thread_lanes = line.threads.most();
        });
        let stem = self.stems.push(Stem { thread, host, lane, from, top, bottom: None });
        self.tasks.insert(thread, stem);
    }

    /// A task ended: its lane is free.
    pub(super) fn task_ended(&mut self, thread: ThreadId) {
        if let Some(stem) = self.tasks.remove(&thread) {
            let bottom = self.axis.bottom();
            self.stems.update(stem, |stem| stem.bottom = Some(bottom));
        }
        for line in &mut self.hosts {
            line.threads.leave(&thread);
        }
    }
}
