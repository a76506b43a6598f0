//! Socket addresses from the bytes of a `struct sockaddr`: ip(7), ipv6(7), unix(7).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use trace::event::call::Address;

/// Reads an address; `None` where there are too few bytes for its family.
pub(crate) fn parse(bytes: &[u8]) -> Option<Address> {
    let (family, rest) = bytes.split_first_chunk::<2>()?;
    let family = u16::from_ne_bytes(*family);
    Some(match i32::from(family) {
        libc::AF_INET => {
            let (port, rest) = rest.split_first_chunk::<2>()?;
            let ip = Ipv4Addr::from(*rest.first_chunk::<4>()?);
            Address::Inet(SocketAddrV4::new(ip, u16::from_be_bytes(*port)).into())
        }
        libc::AF_INET6 => {
            let (port, rest) = rest.split_first_chunk::<2>()?;
            let (flow, rest) = rest.split_first_chunk::<4>()?;
            let (ip, rest) = rest.split_first_chunk::<16>()?;
            let scope = rest.first_chunk::<4>().map_or(0, |scope| u32::from_ne_bytes(*scope));
            let ip = Ipv6Addr::from(*ip);
            Address::Inet(SocketAddrV6::new(ip, u16::from_be_bytes(*port), u32::from_be_bytes(*flow), scope).into())
        }
        libc::AF_UNIX => match rest {
            [] => Address::Unnamed,
            [0, name @ ..] => Address::Abstract(name.into()),
            path => {
                let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
                Address::Path(String::from_utf8_lossy(&path[..end]).into_owned())
            }
        },
        _ => Address::Other(family, rest.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_family_is_read() {
        let shown = |bytes: &[u8]| parse(bytes).unwrap().to_string();
        assert_eq!(shown(&[2, 0, 0x49, 0xc8, 192, 168, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0]), "192.168.1.4:18888");
        assert_eq!(shown(b"\x01\x00/tmp/sock\0junk"), "/tmp/sock");
        assert_eq!(shown(b"\x01\x00\0chat"), "@chat");
        assert_eq!(shown(b"\x01\x00"), "(unnamed)");
        let mut v6 = vec![10, 0, 0, 80];
        v6.extend([0; 4 + 15]);
        v6.push(1);
        assert_eq!(shown(&v6), "[::1]:80");
        assert_eq!(parse(&[2, 0, 1]), None);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            prop_assert!(bytes.len() >= 2 || parse(&bytes).is_none());
        }
    }
}
