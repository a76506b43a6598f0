//! One run as its viewers see it: every event so far, each encoded once, however many watch.
//!
//! A viewer has no queue. It remembers how far it has got and takes the next events from the log whenever its websocket
//! has room, so a slow one costs the run nothing and a late one catches up the same way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use trace::event::host::Cause;
use trace::event::{Event, Fact};
use trace::protocol::{ServerMessage, encode};
use trace::time::Nanos;

/// A viewer gets at most one message in this time: one frame of a screen with 60 Hz.
const PACE: Duration = Duration::from_millis(16);

/// A message is closed when it has this many bytes of events.
const BATCH: usize = 128 << 10;

/// All events of a run.
#[derive(Debug, Default)]
pub struct Hub {
    log: Mutex<Log>,
    progress: watch::Sender<Progress>,
}

#[derive(Debug, Default)]
struct Log {
    /// The events in postcard, one after the other.
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
    last_at: Nanos,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    events: usize,
    /// The last event is told.
    over: bool,
    /// The engine has let go of everything.
    gone: bool,
}

impl Hub {
    /// Adds the next event. Called by the engine; waits for nobody but a viewer that copies some kilobytes.
    pub(super) fn push(&self, event: &Event) {
        let over = matches!(event.fact, Fact::RunEnded { .. });
        let mut log = self.log();
        if self.is_over() {
            return; // the trace was closed already, see `close`
        }
        log.bytes.extend(encode(event));
        let end = log.bytes.len();
        log.ends.push(end);
        log.last_at = event.at;
        let events = log.ends.len();
        self.progress.send_modify(|progress| {
            progress.events = events;
            progress.over = over;
        });
    }

    /// The engine tells no more. If it has not told the run's end, that is told here, so that nobody waits for it.
    pub(super) fn close(&self) {
        let (seq, at) = {
            let log = self.log();
            (log.ends.len() as u64, log.last_at)
        };
        let cause = Cause::Failed("the engine stopped in the middle of the run".to_owned());
        self.push(&Event { seq, at, fact: Fact::RunEnded { cause } });
    }

    /// Nothing of the run is left.
    pub(super) fn set_gone(&self) {
        self.progress.send_modify(|progress| progress.gone = true);
    }

    /// Waits until nothing of the run is left.
    pub(super) async fn gone(&self) {
        // The sender lives in `self`, so the wait can't end by its being dropped.
        let _ = self.progress.subscribe().wait_for(|progress| progress.gone).await;
    }

    pub(super) fn is_over(&self) -> bool {
        self.progress.borrow().over
    }

    pub(super) fn events(&self) -> usize {
        self.progress.borrow().events
    }

    /// The events from `from` to before `until`: as many as make a message, and at least one if there is one.
    pub(super) fn some(&self, from: usize, until: usize) -> Vec<Event> {
        let copied = {
            let log = self.log();
            let until = until.min(log.ends.len());
            if from >= until {
                return Vec::new();
            }
            let (begin, until) = log.batch(from, until);
            log.bytes[begin..log.ends[until - 1]].to_vec()
        };
        let mut rest = &copied[..];
        let mut events = Vec::new();
        while let Ok((event, after)) = postcard::take_from_bytes(rest) {
            events.push(event);
            rest = after;
        }
        events
    }

    /// What the events take in memory.
    pub(super) fn bytes(&self) -> usize {
        let log = self.log();
        log.bytes.capacity() + log.ends.capacity() * size_of::<usize>()
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner) // no code that holds it panics half-way
    }
}

impl Log {
    /// Where the event `from` begins, and the first event after it that no longer goes into the same message.
    fn batch(&self, from: usize, until: usize) -> (usize, usize) {
        let begin = from.checked_sub(1).map_or(0, |before| self.ends[before]);
        (begin, from + 1 + self.ends[from + 1..until].partition_point(|end| *end <= begin + BATCH))
    }

    /// A [`ServerMessage::Events`] with the events from `from` on, and the index of the first that is not in it.
    fn message(&self, from: usize) -> (Vec<u8>, usize) {
        let (begin, until) = self.batch(from, self.ends.len());
        // Postcard writes a list as its length and then its elements, so the encoded events can be put in as they are.
        let mut message = encode(&ServerMessage::Events(Vec::new()));
        message.pop(); // the length of the empty list
        message.extend(encode(&(until - from)));
        message.extend_from_slice(&self.bytes[begin..self.ends[until - 1]]);
        (message, until)
    }
}

/// One viewer's place in the log.
#[derive(Debug)]
pub(super) struct Viewer {
    hub: Arc<Hub>,
    progress: watch::Receiver<Progress>,
    next: usize,
    not_before: Instant,
}

impl Viewer {
    pub(super) fn new(hub: Arc<Hub>, from_seq: u64) -> Self {
        let progress = hub.progress.subscribe();
        Self { hub, progress, next: usize::try_from(from_seq).unwrap_or(usize::MAX), not_before: Instant::now() }
    }

    /// The next message; `None` when the run is over and all is told. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        let next = self.next;
        let progress = *self.progress.wait_for(|progress| progress.events > next || progress.over).await.ok()?;
        if progress.events <= next {
            return None;
        }
        sleep_until(self.not_before).await;
        let (message, next) = self.hub.log().message(next);
        self.next = next;
        self.not_before = Instant::now() + PACE;
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::bytes::Bytes;
    use trace::id::HostId;
    use trace::protocol::decode;

    fn printed(seq: u64, len: usize) -> Event {
        let fact = Fact::Printed { host: HostId(0), bytes: Bytes(vec![b'x'; len]) };
        Event { seq, at: Nanos::from_millis(seq), fact }
    }

    fn end(seq: u64) -> Event {
        Event { seq, at: Nanos::from_millis(seq), fact: Fact::RunEnded { cause: Cause::Finished } }
    }

    async fn all(hub: &Arc<Hub>, from: u64) -> Vec<Vec<Event>> {
        let mut viewer = Viewer::new(Arc::clone(hub), from);
        let mut batches = Vec::new();
        while let Some(message) = viewer.next().await {
            match decode(&message).unwrap() {
                ServerMessage::Events(events) => batches.push(events),
                other => panic!("{other:?}"),
            }
        }
        batches
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_viewer_gets_everything_in_order_and_in_pieces() {
        let hub = Arc::new(Hub::default());
        let mut told: Vec<_> = (0..200).map(|seq| printed(seq, 2_000)).collect();
        told.push(end(200));
        for event in &told {
            hub.push(event);
        }
        let batches = all(&hub, 0).await;
        assert_eq!(batches.concat(), told);
        assert_eq!(batches.len(), 4);
        assert_eq!(all(&hub, 199).await.concat(), told[199..]);
        assert!(all(&hub, 201).await.is_empty());
        assert!(all(&hub, u64::MAX).await.is_empty());
    }

    #[test]
    fn events_are_taken_out_again_in_pieces() {
        let hub = Hub::default();
        let told: Vec<_> = (0..200).map(|seq| printed(seq, 2_000)).collect();
        for event in &told {
            hub.push(event);
        }
        let (mut read, mut pieces) = (Vec::new(), 0);
        while read.len() < 150 {
            read.extend(hub.some(read.len(), 150));
            pieces += 1;
        }
        assert_eq!((&read[..], pieces), (&told[..150], 3));
        assert!(hub.some(150, 150).is_empty() && hub.some(200, 300).is_empty());
        assert!(hub.bytes() >= 200 * 2_000);
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_larger_than_a_batch_goes_alone() {
        let hub = Arc::new(Hub::default());
        let told = [printed(0, 1), printed(1, BATCH + 1), end(2)];
        for event in &told {
            hub.push(event);
        }
        assert_eq!(all(&hub, 0).await.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn events_of_one_screen_frame_share_a_message() {
        let hub = Arc::new(Hub::default());
        let mut viewer = Viewer::new(Arc::clone(&hub), 0);
        hub.push(&printed(0, 1));
        assert!(viewer.next().await.is_some());
        let (first, told) = (Instant::now(), Arc::clone(&hub));
        tokio::spawn(async move {
            for seq in 1..4 {
                told.push(&printed(seq, 1));
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        let message = viewer.next().await.unwrap();
        assert_eq!(first.elapsed(), PACE);
        let ServerMessage::Events(events) = decode(&message).unwrap() else { panic!() };
        assert_eq!(events.len(), 3);
    }

    #[tokio::test]
    async fn an_engine_that_dies_still_ends_its_trace() {
        let hub = Arc::new(Hub::default());
        hub.push(&printed(0, 1));
        hub.close();
        hub.close();
        let events = all(&hub, 0).await.concat();
        assert_eq!(events.len(), 2);
        assert!(matches!(&events[1].fact, Fact::RunEnded { cause: Cause::Failed(_) }));
    }
}
