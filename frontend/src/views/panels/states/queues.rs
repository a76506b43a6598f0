//! The SYN queue and the accept queue of each listening socket: who waits, how much room there is, who was dropped.

use trace::id::SocketId;
use trace::model::Model;
use trace::states::Queues;
use yew::prelude::*;

use super::super::parts::{facts, host_name, pick};
use super::queue_heading;
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;

/// How many places are drawn.
const MOST: usize = 12;

/// The queues of all listening sockets.
pub(super) fn queues(ui: &Ui, model: &Model) -> Html {
    html! { <>{ for Queues::all(model).map(|queues| of(ui, model, &queues)) }</> }
}

fn of(ui: &Ui, model: &Model, queues: &Queues) -> Html {
    let lang = ui.lang;
    let listener = model.sockets.get(&queues.listener);
    let local = listener.and_then(|socket| socket.snapshot.local.as_ref()).map(ToString::to_string);
    let name = listener
        .map_or_else(String::new, |socket| format!("{} {}", host_name(model, socket.host), local.unwrap_or_default()));
    let peer = |socket: &SocketId| {
        let peer = model.sockets.get(socket).and_then(|socket| socket.ends).map(|(_, peer)| peer.to_string());
        html! {
            <button type="button" class="slot slot-taken" onclick={pick(ui, Selection::Socket(*socket))}>
                { peer.unwrap_or_default() }
            </button>
        }
    };
    let room = u64::from(queues.limit) + 1;
    let free = usize::try_from(room)
        .unwrap_or(MOST)
        .saturating_sub(queues.accept.len())
        .min(MOST - queues.accept.len().min(MOST));
    let told = fill(lang, w::OF_LIMIT, &[("n", &queues.length), ("limit", &queues.limit), ("room", &room)]);
    let accept = html! {
        <>
            <div class="slots">
                { for queues.accept.iter().take(MOST).map(peer) }
                { for (0..free).map(|_| html! { <i class="slot" aria-hidden="true"></i> }) }
            </div>
            <small>{ told }if queues.is_full() { <strong class="panel-bad">{ format!(" · {}", say(lang, w::FULL)) }</strong> }</small>
        </>
    };
    let syn = if queues.syn.is_empty() {
        html! { <span class="panel-none">{ say(lang, w::EMPTY) }</span> }
    } else {
        html! { <div class="slots">{ for queues.syn.iter().take(MOST).map(peer) }</div> }
    };
    let mut rows = vec![(say(lang, w::SYN_QUEUE).into(), syn), (say(lang, w::ACCEPT_QUEUE).into(), accept)];
    if !queues.dropped.is_empty() {
        let dropped = queues.dropped.iter().rev().take(MOST).map(|frame| {
            let from =
                model.frames.get(frame).and_then(|frame| Some(frame.packet.as_ref()?.addresses()?.0.to_string()));
            html! {
                <button type="button" class="slot slot-dropped" onclick={pick(ui, Selection::Frame(*frame))}>
                    { from.unwrap_or_default() }
                </button>
            }
        });
        rows.push((say(lang, w::DROPPED_SYNS).into(), html! { <div class="slots">{ for dropped }</div> }));
    }
    html! { <section class="flow" data-testid="queues">{ queue_heading(ui, &name) }{ facts(rows) }</section> }
}
