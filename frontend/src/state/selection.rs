//! What a person has picked out, to be looked at more closely.

use trace::event::{Event, Fact};
use trace::id::{CallId, FrameId, HostId, SocketId};
use trace::ladder::Options;
use trace::wire::Packet;

/// A thing of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// A system call.
    Call(CallId),
    /// A frame.
    Frame(FrameId),
    /// A socket.
    Socket(SocketId),
    /// A host.
    Host(HostId),
}

impl Selection {
    /// What the last of these events is about, or the last one before it that is about something.
    pub(crate) fn of_last(events: &[Event]) -> Option<Self> {
        // That a visitor's host is gone is no news: it goes with the run.
        let visitor = |host: HostId| match events.first().map(|event| &event.fact) {
            Some(Fact::RunStarted { hosts, .. }) => hosts.get(usize::from(host.0)).is_some_and(|host| host.visitor),
            _ => false,
        };
        let mut things = events.iter().rev().filter_map(|event| Self::of(&event.fact));
        things.find(|thing| !matches!(thing, Self::Host(host) if visitor(*host)))
    }

    /// What an event is about. What follows from another event (a socket's other state) is not picked out by itself.
    fn of(fact: &Fact) -> Option<Self> {
        Some(match fact {
            Fact::CallEntered { call, .. }
            | Fact::CallHeld { call, .. }
            | Fact::CallResumed { call }
            | Fact::CallReturned { call, .. }
            | Fact::CallAbandoned { call } => Self::Call(*call),
            Fact::FrameSent { frame, .. }
            | Fact::FrameLooped { frame, .. }
            | Fact::FrameMade { frame, .. }
            | Fact::FrameHeld { frame, .. }
            | Fact::FrameReleased { frame, .. }
            | Fact::FrameDelivered { frame, .. }
            | Fact::FrameLost { frame, .. } => Self::Frame(*frame),
            Fact::ProgramEnded { host, .. } | Fact::HostPlugged { host } | Fact::HostUnplugged { host } => {
                Self::Host(*host)
            }
            _ => return None,
        })
    }

    /// It in a few letters, for an attribute of what stands for it on the page: `c12`.
    pub(crate) fn tag(self) -> String {
        let (kind, number) = match self {
            Self::Call(CallId(n)) => ('c', n),
            Self::Frame(FrameId(n)) => ('f', n),
            Self::Socket(SocketId(n)) => ('s', n.into()),
            Self::Host(HostId(n)) => ('h', n.into()),
        };
        format!("{kind}{number}")
    }

    /// What such letters mean.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        let number: u64 = tag.get(1..)?.parse().ok()?;
        Some(match tag.get(..1)? {
            "c" => Self::Call(CallId(number)),
            "f" => Self::Frame(FrameId(number)),
            "s" => Self::Socket(SocketId(number.try_into().ok()?)),
            "h" => Self::Host(HostId(number.try_into().ok()?)),
            _ => return None,
        })
    }
}

/// The events without those at their end that are about frames which the ladder leaves out.
pub(crate) fn drawn(mut events: &[Event], ladder: Options) -> &[Event] {
    while let Some((last, thing)) =
        events.iter().enumerate().rev().find_map(|(index, event)| Some((index, Selection::of(&event.fact)?)))
    {
        let Selection::Frame(frame) = thing else { break };
        let sent = events.iter().rev().find_map(|event| match &event.fact {
            Fact::FrameSent { frame: sent, bytes, .. }
            | Fact::FrameLooped { frame: sent, bytes, .. }
            | Fact::FrameMade { frame: sent, bytes, .. } => (*sent == frame).then_some(bytes),
            _ => None,
        });
        if !sent.and_then(Packet::parse).is_some_and(|packet| ladder.leaves_out(&packet)) {
            break;
        }
        events = &events[..last];
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_things_agree() {
        for thing in [
            Selection::Call(CallId(0)),
            Selection::Frame(FrameId(u64::MAX)),
            Selection::Socket(SocketId(7)),
            Selection::Host(HostId(1)),
        ] {
            assert_eq!(Selection::parse(&thing.tag()), Some(thing));
        }
        for nothing in ["", "c", "x1", "h99999", "é1", "c-1"] {
            assert_eq!(Selection::parse(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_moment_is_about_what_caused_it() {
        let events = trace::fixtures::refused();
        assert!(matches!(Selection::of_last(&events), Some(Selection::Host(_))));
        assert_eq!(Selection::of_last(&events[..1]), None);
    }

    #[test]
    fn what_is_not_drawn_is_left_out_at_the_end_only() {
        let events = trace::fixtures::tcp_echo();
        let resolves = |event: &Event| match &event.fact {
            Fact::FrameSent { bytes, .. } => Packet::parse(bytes).is_some_and(|packet| packet.resolves_addresses()),
            _ => false,
        };
        let asks = events.iter().position(resolves).expect("the first packet's way has to be found out");
        let with = Options { address_resolution: true, ..Options::default() };
        assert_eq!(drawn(&events[..=asks], with).len(), asks + 1);
        assert!(matches!(Selection::of_last(drawn(&events[..=asks], Options::default())), Some(Selection::Call(_))));
        assert_eq!(drawn(&events, Options::default()).len(), events.len());
    }
}
