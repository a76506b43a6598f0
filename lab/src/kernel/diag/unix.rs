//! Unix sockets: the kernel's `include/uapi/linux/unix_diag.h`. Pure.

use trace::bytes::Bytes;
use trace::event::call::Address;

use super::netlink::{HEADER, SOCK_DIAG_BY_FAMILY, attributes, header, word};

pub(super) const REQUEST: usize = HEADER + 24;
const REPLY: usize = 16;
/// What is asked for: name, peer, queue lengths.
const SHOW: u32 = 0x1 | 0x4 | 0x10;
const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_PEER: u16 = 2;
const UNIX_DIAG_RQLEN: u16 = 4;

/// One line of the kernel's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// `SOCK_STREAM` and its like.
    pub(crate) kind: u8,
    /// Number in the kernel's `include/net/tcp_states.h`.
    pub(crate) state: u8,
    /// 0 until accept(2) takes it from the queue.
    pub(crate) inode: u32,
    pub(crate) cookie: u64,
    pub(crate) name: Option<Address>,
    /// The peer's inode.
    pub(crate) peer: Option<u32>,
    /// Of a listening socket, the connections that wait, and their limit; of others, bytes in the queues.
    pub(crate) queues: (u32, u32),
}

/// A request: the socket with this inode and cookie, or everything.
pub(super) fn request(flags: u16, one: Option<(u32, u64)>) -> [u8; REQUEST] {
    let mut bytes = [0; REQUEST];
    let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
    put(0, &header(REQUEST, SOCK_DIAG_BY_FAMILY, flags));
    put(HEADER, &[u8::try_from(libc::AF_UNIX).expect("address families are small numbers")]);
    put(HEADER + 4, &u32::MAX.to_ne_bytes()); // every state
    put(HEADER + 12, &SHOW.to_ne_bytes());
    if let Some((inode, cookie)) = one {
        put(HEADER + 8, &inode.to_ne_bytes());
        // Two words, the lower one first, whatever the machine's order.
        put(HEADER + 16, &u32::try_from(cookie & 0xffff_ffff).expect("masked").to_ne_bytes());
        put(HEADER + 20, &u32::try_from(cookie >> 32).expect("shifted").to_ne_bytes());
    }
    bytes
}

/// `struct unix_diag_msg` and the attributes after it.
pub(super) fn parse(answer: &[u8]) -> Option<Listed> {
    let (body, rest): (&[u8; REPLY], _) = answer.split_first_chunk()?;
    let mut listed = Listed {
        kind: body[1],
        state: body[2],
        inode: word(body, 4),
        cookie: u64::from(word(body, 8)) | u64::from(word(body, 12)) << 32,
        name: None,
        peer: None,
        queues: (0, 0),
    };
    for (kind, bytes) in attributes(rest) {
        match kind {
            UNIX_DIAG_NAME => listed.name = name(bytes),
            UNIX_DIAG_PEER => listed.peer = Some(word(bytes, 0)).filter(|inode| *inode != 0),
            UNIX_DIAG_RQLEN => listed.queues = (word(bytes, 0), word(bytes, 4)),
            _ => {}
        }
    }
    Some(listed)
}

/// unix(7): a path may end with a NUL byte; an abstract name begins with one.
fn name(bytes: &[u8]) -> Option<Address> {
    match bytes {
        [] => None,
        [0, name @ ..] => Some(Address::Abstract(Bytes(name.to_vec()))),
        path => {
            let path = path.split(|byte| *byte == 0).next().unwrap_or_default();
            Some(Address::Path(String::from_utf8_lossy(path).into_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_paths_or_abstract() {
        assert_eq!(name(b"/tmp/s\0"), Some(Address::Path("/tmp/s".into())));
        assert_eq!(name(b"\0lab"), Some(Address::Abstract(Bytes::from("lab"))));
        assert_eq!(name(b""), None);
    }

    proptest! {
        #[test]
        fn an_answer_is_read_from_16_bytes_on(bytes: Vec<u8>) {
            prop_assert_eq!(parse(&bytes).is_some(), bytes.len() >= REPLY);
        }
    }
}
