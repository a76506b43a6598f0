//! TCP connections that a person types into: bytes go out and come in as they are, over the session's websocket.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::task::AbortOnDropHandle;
use trace::bytes::Bytes;
use trace::errno::Errno;
use trace::protocol::{HangUp, LineEnd, LineNews, Refusal, ServerMessage};

use super::{VisitError, connect};
use crate::runs::Run;

/// Connections of one session at the same time.
const MAX_LINES: u16 = 8;

/// What may wait to be sent on a connection: pieces, each at most a message of the session.
const ORDERS: usize = 32;

/// What is taken from one connection in all, in bytes: it is shown to a person.
const MAX_HEARD: usize = 1 << 20;

/// The lines of one session.
#[derive(Debug, Default)]
pub(crate) struct Console {
    lines: BTreeMap<u32, Line>,
}

#[derive(Debug)]
struct Line {
    orders: mpsc::Sender<Order>,
    task: AbortOnDropHandle<()>,
}

#[derive(Debug)]
enum Order {
    Send(Bytes),
    HangUp(HangUp),
}

impl Console {
    /// Begins to connect; what becomes of it is told to whoever listens.
    pub(crate) fn dial(
        &mut self,
        line: u32,
        run: Arc<Run>,
        to: (Ipv4Addr, u16),
        told: mpsc::Sender<ServerMessage>,
    ) -> Result<(), Refusal> {
        self.lines.retain(|_, line| !line.task.is_finished());
        if self.lines.len() >= MAX_LINES.into() || self.lines.contains_key(&line) {
            return Err(Refusal::TooManyLines { limit: MAX_LINES });
        }
        let (orders, given) = mpsc::channel(ORDERS);
        let task = AbortOnDropHandle::new(tokio::spawn(async move {
            let end = talk(&run, to, line, given, &told).await.unwrap_or_else(why);
            let _ = told.send(ServerMessage::Line { line, news: LineNews::Ended(end) }).await;
        }));
        self.lines.insert(line, Line { orders, task });
        Ok(())
    }

    /// Sends bytes, when those before are sent.
    pub(crate) fn send(&self, line: u32, bytes: Bytes) -> Result<(), Refusal> {
        self.order(line, Order::Send(bytes))
    }

    /// Closes it.
    pub(crate) fn hang_up(&self, line: u32, how: HangUp) -> Result<(), Refusal> {
        self.order(line, Order::HangUp(how))
    }

    fn order(&self, line: u32, order: Order) -> Result<(), Refusal> {
        let line = self.lines.get(&line).ok_or(Refusal::NoSuchLine)?;
        line.orders.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::LineBusy,
            TrySendError::Closed(_) => Refusal::NoSuchLine,
        })
    }
}

/// One connection from its handshake to its end.
async fn talk(
    run: &Run,
    (addr, port): (Ipv4Addr, u16),
    line: u32,
    mut orders: mpsc::Receiver<Order>,
    told: &mpsc::Sender<ServerMessage>,
) -> Result<LineEnd, VisitError> {
    let news = async |news| drop(told.send(ServerMessage::Line { line, news }).await); // who listens may be gone
    let mut stream = connect(run, addr, port).await?;
    if let Ok(local) = stream.local_addr() {
        news(LineNews::Open { local }).await;
    }
    let (mut heard, mut open) = (0, true);
    let mut buffer = vec![0; 16 << 10];
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Send(bytes)) => stream.write_all(&bytes.0).await?,
                Some(Order::HangUp(HangUp::Half)) => stream.shutdown().await?,
                Some(Order::HangUp(HangUp::Reset)) => {
                    stream.set_zero_linger()?; // then close(2) sends a RST in the place of a FIN, see socket(7)
                    return Ok(LineEnd::HungUp);
                }
                Some(Order::HangUp(HangUp::Close)) | None => return Ok(LineEnd::HungUp),
            },
            read = stream.read(&mut buffer), if open => match read? {
                0 => {
                    open = false;
                    news(LineNews::PeerClosed).await;
                }
                len => {
                    heard += len;
                    news(LineNews::Heard(Bytes(buffer[..len].to_vec()))).await;
                    if heard > MAX_HEARD {
                        return Ok(LineEnd::TooMuch { limit: MAX_HEARD as u64 });
                    }
                }
            },
        }
    }
}

fn why(error: VisitError) -> LineEnd {
    match error {
        VisitError::Connect(error) => {
            error.raw_os_error().map_or(LineEnd::HungUp, |errno| LineEnd::Failed(Errno(errno)))
        }
        VisitError::NoAnswer => LineEnd::NoAnswer,
        VisitError::Refused(_) => LineEnd::NoRun,
    }
}
