//! Vectors of buffers, `struct msghdr` and control messages: readv(2), recvmsg(2), cmsg(3).

use std::net::{Ipv4Addr, Ipv6Addr};

use libc::c_int;
use trace::bytes::{Bytes, Clipped};
use trace::errno::Errno;
use trace::event::call::{Address, Value};

use super::raw::{PREVIEW, Raw, ints};
use crate::tracer::{address, names};

/// How many buffers of a vector, and messages of a call, are looked at.
const MANY: u64 = 64;
/// How many bytes of control messages are.
const CONTROL: usize = 1024;
/// Bytes of a `struct msghdr`.
const HEADER: usize = 56;
/// Bytes of a `struct mmsghdr`: the header and a length, padded.
const HEADER_AND_LENGTH: u64 = 64;

impl Raw {
    /// The bytes behind `count` buffers of a `struct iovec` array, of which `limit` in all are meant.
    pub(super) fn vector(&self, addr: u64, count: u64, limit: u64) -> Clipped {
        let (mut head, mut len) = (Vec::new(), 0u64);
        for index in 0..count.min(MANY) {
            let entry = addr.wrapping_add(index * 16);
            let (Some(base), Some(size)) = (self.word(entry), self.word(entry.wrapping_add(8))) else { break };
            let size = size.min(limit - len);
            let keep = usize::try_from(size).map_or(PREVIEW, |size| size.min(PREVIEW - head.len()));
            head.extend(self.read(base, keep).unwrap_or_default());
            len += size;
            if len == limit {
                break;
            }
        }
        Clipped { head: Bytes(head), len }
    }

    /// `struct msghdr`: name, namelen, iov, iovlen, control, controllen, flags. `limit` bytes of its buffers are meant.
    pub(super) fn message(&self, addr: u64, limit: u64) -> Value {
        let header = match self.read(addr, HEADER) {
            Ok(header) => header,
            Err(other) => return other,
        };
        let Some(header) = header.first_chunk::<HEADER>() else { return Value::Pointer(addr) };
        let word = |at: usize| u64::from_ne_bytes(std::array::from_fn(|i| header[at + i]));
        let name_len = word(8) & u64::from(u32::MAX);
        let address = match self.address(word(0), name_len) {
            Value::Address(address) if name_len > 0 => Some(address),
            _ => None,
        };
        let flags = match ints(&header[48..]).next() {
            Some(flags) if flags != 0 => names::message_flags(flags),
            _ => String::new(),
        };
        let control = self.control(word(32), word(40));
        Value::Message { address, data: self.vector(word(16), word(24), limit), control, flags }
    }

    /// `count` messages of a `struct mmsghdr` array. Of those that the kernel filled in, each has its own length.
    pub(super) fn messages(&self, addr: u64, count: u64, filled: bool) -> Value {
        let each = (0..count.min(MANY)).map(|index| {
            let addr = addr.wrapping_add(index * HEADER_AND_LENGTH);
            let limit = if filled { self.word(addr.wrapping_add(HEADER as u64)) } else { None };
            self.message(addr, limit.map_or(u64::MAX, |len| len & u64::from(u32::MAX)))
        });
        Value::Messages(each.collect())
    }

    /// Control messages: a length of 8 bytes, level and type of 4 each, then data.
    fn control(&self, addr: u64, len: u64) -> Vec<String> {
        let len = usize::try_from(len).unwrap_or(0).min(CONTROL);
        let bytes = if len == 0 { Vec::new() } else { self.read(addr, len).unwrap_or_default() };
        control_messages(&bytes)
    }
}

fn control_messages(mut bytes: &[u8]) -> Vec<String> {
    let mut told = Vec::new();
    while let Some((header, _)) = bytes.split_first_chunk::<16>() {
        let size = u64::from_ne_bytes(std::array::from_fn(|i| header[i]));
        let Some(data) = usize::try_from(size).ok().and_then(|size| bytes.get(16..size)) else { break };
        let level = c_int::from_ne_bytes(std::array::from_fn(|i| header[8 + i]));
        let kind = c_int::from_ne_bytes(std::array::from_fn(|i| header[12 + i]));
        let name = names::control(level, kind);
        told.push(match (level, kind) {
            (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) => match ints(data).collect::<Vec<_>>()[..] {
                [pid, uid, gid] => format!("{name} {{pid={pid}, uid={uid}, gid={gid}}}"),
                _ => name,
            },
            (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                packet_info(data).map_or(name.clone(), |info| format!("{name} {info}"))
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                packet_info6(data).map_or(name.clone(), |info| format!("{name} {info}"))
            }
            (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR) => {
                error_report(data).map_or(name.clone(), |report| format!("{name} {report}"))
            }
            _ if data.len().is_multiple_of(4) => format!("{name} {:?}", ints(data).collect::<Vec<_>>()),
            _ => format!("{name} \"{}\"", Bytes::from(data).escaped()),
        });
        bytes = bytes.get((16 + data.len()).next_multiple_of(8)..).unwrap_or_default();
    }
    told
}

/// `struct in_pktinfo`, ip(7): by which device a datagram came in, to which address, and which it was sent to.
fn packet_info(data: &[u8]) -> Option<String> {
    let index = ints(data).next()?;
    let address = |at: usize| Some(Ipv4Addr::from(*data.get(at..)?.first_chunk::<4>()?));
    let (local, to) = (address(4)?, address(8)?);
    Some(format!("{{ipi_ifindex={index}, ipi_spec_dst={local}, ipi_addr={to}}}"))
}

/// `struct in6_pktinfo`, ipv6(7).
fn packet_info6(data: &[u8]) -> Option<String> {
    let (to, rest) = data.split_first_chunk::<16>()?;
    let index = ints(rest).next()?;
    Some(format!("{{ipi6_addr={}, ipi6_ifindex={index}}}", Ipv6Addr::from(*to)))
}

/// `struct sock_extended_err`, ip(7), and the address of whoever reported the error after it.
fn error_report(data: &[u8]) -> Option<String> {
    const SIZE: usize = 16;
    let errno = Errno(ints(data).next()?);
    let [origin, kind, code, ..] = *data.get(4..SIZE)? else { return None };
    let origin = match origin {
        0 => "SO_EE_ORIGIN_NONE",
        1 => "SO_EE_ORIGIN_LOCAL",
        2 => "SO_EE_ORIGIN_ICMP",
        3 => "SO_EE_ORIGIN_ICMP6",
        4 => "SO_EE_ORIGIN_TXSTATUS",
        _ => "another origin",
    };
    let offender = match address::parse(&data[SIZE..]) {
        Some(Address::Inet(offender)) => format!(" from {}", offender.ip()),
        _ => String::new(),
    };
    Some(format!("{{ee_errno={errno}, ee_origin={origin}, ee_type={kind}, ee_code={code}}}{offender}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn control(level: c_int, kind: c_int, data: &[u8]) -> Vec<u8> {
        let mut bytes = (16 + data.len() as u64).to_ne_bytes().to_vec();
        bytes.extend(level.to_ne_bytes());
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }

    #[test]
    fn control_messages_are_told_in_words() {
        let mut bytes = control(libc::SOL_SOCKET, libc::SCM_RIGHTS, &[5, 0, 0, 0, 6, 0, 0, 0]);
        bytes.extend(control(libc::IPPROTO_IP, libc::IP_TTL, &[7, 0, 0, 0]));
        bytes.extend(control(libc::SOL_SOCKET, libc::SCM_CREDENTIALS, &[9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]));
        bytes.extend(control(libc::IPPROTO_IP, libc::IP_TOS, b"\x10"));
        assert_eq!(
            control_messages(&bytes),
            ["SCM_RIGHTS [5, 6]", "IP_TTL [7]", "SCM_CREDENTIALS {pid=9, uid=1, gid=2}", "IP_TOS \"\\x10\""]
        );
    }

    proptest! {
        #[test]
        fn garbage_comes_to_an_end(bytes: Vec<u8>, size in 0_u64..40) {
            prop_assert!(control_messages(&bytes).len() <= bytes.len());
            let mut bytes = [size.to_ne_bytes().to_vec(), bytes].concat();
            bytes.resize(bytes.len() + 16, 0);
            prop_assert!(control_messages(&bytes).len() <= bytes.len());
        }
    }
}
