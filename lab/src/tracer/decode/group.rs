//! Groups that a socket joins and leaves: ip(7), ipv6(7), and RFC 3678's forms for both families.

use std::net::{Ipv4Addr, Ipv6Addr};

use libc::c_int;
use trace::event::call::Address;

use crate::tracer::address;

/// Bytes of a `struct sockaddr_storage`.
const STORAGE: usize = 128;
/// Where the first one begins in `struct group_req` and `struct group_source_req`, after the interface's number.
const FIRST: usize = 8;
/// Bytes of the larger of the two: the largest option that is about groups.
pub(super) const LARGEST: u64 = (FIRST + 2 * STORAGE) as u64;

/// The value of an option about groups, by its members; `None` for any other option, or a length that it can't have.
pub(super) fn value(level: c_int, option: c_int, bytes: &[u8]) -> Option<String> {
    use libc as c;
    let v4 = |at: usize| Some(Ipv4Addr::from(*bytes.get(at..)?.first_chunk::<4>()?));
    let number = |at: usize| Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
    let stored = |at: usize| match address::parse(bytes.get(at..at + STORAGE)?)? {
        Address::Inet(address) => Some(address.ip().to_string()),
        other => Some(other.to_string()),
    };
    Some(match (level, option, bytes.len()) {
        (c::IPPROTO_IP, c::IP_MULTICAST_IF, 4) => v4(0)?.to_string(),
        // `struct ip_mreq`, or `struct ip_mreqn` with an interface's number after the two addresses.
        (c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP | c::IP_DROP_MEMBERSHIP | c::IP_MULTICAST_IF, 8) => {
            format!("{{imr_multiaddr={}, imr_interface={}}}", v4(0)?, v4(4)?)
        }
        (c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP | c::IP_DROP_MEMBERSHIP | c::IP_MULTICAST_IF, 12) => {
            format!("{{imr_multiaddr={}, imr_address={}, imr_ifindex={}}}", v4(0)?, v4(4)?, number(8)?)
        }
        (
            c::IPPROTO_IP,
            c::IP_ADD_SOURCE_MEMBERSHIP | c::IP_DROP_SOURCE_MEMBERSHIP | c::IP_BLOCK_SOURCE | c::IP_UNBLOCK_SOURCE,
            12,
        ) => {
            format!("{{imr_multiaddr={}, imr_interface={}, imr_sourceaddr={}}}", v4(0)?, v4(4)?, v4(8)?)
        }
        (c::IPPROTO_IPV6, c::IPV6_ADD_MEMBERSHIP | c::IPV6_DROP_MEMBERSHIP, 20) => {
            let group = Ipv6Addr::from(*bytes.first_chunk::<16>()?);
            format!("{{ipv6mr_multiaddr={group}, ipv6mr_interface={}}}", number(16)?)
        }
        (c::IPPROTO_IP | c::IPPROTO_IPV6, c::MCAST_JOIN_GROUP | c::MCAST_LEAVE_GROUP, len)
            if len == FIRST + STORAGE =>
        {
            format!("{{gr_interface={}, gr_group={}}}", number(0)?, stored(FIRST)?)
        }
        (
            c::IPPROTO_IP | c::IPPROTO_IPV6,
            c::MCAST_JOIN_SOURCE_GROUP | c::MCAST_LEAVE_SOURCE_GROUP | c::MCAST_BLOCK_SOURCE | c::MCAST_UNBLOCK_SOURCE,
            len,
        ) if len == FIRST + 2 * STORAGE => {
            let (group, source) = (stored(FIRST)?, stored(FIRST + STORAGE)?);
            format!("{{gsr_interface={}, gsr_group={group}, gsr_source={source}}}", number(0)?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ipv4s_forms_are_told_apart_by_their_lengths() {
        let group = [239, 1, 2, 3, 192, 168, 1, 4, 2, 0, 0, 0];
        let join = |len: usize| value(libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP, &group[..len]);
        assert_eq!(join(8).unwrap(), "{imr_multiaddr=239.1.2.3, imr_interface=192.168.1.4}");
        assert_eq!(join(12).unwrap(), "{imr_multiaddr=239.1.2.3, imr_address=192.168.1.4, imr_ifindex=2}");
        assert_eq!(join(9), None);
        let source = [232, 1, 2, 3, 192, 168, 1, 4, 192, 168, 1, 7];
        assert_eq!(
            value(libc::IPPROTO_IP, libc::IP_ADD_SOURCE_MEMBERSHIP, &source).unwrap(),
            "{imr_multiaddr=232.1.2.3, imr_interface=192.168.1.4, imr_sourceaddr=192.168.1.7}"
        );
    }

    #[test]
    fn ipv6s_and_the_form_for_both() {
        let six: Ipv6Addr = "ff15::7".parse().unwrap();
        let request: Vec<u8> = six.octets().into_iter().chain(2_u32.to_ne_bytes()).collect();
        assert_eq!(
            value(libc::IPPROTO_IPV6, libc::IPV6_ADD_MEMBERSHIP, &request).unwrap(),
            "{ipv6mr_multiaddr=ff15::7, ipv6mr_interface=2}"
        );
        let stored = |start: &[u8]| {
            let mut bytes = start.to_vec();
            bytes.resize(STORAGE, 0);
            bytes
        };
        let four = |last| stored(&[2, 0, 0, 0, 232, 1, 2, last]);
        let mut both = [2_u32.to_ne_bytes(), [0; 4]].concat();
        both.extend(four(3));
        assert_eq!(
            value(libc::IPPROTO_IP, libc::MCAST_JOIN_GROUP, &both).unwrap(),
            "{gr_interface=2, gr_group=232.1.2.3}"
        );
        both.extend(four(4));
        assert_eq!(
            value(libc::IPPROTO_IP, libc::MCAST_JOIN_SOURCE_GROUP, &both).unwrap(),
            "{gsr_interface=2, gsr_group=232.1.2.3, gsr_source=232.1.2.4}"
        );
        assert_eq!(both.len() as u64, LARGEST);
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_value_or_none(option in 0..60, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for level in [libc::IPPROTO_IP, libc::IPPROTO_IPV6] {
                prop_assert!(value(level, option, &bytes).is_none() || !bytes.is_empty());
            }
        }
    }
}
