//! `struct tcp_info` of the kernel's `include/uapi/linux/tcp.h`, as getsockopt(2) and sock_diag(7) give it. Pure.

use trace::event::socket::{TcpNumbers, TcpState};

use super::diag::word;

/// As much of it as is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Info {
    /// The state's number in `include/net/tcp_states.h`.
    pub(crate) state: u8,
    /// For a listening socket, connections that wait for accept(2), and how many may.
    pub(crate) accept_queue: (u32, u32),
    /// Bytes that were written and not sent yet.
    pub(crate) unsent: u32,
    numbers: TcpNumbers,
}

impl Info {
    /// The numbers, where there is a connection that they could be of.
    pub(crate) fn numbers(&self) -> Option<TcpNumbers> {
        let none = matches!(TcpState::from_kernel(self.state), None | Some(TcpState::Closed | TcpState::Listen));
        (!none).then_some(self.numbers)
    }
}

/// Reads it; an older kernel's is shorter, and what it lacks is zero.
pub(crate) fn parse(bytes: &[u8]) -> Option<Info> {
    /// `TCP_INFINITE_SSTHRESH`.
    const INFINITE: u32 = 0x7fff_ffff;
    let [state, _, retransmits, ..] = *bytes else { return None };
    let at = |offset| word(bytes, offset);
    Some(Info {
        state,
        accept_queue: (at(24), at(28)),
        unsent: at(144),
        numbers: TcpNumbers {
            rtt: at(68),
            rttvar: at(72),
            rto: at(8),
            cwnd: at(80),
            ssthresh: Some(at(76)).filter(|threshold| *threshold < INFINITE),
            mss: at(16),
            snd_wnd: at(228),
            rcv_wnd: at(232),
            retransmits,
            total_retrans: at(100),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_length_is_read(bytes: Vec<u8>) {
            prop_assert_eq!(parse(&bytes).is_some(), bytes.len() >= 3);
        }

        #[test]
        fn only_connections_have_numbers(mut bytes in prop::collection::vec(any::<u8>(), 240), state in 0u8..14) {
            bytes[0] = state;
            let connection = matches!(state, 1..=6 | 8 | 9 | 11 | 12);
            prop_assert_eq!(parse(&bytes).unwrap().numbers().is_some(), connection);
        }
    }
}
