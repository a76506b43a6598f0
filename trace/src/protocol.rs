//! What page and server say to each other on the websocket `/api/run`.
//!
//! Each binary message is one [`ClientMessage`] or one [`ServerMessage`] in postcard. The server speaks first, with
//! [`ServerMessage::Hello`]. One websocket serves one run: the page sends [`ClientMessage::Start`], or
//! [`ClientMessage::Watch`] to take up a run again after the connection was lost.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::bytes::Bytes;
use crate::errno::Errno;
use crate::event::Event;
use crate::event::wire::{WireFault, WireSettings};
use crate::filter::Filter;
use crate::id::{FrameId, HostId};
use crate::syscall::Syscall;

/// Version of this vocabulary. A page that sees another one in `Hello` asks to be reloaded.
pub const VERSION: u16 = 3;

/// Names a run on its server. Whoever knows it can watch the run and type into it, so it can't be guessed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKey(pub String);

/// What the page asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientMessage {
    /// Run an exercise with these programs.
    Start {
        /// The lesson's folder: `02-tcp`.
        lesson: String,
        /// The programs' texts in the order of the exercise's hosts.
        programs: Vec<String>,
        /// The wire, where it is not to be the lesson's.
        wire: Option<WireSettings>,
        /// Where the hosts' programs are held, in the same order; those that are missing run.
        breakpoints: Vec<Breakpoints>,
    },
    /// Take up a run again.
    Watch {
        /// Which.
        run: RunKey,
        /// The first event that the page does not have.
        from_seq: u64,
    },
    /// Type into a host's terminal.
    Type {
        /// Which.
        host: HostId,
        /// The bytes that the terminal's keyboard would send.
        bytes: Bytes,
    },
    /// A host's terminal has another size now.
    Resize {
        /// Which.
        host: HostId,
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// Do something with the wire.
    Wire(WireCommand),
    /// End the run.
    Stop,
    /// Hold a host's program at the entry of these calls from now on. With [`Breakpoints::Never`] what is held goes on.
    Break {
        /// Which.
        host: HostId,
        /// Where.
        at: Breakpoints,
    },
    /// Let what is held on a host go on, up to the next breakpoint.
    Next {
        /// Which.
        host: HostId,
    },
    /// Connect from the run's visitor, by hand.
    Dial {
        /// The connection's name in what follows; each has another one.
        line: u32,
        /// Where to.
        addr: Ipv4Addr,
        /// Where to.
        port: u16,
    },
    /// Send on such a connection.
    Send {
        /// Which.
        line: u32,
        /// What.
        bytes: Bytes,
    },
    /// Close such a connection.
    HangUp {
        /// Which.
        line: u32,
        /// How.
        how: HangUp,
    },
}

/// How a connection is closed by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HangUp {
    /// shutdown(2) with `SHUT_WR`: a FIN, and what comes is still read.
    Half,
    /// close(2).
    Close,
    /// close(2) with `SO_LINGER` of no time: a RST.
    Reset,
}

/// What became of a connection that was made by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineNews {
    /// It stands.
    Open {
        /// The visitor's end.
        local: SocketAddr,
    },
    /// Bytes came.
    Heard(Bytes),
    /// The other side has sent its FIN.
    PeerClosed,
    /// It is over.
    Ended(LineEnd),
}

/// Why a connection that was made by hand is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineEnd {
    /// The person closed it.
    HungUp,
    /// The kernel says so.
    Failed(Errno),
    /// Nobody answered the SYN.
    NoAnswer,
    /// The run is over, or has no visitor.
    NoRun,
    /// More came than is shown.
    TooMuch {
        /// In bytes.
        limit: u64,
    },
}

/// The calls at whose entry a program is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Breakpoints {
    /// None: the program runs.
    #[default]
    Never,
    /// Every call that the trace tells of: the program is stepped through.
    Every,
    /// These.
    At(Vec<Syscall>),
}

impl Breakpoints {
    /// Whether a program is held at this call.
    pub fn holds(&self, syscall: Syscall) -> bool {
        match self {
            Self::Never => false,
            Self::Every => true,
            Self::At(calls) => calls.contains(&syscall),
        }
    }
}

/// What a person can do with the wire of a run that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WireCommand {
    /// Treat frames like this from now on, holds and schedules included. What is held already stays held.
    Set(WireSettings),
    /// Let frames that are held go on, in their order.
    Release(Pick),
    /// Lose frames that are held; a frame that is named may as well be on its way.
    Drop(Pick),
    /// Make a copy of a frame that is held or on its way, right behind it.
    Duplicate(FrameId),
    /// Move a frame that is held behind another one.
    Move {
        /// The frame.
        frame: FrameId,
        /// The one that is to come before it.
        behind: FrameId,
    },
    /// Tell both ends of connections that the other one has reset it.
    Reset(Filter),
    /// Pull out a host's cable.
    Unplug(HostId),
    /// Put it in again.
    Plug(HostId),
    /// Hold frames that are on their way.
    Hold(Pick),
}

/// Which of the frames that are held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pick {
    /// Every one.
    All,
    /// This one.
    Frame(FrameId),
    /// Those that the filter means.
    Matching(Filter),
}

/// Why the wire did not do what it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum WireRefusal {
    /// The settings make no sense.
    #[error(transparent)]
    Settings(#[from] WireFault),
    /// The frame went on already, or never was.
    #[error("{0} is not held")]
    NotHeld(FrameId),
    /// No frame is held that could be meant.
    #[error("no such frame is held")]
    NothingHeld,
    /// No connection is there that could be meant.
    #[error("there is no such connection")]
    NoConnection,
    /// The run has no such host.
    #[error("the run has no {0}")]
    NoSuchHost(HostId),
    /// The cable is out, or in, already.
    #[error("the cable of {0} is like that already")]
    AlreadySo(HostId),
    /// The wire holds as much as it can.
    #[error("the wire can't hold more frames")]
    Full,
    /// The frame has arrived, is held, or never was.
    #[error("{0} is not on its way")]
    NotUnderWay(FrameId),
    /// No frame is on its way that could be meant.
    #[error("no such frame is on its way")]
    NothingUnderWay,
}

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ServerMessage {
    /// The first message on every websocket.
    Hello {
        /// The server's [`VERSION`].
        version: u16,
    },
    /// The run exists; its events follow.
    Started {
        /// Its name, for [`ClientMessage::Watch`].
        run: RunKey,
        /// Its name for others, who may look at it and no more; also that of its downloads.
        link: RunKey,
        /// Its name in addresses of its visitor's browser, where it has a visitor.
        visit: Option<RunKey>,
    },
    /// The next events, in order and without a gap.
    Events(Vec<Event>),
    /// What was asked could not be done. The run, if there is one, goes on.
    Refused(Refusal),
    /// The server is full: the run waits for a place.
    Queued {
        /// So many come before.
        ahead: u32,
    },
    /// Something happened on a connection that was made by hand.
    Line {
        /// Which.
        line: u32,
        /// What.
        news: LineNews,
    },
}

/// Why something was refused. The page has a sentence for each, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The message was not one of [`ClientMessage`].
    #[error("this message could not be understood: {0}")]
    NotUnderstood(String),
    /// There is no such lesson.
    #[error("there is no lesson {0:?}")]
    NoSuchLesson(String),
    /// There is no such run, or it is over and forgotten.
    #[error("there is no such run any more")]
    NoSuchRun,
    /// There is no such host in the run.
    #[error("the run has no host number {0}")]
    NoSuchHost(u16),
    /// Not as many programs as hosts.
    #[error("the exercise has {expected} programs, {got} were sent")]
    WrongNumberOfPrograms {
        /// How many the exercise has.
        expected: u16,
        /// How many came.
        got: u16,
    },
    /// A program is larger than the limit.
    #[error("{file} has {bytes} bytes; the limit is {limit}")]
    ProgramTooLarge {
        /// Which.
        file: String,
        /// Its size.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The message itself is larger than the limit.
    #[error("the message has more than {limit} bytes")]
    MessageTooLarge {
        /// What is allowed.
        limit: u64,
    },
    /// A run is going on already on this websocket.
    #[error("a run is going on already; stop it first")]
    AlreadyRunning,
    /// Nothing is running that the message could be meant for.
    #[error("nothing is running")]
    NotRunning,
    /// As many runs are going on as the server can bear.
    #[error("the server is full: {limit} runs are going on; try again in a moment")]
    ServerFull {
        /// What is allowed.
        limit: u32,
    },
    /// The wire did not do it.
    #[error(transparent)]
    Wire(WireRefusal),
    /// The engine could not start the run.
    #[error("the run could not be started: {0}")]
    CannotRun(String),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    ShuttingDown,
    /// Too many runs were started from this address.
    #[error("too many runs were started from this address; try again in {} s", wait.as_secs() + 1)]
    TooOften {
        /// When it will be heard again.
        wait: Duration,
    },
    /// The run was found by its link, which is for looking.
    #[error("this is somebody else's run: it can be looked at, no more")]
    OnlyLooking,
    /// The exercise has nobody to connect from.
    #[error("this exercise has no visitor")]
    NoVisitor,
    /// Too many connections by hand.
    #[error("there are {limit} connections by hand at most")]
    TooManyLines {
        /// What is allowed.
        limit: u16,
    },
    /// There is no such connection, or it is over.
    #[error("this connection is over")]
    NoSuchLine,
    /// What was typed before is not sent yet: the other side does not read.
    #[error("the other side does not read; what was typed before is not sent yet")]
    LineBusy,
}

/// A message could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message of this protocol: {0}")]
pub struct DecodeError(String);

/// A message in the bytes that cross the websocket.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).expect("memory is the only thing that could run out")
}

/// The message in some bytes. All of them must belong to it.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        Ok((_, rest)) => Err(DecodeError(format!("{} bytes too many", rest.len()))),
        Err(error) => Err(DecodeError(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_survive_the_websocket() {
        let message = ClientMessage::Start {
            lesson: "02-tcp".into(),
            programs: vec!["print(1)".into()],
            wire: None,
            breakpoints: vec![],
        };
        assert_eq!(decode::<ClientMessage>(&encode(&message)), Ok(message));
    }

    #[test]
    fn trailing_bytes_are_refused() {
        let mut bytes = encode(&ClientMessage::Stop);
        bytes.push(0);
        assert!(decode::<ClientMessage>(&bytes).is_err());
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            let _ = decode::<ClientMessage>(&bytes);
            let _ = decode::<ServerMessage>(&bytes);
        }
    }
}
