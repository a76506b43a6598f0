//! A person's own connections into a run: through a visitor's host, so that they cross the wire and are traced.
//!
//! - [`http`] is the browser's: a learner's server in a tab;
//! - [`console`] is the keyboard's: bytes sent and received as they are;
//! - [`page`] is what the browser is shown when there is no answer to show.

pub mod console;
pub mod http;
mod page;
mod tee;

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream as StdStream};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use trace::protocol::Refusal;

use crate::runs::Run;

/// How long a visitor waits for a handshake. The kernel would wait two minutes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A visit did not come about.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// There is nobody to visit from, or no run any more.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The kernel said no.
    #[error(transparent)]
    Connect(#[from] io::Error),
    /// Nobody said anything.
    #[error("no answer within {PATIENCE:?}")]
    NoAnswer,
}

/// Connects from the run's visitor to an address on its LAN.
pub async fn connect(run: &Run, addr: Ipv4Addr, port: u16) -> Result<TcpStream, VisitError> {
    let socket = TcpSocket::from_std_stream(StdStream::from(run.dial().await?));
    let connecting = socket.connect(SocketAddrV4::new(addr, port).into());
    timeout(PATIENCE, connecting).await.map_err(|_elapsed| VisitError::NoAnswer)?.map_err(VisitError::Connect)
}
