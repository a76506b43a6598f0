//! Netlink's framing: messages, and attributes within them (netlink(7)). Pure.

pub(super) const HEADER: usize = 16;
pub(super) const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// The older request, of TCP only; it lists the sockets of every family at once.
pub(super) const TCPDIAG_GETSOCK: u16 = 18;
pub(super) const NLM_F_REQUEST: u16 = 1;
pub(super) const NLM_F_DUMP: u16 = 0x300;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;

/// A message that was received.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message<'a> {
    /// An answer, without the header.
    Answer(&'a [u8]),
    /// An error number.
    Error(i32),
    /// The end of a list.
    Done,
}

/// The messages in what was received; it ends at the first one that is not whole.
pub(super) fn messages(mut bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        loop {
            let len = usize::try_from(u32::from_ne_bytes(*bytes.first_chunk()?)).ok()?;
            let kind = u16::from_ne_bytes(*bytes.get(4..)?.first_chunk()?);
            let body = bytes.get(HEADER..len)?;
            bytes = bytes.get(len.next_multiple_of(4)..).unwrap_or_default();
            match kind {
                NLMSG_DONE => return Some(Message::Done),
                NLMSG_ERROR => return Some(Message::Error(-i32::from_ne_bytes(*body.first_chunk()?))),
                SOCK_DIAG_BY_FAMILY | TCPDIAG_GETSOCK => return Some(Message::Answer(body)),
                _ => {}
            }
        }
    })
}

/// Attributes, each with its type; it ends at the first one that is not whole.
pub(super) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let len = usize::from(u16::from_ne_bytes(*bytes.first_chunk()?));
        let kind = u16::from_ne_bytes(*bytes.get(2..)?.first_chunk()?);
        let body = bytes.get(4..len)?;
        bytes = bytes.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, body))
    })
}

/// The header of a request of this whole length.
pub(super) fn header(len: usize, kind: u16, flags: u16) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..4].copy_from_slice(&u32::try_from(len).expect("requests are short").to_ne_bytes());
    bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
    bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
    bytes
}

/// The 32-bit number at a place; zero beyond the end, as the kernel says of what it does not know.
pub(in crate::kernel) fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_ne_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn attribute(kind: u16, body: &[u8]) -> Vec<u8> {
        let len = u16::try_from(body.len() + 4).unwrap();
        let mut bytes = [len.to_ne_bytes(), kind.to_ne_bytes()].concat();
        bytes.extend(body);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            prop_assert!(messages(&bytes).count() <= bytes.len());
            prop_assert!(attributes(&bytes).count() <= bytes.len());
        }

        #[test]
        fn attributes_are_found_in_order(all in prop::collection::vec((any::<u16>(), any::<Vec<u8>>()), 0..8)) {
            let bytes: Vec<u8> = all.iter().flat_map(|(kind, body)| attribute(*kind, body)).collect();
            let found: Vec<_> = attributes(&bytes).map(|(kind, body)| (kind, body.to_vec())).collect();
            prop_assert_eq!(found, all);
        }

        #[test]
        fn messages_are_found_in_order(bodies in prop::collection::vec(any::<Vec<u8>>(), 0..8)) {
            let mut bytes = Vec::new();
            for body in &bodies {
                bytes.extend(header(HEADER + body.len(), SOCK_DIAG_BY_FAMILY, 0));
                bytes.extend(body);
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
            let expected: Vec<_> = bodies.iter().map(|body| Message::Answer(body)).collect();
            prop_assert_eq!(messages(&bytes).collect::<Vec<_>>(), expected);
        }
    }
}
