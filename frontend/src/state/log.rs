//! The events of the current run, shared with the views without copying them.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use trace::event::Event;
use trace::time::Nanos;
use trace::timeline::Timeline;

/// A handle on the events that have come so far.
///
/// Events are only ever appended, so a handle says with its length which of them it stands for; two handles are equal
/// if they stand for the same events. That makes comparing them, which views do at every frame, cost nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    timeline: Rc<RefCell<Timeline>>,
    len: usize,
}

impl Log {
    /// Appends the events that are not there yet: after a reconnection some may come twice.
    pub(crate) fn append(&mut self, batch: Vec<Event>) -> usize {
        let next = self.next_seq();
        let mut timeline = self.timeline.borrow_mut();
        timeline.extend(batch.into_iter().filter(|event| event.seq >= next));
        let before = std::mem::replace(&mut self.len, timeline.events().len());
        self.len - before
    }

    /// The events with the world that they tell of. Only the latest handle agrees with it to the last event.
    pub(crate) fn timeline(&self) -> Ref<'_, Timeline> {
        self.timeline.borrow()
    }

    /// The events that this handle stands for.
    pub(crate) fn events(&self) -> Ref<'_, [Event]> {
        Ref::map(self.timeline.borrow(), |timeline| &timeline.events()[..self.len])
    }

    /// The number of events.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The number that the next event will have.
    pub(crate) fn next_seq(&self) -> u64 {
        self.events().last().map_or(0, |event| event.seq + 1)
    }

    /// When the last event happened.
    pub(crate) fn now(&self) -> Nanos {
        self.events().last().map_or(Nanos::ZERO, |event| event.at)
    }

    /// Whether both handles belong to the same run.
    pub(crate) fn same_run(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.timeline, &other.timeline)
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.same_run(other) && self.len == other.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::event::Fact;
    use trace::id::HostId;

    fn event(seq: u64) -> Event {
        Event { seq, at: Nanos::from_millis(seq), fact: Fact::HostReady { host: HostId(0) } }
    }

    #[test]
    fn events_that_come_twice_are_kept_once() {
        let mut log = Log::default();
        assert_eq!(log.append(vec![event(0), event(1)]), 2);
        assert_eq!(log.append(vec![event(1), event(2)]), 1);
        assert_eq!((log.len(), log.next_seq(), log.now()), (3, 3, Nanos::from_millis(2)));
    }

    #[test]
    fn an_older_handle_does_not_see_what_came_later() {
        let mut log = Log::default();
        log.append(vec![event(0)]);
        let older = log.clone();
        log.append(vec![event(1)]);
        assert_ne!(older, log);
        assert!(older.same_run(&log));
        assert_eq!(older.events().len(), 1);
        assert_ne!(Log::default(), Log::default(), "two runs are never the same");
    }
}
