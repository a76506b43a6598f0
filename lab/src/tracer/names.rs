//! Names of the constants that arguments are made of, from the kernel's headers by way of libc.

use libc::c_int;

type Table = &'static [(c_int, &'static str)];

macro_rules! table {
    ($($name:ident)*) => { &[$((libc::$name as c_int, stringify!($name)),)*] };
}

const DOMAINS: Table = table!(AF_UNSPEC AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET AF_ALG AF_VSOCK);
const TYPES: Table = table!(SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_SEQPACKET);
const TYPE_FLAGS: Table = table!(SOCK_NONBLOCK SOCK_CLOEXEC);
const INET_PROTOCOLS: Table = table!(IPPROTO_IP IPPROTO_ICMP IPPROTO_TCP IPPROTO_UDP IPPROTO_IPV6 IPPROTO_RAW);
const LEVELS: Table = table!(SOL_SOCKET IPPROTO_IP IPPROTO_TCP IPPROTO_UDP IPPROTO_IPV6);
const SOCKET_CONTROL: Table = table!(SCM_RIGHTS SCM_CREDENTIALS SCM_TIMESTAMP SCM_TIMESTAMPNS SCM_TIMESTAMPING);
const IP_CONTROL: Table = table!(IP_TTL IP_TOS IP_PKTINFO IP_RECVERR IP_OPTIONS);
const IPV6_CONTROL: Table = table!(IPV6_PKTINFO IPV6_HOPLIMIT IPV6_TCLASS IPV6_RECVERR);
const MESSAGE_FLAGS: Table = table!(
    MSG_OOB MSG_PEEK MSG_DONTROUTE MSG_CTRUNC MSG_TRUNC MSG_DONTWAIT MSG_EOR MSG_WAITALL MSG_CONFIRM MSG_NOSIGNAL
    MSG_MORE MSG_WAITFORONE MSG_ERRQUEUE MSG_CMSG_CLOEXEC MSG_FASTOPEN
);
const SOCKET_OPTIONS: Table = table!(
    SO_DEBUG SO_REUSEADDR SO_TYPE SO_ERROR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_OOBINLINE
    SO_PRIORITY SO_LINGER SO_REUSEPORT SO_PASSCRED SO_PEERCRED SO_RCVLOWAT SO_SNDLOWAT SO_RCVTIMEO SO_SNDTIMEO
    SO_BINDTODEVICE SO_TIMESTAMP SO_TIMESTAMPNS SO_TIMESTAMPING SO_ACCEPTCONN SO_PROTOCOL SO_DOMAIN SO_INCOMING_CPU
    SO_COOKIE SO_MARK SO_PASSSEC SO_PEERSEC SO_PEERNAME SO_PEEK_OFF SO_RXQ_OVFL SO_BUSY_POLL SO_ZEROCOPY SO_MEMINFO
);
const TCP_OPTIONS: Table = table!(
    TCP_NODELAY TCP_MAXSEG TCP_CORK TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT TCP_LINGER2 TCP_DEFER_ACCEPT
    TCP_WINDOW_CLAMP TCP_INFO TCP_QUICKACK TCP_CONGESTION TCP_USER_TIMEOUT TCP_FASTOPEN
);
const IP_OPTIONS: Table = table!(
    IP_TOS IP_TTL IP_HDRINCL IP_OPTIONS IP_RECVERR IP_MTU_DISCOVER IP_MTU IP_MULTICAST_IF IP_MULTICAST_TTL
    IP_MULTICAST_LOOP IP_ADD_MEMBERSHIP IP_DROP_MEMBERSHIP IP_MULTICAST_ALL IP_RECVTTL IP_RECVTOS IP_PKTINFO
    IP_RECVORIGDSTADDR IP_FREEBIND IP_TRANSPARENT IP_BIND_ADDRESS_NO_PORT IP_ADD_SOURCE_MEMBERSHIP
    IP_DROP_SOURCE_MEMBERSHIP IP_BLOCK_SOURCE IP_UNBLOCK_SOURCE MCAST_JOIN_GROUP MCAST_LEAVE_GROUP
    MCAST_JOIN_SOURCE_GROUP MCAST_LEAVE_SOURCE_GROUP MCAST_BLOCK_SOURCE MCAST_UNBLOCK_SOURCE
);
const IPV6_OPTIONS: Table = table!(
    IPV6_V6ONLY IPV6_UNICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_HOPS IPV6_MULTICAST_LOOP IPV6_ADD_MEMBERSHIP
    IPV6_DROP_MEMBERSHIP IPV6_RECVPKTINFO IPV6_RECVHOPLIMIT IPV6_RECVTCLASS IPV6_TCLASS IPV6_RECVERR IPV6_MTU_DISCOVER
    MCAST_JOIN_GROUP MCAST_LEAVE_GROUP MCAST_JOIN_SOURCE_GROUP MCAST_LEAVE_SOURCE_GROUP MCAST_BLOCK_SOURCE
    MCAST_UNBLOCK_SOURCE
);
const SHUTDOWNS: Table = table!(SHUT_RD SHUT_WR SHUT_RDWR);
const FCNTLS: Table = table!(F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_DUPFD_CLOEXEC F_SETOWN F_GETOWN);
const DESCRIPTOR_FLAGS: Table = table!(FD_CLOEXEC);
const UNLINK_FLAGS: Table = table!(AT_REMOVEDIR);
const VECTOR_FLAGS: Table = table!(RWF_HIPRI RWF_DSYNC RWF_SYNC RWF_NOWAIT RWF_APPEND);
const CLOSE_RANGE_FLAGS: Table = &[(2, "CLOSE_RANGE_UNSHARE"), (4, "CLOSE_RANGE_CLOEXEC")];

/// sockatmark(3): whether what comes next was sent as urgent.
pub(super) const SIOCATMARK: libc::c_ulong = 0x8905;

const IOCTLS: &[(libc::c_ulong, &str)] = &[
    (libc::FIONBIO, "FIONBIO"),
    (libc::FIONREAD, "FIONREAD"),
    (libc::FIOASYNC, "FIOASYNC"),
    (libc::FIOCLEX, "FIOCLEX"),
    (libc::FIONCLEX, "FIONCLEX"),
    (libc::TIOCOUTQ, "TIOCOUTQ"),
    (libc::TCGETS, "TCGETS"),
    (libc::SIOCGIFNAME, "SIOCGIFNAME"),
    (libc::SIOCGIFCONF, "SIOCGIFCONF"),
    (libc::SIOCGIFFLAGS, "SIOCGIFFLAGS"),
    (libc::SIOCGIFADDR, "SIOCGIFADDR"),
    (libc::SIOCGIFBRDADDR, "SIOCGIFBRDADDR"),
    (libc::SIOCGIFNETMASK, "SIOCGIFNETMASK"),
    (libc::SIOCGIFMTU, "SIOCGIFMTU"),
    (libc::SIOCGIFHWADDR, "SIOCGIFHWADDR"),
    (libc::SIOCGIFINDEX, "SIOCGIFINDEX"),
    (SIOCATMARK, "SIOCATMARK"),
];
const STATUS_FLAGS: Table = table!(O_WRONLY O_RDWR O_APPEND O_NONBLOCK O_CLOEXEC O_ASYNC);
const POLLS: Table = table!(POLLIN POLLPRI POLLOUT POLLERR POLLHUP POLLNVAL POLLRDHUP POLLRDNORM POLLWRNORM);
const EPOLLS: Table = table!(
    EPOLLIN EPOLLPRI EPOLLOUT EPOLLERR EPOLLHUP EPOLLRDHUP EPOLLRDNORM EPOLLWRNORM EPOLLEXCLUSIVE EPOLLWAKEUP
    EPOLLONESHOT EPOLLET
);
const EPOLL_FLAGS: Table = table!(EPOLL_CLOEXEC);
const EPOLL_OPERATIONS: Table = table!(EPOLL_CTL_ADD EPOLL_CTL_DEL EPOLL_CTL_MOD);

fn one(table: Table, value: c_int) -> Option<&'static str> {
    table.iter().find(|(number, _)| *number == value).map(|(_, name)| *name)
}

fn one_or_number(table: Table, value: c_int) -> String {
    one(table, value).map_or_else(|| value.to_string(), str::to_owned)
}

/// Names joined by `|`, with the bits that have no name at the end in hex; `0` for none.
fn bits(table: Table, value: c_int) -> String {
    let mut rest = value;
    let mut names: Vec<String> = Vec::new();
    for (bit, name) in table {
        if *bit != 0 && rest & bit == *bit {
            rest &= !bit;
            names.push((*name).to_owned());
        }
    }
    if rest != 0 {
        names.push(format!("{rest:#x}"));
    }
    if names.is_empty() { "0".to_owned() } else { names.join("|") }
}

pub(super) fn domain(value: c_int) -> String {
    one_or_number(DOMAINS, value)
}

pub(super) fn socket_type(value: c_int) -> String {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    let kind = one_or_number(TYPES, value & !flags);
    if value & flags == 0 { kind } else { format!("{kind}|{}", bits(TYPE_FLAGS, value & flags)) }
}

pub(super) fn protocol(domain: c_int, value: c_int) -> String {
    if domain == libc::AF_INET || domain == libc::AF_INET6 {
        one_or_number(INET_PROTOCOLS, value)
    } else {
        value.to_string()
    }
}

pub(super) fn accept_flags(value: c_int) -> String {
    bits(TYPE_FLAGS, value)
}

pub(super) fn message_flags(value: c_int) -> String {
    bits(MESSAGE_FLAGS, value)
}

pub(super) fn level(value: c_int) -> String {
    one_or_number(LEVELS, value)
}

pub(super) fn option(level: c_int, value: c_int) -> String {
    let table = match level {
        libc::SOL_SOCKET => SOCKET_OPTIONS,
        libc::IPPROTO_TCP => TCP_OPTIONS,
        libc::IPPROTO_IP => IP_OPTIONS,
        libc::IPPROTO_IPV6 => IPV6_OPTIONS,
        _ => &[],
    };
    one_or_number(table, value)
}

pub(super) fn shutdown(value: c_int) -> String {
    one_or_number(SHUTDOWNS, value)
}

pub(super) fn fcntl(value: c_int) -> String {
    one_or_number(FCNTLS, value)
}

pub(super) fn status_flags(value: c_int) -> String {
    bits(STATUS_FLAGS, value)
}

pub(super) fn descriptor_flags(value: c_int) -> String {
    bits(DESCRIPTOR_FLAGS, value)
}

pub(super) fn unlink_flags(value: c_int) -> String {
    bits(UNLINK_FLAGS, value)
}

pub(super) fn vector_flags(value: c_int) -> String {
    bits(VECTOR_FLAGS, value)
}

pub(super) fn close_range_flags(value: c_int) -> String {
    bits(CLOSE_RANGE_FLAGS, value)
}

/// The name of an ioctl that sockets have; `None` for others.
pub(super) fn ioctl(value: u32) -> Option<&'static str> {
    IOCTLS.iter().find(|(number, _)| *number == libc::c_ulong::from(value)).map(|(_, name)| *name)
}

/// The type of a control message.
pub(super) fn control(level: c_int, value: c_int) -> String {
    let table = match level {
        libc::SOL_SOCKET => SOCKET_CONTROL,
        libc::IPPROTO_IP => IP_CONTROL,
        libc::IPPROTO_IPV6 => IPV6_CONTROL,
        _ => &[],
    };
    one(table, value).map_or_else(|| format!("{}:{value}", self::level(level)), str::to_owned)
}

pub(super) fn poll(value: c_int) -> String {
    bits(POLLS, value)
}

pub(super) fn epoll_flags(value: c_int) -> String {
    bits(EPOLL_FLAGS, value)
}

pub(super) fn epoll(value: c_int) -> String {
    bits(EPOLLS, value)
}

pub(super) fn epoll_operation(value: c_int) -> String {
    one_or_number(EPOLL_OPERATIONS, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_have_their_names() {
        assert_eq!(domain(libc::AF_INET), "AF_INET");
        assert_eq!(socket_type(libc::SOCK_STREAM | libc::SOCK_CLOEXEC), "SOCK_STREAM|SOCK_CLOEXEC");
        assert_eq!(protocol(libc::AF_INET, 0), "IPPROTO_IP");
        assert_eq!(protocol(libc::AF_UNIX, 0), "0");
        assert_eq!(option(libc::SOL_SOCKET, libc::SO_REUSEADDR), "SO_REUSEADDR");
        assert_eq!(option(libc::IPPROTO_TCP, 9999), "9999");
        assert_eq!(message_flags(0), "0");
        assert_eq!(epoll(libc::EPOLLIN | libc::EPOLLET), "EPOLLIN|EPOLLET");
        assert_eq!(poll(libc::POLLIN.into()), "POLLIN");
    }
}
