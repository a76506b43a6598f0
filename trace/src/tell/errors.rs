//! What an error number means to somebody who learns sockets: more than strerror(3), less than the man page.

use crate::errno::Errno;
use crate::lesson::Lang;

/// Numbers of errno(3) with their meanings in both languages, sorted.
const MEANINGS: &[(i32, [&str; 2])] = &[
    (
        4,
        ["a signal came while it waited, and the program has a handler for it", "等待时来了信号，而程序有它的处理函数"],
    ),
    (
        9,
        [
            "this number is not an open descriptor: it was never opened, or is already closed",
            "这个号码不是打开的描述符：没打开过，或者已经关了",
        ],
    ),
    (
        11,
        [
            "it would have to wait, and the descriptor is non-blocking (or a timeout has passed)",
            "现在做不了，得等，可描述符是非阻塞的（或者超时到了）",
        ],
    ),
    (
        13,
        ["it is not permitted; for a broadcast, SO_BROADCAST is missing", "没有权限；若是广播，就是没设 SO_BROADCAST"],
    ),
    (
        22,
        [
            "an argument makes no sense here, or the socket is in the wrong state for it",
            "参数在这里没有意义，或者套接字的状态不对",
        ],
    ),
    (24, ["the process already has as many open descriptors as it may have", "进程打开的描述符已到上限"]),
    (
        32,
        [
            "this side was shut for sending, or the connection is gone; SIGPIPE comes too",
            "本端已不能再发，或者连接已经没了；同时还会来 SIGPIPE",
        ],
    ),
    (88, ["the descriptor is not a socket", "这个描述符不是套接字"]),
    (
        89,
        [
            "no destination: the socket is not connected, and the call named none",
            "没有目的地：套接字没有 connect，调用也没指定地址",
        ],
    ),
    (90, ["too large for one datagram", "一个数据报装不下"]),
    (92, ["there is no such option at this level", "这一层没有这个选项"]),
    (97, ["the address belongs to another family than the socket", "地址和套接字不是同一个协议族"]),
    (
        98,
        [
            "the address is taken: another socket listens there, or an old connection is still in TIME_WAIT",
            "地址被占用：别的套接字正在监听，或者旧连接还在 TIME_WAIT",
        ],
    ),
    (99, ["this host does not have that address", "本机没有这个地址"]),
    (100, ["the network device is down", "网络设备没有启用"]),
    (101, ["the host has no route to there", "主机没有到那里的路由"]),
    (103, ["the connection was gone before accept() took it", "accept() 来取之前，连接已经没了"]),
    (
        104,
        [
            "the peer sent RST: the connection is gone, and what had not arrived with it",
            "对方发来 RST：连接没了，还没到的数据也没了",
        ],
    ),
    (105, ["the kernel has no buffer left for it", "内核没有缓冲区可用了"]),
    (106, ["the socket is connected already", "套接字已经连接"]),
    (107, ["the socket has no peer: not connected, or not any more", "套接字没有对端：没连上，或者已经断开"]),
    (110, ["nobody answered, however often the kernel asked", "内核问了很多次，始终没人回答"]),
    (
        111,
        [
            "nobody listens there: the other kernel answered with RST (for UDP, by ICMP)",
            "那里没有谁在监听：对方内核回了 RST（UDP 则是 ICMP）",
        ],
    ),
    (113, ["no host on the network answered for this address", "网络上没有主机应答这个地址"]),
    (114, ["an earlier connect() is still going on", "上一次 connect() 还没做完"]),
    (
        115,
        [
            "the handshake has begun and goes on without the program; once the socket is writable, it is over",
            "握手已开始，不用程序等着；等它可写，就是有结果了",
        ],
    ),
];

/// What an error number means; strerror(3) for those that a learner of sockets seldom meets.
pub fn meaning(errno: Errno, lang: Lang) -> &'static str {
    match MEANINGS.binary_search_by_key(&errno.0, |(number, _)| *number) {
        Ok(index) => MEANINGS[index].1[lang as usize],
        Err(_) => errno.meaning(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meanings_are_sorted_and_of_real_errors() {
        assert!(MEANINGS.is_sorted_by_key(|(number, _)| *number));
        assert!(MEANINGS.iter().all(|(number, _)| Errno(*number).name().is_some()));
        assert_eq!(meaning(Errno(1), Lang::Zh), "Operation not permitted");
    }
}
