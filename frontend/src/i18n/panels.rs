//! The words of the panels beside the ladder, both languages side by side. `{name}` stands for an argument.

use std::fmt::Display;

use trace::lesson::Lang;

/// A word or a sentence in each language.
pub(crate) type Word = [&'static str; 2];

/// A word in a language.
pub(crate) const fn say(lang: Lang, word: Word) -> &'static str {
    word[lang as usize]
}

/// A sentence with its arguments.
pub(crate) fn fill(lang: Lang, word: Word, args: &[(&str, &dyn Display)]) -> String {
    trace::tell::fill(say(lang, word), args)
}

// Buffers.
pub(crate) const NO_BYTES: Word = [
    "No connection and no datagram yet. Here you will see each byte on its way: in the send buffer, on the wire, in the receive buffer.",
    "还没有连接，也没有数据报。字节走到哪里，在发送缓冲区、网线上还是接收缓冲区里，之后都会画在这里。",
];
pub(crate) const CONNECTIONS: Word = ["Connections", "连接"];
pub(crate) const NOT_SEEN: Word = ["elsewhere", "不在这里"];
pub(crate) const WRITTEN: Word = ["{bytes} B in {count} × send()", "{count} 次 send()，共 {bytes} B"];
pub(crate) const NOTHING_SENT: Word = ["nothing was sent this way", "这个方向还没有发过数据"];
pub(crate) const SEND_BUFFER: Word = ["Send buffer", "发送缓冲区"];
pub(crate) const UNSENT: Word = ["not sent yet", "还没发"];
pub(crate) const UNACKED: Word = ["sent, no ACK yet", "已发，未确认"];
pub(crate) const ON_WIRE: Word = ["Wire", "网线"];
pub(crate) const HELD: Word = ["held", "被扣"];
pub(crate) const AGAIN: Word = ["again", "重传"];
pub(crate) const LOST: Word = ["lost", "丢失"];
pub(crate) const RECEIVE_BUFFER: Word = ["Receive buffer", "接收缓冲区"];
pub(crate) const EARLY: Word = ["came early; bytes before it are missing", "先到了，前面还缺"];
pub(crate) const TAKEN: Word = ["Taken by recv()", "recv() 取走的"];
pub(crate) const EMPTY: Word = ["empty", "空"];
pub(crate) const EARLIER: Word = ["{count} earlier", "之前还有 {count} 次"];
pub(crate) const FIN_SENT: Word = ["FIN is on its way: no more will come", "FIN 在路上：不会再有数据"];
pub(crate) const FIN_CAME: Word =
    ["FIN has arrived: after these bytes recv() returns 0", "FIN 已到：读完这些，recv() 就返回 0"];
pub(crate) const RESET: Word = ["reset by RST: what had not arrived is gone", "被 RST 重置：还没到的都没了"];
pub(crate) const GLUED: Word = ["{count} × send() in one", "{count} 次 send() 合在一起"];
pub(crate) const PART: Word = ["part of a send()", "一次 send() 的一部分"];
pub(crate) const SEND_NUMBER: Word = ["send() number {n}", "第 {n} 次 send()"];
pub(crate) const WINDOWS: Word = ["What limits the sender", "什么限制着发送方"];
pub(crate) const CWND: Word = ["congestion window", "拥塞窗口"];
pub(crate) const WINDOW: Word = ["peer's window", "对方窗口"];
pub(crate) const IN_FLIGHT: Word = ["in flight", "在途"];
pub(crate) const DATAGRAMS: Word = ["Datagrams", "数据报"];
pub(crate) const DROPPED: Word = ["Dropped by the kernel", "被内核丢弃"];
pub(crate) const CUT: Word = ["{cut} B cut off and gone", "截掉的 {cut} B 没了"];
pub(crate) const UNIX_QUEUE: Word = ["{bytes} B waiting", "{bytes} B 在等"];

// Readiness.
pub(crate) const NO_DESCRIPTORS: Word = [
    "No program holds a socket at this moment. Here you will see, for each descriptor, whether a call on it would have to wait.",
    "这一刻没有程序持有套接字。之后这里会逐个显示描述符：对它的调用要不要等。",
];
pub(crate) const READABLE: Word = ["readable", "可读"];
pub(crate) const WRITABLE: Word = ["writable", "可写"];
pub(crate) const TROUBLE: Word = ["error or hang-up", "出错或挂断"];
pub(crate) const YES: Word = ["yes", "是"];
pub(crate) const NO: Word = ["no", "否"];
pub(crate) const UNKNOWN: Word = ["unknown", "不知道"];
pub(crate) const QUEUE: Word = ["queue {n}/{limit}", "队列 {n}/{limit}"];
pub(crate) const BYTES_WAIT: Word = ["{n} B waiting", "{n} B 等着"];
pub(crate) const OVER_TIME: Word = ["over time", "随时间"];
pub(crate) const NOW: Word = ["now", "现在"];
pub(crate) const QUESTIONS: Word = ["What was asked", "问过什么"];
pub(crate) const ASKED: Word = ["asked", "问"];
pub(crate) const ANSWERED: Word = ["answered", "答"];
pub(crate) const STILL_WAITS: Word = ["waits, by the last event for", "还在等，到最后一个事件为止"];
pub(crate) const NOTHING: Word = ["nothing", "没有"];
pub(crate) const TRIGGERS: Word = ["What epoll would say now", "epoll 现在会怎么说"];
pub(crate) const LEVEL: Word = ["level-triggered", "水平触发"];
pub(crate) const EDGE: Word = ["edge-triggered", "边缘触发"];
pub(crate) const THIS_ONE: Word = ["as registered", "实际注册的"];
pub(crate) const TELLS: Word = ["reports it", "会报告"];
pub(crate) const SILENT: Word = ["says nothing", "不出声"];
pub(crate) const FORGOTTEN: Word = [
    "fd {fd} was reported but not emptied: {n} still wait, and epoll_wait() will not report it again until more arrives. Read until EAGAIN.",
    "fd {fd} 报告过一次，却没有读空：还剩 {n}，在有新数据之前，epoll_wait() 不会再提它。要一直读到 EAGAIN。",
];
pub(crate) const ONE_SHOT: Word = ["one-shot: asleep", "一次性：已休眠"];

// States.
pub(crate) const NO_TCP: Word = [
    "No TCP socket yet. Here you will see where both ends of a connection are in TCP's state machine, and what led there.",
    "还没有 TCP 套接字。之后这里会显示连接的两端走到了状态机的哪一步，是什么让它走到那里。",
];
pub(crate) const MACHINE: Word = ["TCP's state machine (RFC 9293, figure 5)", "TCP 状态机（RFC 9293，图 5）"];
pub(crate) const IN_STATE: Word = ["{host} is in {state}", "{host} 处于 {state}"];
pub(crate) const IS_GONE: Word = ["{host} has forgotten it", "{host} 的内核已忘掉它"];
pub(crate) const HISTORY: Word = ["How it got there", "怎样走到这里"];
pub(crate) const GONE: Word = ["forgotten by the kernel", "内核已忘掉它"];
pub(crate) const BEGAN: Word = ["made", "创建"];
pub(crate) const SENDS: Word = ["sends {what}", "发出 {what}"];
pub(crate) const TIMER: Word = ["a kernel timer", "内核的定时器"];
pub(crate) const PROGRAM_END: Word = ["the program ended", "程序结束"];
pub(crate) const QUEUES: Word = ["Queues of {name}", "{name} 的队列"];
pub(crate) const SYN_QUEUE: Word = ["SYN queue", "半连接队列"];
pub(crate) const ACCEPT_QUEUE: Word = ["Accept queue", "全连接队列"];
pub(crate) const OF_LIMIT: Word =
    ["{n} wait; listen({limit}) has room for {room}", "{n} 个在等；listen({limit}) 容得下 {room} 个"];
pub(crate) const SYN_LIMIT: Word = [
    "{n} wait for the handshake's third packet; listen({limit}) bounds this queue too",
    "{n} 个在等握手的第三个包；listen({limit}) 也限制这个队列",
];
pub(crate) const FULL: Word = ["full", "满"];
pub(crate) const DROPPED_SYNS: Word = ["SYNs dropped without an answer", "没有回应就被丢弃的 SYN"];

// Inspector.
pub(crate) const NOTHING_PICKED: Word = [
    "Pick a call, a packet or a socket in the ladder, or step with the arrow keys.",
    "在时序图里点一次调用、一个包或一个套接字，或者用方向键一步一步走。",
];
pub(crate) const BYTES: Word = ["Bytes", "字节"];
pub(crate) const FIELDS: Word = ["Fields", "字段"];
pub(crate) const CLIPPED: Word = ["only the first {n} of {all} bytes were kept", "只保留了 {all} 字节中的前 {n} 字节"];
pub(crate) const STORY: Word = ["Its story", "它的经过"];
pub(crate) const CALLS_BEHIND: Word = ["Calls behind it", "背后的调用"];
pub(crate) const KERNEL_ALONE: Word = ["none: the kernel sent it by itself", "没有：内核自己发的"];
pub(crate) const LINE: Word = ["line {line} of {file}", "{file} 第 {line} 行"];
pub(crate) const ARGUMENTS: Word = ["Arguments", "参数"];
pub(crate) const RESULT: Word = ["Result", "结果"];
pub(crate) const INSIDE: Word =
    ["the program is inside; by the last event, for {time}", "程序还在里面；到最后一个事件为止 {time}"];
pub(crate) const ENTERED: Word = ["the program has just entered it", "程序刚进去"];
pub(crate) const NEVER: Word = ["never returned", "没有返回"];
pub(crate) const TOOK: Word = ["took {time}", "用了 {time}"];
pub(crate) const CHANGED: Word = [
    "Another thread of the program wrote into this call's memory while the kernel was at it. Which bytes the kernel took can't be told from the call; a frame or the receiver's call shows it.",
    "内核处理这次调用时，程序的另一个线程改写了它的内存。单看这次调用，说不清内核取走的是哪些字节；要看发出的帧，或接收方的调用。",
];
pub(crate) const MANUAL: Word = ["manual page", "手册页"];
pub(crate) const VARIABLES: Word = ["Variables at this line", "这一行的变量"];
pub(crate) const STOPPED: Word = ["program stopped", "程序停着"];
pub(crate) const KERNEL_WORKS: Word = ["kernel goes on", "内核照常工作"];
pub(crate) const HELD_HERE: Word = [
    "The program is stopped before this call. Its kernel is not: what has happened since is listed below.",
    "程序停在这次调用门口，内核并没有停：这期间发生的事列在下面。",
];
pub(crate) const NOTHING_YET: Word = ["nothing so far", "暂时什么也没有"];
pub(crate) const HOLDERS: Word = ["Held by", "持有者"];
pub(crate) const NOBODY: Word = ["no program; the kernel alone", "没有程序，只有内核"];
pub(crate) const OPTIONS: Word = ["Options", "选项"];
pub(crate) const NO_OPTIONS: Word = ["none were set", "没有设置过"];
pub(crate) const NUMBERS: Word = ["The kernel's numbers", "内核里的数据"];
pub(crate) const HTTP: Word = ["HTTP in this stream", "流中的 HTTP"];
pub(crate) const REQUEST: Word = ["request", "请求"];
pub(crate) const RESPONSE: Word = ["response", "响应"];
pub(crate) const BODY: Word = ["body, {n} B", "正文，{n} B"];
pub(crate) const BARE_LF: Word =
    ["Lines end with LF alone. HTTP wants CR LF (\\r\\n).", "行尾只有 LF。HTTP 要求 CR LF（\\r\\n）。"];
pub(crate) const NO_BLANK: Word =
    ["The empty line is missing: nobody can tell where the head ends.", "缺少空行：谁也不知道首部到哪里结束。"];
pub(crate) const NO_COLON: Word = ["A line of the head has no colon.", "首部里有一行没有冒号。"];
pub(crate) const NO_HOST: Word = ["HTTP/1.1 requests need a Host line.", "HTTP/1.1 请求必须有 Host 行。"];
pub(crate) const NO_LENGTH: Word = [
    "No Content-Length: the reader must wait until the connection closes.",
    "没有 Content-Length：读的一方只能等到连接关闭。",
];
pub(crate) const SHORT: Word = ["{n} bytes of the body are still missing.", "正文还差 {n} 字节。"];
pub(crate) const HOST_PROGRAM: Word = ["Program", "程序"];
pub(crate) const ADDRESS: Word = ["Address", "地址"];
pub(crate) const SOCKETS: Word = ["Sockets", "套接字"];
pub(crate) const PEER: Word = ["Peer", "对端"];
pub(crate) const STATE: Word = ["State", "状态"];
