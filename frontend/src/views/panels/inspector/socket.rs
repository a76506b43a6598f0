//! A socket: who holds it, its options, its numbers, how it came into its state, and the HTTP in its streams.

use std::time::Duration;

use trace::event::call::Value;
use trace::event::socket::TcpState;
use trace::id::SocketId;
use trace::model::{Model, Socket};
use trace::states;
use trace::stream;
use trace::syscall::Syscall;
use trace::text::argument;
use trace::time::Readable;
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{facts, fds, heading, host, list, pick, titled};
use super::super::states::came;
use super::http;
use crate::i18n::panels::{self as w, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::el;

/// A socket.
pub(super) fn socket(ui: &Ui, moment: &Moment<'_>, id: SocketId) -> Option<Html> {
    let (lang, model) = (ui.lang, moment.model);
    let socket = model.sockets.get(&id)?;
    let word = |word| say(lang, word).into();
    let show = |address: Option<&trace::event::call::Address>| address.map(ToString::to_string).unwrap_or_default();
    let snapshot = &socket.snapshot;
    let state = match socket.gone {
        Some(_) => say(lang, w::GONE),
        None => snapshot.state.map_or("–", TcpState::name),
    };
    let peer = stream::peer(model, socket)
        .map(|peer| pick(ui, "panel-choice", Selection::Socket(peer.id)).text(fds(model, peer)).into());
    let events = &moment.timeline.events()[..moment.count];
    let history = states::history(events, model, id);
    let addresses = [
        (word(w::STATE), state.into()),
        (word(w::ADDRESS), show(snapshot.local.as_ref()).into()),
        (word(w::PEER), list(std::iter::once(show(snapshot.peer.as_ref()).into()).chain(peer).collect())),
        (word(w::HOLDERS), holders(ui, model, socket).into()),
        (word(w::OPTIONS), el("code").text(options(ui, model, socket)).into()),
    ];
    let states = (snapshot.state.is_some() || history.len() > 1).then(|| came(ui, model, socket, &history));
    Some(
        el("div")
            .at("data-testid", "inspect-socket")
            .with(heading().text(fds(model, socket)).text(" · ").with(host(model, socket.host)))
            .with(facts(addresses.into()))
            .with(titled(ui, w::NUMBERS))
            .with(facts(numbers(model, socket)))
            .all(states)
            .with(http::http(ui, model, id))
            .into(),
    )
}

fn holders(ui: &Ui, model: &Model, socket: &Socket) -> String {
    let all = model.holders(socket.id).map(|holder| {
        let process = model.processes.get(&holder.process);
        let program = process.and_then(|process| model.host(process.host)).map_or("?", |host| &host.spec.program);
        format!("{program} ({}) fd {}", holder.process, holder.fd)
    });
    let all = all.collect::<Vec<_>>().join(", ");
    if all.is_empty() { say(ui.lang, w::NOBODY).into() } else { all }
}

/// What calls have set.
fn options(ui: &Ui, model: &Model, socket: &Socket) -> String {
    let calls = model.calls.values().filter(|call| call.socket == Some(socket.id) && call.outcome().is_some());
    let set = calls.filter_map(|call| match call.syscall {
        Syscall::Setsockopt => {
            let value = call.args.get(3).map(argument).unwrap_or_default();
            Some(format!("{} = {value}", call.args.get(2).map(argument)?))
        }
        Syscall::Ioctl | Syscall::Fcntl => {
            let named = |value: &&Value| matches!(value, Value::Named(name) if name.contains("FIONBIO") || name.contains("F_SETFL"));
            call.args.get(1).filter(named)?;
            Some(call.args[1..].iter().map(argument).collect::<Vec<_>>().join(" "))
        }
        _ => None,
    });
    let all = set.collect::<Vec<_>>().join("; ");
    if all.is_empty() { say(ui.lang, w::NO_OPTIONS).into() } else { all }
}

/// The kernel's numbers, by the names of ss(8) and tcp(7).
fn numbers(model: &Model, socket: &Socket) -> Vec<(AttrValue, Html)> {
    let snapshot = &socket.snapshot;
    let mut rows: Vec<(&'static str, String)> = vec![
        ("recv-q", snapshot.recv_q.to_string()),
        (
            "send-q",
            if snapshot.unsent > 0 {
                format!("{} ({} unsent)", snapshot.send_q, snapshot.unsent)
            } else {
                snapshot.send_q.to_string()
            },
        ),
    ];
    if let Some(ready) = snapshot.ready {
        rows.push(("poll", ready.to_string()));
    }
    if let Some(buffers) = snapshot.buffers {
        rows.push(("SO_RCVBUF / SO_SNDBUF", format!("{} / {} B", buffers.receive, buffers.send)));
    }
    if let Some(tcp) = snapshot.tcp {
        let micros = |micros: u32| Readable(Duration::from_micros(micros.into())).to_string();
        rows.extend([
            ("rtt / rto", format!("{} / {}", micros(tcp.rtt), micros(tcp.rto))),
            ("cwnd", format!("{} × {} B", tcp.cwnd, tcp.mss)),
            ("window: peer / own", format!("{} / {} B", tcp.snd_wnd, tcp.rcv_wnd)),
            ("retransmissions", tcp.total_retrans.to_string()),
        ]);
    }
    if let Some(timer) = snapshot.timer.filter(|_| socket.gone.is_none()) {
        rows.push(("timer", format!("{} {}", timer.kind.name(), Readable(timer.expires.since(model.now)))));
    }
    rows.into_iter().map(|(name, value)| (name.into(), el("code").text(value).into())).collect()
}
