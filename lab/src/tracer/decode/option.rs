//! What setsockopt(2) sets and getsockopt(2) gets: socket(7), ip(7), tcp(7).

use std::time::Duration;

use libc::c_int;
use trace::errno::Errno;
use trace::event::call::Value;

use super::group;
use super::raw::{Raw, ints};

impl Raw {
    /// The value of an option; `len` bytes of it are there.
    pub(super) fn option_value(&self, level: c_int, option: c_int, addr: u64, len: u64) -> Value {
        if len == 0 || len > group::LARGEST {
            return self.data(addr, len);
        }
        match self.read(addr, usize::try_from(len).unwrap_or(0)) {
            Ok(bytes) => value(level, option, &bytes).unwrap_or_else(|| self.data(addr, len)),
            Err(other) => other,
        }
    }
}

/// An option's value, if it is a number or a structure with a meaning of its own.
fn value(level: c_int, option: c_int, bytes: &[u8]) -> Option<Value> {
    use libc as c;
    let four = ints(bytes).collect::<Vec<_>>();
    let named = |text: String| Some(Value::Named(text));
    if let Some(text) = group::value(level, option, bytes) {
        return named(text);
    }
    match (level, option, bytes.len(), &four[..]) {
        (c::SOL_SOCKET, c::SO_LINGER, 8, [on, seconds]) => named(format!("{{l_onoff={on}, l_linger={seconds}}}")),
        (c::SOL_SOCKET, c::SO_PEERCRED, 12, [pid, uid, gid]) => named(format!("{{pid={pid}, uid={uid}, gid={gid}}}")),
        (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO, 16, _) => timeval(bytes),
        (c::SOL_SOCKET, c::SO_ERROR, 4, [error]) if *error != 0 => named(Errno(*error).to_string()),
        // ip(7): time to live and its like may be given in one byte.
        (c::IPPROTO_IP, _, 1, _) => Some(Value::Int(bytes[0].into())),
        (_, _, 4, [number]) => Some(Value::Int((*number).into())),
        _ => None,
    }
}

/// A `struct timeval`; socket(7): zero never times out.
fn timeval(bytes: &[u8]) -> Option<Value> {
    let (seconds, rest) = bytes.split_first_chunk()?;
    let (seconds, micros) = (i64::from_ne_bytes(*seconds), i64::from_ne_bytes(*rest.first_chunk()?));
    let time = Duration::new(u64::try_from(seconds).ok()?, u32::try_from(micros).ok()?.checked_mul(1_000)?);
    Some(Value::Timeout((!time.is_zero()).then_some(time)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn structures_are_told_by_their_members() {
        let named = |level, option, bytes: &[u8]| match value(level, option, bytes) {
            Some(Value::Named(text)) => text,
            other => panic!("{other:?}"),
        };
        let linger = named(libc::SOL_SOCKET, libc::SO_LINGER, &[1, 0, 0, 0, 5, 0, 0, 0]);
        assert_eq!(linger, "{l_onoff=1, l_linger=5}");
        assert_eq!(named(libc::SOL_SOCKET, libc::SO_ERROR, &[111, 0, 0, 0]), "ECONNREFUSED");
        assert_eq!(value(libc::SOL_SOCKET, libc::SO_ERROR, &[0; 4]), Some(Value::Int(0)));
        assert_eq!(value(libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, &[3]), Some(Value::Int(3)));
        let mut half = 10_i64.to_ne_bytes().to_vec();
        half.extend(500_000_i64.to_ne_bytes());
        let time = Some(Duration::from_millis(10_500));
        assert_eq!(value(libc::SOL_SOCKET, libc::SO_RCVTIMEO, &half), Some(Value::Timeout(time)));
        assert_eq!(value(libc::SOL_SOCKET, libc::SO_RCVTIMEO, &[0; 16]), Some(Value::Timeout(None)));
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_value_or_none(level in 0..60, option in 0..100, bytes: Vec<u8>) {
            prop_assert!(value(level, option, &bytes).is_none() || !bytes.is_empty());
        }
    }
}
