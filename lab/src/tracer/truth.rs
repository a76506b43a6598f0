//! What the kernel took for an address, where the program may have changed it after it was read.
//!
//! A call's arguments lie in the program's memory. The tracer reads them when the call is entered, the kernel a moment
//! later; in between another thread can write something else there, by accident or to have the trace lie. There is no
//! way to read what the kernel will read. But of bind(2) and connect(2) the kernel can be asked afterwards: the
//! socket's own name and its peer's. Where the answer is another one, the trace takes the kernel's word, as an argument
//! that was filled in. What a datagram's address was, sendto(2) and sendmsg(2), shows in the frame that was sent; and
//! of a connection that is still being made, in its first segment and in the socket's later states.
//!
//! Of everything else a second look is taken when the call returns: where it is not what it was, the trace says that it
//! can't tell. A thread that puts the old bytes back in time is not seen so; what it sent is in the frame all the same.

use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use trace::event::call::{Address, Argument, Value};
use trace::syscall::Syscall;

use super::decode::Raw;
use crate::sys::ptrace::Tid;

/// The address of a call that has succeeded, if it is not the one that was read.
pub(super) fn correction(read: Option<&Address>, taken: Address) -> Option<Argument> {
    let agree = read.is_some_and(|read| agree(read, &taken));
    (!agree).then_some(Argument { index: ADDRESS, value: Value::Address(taken) })
}

/// Which argument of bind(2) and connect(2) it is.
pub(super) const ADDRESS: u8 = 1;

/// The arguments in which another thread wrote during a call, besides those `known` by the kernel's word.
pub(super) fn changed(entered: &[Value], now: &[Value], known: impl Fn(u8) -> bool) -> Vec<Argument> {
    (0u8..)
        .zip(entered.iter().zip(now))
        // What is left of a time-out the kernel writes itself.
        .filter(|(index, (then, now))| then != now && !matches!(then, Value::Timeout(_)) && !known(*index))
        .map(|(index, _)| Argument { index, value: Value::Changed })
        .collect()
}

/// The address that the kernel took.
pub(super) fn taken(process: Tid, raw: &Raw) -> Option<Address> {
    let pidfd = pidfd_open(Pid::from_raw(process)?, PidfdFlags::empty()).ok()?;
    let copy = pidfd_getfd(&pidfd, raw.int(0), PidfdGetfdFlags::empty()).ok()?;
    let name = match raw.syscall {
        Syscall::Bind => rustix::net::getsockname(&copy).ok()?,
        Syscall::Connect => rustix::net::getpeername(&copy).ok()??,
        _ => return None,
    };
    // Names of AF_UNIX are as whoever bound them wrote them: another path to the same file is no lie.
    std::net::SocketAddr::try_from(name).ok().map(Address::Inet)
}

/// Whether the kernel can have made this of that: it fills in what is left open.
fn agree(read: &Address, taken: &Address) -> bool {
    let (Address::Inet(read), Address::Inet(taken)) = (read, taken) else { return false };
    let same_ip = read.ip().to_canonical() == taken.ip().to_canonical();
    (read.ip().is_unspecified() || same_ip) && (read.port() == 0 || read.port() == taken.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_writes_or_says_was_changed_by_nobody() {
        let data = |text: &str| Value::Data(trace::bytes::Clipped::of(text.as_bytes(), 64));
        let time = |ms| Value::Timeout(Some(std::time::Duration::from_millis(ms)));
        let entered = [Value::Fd(3), data("a"), Value::Int(4), time(9)];
        let now = [Value::Fd(3), data("b"), Value::Int(2), time(0)];
        let indices = |changed: Vec<Argument>| changed.iter().map(|argument| argument.index).collect::<Vec<_>>();
        assert_eq!(indices(changed(&entered, &now, |_| false)), [1, 2]);
        assert_eq!(indices(changed(&entered, &now, |index| index == 2)), [1]);
        assert_eq!(changed(&entered, &entered, |_| false), []);
    }

    #[test]
    fn what_is_left_open_may_be_filled_in() {
        let inet = |text: &str| Address::Inet(text.parse().unwrap());
        assert!(agree(&inet("192.168.1.4:80"), &inet("192.168.1.4:80")));
        assert!(agree(&inet("0.0.0.0:0"), &inet("0.0.0.0:40112")));
        assert!(agree(&inet("0.0.0.0:80"), &inet("127.0.0.1:80")));
        assert!(!agree(&inet("192.168.1.4:80"), &inet("192.168.1.4:81")));
        assert!(!agree(&inet("192.168.1.4:80"), &inet("192.168.1.5:80")));
        assert!(!agree(&Address::Unnamed, &inet("192.168.1.5:80")));
    }
}
