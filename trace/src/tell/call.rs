//! What a program asked the kernel for, and what came of it.

use super::words::{self, Say};
use super::{TEXT, Telling};
use crate::errno::Errno;
use crate::event::Fact;
use crate::event::call::{Address, Outcome, Value};
use crate::event::socket::{Kind, Readiness, TcpState};
use crate::id::SocketId;
use crate::ladder::quoted;
use crate::model::{BLOCKED, Call, Socket};
use crate::stream::{self, Connection, Mailbox};
use crate::syscall::Syscall;
use crate::time::Readable;

/// The name under which the man pages and the programs know a system call: on Linux send(2) is sendto(2) without an
/// address, and recv(2) is recvfrom(2).
pub(super) fn name(call: &Call) -> &'static str {
    match call.syscall {
        Syscall::Accept4 => "accept",
        Syscall::Sendto if !matches!(call.args.get(4), Some(Value::Address(_))) => "send",
        Syscall::Recvfrom if call.args.get(4) == Some(&Value::Null) => "recv",
        Syscall::Pselect6 => "select",
        Syscall::Ppoll => "poll",
        Syscall::EpollPwait | Syscall::EpollPwait2 => "epoll_wait",
        other => other.name(),
    }
}

fn int(call: &Call, index: usize) -> Option<i64> {
    match call.args.get(index) {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    }
}

fn address(call: &Call) -> Option<&Address> {
    call.args.iter().find_map(|arg| match arg {
        Value::Address(address) => Some(address),
        Value::Message { address, .. } => address.as_ref(),
        _ => None,
    })
}

/// An argument as the program wrote it.
fn plain(value: Option<&Value>) -> String {
    match value {
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Fd(fd)) => fd.to_string(),
        Some(Value::Named(text) | Value::Text(text)) => text.clone(),
        Some(Value::Data(data)) => quoted(data, TEXT),
        Some(Value::Address(address)) => address.to_string(),
        _ => "…".to_owned(),
    }
}

fn size(call: &Call) -> i64 {
    int(call, 2).unwrap_or_else(|| stream::data(call).map_or(0, |data| data.len.cast_signed()))
}

/// How many descriptors a readiness call asks about.
fn asked(call: &Call) -> usize {
    let count = |value: &Value| match value {
        Value::FdSet(fds) => fds.len(),
        Value::Polled(polled) => polled.len(),
        _ => 0,
    };
    call.args.iter().map(count).sum()
}

impl Telling<'_> {
    /// A sentence that only names caller and call.
    pub(super) fn about(&mut self, what: Say, call: &Call) {
        self.say(what, &[("who", &self.who(call.thread)), ("call", &name(call))]);
    }

    fn socket(&self, id: Option<SocketId>) -> Option<&Socket> {
        self.model.sockets.get(&id?)
    }

    /// A call was entered.
    pub(super) fn entered(&mut self, call: &Call) {
        let who = self.who(call.thread);
        let who = ("who", &who as &dyn std::fmt::Display);
        let socket = self.socket(call.socket).cloned();
        let stream = socket.as_ref().is_none_or(|socket| socket.origin.kind == Kind::Stream);
        let tcp = socket.as_ref().is_some_and(stream::is_tcp);
        let recv_q = socket.as_ref().map_or(0, |socket| socket.snapshot.recv_q);
        let fd = call.fd().unwrap_or(-1);
        let to = address(call).map(ToString::to_string).unwrap_or_default();
        let data = stream::data(call).map(|data| quoted(data, TEXT)).unwrap_or_default();
        match call.syscall {
            Syscall::Socket => {
                let kind = format!("{}, {}", plain(call.args.first()), plain(call.args.get(1)));
                let kind = kind.replace("|SOCK_CLOEXEC", "");
                self.say(Say::AskSocket, &[who, ("kind", &kind)]);
            }
            Syscall::Bind => self.say(Say::AskBind, &[who, ("address", &to)]),
            Syscall::Listen => self.say(Say::AskListen, &[who, ("limit", &plain(call.args.get(1)))]),
            Syscall::Accept | Syscall::Accept4 if recv_q > 0 => {
                self.say(Say::AskAcceptWaiting, &[who, ("count", &recv_q)]);
            }
            Syscall::Accept | Syscall::Accept4 => self.say(Say::AskAcceptEmpty, &[who]),
            Syscall::Connect => {
                let what = match (tcp, stream) {
                    (true, _) => Say::AskConnectTcp,
                    (_, false) => Say::AskConnectUdp,
                    _ => Say::AskConnect,
                };
                self.say(what, &[who, ("address", &to)]);
            }
            Syscall::Shutdown => {
                let read = call.args.get(1) == Some(&Value::Named("SHUT_RD".into()));
                self.say(if read { Say::AskShutdownRead } else { Say::AskShutdown }, &[who, ("fd", &fd)]);
            }
            Syscall::Close if call.socket.is_some() => {
                let holders = call.socket.map_or(0, |socket| self.model.holders(socket).count());
                let open = socket.as_ref().and_then(|s| s.snapshot.state) == Some(TcpState::Established);
                if holders > 1 {
                    self.say(Say::AskCloseShared, &[who, ("fd", &fd)]);
                } else if tcp && open && recv_q > 0 {
                    self.say(Say::AskCloseUnread, &[who, ("fd", &fd), ("waiting", &recv_q)]);
                } else {
                    self.say(Say::AskClose, &[who, ("fd", &fd)]);
                }
            }
            Syscall::Close => self.say(Say::AskClose, &[who, ("fd", &fd)]),
            Syscall::Setsockopt => {
                let (option, value) = (plain(call.args.get(2)), plain(call.args.get(3)));
                self.say(Say::AskOption, &[who, ("fd", &fd), ("option", &option), ("value", &value)]);
            }
            Syscall::EpollCtl => {
                let watched = plain(call.args.get(2));
                let what = match plain(call.args.get(1)).as_str() {
                    "EPOLL_CTL_ADD" => Say::AskEpollAdd,
                    "EPOLL_CTL_DEL" => Say::AskEpollDelete,
                    _ => Say::AskEpollModify,
                };
                self.say(what, &[who, ("epfd", &fd), ("fd", &watched)]);
            }
            _ if call.reads_terminal() => self.say(Say::AskTerminal, &[who]),
            syscall if syscall.sends() && socket.is_some() => {
                let len = stream::data(call).map_or_else(|| size(call), |data| data.len.cast_signed());
                let what = if stream { Say::AskSendStream } else { Say::AskSendDatagram };
                self.say(what, &[who, ("bytes", &len), ("text", &data)]);
            }
            syscall if syscall.receives() && socket.is_some() => {
                let state = socket.as_ref().and_then(|socket| socket.snapshot.state);
                let ended = matches!(
                    state,
                    Some(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait)
                );
                let what = match (stream, recv_q, ended) {
                    (false, ..) => Say::AskDatagram,
                    (true, 0, true) => Say::AskReceiveEnd,
                    (true, 0, false) => Say::AskReceiveEmpty,
                    (true, ..) => Say::AskReceiveWaiting,
                };
                self.say(what, &[who, ("size", &size(call)), ("waiting", &recv_q)]);
            }
            syscall if syscall.waits_for_readiness() => {
                let timeout = call.args.iter().find_map(|arg| match arg {
                    Value::Timeout(timeout) => Some(*timeout),
                    Value::Int(ms) if *ms >= 0 => None,
                    _ => None,
                });
                let timeout = match timeout {
                    Some(Some(time)) => self.phrase(words::AT_MOST, &[("time", &Readable(time))]),
                    _ => self.phrase(words::FOR_EVER, &[]),
                };
                let epoll = call.syscall.name().starts_with("epoll");
                let what = if epoll { Say::AskEpoll } else { Say::AskReady };
                self.say(what, &[who, ("fd", &fd), ("count", &asked(call)), ("timeout", &timeout)]);
            }
            _ => self.about(Say::AskOther, call),
        }
    }

    /// A call returned.
    pub(super) fn returned(&mut self, call: &Call) {
        let named = name(call);
        let it = ("call", &named as &dyn std::fmt::Display);
        match call.outcome() {
            Some(Outcome::Failed(_)) if call.is_interrupted() => self.say(Say::Interrupted, &[it]),
            Some(Outcome::Failed(errno)) => self.failed(call, errno),
            Some(Outcome::Returned(value)) => self.gave(call, value),
            None => {}
        }
        if call.lasted(self.event.at) >= BLOCKED && !call.is_interrupted() {
            self.say(Say::Slept, &[("time", &Readable(call.lasted(self.event.at)))]);
        }
    }

    fn failed(&mut self, call: &Call, errno: Errno) {
        let meaning = super::meaning(errno, self.lang);
        self.say(Say::Failed, &[("call", &name(call)), ("errno", &errno), ("meaning", &meaning)]);
    }

    fn gave(&mut self, call: &Call, value: i64) {
        let (named, who) = (name(call), self.who(call.thread));
        let it = ("call", &named as &dyn std::fmt::Display);
        let socket = self.socket(call.socket).cloned();
        let stream = socket.as_ref().is_none_or(|socket| socket.origin.kind == Kind::Stream);
        let tcp = socket.as_ref().is_some_and(stream::is_tcp);
        let to = address(call).map(ToString::to_string).unwrap_or_default();
        match call.syscall {
            Syscall::Socket => self.say(Say::GotSocket, &[("fd", &value), ("who", &who)]),
            Syscall::Bind => self.say(Say::GotBind, &[("address", &to)]),
            Syscall::Listen => {
                let host = socket.as_ref().map_or("?", |socket| self.host(socket.host));
                self.say(Say::GotListen, &[("host", &host)]);
            }
            Syscall::Accept | Syscall::Accept4 => self.accepted(call, value),
            Syscall::Connect if tcp => self.say(Say::GotConnectTcp, &[]),
            Syscall::Connect if !stream => self.say(Say::GotConnectUdp, &[("peer", &to)]),
            Syscall::Close if socket.is_some() => {
                let fd = call.fd().unwrap_or(-1);
                self.say(Say::GotClose, &[("who", &who), ("fd", &fd)]);
                let lives = socket.filter(|socket| socket.gone.is_none() && !socket.snapshot.held);
                if let Some(state) = lives.and_then(|socket| socket.snapshot.state)
                    && !matches!(state, TcpState::Closed | TcpState::Listen)
                {
                    self.say(Say::KernelGoesOn, &[("state", &state)]);
                }
            }
            _ if call.reads_terminal() => {
                let text = stream::data(call).map(|data| quoted(data, TEXT)).unwrap_or_default();
                self.say(Say::GotLine, &[("text", &text)]);
            }
            syscall if syscall.sends() && socket.is_some() => {
                let asked = stream::data(call).map_or(value, |data| data.len.cast_signed());
                let what = match stream {
                    true if asked > value => Say::GotSendPart,
                    true => Say::GotSendStream,
                    false => Say::GotSendDatagram,
                };
                self.say(what, &[it, ("bytes", &value), ("asked", &asked)]);
            }
            syscall if syscall.receives() && socket.is_some() => self.received(call, value, stream, &to),
            syscall if syscall.waits_for_readiness() => self.woke(call, value),
            _ => self.say(Say::GotOther, &[it, ("value", &value)]),
        }
    }

    fn accepted(&mut self, call: &Call, fd: i64) {
        let made = self.socket(call.made()).cloned();
        let known = |made: &Socket| made.snapshot.peer.as_ref().map(ToString::to_string);
        let peer = address(call).map(ToString::to_string).or_else(|| known(made.as_ref()?));
        self.say(Say::GotAccept, &[("call", &name(call)), ("fd", &fd), ("peer", &peer.unwrap_or_default())]);
        let Some(made) = made else { return };
        // When the kernel of this side had finished the handshake.
        let done = self.events.iter().rev().take_while(|event| event.at >= made.seen).filter(|event| {
            matches!(&event.fact,
                Fact::SocketChanged { socket, snapshot } | Fact::SocketSeen { socket, snapshot, .. }
                if *socket == made.id && snapshot.state == Some(TcpState::Established))
        });
        if let Some(done) = done.last() {
            let since = self.event.at.since(done.at);
            if since >= BLOCKED {
                self.say(Say::HandshakeWasOver, &[("time", &Readable(since))]);
            }
        }
    }

    fn received(&mut self, call: &Call, value: i64, stream: bool, from: &str) {
        let named = name(call);
        let text = stream::data(call).map(|data| quoted(data, TEXT)).unwrap_or_default();
        let args = [("call", &named as &dyn std::fmt::Display), ("bytes", &value), ("text", &text)];
        match (stream, value) {
            (true, 0) if int(call, 2) != Some(0) => self.say(Say::GotEnd, &args),
            (true, _) => self.say(Say::GotBytes, &args),
            (false, 0) => self.say(Say::GotEmptyDatagram, &args),
            (false, _) => self.say(Say::GotDatagram, &args),
        }
        if stream::peeks(call) {
            self.say(Say::Peeked, &[]);
            return;
        }
        let Some(socket) = call.socket else { return };
        if !stream {
            if !from.is_empty() {
                self.say(Say::FromPeer, &[("peer", &from)]);
            }
            let taken = Mailbox::of(self.model, socket).and_then(|mailbox| mailbox.taken.into_iter().last());
            if let Some(taken) = taken.filter(|taken| taken.call == call.id && taken.got < taken.len) {
                self.say(Say::CutOff, &[("len", &taken.len), ("cut", &(taken.len - taken.got))]);
            }
            return;
        }
        if value == 0 {
            return;
        }
        if let Some(connection) = Connection::of(self.model, socket) {
            let direction = &connection.directions[1];
            if let Some(took) = direction.takes.iter().rfind(|took| took.call == call.id) {
                let writers = direction.writers(&took.bytes);
                match direction.sends.get(writers.clone()) {
                    Some(several) if several.len() > 1 => self.say(Say::Glued, &[("count", &several.len())]),
                    Some([one]) if one.bytes != took.bytes => self.say(Say::Bitten, &[]),
                    _ => {}
                }
            }
        }
        let waiting = self.socket(Some(socket)).map_or(0, |socket| socket.snapshot.recv_q);
        if waiting > 0 {
            self.say(Say::StillWaits, &[("waiting", &waiting)]);
        } else {
            self.say(Say::NothingLeft, &[]);
        }
    }

    /// A readiness call returned: what it answered, and what woke it.
    fn woke(&mut self, call: &Call, value: i64) {
        let named = name(call);
        let it = ("call", &named as &dyn std::fmt::Display);
        if value == 0 {
            self.say(Say::GotTimeout, &[it]);
            return;
        }
        let mut ready = vec![];
        let mut list = vec![];
        for arg in &call.args {
            match arg {
                Value::FdSet(fds) => {
                    list.extend(fds.iter().map(|fd| format!("fd {fd}")));
                    ready.extend(fds.iter().copied());
                }
                Value::Polled(polled) => {
                    let told = polled.iter().filter(|one| !one.revents.is_empty());
                    for one in told {
                        list.push(format!("fd {} {}", one.fd, one.revents));
                        ready.push(one.fd);
                    }
                }
                _ => {}
            }
        }
        list.dedup();
        let list = if list.is_empty() { "…".to_owned() } else { list.join(", ") };
        self.say(Say::GotReady, &[it, ("count", &value), ("ready", &list)]);
        ready.sort_unstable();
        ready.dedup();
        let Some(process) = self.model.threads.get(&call.thread).map(|thread| thread.process) else { return };
        for fd in ready.into_iter().take(2) {
            let Some(socket) = self.model.socket_at(process, fd).map(|socket| socket.id) else { continue };
            match crate::ready::woke(self.events, self.model, call, socket) {
                None => self.say(Say::WasReady, &[("fd", &fd)]),
                Some(woke) => {
                    let (before, now) = (woke.before, woke.now);
                    let more = now.recv_q.saturating_sub(before.recv_q);
                    let has = |bits: Readiness| now.ready.is_some_and(|ready| ready.has(bits));
                    let what = if has(Readiness::ERROR) {
                        Say::WokeError
                    } else if now.accept_queue().is_some() {
                        Say::WokeConnection
                    } else if more > 0 {
                        Say::WokeData
                    } else if has(Readiness::READ_HANG_UP) {
                        Say::WokeEnd
                    } else {
                        Say::WokeRoom
                    };
                    self.say(what, &[("fd", &fd), ("bytes", &more)]);
                }
            }
        }
    }
}
