//! From registers and memory to arguments with names and meaning.
//!
//! What the program passes in is read when the call is entered, what the kernel fills in when it has returned. A
//! program with several threads can change its memory in between; then the two may differ, and both are shown.

mod group;
mod message;
mod option;
mod raw;
mod readiness;

use trace::event::call::{Argument, Value};
use trace::syscall::Syscall;

use super::names;
pub(crate) use raw::Raw;
use raw::{ints, pending};

/// The arguments of a call that is entered, in the order of [`Syscall::params`].
pub(crate) fn entered(raw: &Raw) -> Vec<Value> {
    use Syscall as S;
    use Value::{Fd, Int, Named, Pending};
    let fd = |index| Fd(raw.int(index));
    let a = &raw.args;
    let named = |name: String| Named(name);
    match raw.syscall {
        S::Socket | S::Socketpair => {
            let mut values = vec![
                named(names::domain(raw.int(0))),
                named(names::socket_type(raw.int(1))),
                named(names::protocol(raw.int(0), raw.int(2))),
            ];
            if raw.syscall == S::Socketpair {
                values.push(Pending);
            }
            values
        }
        S::Bind | S::Connect => vec![fd(0), raw.address(a[1], a[2]), Int(raw.int(2).into())],
        S::Listen => vec![fd(0), Int(raw.int(1).into())],
        S::Accept | S::Getsockname | S::Getpeername => vec![fd(0), pending(a[1]), raw.int_at(a[2])],
        S::Accept4 => vec![fd(0), pending(a[1]), raw.int_at(a[2]), named(names::accept_flags(raw.int(3)))],
        S::Sendto => vec![
            fd(0),
            raw.data(a[1], a[2]),
            Int(raw.long(2)),
            named(names::message_flags(raw.int(3))),
            raw.address(a[4], a[5]),
            Int(raw.int(5).into()),
        ],
        S::Recvfrom => vec![
            fd(0),
            pending(a[1]),
            Int(raw.long(2)),
            named(names::message_flags(raw.int(3))),
            pending(a[4]),
            raw.int_at(a[5]),
        ],
        S::Sendmsg => vec![fd(0), raw.message(a[1], u64::MAX), named(names::message_flags(raw.int(2)))],
        S::Recvmsg => vec![fd(0), pending(a[1]), named(names::message_flags(raw.int(2)))],
        S::Sendmmsg => {
            let messages = raw.messages(a[1], raw.unsigned(2).into(), false);
            vec![fd(0), messages, Int(raw.unsigned(2).into()), named(names::message_flags(raw.int(3)))]
        }
        S::Recvmmsg => vec![
            fd(0),
            pending(a[1]),
            Int(raw.int(2).into()),
            named(names::message_flags(raw.int(3))),
            raw.time(a[4], 1),
        ],
        S::Shutdown => vec![fd(0), named(names::shutdown(raw.int(1)))],
        S::Setsockopt | S::Getsockopt => {
            let (level, option) = (raw.int(1), raw.int(2));
            let (value, len) = if raw.syscall == S::Setsockopt {
                (raw.option_value(level, option, a[3], raw.unsigned(4).into()), Int(raw.int(4).into()))
            } else {
                (pending(a[3]), raw.int_at(a[4]))
            };
            vec![fd(0), named(names::level(level)), named(names::option(level, option)), value, len]
        }
        S::Read => vec![fd(0), pending(a[1]), Int(raw.long(2))],
        S::Write => vec![fd(0), raw.data(a[1], a[2]), Int(raw.long(2))],
        S::Readv | S::Writev | S::Preadv2 | S::Pwritev2 => {
            let data = if raw.syscall.sends() { Value::Data(raw.vector(a[1], a[2], u64::MAX)) } else { pending(a[1]) };
            let mut values = vec![fd(0), data, Int(raw.int(2).into())];
            if matches!(raw.syscall, S::Preadv2 | S::Pwritev2) {
                // The offset is a long on 64-bit machines; the upper half's argument after it counts for nothing.
                values.extend([Int(raw.long(3)), named(names::vector_flags(raw.int(5)))]);
            }
            values
        }
        S::Sendfile => vec![fd(0), fd(1), raw.long_at(a[2]), Int(raw.long(3))],
        S::Close | S::Dup => vec![fd(0)],
        S::CloseRange => {
            vec![Int(raw.unsigned(0).into()), Int(raw.unsigned(1).into()), named(names::close_range_flags(raw.int(2)))]
        }
        S::Dup2 => vec![fd(0), fd(1)],
        S::Dup3 => vec![fd(0), fd(1), named(names::status_flags(raw.int(2)))],
        S::Fcntl => fcntl(raw),
        S::Ioctl => ioctl(raw),
        S::Select | S::Pselect6 | S::Poll | S::Ppoll => readiness(raw),
        S::EpollCreate => vec![Int(raw.int(0).into())],
        S::EpollCreate1 => vec![named(names::epoll_flags(raw.int(0)))],
        S::EpollCtl => {
            vec![fd(0), named(names::epoll_operation(raw.int(1))), fd(2), raw.epoll_request(a[3], raw.int(2))]
        }
        S::EpollWait => vec![fd(0), pending(a[1]), Int(raw.int(2).into()), raw.milliseconds(3)],
        S::EpollPwait => vec![fd(0), pending(a[1]), Int(raw.int(2).into()), raw.milliseconds(3), mask(a[4])],
        S::EpollPwait2 => vec![fd(0), pending(a[1]), Int(raw.int(2).into()), raw.time(a[3], 1), mask(a[4])],
        S::Unlink => vec![raw.text(a[0])],
        S::Unlinkat => {
            let folder = if raw.int(0) == libc::AT_FDCWD { named("AT_FDCWD".to_owned()) } else { fd(0) };
            vec![folder, raw.text(a[1]), named(names::unlink_flags(raw.int(2)))]
        }
        S::RestartSyscall => vec![],
    }
}

/// fcntl(2): what the third argument is, and whether there is one, depends on the second.
fn fcntl(raw: &Raw) -> Vec<Value> {
    let mut values = vec![Value::Fd(raw.int(0)), Value::Named(names::fcntl(raw.int(1)))];
    values.extend(match raw.int(1) {
        libc::F_GETFD | libc::F_GETFL | libc::F_GETOWN => None,
        libc::F_SETFL => Some(Value::Named(names::status_flags(raw.int(2)))),
        libc::F_SETFD => Some(Value::Named(names::descriptor_flags(raw.int(2)))),
        libc::F_DUPFD | libc::F_DUPFD_CLOEXEC | libc::F_SETOWN => Some(Value::Int(raw.int(2).into())),
        _ => Some(Value::Pointer(raw.args[2])),
    });
    values
}

/// ioctl(2): likewise.
fn ioctl(raw: &Raw) -> Vec<Value> {
    let name = names::ioctl(raw.unsigned(1)).map_or_else(|| format!("{:#x}", raw.unsigned(1)), str::to_owned);
    let mut values = vec![Value::Fd(raw.int(0)), Value::Named(name)];
    values.extend(match ioctl_argument(raw) {
        IoctlArgument::Nothing => None,
        IoctlArgument::In => Some(raw.int_at(raw.args[2])),
        IoctlArgument::Out => Some(pending(raw.args[2])),
        IoctlArgument::Other => Some(Value::Pointer(raw.args[2])),
    });
    values
}

enum IoctlArgument {
    Nothing,
    /// The program gives an int.
    In,
    /// The kernel gives one.
    Out,
    Other,
}

fn ioctl_argument(raw: &Raw) -> IoctlArgument {
    match libc::c_ulong::from(raw.unsigned(1)) {
        libc::FIOCLEX | libc::FIONCLEX => IoctlArgument::Nothing,
        libc::FIONBIO | libc::FIOASYNC => IoctlArgument::In,
        libc::FIONREAD | libc::TIOCOUTQ | names::SIOCATMARK => IoctlArgument::Out,
        _ => IoctlArgument::Other,
    }
}

fn readiness(raw: &Raw) -> Vec<Value> {
    let a = &raw.args;
    let nfds = raw.int(0);
    match raw.syscall {
        Syscall::Poll => vec![raw.poll_set(a[0], a[1], false), Value::Int(raw.long(1)), raw.milliseconds(2)],
        Syscall::Ppoll => {
            vec![raw.poll_set(a[0], a[1], false), Value::Int(raw.long(1)), raw.time(a[2], 1), mask(a[3])]
        }
        _ => {
            let mut values = vec![Value::Int(nfds.into())];
            values.extend(a[1..4].iter().map(|set| raw.fd_set(*set, nfds)));
            // select(2) counts microseconds, pselect(2) nanoseconds.
            values.push(raw.time(a[4], if raw.syscall == Syscall::Select { 1_000 } else { 1 }));
            if raw.syscall == Syscall::Pselect6 {
                values.push(mask(a[5]));
            }
            values
        }
    }
}

/// What the kernel filled in, of a call that returned `value`.
pub(crate) fn returned(raw: &Raw, value: i64) -> Vec<Argument> {
    use Syscall as S;
    let a = &raw.args;
    let count = u64::try_from(value).unwrap_or(0);
    let filled = |values: Vec<(u8, Value)>| {
        values.into_iter().map(|(index, value)| Argument { index, value }).collect::<Vec<_>>()
    };
    match raw.syscall {
        S::Socketpair => {
            let pair = raw.read(a[3], 8).unwrap_or_default();
            filled(vec![(3, Value::FdSet(ints(&pair).collect()))])
        }
        S::Accept | S::Accept4 | S::Getsockname | S::Getpeername if a[1] != 0 => {
            let (address, len) = raw.filled_address(a[1]);
            filled(vec![(1, address), (2, len)])
        }
        S::Recvfrom => {
            let mut values = vec![(1, raw.data(a[1], count))];
            if a[4] != 0 {
                let (address, len) = raw.filled_address(a[4]);
                values.extend([(4, address), (5, len)]);
            }
            filled(values)
        }
        S::Read => filled(vec![(1, raw.data(a[1], count))]),
        S::Readv | S::Preadv2 => filled(vec![(1, Value::Data(raw.vector(a[1], a[2], count)))]),
        S::Recvmsg => filled(vec![(1, raw.message(a[1], count))]),
        S::Recvmmsg => filled(vec![(1, raw.messages(a[1], count, true))]),
        S::Getsockopt => {
            let len = raw.int_at(a[4]);
            let bytes = if let Value::Int(len) = len { u64::try_from(len).unwrap_or(0) } else { 0 };
            filled(vec![(3, raw.option_value(raw.int(1), raw.int(2), a[3], bytes)), (4, len)])
        }
        S::Sendfile if a[2] != 0 => filled(vec![(2, raw.long_at(a[2]))]),
        S::Ioctl if matches!(ioctl_argument(raw), IoctlArgument::Out) => filled(vec![(2, raw.int_at(a[2]))]),
        S::Poll | S::Ppoll => filled(vec![(0, raw.poll_set(a[0], a[1], true))]),
        S::Select | S::Pselect6 => {
            let nfds = raw.int(0);
            filled((1..4u8).map(|index| (index, raw.fd_set(a[usize::from(index)], nfds))).collect())
        }
        S::EpollWait | S::EpollPwait | S::EpollPwait2 => {
            filled(vec![(1, raw.epoll_answer(a[1], usize::try_from(value).unwrap_or(0)))])
        }
        _ => Vec::new(),
    }
}

fn mask(addr: u64) -> Value {
    if addr == 0 { Value::Null } else { Value::Pointer(addr) }
}
