//! TCP's state machine with both ends of a connection in it, and the queues of listening sockets.

mod figure;
mod queues;

use trace::because::Because;
use trace::event::socket::TcpState;
use trace::id::SocketId;
use trace::model::{Model, Socket};
use trace::states::{self, Change, FIGURE};
use trace::stream::{self, is_tcp};
use yew::prelude::*;

use super::Moment;
use super::parts::{choice, empty, fds, go, heading, host, host_name, list, of, pick, short, small, socket_of};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::el;

/// The panel.
pub(crate) fn states(ui: &Ui, moment: &Moment<'_>) -> Html {
    let model = moment.model;
    let events = &moment.timeline.events()[..moment.count];
    // Each connection by one of its ends; sockets without a peer by themselves.
    let first = |socket: &&Socket| is_tcp(socket) && stream::peer(model, socket).is_none_or(|peer| socket.id < peer.id);
    let all: Vec<(SocketId, String)> =
        model.sockets.values().filter(first).map(|socket| (socket.id, title(model, socket))).collect();
    let about = socket_of(moment).filter(|socket| model.sockets.get(socket).is_some_and(is_tcp)).map(|socket| {
        let peer = model.sockets.get(&socket).and_then(|socket| stream::peer(model, socket));
        peer.map_or(socket, |peer| peer.id.min(socket))
    });
    let connected =
        || model.sockets.values().filter(first).rfind(|socket| socket.ends.is_some()).map(|socket| socket.id);
    let Some(chosen) = about.or_else(connected).or_else(|| all.last().map(|(id, _)| *id)) else {
        return empty(ui, w::NO_TCP);
    };
    let one = model.sockets.get(&chosen);
    let both: Vec<&Socket> = one.into_iter().chain(one.and_then(|socket| stream::peer(model, socket))).collect();
    let histories: Vec<(&Socket, Vec<Change>)> =
        both.iter().map(|socket| (*socket, states::history(events, model, socket.id))).collect();
    let mut parts = vec![choice(ui, w::CONNECTIONS, &all, chosen), figure::figure(ui, model, &histories)];
    parts.extend(histories.iter().map(|(socket, history)| came(ui, model, socket, history)));
    parts.extend(queues::queues(ui, model));
    list(parts)
}

fn title(model: &Model, socket: &Socket) -> String {
    format!("{} {} {}", host_name(model, socket.host), fds(model, socket), short(socket.snapshot.local.as_ref()))
}

/// How a socket came into its state.
pub(super) fn came(ui: &Ui, model: &Model, socket: &Socket, history: &[Change]) -> Html {
    let lang = ui.lang;
    let line = |change: &Change| {
        let arrow = FIGURE.iter().find(|arrow| Some(arrow.from) == change.from && Some(arrow.to) == change.to);
        let on = arrow.map(|arrow| arrow.on);
        let sends = arrow.filter(|arrow| !arrow.sends.is_empty());
        let state = change.to.map_or(say(lang, w::GONE), TcpState::name);
        let sends = sends.map(|arrow| format!(" · {}", fill(lang, w::SENDS, &[("what", &arrow.sends)])));
        let why = el("span").text(" ").with(cause(ui, model, socket.id, change, on)).all(sends.map(Html::from));
        el("li").with(go(ui, change.seq, change.at)).text(" ").with(el("b").text(state)).with(why).into()
    };
    let head = heading().with(host(model, socket.host)).with(small(format!(" {}", fds(model, socket))));
    let lines = of("ol", "history").at("aria-label", say(lang, w::HISTORY)).all(history.iter().map(line));
    of("section", "flow").at("data-testid", "history").with(head).with(lines).into()
}

/// What led to a change: the packet or the call, which can be looked at.
fn cause(ui: &Ui, model: &Model, socket: SocketId, change: &Change, on: Option<&'static str>) -> Html {
    let thing = match change.because {
        Because::Arrived(frame) | Because::Sent(frame) => Some(Selection::Frame(frame)),
        Because::Call(call) => Some(Selection::Call(call)),
        Because::Ended | Because::Unknown => None,
    };
    let name = match (change.because, on) {
        // The figure knows one way to say goodbye; a program has several, and may end without a word.
        (_, Some("close()")) => match states::closer(model, socket, change.at) {
            Some(syscall) => format!("{syscall}()"),
            None => say(ui.lang, w::PROGRAM_END).into(),
        },
        (_, Some(on)) => on.to_owned(),
        (Because::Call(call), None) => model.call(call).map_or_else(String::new, |call| format!("{}()", call.syscall)),
        (Because::Arrived(frame) | Because::Sent(frame), None) => {
            let segment = model.frames.get(&frame).and_then(|frame| Some(frame.packet.as_ref()?.tcp()?.1.flags));
            segment.map_or_else(String::new, |flags| flags.to_string())
        }
        (Because::Ended, None) => say(ui.lang, w::PROGRAM_END).into(),
        (Because::Unknown, None) if change.from.is_none() => say(ui.lang, w::BEGAN).into(),
        (Because::Unknown, None) => say(ui.lang, w::TIMER).into(),
    };
    match thing {
        Some(thing) => pick(ui, "panel-go", thing).text(name).into(),
        None => name.into(),
    }
}
