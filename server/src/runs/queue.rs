//! Who may run now, and who waits in line.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// The places of the server, and the line before them.
#[derive(Debug)]
pub(super) struct Queue {
    places: Arc<Semaphore>,
    limit: u32,
    /// As many may wait.
    max_waiting: usize,
    line: watch::Sender<Line>,
}

/// Numbers as at a counter: the smallest is next.
#[derive(Debug, Default)]
struct Line {
    next: u64,
    waiting: BTreeSet<u64>,
}

/// A run's place. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "what counts is how long it lives")] OwnedSemaphorePermit);

/// Even the line is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Queue {
    pub(super) fn new(limit: u32, max_waiting: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(limit as usize)), limit, max_waiting, line: watch::Sender::default() }
    }

    /// A place, once there is one. As long as there is none, `tell` hears how many come before, at each change.
    /// Whoever drops the future leaves the line.
    pub(super) async fn place(&self, mut tell: impl FnMut(u32)) -> Result<Place, Full> {
        // Places that get free go to those who wait, so nobody jumps the line here.
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(Place(permit));
        }
        let ticket = self.join()?;
        let mut line = self.line.subscribe();
        let mut told = None;
        let place = Arc::clone(&self.places).acquire_owned();
        tokio::pin!(place);
        loop {
            let ahead = line.borrow_and_update().waiting.range(..ticket.number).count();
            let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
            if told.replace(ahead) != Some(ahead) {
                tell(ahead);
            }
            tokio::select! {
                permit = &mut place => return permit.map(Place).map_err(|_closed| Full),
                // The sender lives in `self`, so the wait can't end by its being dropped.
                _ = line.changed() => {}
            }
        }
    }

    fn join(&self) -> Result<Ticket<'_>, Full> {
        let mut number = Err(Full);
        self.line.send_modify(|line| {
            if line.waiting.len() < self.max_waiting {
                line.next += 1;
                line.waiting.insert(line.next);
                number = Ok(line.next);
            }
        });
        number.map(|number| Ticket { line: &self.line, number })
    }

    /// How many places are taken.
    pub(super) fn taken(&self) -> usize {
        (self.limit as usize).saturating_sub(self.places.available_permits())
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.line.borrow().waiting.len()
    }

    /// Waits until every place is free.
    pub(super) async fn empty(&self) {
        let _ = self.places.acquire_many(self.limit).await;
    }
}

/// A number in the line; the line closes up when it is dropped.
struct Ticket<'a> {
    line: &'a watch::Sender<Line>,
    number: u64,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.line.send_modify(|line| {
            line.waiting.remove(&self.number);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn ears() -> (Arc<Mutex<Vec<u32>>>, impl FnMut(u32)) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        (heard, move |ahead| ears.lock().unwrap().push(ahead))
    }

    #[tokio::test(start_paused = true)]
    async fn the_line_closes_up_and_everybody_is_told() {
        let queue = Arc::new(Queue::new(1, 2));
        let first = queue.place(|_| panic!("there is room")).await.unwrap();
        let wait = |tell| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.place(tell).await.map(drop) })
        };
        let (second_heard, tell) = ears();
        let second = wait(Box::new(tell) as Box<dyn FnMut(u32) + Send>);
        tokio::task::yield_now().await;
        let (third_heard, tell) = ears();
        let third = wait(Box::new(tell));
        tokio::task::yield_now().await;
        assert_eq!((queue.taken(), queue.waiting()), (1, 2));
        assert_eq!(queue.place(|_| ()).await.unwrap_err(), Full);

        second.abort();
        assert!(second.await.unwrap_err().is_cancelled());
        tokio::task::yield_now().await;
        drop(first);
        assert_eq!(third.await.unwrap(), Ok(()));
        assert_eq!(*second_heard.lock().unwrap(), [0]);
        assert_eq!(*third_heard.lock().unwrap(), [1, 0]);
        assert_eq!((queue.taken(), queue.waiting()), (0, 0));
    }
}
