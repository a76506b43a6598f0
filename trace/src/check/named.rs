//! The checks that most lessons are made of. `lessons/README.md` lists them for authors.

mod bytes;
mod connection;
mod leftovers;
mod output;
mod setup;
mod waiting;
mod words;

use std::time::Duration;

use serde::Deserialize;

use super::reading::Reading;
use super::{Text, Verdict};

/// A check with its parameters, as a lesson writes it: `check = "listens"`, `host = "server"`, `port = 18888`.
#[derive(Clone, Debug, PartialEq, Deserialize, schemars::JsonSchema)]
#[serde(tag = "check", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Named {
    /// So many connections were accepted after a whole handshake.
    Handshake {
        /// Who accepts.
        host: String,
        /// On which port; without it, on any.
        port: Option<u16>,
        /// How many; 1 if it is not said.
        #[serde(default = "one")]
        count: usize,
    },
    /// A `connect` failed with `ECONNREFUSED`.
    Refused {
        /// Whose.
        host: String,
    },
    /// Each TCP connection ended by FIN from both sides.
    ClosedCleanly {
        /// Whose connections; without it, everybody's.
        host: Option<String>,
    },
    /// Nobody sent a RST into a connection.
    NoReset {
        /// Who; without it, nobody.
        host: Option<String>,
    },
    /// What one program sent is what the other one received.
    EveryByteArrived {
        /// Who sent.
        from: String,
        /// Who received.
        to: String,
    },
    /// A program received this.
    Receives {
        /// Whose.
        host: String,
        /// Text among the bytes.
        text: Option<String>,
        /// At least so many bytes.
        bytes: Option<u64>,
    },
    /// A program sent this.
    Sends {
        /// Whose.
        host: String,
        /// Text among the bytes.
        text: Option<String>,
        /// At least so many bytes.
        bytes: Option<u64>,
    },
    /// What a short send left over was sent after it.
    SendsEverything {
        /// Whose program.
        host: String,
        /// At least so many bytes in all.
        bytes: Option<u64>,
    },
    /// Each connection whose peer closed was read until 0.
    ReadsToTheEnd {
        /// Who reads.
        host: String,
    },
    /// Messages appear whole, one a line, however the network cut them.
    Framing {
        /// Whose output.
        host: String,
        /// The texts, in this order.
        prints: Vec<String>,
    },
    /// No loop that asks again and again.
    NoBusyWait {
        /// Whose program.
        host: String,
        /// So many fruitless calls a second are no loop.
        #[serde(default = "fifty")]
        most: usize,
    },
    /// Nobody waits because somebody else is slow.
    NotBlockedByOneClient {
        /// Whose program.
        host: String,
        /// How long bytes or connections may wait.
        #[serde(default)]
        patience: Patience,
    },
    /// After an edge-triggered report it read until there was nothing more.
    Drains {
        /// Whose program.
        host: String,
    },
    /// Its sockets were closed.
    NothingLeftOpen {
        /// Whose program.
        host: String,
    },
    /// It listens.
    Listens {
        /// Who.
        host: String,
        /// On which port; without it, on any.
        port: Option<u16>,
        /// With at least this backlog.
        backlog: Option<i64>,
    },
    /// It bound an address.
    Binds {
        /// Who.
        host: String,
        /// The IP address.
        addr: Option<String>,
        /// The port.
        port: Option<u16>,
        /// The path of a Unix socket.
        path: Option<String>,
    },
    /// It set a socket option.
    Option {
        /// Who.
        host: String,
        /// Which: `SO_REUSEADDR`.
        option: String,
        /// To which value; without it, to any.
        value: Option<i64>,
        /// Before this call on the same socket.
        before: Option<String>,
    },
    /// It made these calls.
    Uses {
        /// Who.
        host: String,
        /// Which: `recv`, `select`, `shutdown`.
        call: String,
        /// At least so many; 1 if it is not said.
        #[serde(default = "one")]
        least: usize,
        /// At most so many.
        most: Option<usize>,
    },
    /// It made none of these calls.
    NeverUses {
        /// Who.
        host: String,
        /// Which.
        call: String,
    },
    /// A broadcast was received by so many programs.
    BroadcastReached {
        /// Who sent it.
        from: String,
        /// How many hosts.
        hosts: usize,
    },
    /// It removed its socket file.
    Unlinks {
        /// Who.
        host: String,
        /// Which.
        path: String,
        /// When; without it, at any time.
        when: Option<When>,
    },
    /// Its program ended by itself.
    Ends {
        /// Whose.
        host: String,
        /// With this status; 0 if it is not said.
        #[serde(default)]
        status: i32,
    },
    /// Its program did not end by an error.
    StaysUp {
        /// Whose.
        host: String,
    },
    /// Its output contains this.
    Prints {
        /// Whose.
        host: String,
        /// What.
        text: String,
    },
    /// A grader was content.
    Grader {
        /// Which host it is.
        host: String,
    },
}

/// When a socket file is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before `bind`, in case an earlier run left it behind.
    BeforeBind,
    /// After it was used.
    AtEnd,
}

/// How long something may wait: `"500ms"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Patience(pub Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Duration::from_millis(500))
    }
}

impl TryFrom<String> for Patience {
    type Error = crate::event::wire::WordFault;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        crate::event::wire::time(&text).map(Self)
    }
}

const fn one() -> usize {
    1
}

const fn fifty() -> usize {
    50
}

impl Named {
    /// Judges a trace.
    pub fn judge(&self, trace: &Reading<'_>) -> Verdict {
        match self {
            Self::Handshake { host, port, count } => connection::handshake(trace, host, *port, *count),
            Self::Refused { host } => connection::refused(trace, host),
            Self::ClosedCleanly { host } => connection::closed_cleanly(trace, host.as_deref()),
            Self::NoReset { host } => connection::no_reset(trace, host.as_deref()),
            Self::ReadsToTheEnd { host } => connection::reads_to_the_end(trace, host),
            Self::EveryByteArrived { from, to } => bytes::every_byte_arrived(trace, from, to),
            Self::Receives { host, text, bytes } => bytes::passed(trace, host, false, text.as_deref(), *bytes),
            Self::Sends { host, text, bytes } => bytes::passed(trace, host, true, text.as_deref(), *bytes),
            Self::SendsEverything { host, bytes } => bytes::sends_everything(trace, host, *bytes),
            Self::BroadcastReached { from, hosts } => bytes::broadcast_reached(trace, from, *hosts),
            Self::NoBusyWait { host, most } => waiting::no_busy_wait(trace, host, *most),
            Self::NotBlockedByOneClient { host, patience } => {
                waiting::not_blocked_by_one_client(trace, host, patience.0)
            }
            Self::Drains { host } => waiting::drains(trace, host),
            Self::Ends { host, status } => waiting::ends(trace, host, *status),
            Self::StaysUp { host } => waiting::stays_up(trace, host),
            Self::NothingLeftOpen { host } => leftovers::nothing_left_open(trace, host),
            Self::Unlinks { host, path, when } => leftovers::unlinks(trace, host, path, *when),
            Self::Listens { host, port, backlog } => setup::listens(trace, host, *port, *backlog),
            Self::Binds { host, addr, port, path } => {
                setup::binds(trace, host, addr.as_deref(), *port, path.as_deref())
            }
            Self::Option { host, option, value, before } => {
                setup::option(trace, host, option, *value, before.as_deref())
            }
            Self::Uses { host, call, least, most } => setup::uses(trace, host, call, *least, *most),
            Self::NeverUses { host, call } => setup::uses(trace, host, call, 0, Some(0)),
            Self::Framing { host, prints } => output::framing(trace, host, prints),
            Self::Prints { host, text } => output::prints(trace, host, text),
            Self::Grader { host } => output::grader(trace, host),
        }
    }

    /// The hosts that it names.
    pub fn hosts(&self) -> Vec<&str> {
        match self {
            Self::Handshake { host, .. }
            | Self::Refused { host }
            | Self::Receives { host, .. }
            | Self::Sends { host, .. }
            | Self::SendsEverything { host, .. }
            | Self::ReadsToTheEnd { host }
            | Self::Framing { host, .. }
            | Self::NoBusyWait { host, .. }
            | Self::NotBlockedByOneClient { host, .. }
            | Self::Drains { host }
            | Self::NothingLeftOpen { host }
            | Self::Listens { host, .. }
            | Self::Binds { host, .. }
            | Self::Option { host, .. }
            | Self::Uses { host, .. }
            | Self::NeverUses { host, .. }
            | Self::Unlinks { host, .. }
            | Self::Ends { host, .. }
            | Self::StaysUp { host }
            | Self::Prints { host, .. }
            | Self::Grader { host } => vec![host],
            Self::ClosedCleanly { host } | Self::NoReset { host } => host.as_deref().into_iter().collect(),
            Self::EveryByteArrived { from, to } => vec![from, to],
            Self::BroadcastReached { from, .. } => vec![from],
        }
    }

    /// The call that it names, if there is none of that name.
    pub fn unknown_call(&self) -> Option<&str> {
        let (Self::Uses { call, .. } | Self::NeverUses { call, .. } | Self::Option { before: Some(call), .. }) = self
        else {
            return None;
        };
        crate::check::reading::Calls::named(call).is_none().then_some(call)
    }
}

/// A verdict where a lesson names a host that the run does not have.
fn no_host(name: &str) -> Verdict {
    Verdict::failed(None, Text::new(format!("The run had no host `{name}`."), format!("这次运行中没有主机 `{name}`。")))
}

#[cfg(test)]
mod tests;
