//! The sentences, each in both languages side by side: one that is missing in one of them does not compile.
//!
//! They are data and not code, because a page downloads all of them: `{name}` stands for an argument.

use crate::lesson::Lang;

macro_rules! sentences {
    ($($name:ident $en:literal $zh:literal)*) => {
        /// A sentence, whatever the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Say { $($name,)* }

        const TEXT: &[[&str; 2]] = &[$([$en, $zh],)*];
    };
}

impl Say {
    /// Its text in a language, with the names of arguments in braces.
    pub(super) const fn text(self, lang: Lang) -> &'static str {
        TEXT[self as usize][lang as usize]
    }
}

sentences! {
    // The run, its hosts and their programs.
    RunStarted
        "The run begins: {count} hosts on one Ethernet segment."
        "运行开始：{count} 台主机接在同一段以太网上。"
    HostReady
        "{host} is on the network with the address {address}."
        "{host} 已接入网络，地址是 {address}。"
    Given
        "{host} has {program}: {lines} lines."
        "{host} 拿到了 {program}，共 {lines} 行。"
    ProgramStarted
        "{program} starts on {host}."
        "{program} 在 {host} 上启动。"
    Forked
        "{program} forked: the child has copies of all descriptors, so every socket is now held twice."
        "{program} 执行了 fork：子进程复制了全部描述符，每个套接字现在都有两个持有者。"
    ThreadStarted
        "{program} starts another thread. Threads share all descriptors."
        "{program} 又启动了一个线程。线程之间共享全部描述符。"
    Executed
        "{program}: execve() loads {path} into the process. Descriptors stay open unless they are close-on-exec."
        "{program}：execve() 把 {path} 装入这个进程。没有标记 close-on-exec 的描述符会保持打开。"
    ThreadEnded
        "A task of {program} ended ({status})."
        "{program} 的一个任务结束了（{status}）。"
    CompilerStarted
        "The compiler is at work on {program}, on the host and under its limits."
        "编译器正在主机上编译 {program}，受这台主机的各项上限约束。"
    Compiled
        "{program} is compiled; the program begins."
        "{program} 编译完成，程序开始运行。"
    NotCompiled
        "{program} does not compile ({status}): the terminal says on which line, and why. No program runs on this host."
        "{program} 编译失败（{status}）：错在哪一行、为什么，终端里有说明。这台主机上没有程序运行。"
    ProgramEnded
        "{program} ended ({status}). The kernel closes every descriptor that it still held."
        "{program} 结束了（{status}）。它还占着的描述符，由内核全部关闭。"
    Typed
        "Somebody typed {text} at the terminal of {host}. The program gets it when it reads its standard input."
        "有人在 {host} 的终端上输入了 {text}。程序读标准输入时才会拿到它。"
    Printed
        "{text} appears on the terminal of {host}."
        "{host} 的终端上出现了 {text}。"
    Signal
        "{program} gets the signal {signal}."
        "{program} 收到信号 {signal}。"
    SignalPipe
        "The kernel sends it to whoever writes to a connection that the other side has closed or reset."
        "往对方已关闭或已重置的连接里写数据，内核就会发来这个信号。"
    SignalIgnored
        "The program ignores it; the call fails with an error instead."
        "程序忽略了它，改由调用返回错误。"
    SignalCaught
        "The program has a handler for it, which runs now."
        "程序为它准备了处理函数，现在就会执行。"
    SignalDefault
        "The program has no handler for it, so the default action follows."
        "程序没有处理它，按默认方式生效。"
    Limit
        "A limit was reached: {limit}."
        "达到了上限：{limit}。"
    Missed
        "At least {count} events were lost here: what happened is not known."
        "这里至少丢了 {count} 个事件：发生了什么，无从得知。"
    RunEnded
        "The run ended."
        "运行结束。"

    // Calls: what the program asks for.
    AskSocket
        "{who} asks the kernel for a socket ({kind})."
        "{who} 向内核要一个套接字（{kind}）。"
    AskBind
        "{who} asks the kernel to give the socket the local address {address}."
        "{who} 请内核给套接字定下本地地址 {address}。"
    AskListen
        "{who} asks the kernel to answer connections on this socket from now on. Up to {limit} finished ones, and one more, may wait for accept()."
        "{who} 请内核从现在起替它应答连接。最多可以有 {limit} 个已完成的连接排队等 accept()，实际上能多一个。"
    AskAcceptEmpty
        "{who} asks for a finished connection. None waits in the accept queue, so the program sleeps until a handshake is over."
        "{who} 要取一个已完成的连接。全连接队列是空的，程序会一直睡到有握手完成。"
    AskAcceptWaiting
        "{who} asks for a finished connection. Waiting in the accept queue: {count}. So it does not have to sleep."
        "{who} 要取一个已完成的连接。全连接队列里已有 {count} 个，不用等。"
    AskConnectTcp
        "{who} asks the kernel to connect to {address}. The kernel does the handshake; meanwhile the program sleeps."
        "{who} 请内核连接 {address}。握手由内核来做，程序这段时间在睡觉。"
    AskConnectUdp
        "{who} names {address} as the peer of its UDP socket. Nothing is sent: there is no handshake."
        "{who} 给 UDP 套接字指定对端 {address}。什么也不会发出去：UDP 没有握手。"
    AskConnect
        "{who} asks the kernel to connect to {address}."
        "{who} 请内核连接 {address}。"
    AskSendStream
        "{who} hands the kernel {bytes} bytes, {text}. They go into the send buffer; the kernel decides when they go out, and in how many packets."
        "{who} 把 {bytes} 字节 {text} 交给内核。它们先进发送缓冲区；什么时候发、分几个包发，由内核决定。"
    AskSendDatagram
        "{who} asks the kernel to send one datagram of {bytes} bytes, {text}."
        "{who} 请内核发一个 {bytes} 字节的数据报：{text}。"
    AskReceiveEmpty
        "{who} asks for up to {size} bytes. The receive buffer is empty, so it sleeps until something comes, unless the socket is non-blocking."
        "{who} 要收最多 {size} 字节。接收缓冲区是空的：除非套接字是非阻塞的，程序会一直睡到有东西来。"
    AskReceiveWaiting
        "{who} asks for up to {size} bytes. Already in the receive buffer: {waiting}. So it does not have to sleep."
        "{who} 要收最多 {size} 字节。接收缓冲区里有 {waiting} 字节在等，不用睡。"
    AskReceiveEnd
        "{who} asks for up to {size} bytes. The peer has sent FIN and nothing is left, so it will get 0 bytes: the end."
        "{who} 要收最多 {size} 字节。对方已发来 FIN，缓冲区也空了，所以会得到 0 字节：到头了。"
    AskDatagram
        "{who} asks for the next datagram, at most {size} bytes of it."
        "{who} 要取下一个数据报，最多要其中 {size} 字节。"
    AskTerminal
        "{who} reads its terminal: it sleeps until somebody types a line."
        "{who} 在读终端：它会睡到有人输入一行为止。"
    AskReady
        "{who} asks which of {count} descriptors are ready, and sleeps until one is ({timeout})."
        "{who} 询问 {count} 个描述符里哪些就绪；没有就睡着等（{timeout}）。"
    AskEpoll
        "{who} asks epoll fd {fd} which of the descriptors that it watches are ready, and sleeps until one is ({timeout})."
        "{who} 询问 epoll fd {fd}：它盯着的描述符里哪些就绪；没有就睡着等（{timeout}）。"
    AskEpollAdd
        "{who} tells epoll fd {epfd} to watch fd {fd}."
        "{who} 让 epoll fd {epfd} 盯住 fd {fd}。"
    AskEpollModify
        "{who} changes how epoll fd {epfd} watches fd {fd}."
        "{who} 改变 epoll fd {epfd} 盯 fd {fd} 的方式。"
    AskEpollDelete
        "{who} tells epoll fd {epfd} to stop watching fd {fd}."
        "{who} 让 epoll fd {epfd} 不再盯 fd {fd}。"
    AskShutdown
        "{who} says that it will send no more on fd {fd}. The kernel sends FIN once all data is out; receiving goes on."
        "{who} 声明 fd {fd} 上不再发送。数据发完后内核会发 FIN；接收不受影响。"
    AskShutdownRead
        "{who} says that it will read no more on fd {fd}. Nothing is sent: the peer is not told."
        "{who} 声明 fd {fd} 上不再读。什么也不会发出去：对方并不知道。"
    AskClose
        "{who} gives fd {fd} back."
        "{who} 归还 fd {fd}。"
    AskCloseShared
        "{who} gives fd {fd} back. Somebody else still holds the same socket, so the connection stays open and no FIN is sent."
        "{who} 归还 fd {fd}。同一个套接字还有别的持有者，所以连接照旧，不会发 FIN。"
    AskCloseUnread
        "{who} gives fd {fd} back with {waiting} bytes still unread: so the kernel sends RST instead of FIN, and what has not reached the peer yet may be lost."
        "{who} 归还 fd {fd}，可还有 {waiting} 字节没读：内核因此发 RST 而不是 FIN，还没到对方的数据可能丢掉。"
    AskOption
        "{who} sets the option {option} of fd {fd} to {value}."
        "{who} 把 fd {fd} 的选项 {option} 设为 {value}。"
    AskOther
        "{who} calls {call}()."
        "{who} 调用 {call}()。"
    Held
        "{who} is held before {call}(): the kernel has not been asked yet. Everything else goes on: packets, timers, other programs."
        "{who} 停在 {call}() 门口：还没有进内核。其他一切照常：数据包、定时器、别的程序。"
    Resumed
        "{who} goes on into {call}()."
        "{who} 继续，进入 {call}()。"
    Abandoned
        "{call}() never returned: {who} was ended inside it."
        "{call}() 没有返回：{who} 在里面就被结束了。"

    // Calls: what came of it.
    GotSocket
        "socket() returned {fd}: the kernel made a socket without an address or a peer, and {who} knows it by this number."
        "socket() 返回 {fd}：内核造好了一个套接字，还没有地址，也没有对端；{who} 用这个号码称呼它。"
    GotBind
        "bind() returned 0: {address} belongs to this socket now. Nothing was sent."
        "bind() 返回 0：{address} 现在归这个套接字。网线上什么也没发生。"
    GotListen
        "listen() returned 0: from here on the kernel of {host} answers every SYN to this port, even while the program sleeps."
        "listen() 返回 0：从这里起，发到这个端口的 SYN 都由 {host} 的内核应答，哪怕程序在睡觉。"
    GotAccept
        "{call}() returned {fd}: it took the connection from {peer} out of the accept queue."
        "{call}() 返回 {fd}：它从全连接队列里取走了来自 {peer} 的连接。"
    HandshakeWasOver
        "The handshake had been over for {time}."
        "握手在 {time} 之前就已完成。"
    GotConnectTcp
        "connect() returned 0: the SYN ACK is here, so for this side the connection is established. Whether the other program has called accept() makes no difference."
        "connect() 返回 0：SYN ACK 到了，对这一端来说连接已经建立。对方程序有没有调用 accept()，与此无关。"
    GotConnectUdp
        "connect() returned 0: from now on, send() and recv() on this socket mean {peer}. No packet was sent."
        "connect() 返回 0：从现在起，这个套接字的 send() 和 recv() 都只针对 {peer}。没有发任何包。"
    GotSendStream
        "{call}() returned {bytes}: the bytes are in the send buffer. It does not mean that the other program has them."
        "{call}() 返回 {bytes}：这些字节进了发送缓冲区。它不代表对方程序已经收到。"
    GotSendPart
        "{call}() returned {bytes} of {asked}: the send buffer had no room for more. The rest was not sent, and the program has to send it."
        "{call}() 返回 {bytes}，而要发的是 {asked}：发送缓冲区只放得下这些。剩下的没有发，得由程序再发。"
    GotSendDatagram
        "{call}() returned {bytes}: the datagram was handed to the network. Nobody will say whether it arrives."
        "{call}() 返回 {bytes}：数据报已交给网络。能不能到，没有人会来通知。"
    GotBytes
        "{call}() returned {bytes}: it took {text} out of the receive buffer."
        "{call}() 返回 {bytes}：它从接收缓冲区取走了 {text}。"
    NothingLeft
        "Nothing is left in it."
        "缓冲区空了。"
    StillWaits
        "{waiting} bytes still wait for the next call."
        "还有 {waiting} 字节等着下一次调用。"
    Glued
        "These bytes come from {count} calls of send(): a stream has no boundaries between them."
        "这些字节来自 {count} 次 send()：字节流里没有消息的边界。"
    Bitten
        "It is only part of what one send() wrote."
        "这只是某一次 send() 写入内容的一部分。"
    Peeked
        "With MSG_PEEK it only looked: the bytes stay in the buffer."
        "带着 MSG_PEEK 只是看了一眼：字节还留在缓冲区里。"
    GotEnd
        "{call}() returned 0: the end of the stream. The peer has sent FIN, and everything before it has been read."
        "{call}() 返回 0：字节流到头了。对方发了 FIN，它之前的数据也都读完了。"
    GotEmptyDatagram
        "{call}() returned 0: an empty datagram came. With UDP that is a message like any other, not the end."
        "{call}() 返回 0：来了一个空数据报。对 UDP 来说它也是一条普通消息，不代表结束。"
    GotDatagram
        "{call}() returned {bytes}: one datagram, {text}. One call takes one datagram, never two."
        "{call}() 返回 {bytes}：一个数据报，{text}。一次调用只取一个，绝不会取两个。"
    FromPeer
        "It came from {peer}."
        "它来自 {peer}。"
    CutOff
        "The datagram had {len} bytes: the {cut} that did not fit are gone for good."
        "这个数据报有 {len} 字节：放不下的 {cut} 字节永远丢了。"
    GotLine
        "The terminal handed over {text}."
        "终端交来了 {text}。"
    GotReady
        "{call}() returned {count}: {ready}."
        "{call}() 返回 {count}：{ready}。"
    GotTimeout
        "{call}() returned 0: nothing became ready in time."
        "{call}() 返回 0：等到超时也没有一个就绪。"
    WasReady
        "fd {fd} was ready before it asked."
        "它来问之前，fd {fd} 就已经就绪。"
    WokeData
        "What woke it: {bytes} bytes came in on fd {fd}."
        "叫醒它的是：fd {fd} 来了 {bytes} 字节。"
    WokeConnection
        "What woke it: on fd {fd} a handshake is over, and a connection waits for accept()."
        "叫醒它的是：fd {fd} 上有一次握手完成，连接在等 accept()。"
    WokeEnd
        "What woke it: the peer of fd {fd} sent FIN. The end counts as readable."
        "叫醒它的是：fd {fd} 的对端发来 FIN。到头了也算可读。"
    WokeError
        "What woke it: an error on fd {fd}. The next call on it will say which."
        "叫醒它的是：fd {fd} 出了错。对它的下一次调用会说明是什么错。"
    WokeRoom
        "What woke it: fd {fd} has room for sending again."
        "叫醒它的是：fd {fd} 的发送缓冲区又有空位了。"
    GotClose
        "close() returned: for {who} fd {fd} is free again."
        "close() 返回：对 {who} 来说，fd {fd} 又空出来了。"
    KernelGoesOn
        "The connection lives on in the kernel, in {state}, until both sides are done."
        "连接还留在内核里，状态是 {state}，直到两端都收尾。"
    GotOther
        "{call}() returned {value}."
        "{call}() 返回 {value}。"
    Slept
        "The program slept for {time}."
        "程序睡了 {time}。"
    Interrupted
        "A signal interrupted {call}(). Unless the program's handler says otherwise, the kernel takes it up again by itself."
        "信号打断了 {call}()。程序的处理函数若没有另作要求，内核会自己接着做。"
    Failed
        "{call}() failed with {errno}: {meaning}."
        "{call}() 失败，{errno}：{meaning}。"

    // Sockets.
    SocketMade
        "The kernel of {host} has a new socket ({name})."
        "{host} 的内核里多了一个套接字（{name}）。"
    SocketInSynQueue
        "The SYN made a socket of its own in {host}: SYN_RCVD. It waits for the third packet in the SYN queue; no program knows of it yet."
        "SYN 在 {host} 的内核里生出了一个新套接字：SYN_RCVD。它在半连接队列里等第三个包，还没有程序知道它。"
    SocketGone
        "The kernel of {host} has forgotten the socket {name}."
        "{host} 的内核里不再有套接字 {name}。"
    ToListen
        "The socket of {host} listens: it will never carry data; it only brings in connections."
        "{host} 的套接字开始监听：它自己不传数据，只产生新连接。"
    ToSynSent
        "{host} is in SYN_SENT: it has asked and waits for the answer."
        "{host} 进入 SYN_SENT：请求已发出，等对方回答。"
    ClientEstablished
        "The SYN ACK arrived: for {host} the connection is ESTABLISHED, after two packets."
        "SYN ACK 到了：对 {host} 来说，两个包之后连接就已 ESTABLISHED。"
    ServerEstablished
        "The third packet arrived: the kernel of {host} has finished the handshake by itself. The connection waits in the accept queue."
        "第三个包到了：{host} 的内核自己完成了握手，连接排进全连接队列。"
    ToFinWait1
        "{host} has nothing more to send: its FIN goes out, and it waits for the ACK (FIN_WAIT_1)."
        "{host} 不再发送：FIN 发出去了，等对方确认（FIN_WAIT_1）。"
    ToFinWait2
        "The peer has acknowledged the FIN of {host} (FIN_WAIT_2). It may still send for as long as it likes."
        "对方确认了 {host} 的 FIN（FIN_WAIT_2）。对方还可以继续发，多久都行。"
    ToCloseWait
        "The peer's FIN arrived (CLOSE_WAIT): it will send no more. {host} stays like this until its own program calls close()."
        "对方的 FIN 到了（CLOSE_WAIT）：它不再发送。{host} 会一直停在这里，直到自己的程序调用 close()。"
    ToLastAck
        "{host} has closed too: its FIN is out, and only the last ACK is missing (LAST_ACK)."
        "{host} 也关闭了：FIN 已发出，只差最后一个 ACK（LAST_ACK）。"
    ToClosing
        "Both sides closed at the same time: {host} waits for the ACK of its own FIN (CLOSING)."
        "两端同时关闭：{host} 在等对方确认自己的 FIN（CLOSING）。"
    ToTimeWait
        "Both FINs are acknowledged. {host} closed first, so its kernel keeps the connection for 60 s (TIME_WAIT): late packets must not get into a new one."
        "两个 FIN 都已确认。{host} 先关闭，所以它的内核要把连接再留 60 秒（TIME_WAIT），免得迟到的包混进新连接。"
    RefusedToClosed
        "A reset came instead of a SYN ACK: there is no connection (CLOSED)."
        "来的不是 SYN ACK 而是 RST：连接没有建成（CLOSED）。"
    ToClosed
        "The connection of {host} is over (CLOSED)."
        "{host} 的连接结束了（CLOSED）。"
    ToState
        "The socket of {host} goes from {before} to {now}."
        "{host} 的套接字从 {before} 变为 {now}。"
    QueueGrew
        "A finished connection waits for accept(): {count} in the queue, with a backlog of {limit}."
        "一个已完成的连接在等 accept()：队列里有 {count} 个，上限 {limit}。"
    QueueFull
        "The accept queue is full: the kernel of {host} drops further SYNs without a word, and the clients try again."
        "全连接队列满了：再来的 SYN 会被 {host} 的内核不声不响地丢弃，客户端只好重试。"
    QueueShrank
        "A connection was taken out of the accept queue; left in it: {count}."
        "全连接队列里的一个连接被取走：还剩 {count} 个。"
    ReceiveGrew
        "{count} more bytes are in the receive buffer of {host}, now {all}. They wait there whether or not the program asks for them."
        "{host} 的接收缓冲区多了 {count} 字节，共 {all} 字节。不管程序来不来取，它们都先放在这里。"
    ReceiveShrank
        "{count} bytes were taken out of the receive buffer of {host}; {all} are left."
        "{host} 的接收缓冲区被取走 {count} 字节，还剩 {all} 字节。"
    SendGrew
        "The send buffer of {host} holds {all} bytes that are not acknowledged yet."
        "{host} 的发送缓冲区里有 {all} 字节还没有得到确认。"
    SendShrank
        "An ACK freed {count} bytes in the send buffer of {host}; {all} are not acknowledged yet."
        "ACK 让 {host} 的发送缓冲区腾出 {count} 字节，还有 {all} 字节待确认。"
    SendEmptied
        "An ACK freed {count} bytes in the send buffer of {host}: everything that was sent has reached the other kernel."
        "ACK 让 {host} 的发送缓冲区腾出 {count} 字节：发出的都已到了对方内核。"
    Unsent
        "{count} of them have not even been sent yet."
        "其中 {count} 字节还没有发出去。"
    WindowClosed
        "The peer's window is closed: it has no room, and {host} may send nothing until it says otherwise."
        "对方的窗口关了：它没有空位，{host} 得等它重新开窗才能再发。"
    WindowOpened
        "The peer's window is open again: {host} may send {count} bytes."
        "对方的窗口又开了：{host} 可以发 {count} 字节。"
    RetransmittedTimeout
        "No ACK came in time, so the kernel of {host} sends again; the next timeout is {rto}."
        "迟迟没有 ACK，{host} 的内核重发一次；下一次超时是 {rto}。"
    CwndShrank
        "It takes the loss for congestion: the congestion window goes from {before} to {now} segments."
        "它把丢包当成拥塞：拥塞窗口从 {before} 段缩到 {now} 段。"
    Taken
        "A program on {host} holds the socket now."
        "现在 {host} 的程序持有这个套接字。"
    Orphaned
        "No program on {host} holds the socket any more; its kernel finishes the connection alone."
        "{host} 已没有程序持有这个套接字，余下的由内核独自收尾。"
    Bound
        "The socket of {host} has the address {address}."
        "{host} 的套接字有了地址 {address}。"
    ReadyNow
        "To poll() it is now: {ready}."
        "在 poll() 看来，它现在：{ready}。"
    SocketNumbers
        "The kernel of {host} has new numbers for this socket."
        "{host} 的内核更新了这个套接字的数据。"
    EpollWatches
        "epoll fd {fd} now watches: {list}."
        "epoll fd {fd} 现在盯着：{list}。"
    EpollNothing
        "epoll fd {fd} watches nothing."
        "epoll fd {fd} 什么也没盯。"

    // Frames.
    Syn
        "The kernel of {from} asks {to} for a connection: SYN. Its bytes will be numbered from here on."
        "{from} 的内核向 {to} 请求连接：SYN。它的字节从这个序号数起。"
    SynAgain
        "No answer to the SYN: the kernel of {from} asks once more."
        "SYN 没有回音：{from} 的内核再问一次。"
    SynAck
        "The kernel of {from} says yes and numbers its own bytes: SYN ACK. No program took part in this."
        "{from} 的内核答应了，也给自己的字节定下起点：SYN ACK。这一步没有程序参与。"
    SynAckAgain
        "No answer to the SYN ACK: the kernel of {from} sends it once more."
        "SYN ACK 没有回音：{from} 的内核再发一次。"
    ThirdAck
        "The third packet of the handshake. connect() does not send it: the kernel of {from} does, by itself."
        "握手的第三个包。它不是 connect() 发的，是 {from} 的内核自己发的。"
    BareAck
        "No program sent this ACK: the kernel of {from} confirms by itself that it has everything before byte {ack}."
        "这个 ACK 不是程序发的：{from} 的内核自己确认，第 {ack} 字节以前的都收到了。"
    AckOfFin
        "The kernel of {from} acknowledges the FIN by itself; a FIN counts as one byte."
        "{from} 的内核自己确认了 FIN；FIN 占一个序号。"
    DuplicateAck
        "The same ACK once more: something after byte {ack} arrived, but this byte has not."
        "同样的 ACK 又来一次：后面的数据到了，第 {ack} 字节却还没到。"
    WindowProbe
        "The window of the other side is 0. The kernel of {from} asks whether there is room again: a segment with nothing new, which must be answered."
        "对方的窗口是 0。{from} 的内核来问有没有空位了：发一个没有新内容的报文段，对方必须回答。"
    KeepAlive
        "Nothing was said for a while. The kernel of {from} asks whether the other side is still there: a segment with nothing new, which must be answered."
        "已经好一阵没有动静。{from} 的内核来问对方还在不在：发一个没有新内容的报文段，对方必须回答。"
    ZeroWindow
        "Its window is 0: there is no room, so the other side has to stop."
        "窗口是 0：放不下了，对方必须停下。"
    WindowUpdate
        "The kernel of {from} has room again and says so: its window is {window} bytes."
        "{from} 的内核又有了空位，告诉对方：窗口是 {window} 字节。"
    DataOf
        "{bytes} bytes go out, {text}: what {calls} wrote."
        "发出 {bytes} 字节 {text}：{calls} 写入的。"
    DataOfMany
        "{bytes} bytes go out in one segment, {text}: what {count} calls of send() wrote travels together."
        "{bytes} 字节 {text} 装在一个报文段里发出：{count} 次 send() 写的东西合在一起走。"
    Data
        "The kernel of {from} puts {bytes} bytes on the wire: {text}."
        "{from} 的内核把 {bytes} 字节放上网线：{text}。"
    DataAgain
        "{bytes} bytes go out once more, {text}: no ACK came for them in time."
        "{bytes} 字节 {text} 再发一次：等不到对它们的确认。"
    Fin
        "{from} will send no more: FIN."
        "{from} 不再发送：FIN。"
    FinAgain
        "No ACK came for the FIN: the kernel of {from} sends it once more."
        "FIN 等不到确认：{from} 的内核再发一次。"
    Rst
        "The kernel of {from} resets the connection: RST. Whatever is still on its way no longer counts."
        "{from} 的内核重置连接：RST。还在路上的一切都作废。"
    RstRefused
        "Nobody on {from} listens on port {port}: its kernel answers with RST, and the connect() of {to} fails."
        "{from} 上没有谁在监听端口 {port}：内核回 RST，{to} 的 connect() 会失败。"
    RstNoSocket
        "{from} has no such connection any more, so its kernel answers with RST."
        "{from} 上已没有这个连接，内核就回 RST。"
    Datagram
        "One datagram goes out: {bytes} bytes, {text}. UDP adds ports and a checksum; there is no handshake and no ACK."
        "发出一个数据报：{bytes} 字节，{text}。UDP 只加上端口和校验和，没有握手，也没有确认。"
    ForAll
        "It is addressed to every host on the wire."
        "它是发给网线上所有主机的。"
    Fragment
        "Part of an IP packet that was too large for one frame. If one part is lost, so is the whole packet."
        "一个 IP 包太大，一帧装不下，这是其中一片。丢任何一片，整个包就废了。"
    PortUnreachable
        "Nobody on {from} uses that port: its kernel tells the sender by ICMP. A connected UDP socket learns of it as ECONNREFUSED."
        "{from} 上没有谁用这个端口：内核用 ICMP 告诉发送方。已 connect 的 UDP 套接字会得到 ECONNREFUSED。"
    Icmp
        "{from} sends ICMP: {name}."
        "{from} 发出 ICMP：{name}。"
    ArpAsk
        "{from} asks everybody who has {address}: IP needs a hardware address before it can send."
        "{from} 问大家谁有 {address}：不知道硬件地址，IP 包就发不出去。"
    ArpAnswer
        "{from} answers: {address} is here. The asker remembers it for a while."
        "{from} 回答：{address} 在我这里。对方会记住一阵子。"
    Neighbour
        "{from} finds out who has which IPv6 address (neighbour discovery, ICMPv6)."
        "{from} 在打听哪台主机有哪个 IPv6 地址（邻居发现，ICMPv6）。"
    OtherFrame
        "{from} puts a frame of {bytes} bytes on the wire."
        "{from} 把一个 {bytes} 字节的帧放上网线。"
    Looped
        "It stays inside {from}: loopback has no wire."
        "它没有离开 {from}：走的是环回接口，不经过网线。"
    Arrived
        "{what} arrives at {to} after {time}."
        "{what} 到达 {to}，路上用了 {time}。"
    ArrivedData
        "Its kernel takes it in, whether or not the program is waiting."
        "不管程序等没等，内核都先收下。"
    ArrivedAgain
        "The same had arrived there before: the kernel drops what it already has, and acknowledges once more."
        "同样的内容以前到过：内核已有的就丢弃，再确认一次。"
    ArrivedAhead
        "Out of order: {count} bytes before it are missing. The kernel keeps it aside, and recv() gets nothing of it until they come."
        "乱序：它前面还缺 {count} 字节。内核先把它放在一边，等缺的到齐，recv() 才拿得到。"
    ArrivedLate
        "Something that was sent later had arrived there earlier."
        "比它晚发的已经先到了。"
    LateUdp
        "UDP leaves it that way: recvfrom() gets datagrams in the order in which they arrive."
        "UDP 不管顺序：先到的先被 recvfrom() 取走。"
    Lost
        "{what} is lost on its way to {to}: {cause}."
        "{what} 在去 {to} 的路上丢了：{cause}。"
    LostTcp
        "Nobody is told. The sender will notice only because no ACK comes."
        "没有人会通知。发送方只能从等不到 ACK 看出来。"
    LostUdp
        "Nobody is told, and UDP does not send again: if it matters, the program has to see to it."
        "没有人会通知，UDP 也不会重发：要紧的话，得由程序自己管。"
    MadeCopy
        "The wire made a copy of a frame."
        "线路把一个帧复制了一份。"
    MadePiece
        "The wire cut a segment up; this is a piece. A network may do that to a byte stream at any time."
        "线路把一个报文段切开了，这是其中一块。对字节流，网络随时可以这么做。"
    MadeMerged
        "The wire put several segments into one. A network may do that to a byte stream at any time."
        "线路把几个报文段合成了一个。对字节流，网络随时可以这么做。"
    MadeChanged
        "The wire passes the segment on with another window."
        "线路改了报文段的窗口，再往前送。"
    MadeForged
        "The wire made this frame out of nothing: no host sent it."
        "这个帧是线路凭空造的，没有主机发过它。"
    FrameHeld
        "{what} is held on the wire. The kernels do not know: their timers go on."
        "{what} 被扣在线路上。两端内核并不知情，定时器照走。"
    FrameReleased
        "{what} goes on its way to {to}."
        "{what} 放行，继续去往 {to}。"
    HoldFull
        "The wire holds {count} frames and can hold no more: the next ones pass."
        "线路已扣下 {count} 个帧，不能再扣：后面的直接放行。"
    WireChanged
        "From here on the wire treats frames differently."
        "从这里起，线路换了一套规矩。"
    Unplugged
        "The cable of {host} was pulled out. Its kernel does not notice."
        "{host} 的网线被拔了。它的内核并没有察觉。"
    Plugged
        "The cable of {host} is plugged in again."
        "{host} 的网线又插上了。"
}

/// Why a frame was lost, in the order of [`crate::event::LossCause`].
pub(super) const LOSS: [[&str; 2]; 8] = [
    ["by chance, as the wire is set", "按线路设置随机丢弃"],
    ["its device would not take it", "它的网卡没有收下"],
    ["nobody has this address", "没有主机用这个地址"],
    ["somebody dropped it", "被人手动丢弃"],
    ["a rule of the wire", "线路上的一条规则"],
    ["a cable is out", "网线拔了"],
    ["too many frames waited for the slow wire", "线路太慢，排队的帧太多"],
    ["the wire sent others in its place", "线路用别的帧代替了它"],
];

/// What a run may use.
pub(super) const LIMITS: [[&str; 2]; 11] = [
    ["a run may last {n}", "一次运行最多 {n}"],
    ["the run may use the processor for {n}", "一次运行最多占用处理器 {n}"],
    ["a process may use the processor for {n}", "一个进程最多占用处理器 {n}"],
    ["a host may print {n} bytes", "一台主机最多输出 {n} 字节"],
    ["a wire may carry {n} frames", "线路上最多传 {n} 个帧"],
    ["a trace may have {n} events", "最多记录 {n} 个事件"],
    ["a host may use {n} bytes of memory", "一台主机最多使用 {n} 字节内存"],
    ["a host may have {n} processes and threads", "一台主机最多有 {n} 个进程和线程"],
    ["a process may have {n} open descriptors", "一个进程最多打开 {n} 个描述符"],
    ["a file system may hold {n} bytes", "一个文件系统最多 {n} 字节"],
    ["a trace may have {n} bytes", "记录最多 {n} 字节"],
];

/// What poll(2) says, in the order of [`crate::event::socket::Readiness::words`].
pub(super) const READY: [[&str; 2]; 6] = [
    ["readable", "可读"],
    ["writable", "可写"],
    ["urgent", "有紧急数据"],
    ["error", "有错误"],
    ["hang-up", "已挂断"],
    ["read-hang-up", "对方不再发送"],
];

/// Small words that stand in sentences.
pub(super) const FOR_EVER: [&str; 2] = ["without a timeout", "不限时"];
pub(super) const NOT_READY: [&str; 2] = ["not ready", "没有就绪"];
pub(super) const AT_MOST: [&str; 2] = ["at most {time}", "最多 {time}"];
pub(super) const ON_LINE: [&str; 2] = ["line {line}", "第 {line} 行"];
pub(super) const THREAD: [&str; 2] = ["{program} (thread {tid})", "{program}（线程 {tid}）"];

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in braces, sorted.
    fn arguments(text: &str) -> Vec<&str> {
        let mut names: Vec<_> = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for [en, zh] in TEXT {
            assert_eq!(arguments(en), arguments(zh), "{en}");
            assert!(en.ends_with('.') && zh.ends_with('。'), "{en} {zh}");
        }
    }
}
