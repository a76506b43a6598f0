//! Datagrams: each is taken as a whole, cut off, or dropped. And the queues of Unix sockets, which have no frames.

use trace::event::socket::Family;
use trace::id::{FrameId, SocketId};
use trace::model::Model;
use trace::stream::{Mailbox, is_udp};
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{facts, fds, host, host_name, pick, short};
use super::{MOST, SHOWN, colour, titled};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;

/// The UDP sockets of a moment that have an address.
pub(super) fn all(model: &Model) -> impl Iterator<Item = (SocketId, String)> {
    model.sockets.values().filter(|socket| is_udp(socket) && socket.bound.is_some()).map(|socket| {
        let name = format!("UDP {} {}", host_name(model, socket.host), short(socket.snapshot.local.as_ref()));
        (socket.id, name)
    })
}

/// What came for a UDP socket.
pub(super) fn mailbox(ui: &Ui, moment: &Moment<'_>, socket: SocketId) -> Html {
    let (lang, model) = (ui.lang, moment.model);
    let Some((mailbox, socket)) = Mailbox::of(model, socket).zip(model.sockets.get(&socket)) else {
        return Html::default();
    };
    let none = |word| html! { <span class="panel-none">{ say(lang, word) }</span> };
    let list = |frames: &[FrameId]| match frames.len() {
        0 => none(w::EMPTY),
        all => frames[all.saturating_sub(MOST)..].iter().map(|frame| datagram(ui, model, *frame, None)).collect(),
    };
    let frames = |list: &[trace::stream::Waiting]| list.iter().map(|one| one.frame).collect::<Vec<_>>();
    let skipped = mailbox.taken.len().saturating_sub(MOST);
    let taken: Html = match &mailbox.taken[skipped..] {
        [] => none(w::NOTHING),
        some => some.iter().map(|one| datagram(ui, model, one.frame, Some(one.got))).collect(),
    };
    let mut rows = vec![
        (say(lang, w::RECEIVE_BUFFER).into(), list(&frames(&mailbox.waiting))),
        (say(lang, w::TAKEN).into(), taken),
    ];
    if !mailbox.dropped.is_empty() {
        rows.push((say(lang, w::DROPPED).into(), list(&frames(&mailbox.dropped))));
    }
    html! {
        <section class="flow" data-testid="flow">
            <h3 class="panel-heading">{ say(lang, w::DATAGRAMS) }{ " → " }{ host(model, socket.host) }{ " " }
                <small>{ fds(model, socket) }</small></h3>
            { facts(rows) }
        </section>
    }
}

/// A datagram as a box; `got` is how much of it a call took.
fn datagram(ui: &Ui, model: &Model, frame: FrameId, got: Option<u64>) -> Html {
    let Some(udp) = model.frames.get(&frame).and_then(|frame| Some(frame.packet.as_ref()?.udp()?.1)) else {
        return Html::default();
    };
    let len = udp.payload.len;
    let got = got.unwrap_or(len).min(len);
    let piece = |from: u64, to: u64| {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(udp.payload.head.0.len());
        let shown: Vec<_> =
            udp.payload.head.0[place(from)..place(to.min(from + SHOWN))].iter().map(|b| Some(*b)).collect();
        super::text(&shown)
    };
    let cut = len - got;
    html! {
        <button type="button" class="segment" onclick={pick(ui, Selection::Frame(frame))}>
            <span class={classes!("run", colour(usize::try_from(frame.0).unwrap_or(0)))}>
                { piece(0, got) }<small>{ format!(" {got} B") }</small>
            </span>
            if cut > 0 {
                <span class="run run-cut"><s>{ piece(got, len) }</s></span>
                <em>{ fill(ui.lang, w::CUT, &[("cut", &cut)]) }</em>
            }
        </button>
    }
}

/// The queues of Unix sockets: nothing of theirs crosses a wire, so this is all there is to see.
pub(super) fn unix(ui: &Ui, model: &Model) -> Html {
    let sockets = model.sockets.values().filter(|socket| {
        socket.origin.family == Family::Unix && socket.gone.is_none() && socket.snapshot.accept_queue().is_none()
    });
    let rows: Vec<_> = sockets
        .take(MOST)
        .map(|socket| {
            let name = format!("{} {}", host_name(model, socket.host), fds(model, socket));
            let waits = fill(ui.lang, w::UNIX_QUEUE, &[("bytes", &socket.snapshot.recv_q)]);
            (name.into(), html! { waits })
        })
        .collect();
    if rows.is_empty() {
        return Html::default();
    }
    html! { <section class="flow">{ titled(ui, w::RECEIVE_BUFFER) }{ facts(rows) }</section> }
}
