//! The SYN queue and the accept queue of each listening socket: who waits, how much room there is, who was dropped.

use trace::id::SocketId;
use trace::model::Model;
use trace::states::Queues;
use yew::prelude::*;

use super::super::parts::{facts, heading, host_name, list, none, of, pick};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::el;

/// How many places are drawn.
const MOST: usize = 12;

/// The queues of all listening sockets.
pub(super) fn queues(ui: &Ui, model: &Model) -> Vec<Html> {
    Queues::all(model).map(|queues| of_listener(ui, model, &queues)).collect()
}

fn of_listener(ui: &Ui, model: &Model, queues: &Queues) -> Html {
    let lang = ui.lang;
    let listener = model.sockets.get(&queues.listener);
    let local = listener.and_then(|socket| socket.snapshot.local.as_ref()).map(ToString::to_string);
    let name = listener
        .map_or_else(String::new, |socket| format!("{} {}", host_name(model, socket.host), local.unwrap_or_default()));
    let peer = |socket: &SocketId| {
        let peer = model.sockets.get(socket).and_then(|socket| socket.ends).map(|(_, peer)| peer.to_string());
        pick(ui, "slot-taken", Selection::Socket(*socket)).text(peer.unwrap_or_default()).into()
    };
    let room = u64::from(queues.limit) + 1;
    let free = usize::try_from(room)
        .unwrap_or(MOST)
        .saturating_sub(queues.accept.len())
        .min(MOST - queues.accept.len().min(MOST));
    let told = fill(lang, w::OF_LIMIT, &[("n", &queues.length), ("limit", &queues.limit), ("room", &room)]);
    let free = (0..free).map(|_| of("i", "slot").at("aria-hidden", "true").into());
    let full = queues.is_full().then(|| of("strong", "panel-bad").text(format!(" · {}", say(lang, w::FULL))).into());
    let accept = list(vec![
        of("div", "slots").all(queues.accept.iter().take(MOST).map(peer)).all(free).into(),
        el("small").text(told).all(full).into(),
    ]);
    let syn = if queues.syn.is_empty() {
        none("panel-none", ui, w::EMPTY)
    } else {
        let told = fill(lang, w::SYN_LIMIT, &[("n", &queues.syn.len()), ("limit", &queues.limit)]);
        let waiting = of("div", "slots").all(queues.syn.iter().take(MOST).map(peer)).into();
        list(vec![waiting, el("small").text(told).into()])
    };
    let mut rows = vec![(say(lang, w::SYN_QUEUE).into(), syn), (say(lang, w::ACCEPT_QUEUE).into(), accept)];
    if !queues.dropped.is_empty() {
        let dropped = queues.dropped.iter().rev().take(MOST).map(|id| {
            let from = model.frames.get(id).and_then(|frame| Some(frame.packet.as_ref()?.addresses()?.0.to_string()));
            pick(ui, "slot-dropped", Selection::Frame(*id)).text(from.unwrap_or_default()).into()
        });
        rows.push((say(lang, w::DROPPED_SYNS).into(), of("div", "slots").all(dropped).into()));
    }
    let head = heading().text(fill(lang, w::QUEUES, &[("name", &name)]));
    of("section", "flow").at("data-testid", "queues").with(head).with(facts(rows)).into()
}
