//! The learner's own visit to a run: a browser's address, or a connection that is typed into.

use std::net::Ipv4Addr;

use trace::bytes::Bytes;
use trace::protocol::{ClientMessage, HangUp, LineEnd, LineNews};

/// As much of a connection is shown.
const MOST: usize = 200;

/// What was done in the visitor's panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Visit {
    /// Browser or console.
    Mode(Mode),
    /// Something was typed into the address.
    Address(String),
    /// Something was typed into the console's line.
    Text(String),
    /// What is sent after it was chosen.
    Ending(Ending),
    /// The address is to be opened.
    Go,
    /// The console's line is to be sent.
    Send,
    /// The connection is to be closed.
    HangUp(HangUp),
}

/// What the panel is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A browser.
    #[default]
    Browser,
    /// A console.
    Console,
}

/// What is sent after a line that was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ending {
    /// CR LF, as the protocols of the Internet have it.
    #[default]
    CrLf,
    /// LF.
    Lf,
    /// Nothing.
    None,
}

impl Ending {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::CrLf, Self::Lf, Self::None];

    /// Its bytes.
    pub(crate) fn bytes(self) -> &'static str {
        match self {
            Self::CrLf => "\r\n",
            Self::Lf => "\n",
            Self::None => "",
        }
    }
}

/// Something that happened on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// The person asked for it.
    Dialled(Ipv4Addr, u16),
    /// It stands, from this port.
    Open(u16),
    /// The person's bytes.
    Sent(Bytes),
    /// The other side's.
    Heard(Bytes),
    /// The person's FIN.
    HalfClosed,
    /// The other side's.
    PeerClosed,
    /// It is over.
    Ended(LineEnd),
}

/// The panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Console {
    /// Browser or console.
    pub(crate) mode: Mode,
    /// The address as it was typed; empty is the usual one.
    pub(crate) address: String,
    /// What is typed.
    pub(crate) text: String,
    /// What is sent after it.
    pub(crate) ending: Ending,
    /// What the browser shows: address, port and path. Counted, so that the same can be asked for again.
    pub(crate) shown: Option<(Target, u32)>,
    /// What was said on the latest connection.
    pub(crate) said: Vec<Said>,
    /// Whether the address makes no sense.
    pub(crate) wrong: bool,
    line: u32,
    open: bool,
}

/// Where a visit goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The host.
    pub(crate) addr: Ipv4Addr,
    /// The port.
    pub(crate) port: u16,
    /// From the slash on.
    pub(crate) path: String,
}

impl Target {
    /// Reads `http://192.168.1.4:8080/path`, of which all but the address may be missing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("http://").unwrap_or(text);
        let at = text.find('/').unwrap_or(text.len());
        let (authority, path) = text.split_at(at);
        let (addr, port) = authority.split_once(':').unwrap_or((authority, "80"));
        let path = if path.is_empty() { "/" } else { path };
        let port = port.parse().ok().filter(|port| *port > 0)?;
        // What comes after the address goes into one of the site's: no dots that lead out of it.
        let plain = path.split(['/', '?']).all(|part| part != ".." && !part.to_ascii_lowercase().contains("%2e"));
        plain.then_some(())?;
        Some(Self { addr: addr.parse().ok()?, port, path: path.to_owned() })
    }
}

impl Console {
    /// Whether a connection is there to be typed into.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Does what was done in the panel; `usual` is the address where none was typed.
    pub(crate) fn visit(&mut self, visit: Visit, usual: &str) -> Option<ClientMessage> {
        match visit {
            Visit::Mode(mode) => self.mode = mode,
            Visit::Address(address) => self.address = address,
            Visit::Text(text) => self.text = text,
            Visit::Ending(ending) => self.ending = ending,
            Visit::Go => {
                let address = if self.address.trim().is_empty() { usual } else { &self.address };
                let target = Target::parse(address);
                self.wrong = target.is_none();
                return self.go(target?);
            }
            Visit::Send if self.open => {
                let bytes = Bytes::from(format!("{}{}", std::mem::take(&mut self.text), self.ending.bytes()).as_str());
                self.say(Said::Sent(bytes.clone()));
                return Some(ClientMessage::Send { line: self.line, bytes });
            }
            Visit::HangUp(how) if self.open => {
                if how == HangUp::Half {
                    self.say(Said::HalfClosed);
                }
                return Some(ClientMessage::HangUp { line: self.line, how });
            }
            Visit::Send | Visit::HangUp(_) => {}
        }
        None
    }

    fn go(&mut self, target: Target) -> Option<ClientMessage> {
        match self.mode {
            Mode::Browser => {
                let count = self.shown.as_ref().map_or(0, |(_, count)| count + 1);
                self.shown = Some((target, count));
                None
            }
            Mode::Console => {
                self.line += 1;
                self.open = false;
                self.said = vec![Said::Dialled(target.addr, target.port)];
                Some(ClientMessage::Dial { line: self.line, addr: target.addr, port: target.port })
            }
        }
    }

    /// The server has told what happened on a connection.
    pub(crate) fn on_news(&mut self, line: u32, news: LineNews) {
        if line != self.line {
            return;
        }
        self.open = !matches!(news, LineNews::Ended(_));
        self.say(match news {
            LineNews::Open { local } => Said::Open(local.port()),
            LineNews::Heard(bytes) => Said::Heard(bytes),
            LineNews::PeerClosed => Said::PeerClosed,
            LineNews::Ended(end) => Said::Ended(end),
        });
    }

    /// The run is over, or another begins: what was typed into the address stays.
    pub(crate) fn begin_anew(&self) -> Self {
        let Self { mode, address, ending, line, .. } = self.clone();
        Self { mode, address, ending, line, ..Self::default() }
    }

    fn say(&mut self, said: Said) {
        self.said.push(said);
        if self.said.len() > MOST {
            self.said.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let target = |text| Target::parse(text).map(|target| (target.addr.to_string(), target.port, target.path));
        let of = |addr: &str, port, path: &str| Some((addr.to_owned(), port, path.to_owned()));
        assert_eq!(target("http://192.168.1.4:8080/a?b=c"), of("192.168.1.4", 8080, "/a?b=c"));
        assert_eq!(target(" 192.168.1.4 "), of("192.168.1.4", 80, "/"));
        for wrong in ["", "server:80", "192.168.1.4:0", "192.168.1.4:80/../x", "192.168.1.4/%2E%2e/", "https://1.2.3.4"]
        {
            assert_eq!(target(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_conversation() {
        let mut console = Console::default();
        console.visit(Visit::Mode(Mode::Console), "");
        let dial = console.visit(Visit::Go, "192.168.1.4:8080");
        assert_eq!(dial, Some(ClientMessage::Dial { line: 1, addr: [192, 168, 1, 4].into(), port: 8080 }));
        assert_eq!(console.visit(Visit::Send, ""), None, "not connected yet");
        console.on_news(1, LineNews::Open { local: ([192, 168, 1, 100], 40_000).into() });
        console.visit(Visit::Text("hi".into()), "");
        let sent = console.visit(Visit::Send, "");
        assert_eq!(sent, Some(ClientMessage::Send { line: 1, bytes: Bytes(b"hi\r\n".into()) }));
        console.on_news(0, LineNews::PeerClosed);
        assert_eq!(console.said.len(), 3, "an old connection's news are not shown");
        console.on_news(1, LineNews::Ended(LineEnd::HungUp));
        assert!(!console.is_open() && console.text.is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_not_opened() {
        let mut console = Console { address: "over there".into(), ..Console::default() };
        assert_eq!(console.visit(Visit::Go, "192.168.1.4:80"), None);
        assert!(console.wrong && console.shown.is_none());
    }
}
