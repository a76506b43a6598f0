//! What a moment's attributes are, and how they compare with what a pattern wants.

use std::time::Duration;

use super::{Operand, RESULT, Relation};
use crate::check::reading::{Act, Reading, address, argument, find};
use crate::event::call::{Address, Value};
use crate::event::socket::Snapshot;
use crate::id::SocketId;
use crate::model::Frame;
use crate::wire::{Body, Transport};

/// Attributes that every call has beside its parameters.
pub(super) const CALL: [&str; 9] = ["fd", "socket", "made", "data", "addr", "ip", "port", "path", "line"];

/// Attributes of a socket's state.
pub(super) const SOCKET: [&str; 12] = [
    "socket",
    "ip",
    "port",
    "peer_ip",
    "peer_port",
    "recv_q",
    "send_q",
    "unsent",
    "cwnd",
    "retransmits",
    "window",
    "path",
];

/// Attributes of a frame.
pub(super) const FRAME: [&str; 7] = ["data", "len", "window", "sport", "dport", "source", "destination"];

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// Constants that are joined by `|`.
    Names(String),
    Time(Duration),
    Socket(SocketId),
    Error(&'static str),
}

impl Scalar {
    /// Whether it is as an operand wants it; a capture is decided by whoever knows what it holds.
    pub(super) fn is(&self, relation: Relation, operand: &Operand) -> bool {
        match (self, operand) {
            (_, Operand::Capture(_)) => true,
            (Self::Number(number), Operand::Number(wanted)) => relation.holds(number, wanted),
            (Self::Number(_), Operand::Name(word)) => word == "ok",
            (Self::Error(_), Operand::Name(word)) if word == "error" => true,
            (Self::Error(name), Operand::Name(word)) => match relation {
                Relation::Equal => name == word,
                Relation::Unequal => name != word,
                _ => false,
            },
            (Self::Time(time), Operand::Time(wanted)) => relation.holds(time, wanted),
            (Self::Names(names), Operand::Name(word)) => {
                let one = names.split('|').any(|name| name == word);
                if relation == Relation::Unequal { !one } else { one }
            }
            // A constant that the tracer has no name for, or a flag word without flags.
            (Self::Names(names), Operand::Number(wanted)) => {
                names.parse().is_ok_and(|number: i64| relation.holds(&number, wanted))
            }
            (Self::Text(text) | Self::Names(text), Operand::Text(wanted)) => match relation {
                Relation::Contains => text.contains(wanted.as_str()),
                relation => relation.holds(&text.as_str(), &wanted.as_str()),
            },
            (Self::Bytes(bytes), Operand::Text(wanted)) => match relation {
                Relation::Contains => find(bytes, wanted.as_bytes()).is_some(),
                relation => relation.holds(&bytes.as_slice(), &wanted.as_bytes()),
            },
            _ => relation == Relation::Unequal,
        }
    }
}

/// An attribute of a call.
pub(super) fn of_call(act: &Act, trace: &Reading<'_>, name: &str) -> Option<Scalar> {
    let call = &act.call;
    let number = |number: u64| Scalar::Number(i64::try_from(number).unwrap_or(i64::MAX));
    match name {
        RESULT => act.result().map(Scalar::Number).or_else(|| act.error().map(Scalar::Error)),
        "fd" => call.fd().map(|fd| Scalar::Number(fd.into())),
        "socket" => call.socket.map(Scalar::Socket),
        "made" => call.made().map(Scalar::Socket),
        "line" => call.place.as_ref().map(|place| number(place.line.into())),
        "data" => match trace.transfer(act) {
            Some(transfer) => Some(Scalar::Bytes(transfer.head.to_vec())),
            // What was to be sent by a call that failed, or has not returned.
            None => call.args.iter().find_map(|value| match value {
                Value::Data(data) | Value::Message { data, .. } => Some(Scalar::Bytes(data.head.0.clone())),
                _ => None,
            }),
        },
        "ip" | "port" => of_address(address(call)?, name),
        "addr" => address(call).map(|address| Scalar::Text(address.to_string())),
        "path" => match argument(call, "pathname") {
            Some(value) => of_value(value),
            None => of_address(address(call)?, name),
        },
        param => of_value(argument(call, param)?),
    }
}

fn of_value(value: &Value) -> Option<Scalar> {
    Some(match value {
        Value::Int(number) => Scalar::Number(*number),
        Value::Fd(fd) => Scalar::Number((*fd).into()),
        Value::Named(names) => Scalar::Names(names.clone()),
        Value::Address(address) => Scalar::Text(address.to_string()),
        Value::Data(data) | Value::Message { data, .. } => Scalar::Bytes(data.head.0.clone()),
        Value::Text(text) => Scalar::Text(text.clone()),
        Value::Timeout(time) => Scalar::Time(time.unwrap_or(Duration::MAX)), // without one: for ever
        Value::FdSet(fds) => Scalar::Names(fds.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")),
        Value::Polled(polled) => {
            let words = polled.iter().map(|one| if one.revents.is_empty() { &one.events } else { &one.revents });
            Scalar::Names(words.cloned().collect::<Vec<_>>().join("|"))
        }
        Value::Messages(_)
        | Value::Null
        | Value::Pointer(_)
        | Value::Pending
        | Value::Unreadable(_)
        | Value::Changed => return None,
    })
}

fn of_address(address: &Address, name: &str) -> Option<Scalar> {
    match (address, name) {
        (Address::Inet(address), "ip") => Some(Scalar::Text(address.ip().to_string())),
        (Address::Inet(address), "port") => Some(Scalar::Number(address.port().into())),
        (Address::Path(path), "path") => Some(Scalar::Text(path.clone())),
        (Address::Abstract(_), "path") => Some(Scalar::Text(address.to_string())),
        _ => None,
    }
}

/// An attribute of a socket's state.
pub(super) fn of_state(socket: SocketId, state: &Snapshot, name: &str) -> Option<Scalar> {
    let number = |number: u32| Some(Scalar::Number(number.into()));
    match name {
        "socket" => Some(Scalar::Socket(socket)),
        "ip" | "port" | "path" => of_address(state.local.as_ref()?, name),
        "peer_ip" => of_address(state.peer.as_ref()?, "ip"),
        "peer_port" => of_address(state.peer.as_ref()?, "port"),
        "recv_q" => number(state.recv_q),
        "send_q" => number(state.send_q),
        "unsent" => number(state.unsent),
        "cwnd" => number(state.tcp?.cwnd),
        "window" => number(state.tcp?.snd_wnd),
        "retransmits" => number(state.tcp?.total_retrans),
        _ => None,
    }
}

/// An attribute of a frame.
pub(super) fn of_frame(frame: &Frame, name: &str) -> Option<Scalar> {
    let packet = frame.packet.as_ref()?;
    let Body::Ip(ip, transport) = &packet.body else { return None };
    let payload = match transport {
        Transport::Tcp(segment) => Some(&segment.payload),
        Transport::Udp(datagram) => Some(&datagram.payload),
        _ => None,
    };
    let ports = packet.addresses().map(|(from, to)| (from.port(), to.port()));
    match name {
        "data" => payload.map(|payload| Scalar::Bytes(payload.head.0.clone())),
        "len" => payload.map(|payload| Scalar::Number(i64::try_from(payload.len).unwrap_or(i64::MAX))),
        "window" => frame.relative.map(|relative| Scalar::Number(relative.window.into())),
        "sport" => ports.map(|(from, _)| Scalar::Number(from.into())),
        "dport" => ports.map(|(_, to)| Scalar::Number(to.into())),
        "source" => Some(Scalar::Text(ip.source.to_string())),
        "destination" => Some(Scalar::Text(ip.destination.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_time_out_a_call_waits_longer_than_any() {
        let is = |timeout, relation, wanted| {
            of_value(&Value::Timeout(timeout)).is_some_and(|time| time.is(relation, &Operand::Time(wanted)))
        };
        let hour = Duration::from_hours(1);
        assert!(is(None, Relation::More, hour));
        assert!(!is(None, Relation::Equal, Duration::ZERO));
        assert!(is(Some(hour), Relation::More, Duration::ZERO));
        assert!(!is(Some(Duration::ZERO), Relation::More, Duration::ZERO));
    }
}
