//! Which frames somebody means, in a few words: `tcp.syn`, `udp and from client`, `tcp.data and not port 22`.
//!
//! The same words select frames to hold in a lesson, on the command line and on the page. All terms of a filter must
//! hold. ARP is meant only where it is named: without address resolution nothing else could be seen either.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::wire::{Body, Flags, Packet, Transport};

/// A filter has at most so many terms.
const MOST_TERMS: usize = 16;

/// What a frame must be to be meant. The empty one means every frame that is not ARP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Filter(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    not: bool,
    word: Word,
}

/// What a term asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    All,
    Arp,
    Icmp,
    Udp,
    Tcp,
    Data,
    Flag(Flags),
    From(String),
    To(String),
    Port(u16),
}

/// The words that stand alone, in the order in which a fault lists them.
const WORDS: [(&str, Word); 11] = [
    ("all", Word::All),
    ("tcp", Word::Tcp),
    ("tcp.syn", Word::Flag(Flags::SYN)),
    ("tcp.ack", Word::Flag(Flags::ACK)),
    ("tcp.fin", Word::Flag(Flags::FIN)),
    ("tcp.rst", Word::Flag(Flags::RST)),
    ("tcp.psh", Word::Flag(Flags::PSH)),
    ("tcp.data", Word::Data),
    ("udp", Word::Udp),
    ("icmp", Word::Icmp),
    ("arp", Word::Arp),
];

/// Not a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterFault {
    /// A word that a filter can't have there.
    #[error("{0:?} is not a word of a filter; there are {words}, from HOST, to HOST, port NUMBER", words = words())]
    Word(String),
    /// `from`, `to`, `port` or `not` at the end.
    #[error("something has to follow {0:?}")]
    Unfinished(&'static str),
    /// Not a port.
    #[error("{0:?} is not a port: use a number from 1 to 65535")]
    Port(String),
    /// Two terms without `and`.
    #[error("{0:?} can't follow here; terms are joined by `and`")]
    NotJoined(String),
    /// Too many terms.
    #[error("a filter has at most {MOST_TERMS} terms")]
    TooLong,
}

fn words() -> String {
    WORDS.map(|(name, _)| name).join(", ")
}

impl Filter {
    /// Every frame that is not ARP.
    pub const ALL: Self = Self(Vec::new());

    /// Whether a frame from one host to another, by their names, is meant. A frame that can't be read has its ends only.
    pub fn matches(&self, packet: Option<&Packet>, from: &str, to: &str) -> bool {
        let is_arp = matches!(packet, Some(Packet { body: Body::Arp(_), .. }));
        let names_arp = self.0.iter().any(|term| !term.not && term.word == Word::Arp);
        (!is_arp || names_arp) && self.0.iter().all(|term| term.word.holds(packet, from, to) != term.not)
    }

    /// The hosts that it names.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|term| match &term.word {
            Word::From(host) | Word::To(host) => Some(host.as_str()),
            _ => None,
        })
    }
}

impl Word {
    fn holds(&self, packet: Option<&Packet>, from: &str, to: &str) -> bool {
        let transport = match packet.map(|packet| &packet.body) {
            Some(Body::Ip(_, transport)) => Some(transport),
            _ => None,
        };
        let segment = match transport {
            Some(Transport::Tcp(segment)) => Some(segment),
            _ => None,
        };
        match self {
            Self::All => true,
            Self::Arp => matches!(packet, Some(Packet { body: Body::Arp(_), .. })),
            Self::Icmp => matches!(transport, Some(Transport::Icmp(_))),
            Self::Udp => matches!(transport, Some(Transport::Udp(_))),
            Self::Tcp => segment.is_some(),
            Self::Data => segment.is_some_and(|segment| segment.payload.len > 0),
            Self::Flag(flag) => segment.is_some_and(|segment| segment.flags.has(*flag)),
            Self::From(host) => host == from,
            Self::To(host) => host == to,
            Self::Port(port) => match transport {
                Some(Transport::Tcp(segment)) => [segment.source_port, segment.destination_port].contains(port),
                Some(Transport::Udp(datagram)) => [datagram.source_port, datagram.destination_port].contains(port),
                _ => false,
            },
        }
    }
}

impl FromStr for Filter {
    type Err = FilterFault;

    fn from_str(text: &str) -> Result<Self, FilterFault> {
        let mut words = text.split_whitespace();
        let mut terms = Vec::new();
        while let Some(mut word) = words.next() {
            if !terms.is_empty() {
                if word != "and" {
                    return Err(FilterFault::NotJoined(word.to_owned()));
                }
                word = words.next().ok_or(FilterFault::Unfinished("and"))?;
            }
            let not = word == "not";
            if not {
                word = words.next().ok_or(FilterFault::Unfinished("not"))?;
            }
            let mut after = |what| words.next().ok_or(FilterFault::Unfinished(what));
            let word = match word {
                "from" => Word::From(after("from")?.to_owned()),
                "to" => Word::To(after("to")?.to_owned()),
                "port" => {
                    let port = after("port")?;
                    let number = port.parse().ok().filter(|number| *number > 0);
                    Word::Port(number.ok_or_else(|| FilterFault::Port(port.to_owned()))?)
                }
                other => {
                    let known = WORDS.iter().find(|(name, _)| *name == other);
                    known.ok_or_else(|| FilterFault::Word(other.to_owned()))?.1.clone()
                }
            };
            terms.push(Term { not, word });
            if terms.len() > MOST_TERMS {
                return Err(FilterFault::TooLong);
            }
        }
        Ok(Self(terms))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("all");
        }
        for (index, Term { not, word }) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { " and " } else { "" })?;
            f.write_str(if *not { "not " } else { "" })?;
            match word {
                Word::From(host) => write!(f, "from {host}")?,
                Word::To(host) => write!(f, "to {host}")?,
                Word::Port(port) => write!(f, "port {port}")?,
                alone => f.write_str(WORDS.iter().find(|(_, word)| word == alone).map_or("?", |(name, _)| name))?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Filter {
    type Error = FilterFault;
    fn try_from(text: String) -> Result<Self, FilterFault> {
        text.parse()
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> Self {
        filter.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Fact;
    use crate::fixtures;
    use proptest::prelude::*;

    /// How many frames of an exchange are meant; all of them as if from client to server.
    fn count(filter: &str, events: &[crate::event::Event]) -> usize {
        let filter: Filter = filter.parse().unwrap();
        let packets = events.iter().filter_map(|event| match &event.fact {
            Fact::FrameSent { bytes, .. } => Some(Packet::parse(bytes)),
            _ => None,
        });
        packets.filter(|packet| filter.matches(packet.as_ref(), "client", "server")).count()
    }

    #[test]
    fn words_mean_what_they_say() {
        let tcp = fixtures::tcp_echo();
        for (filter, frames) in [
            ("", 11),
            ("all", 11),
            ("tcp.syn", 2),
            ("tcp.syn and not tcp.ack", 1),
            ("tcp.fin", 2),
            ("tcp.data", 2),
            ("tcp.rst", 0),
            ("udp", 0),
            ("not udp and from client", 11),
            ("from server", 0),
            ("to server and port 18888", 11),
            ("port 9", 0),
        ] {
            assert_eq!(count(filter, &tcp), frames, "{filter}");
        }
        // ARP is meant where it is named, and `not arp` does not name it.
        let (all, arp) = (count("", &tcp), count("arp", &tcp));
        assert_eq!((count("not arp", &tcp), all + arp), (all, 13));
    }

    #[test]
    fn faults_say_what_to_write() {
        let fault = |text: &str| text.parse::<Filter>().unwrap_err().to_string();
        assert!(fault("tcp.sin").starts_with("\"tcp.sin\" is not a word of a filter; there are all, tcp, tcp.syn,"));
        assert_eq!(fault("tcp.syn udp"), "\"udp\" can't follow here; terms are joined by `and`");
        assert_eq!(fault("tcp and"), "something has to follow \"and\"");
        assert_eq!(fault("not"), "something has to follow \"not\"");
        assert_eq!(fault("port x"), "\"x\" is not a port: use a number from 1 to 65535");
        assert_eq!(fault("port 0"), "\"0\" is not a port: use a number from 1 to 65535");
        assert_eq!(fault(&["udp"; 17].join(" and ")), "a filter has at most 16 terms");
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(
            terms in prop::collection::vec(("(not )?", prop_oneof!["all|tcp|tcp\\.syn|udp|arp|tcp\\.data", "(from|to) [a-z]{1,5}", "port [1-9][0-9]{0,3}"]), 1..16)
        ) {
            let text = terms.iter().map(|(not, word)| format!("{not}{word}")).collect::<Vec<_>>().join(" and ");
            prop_assert_eq!(text.parse::<Filter>().unwrap().to_string(), text);
        }

        #[test]
        fn any_text_is_a_filter_or_a_fault(text in "([a-z.]{0,8} ?|and |not |port |from |tcp\\.syn ){0,9}") {
            if let Ok(filter) = text.parse::<Filter>() {
                prop_assert_eq!(filter.to_string().parse::<Filter>().map(|again| again.to_string()), Ok(filter.to_string()));
            }
        }
    }
}
