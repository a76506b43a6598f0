//! Datagrams: each is taken as a whole, cut off, or dropped. And the queues of Unix sockets, which have no frames.

use trace::event::socket::Family;
use trace::id::{FrameId, SocketId};
use trace::model::Model;
use trace::stream::{Mailbox, is_udp};
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{facts, fds, heading, host, host_name, list, none, of, pick, short, small, titled};
use super::{MOST, SHOWN, colour};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::el;

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
    let boxes = |frames: Vec<FrameId>| match frames.len() {
        0 => none("panel-none", ui, w::EMPTY),
        all => list(frames[all.saturating_sub(MOST)..].iter().map(|frame| datagram(ui, model, *frame, None)).collect()),
    };
    let frames = |list: &[trace::stream::Waiting]| list.iter().map(|one| one.frame).collect::<Vec<_>>();
    let skipped = mailbox.taken.len().saturating_sub(MOST);
    let taken = match &mailbox.taken[skipped..] {
        [] => none("panel-none", ui, w::NOTHING),
        some => list(some.iter().map(|one| datagram(ui, model, one.frame, Some(one.got))).collect()),
    };
    let mut rows = vec![
        (say(lang, w::RECEIVE_BUFFER).into(), boxes(frames(&mailbox.waiting))),
        (say(lang, w::TAKEN).into(), taken),
    ];
    if !mailbox.dropped.is_empty() {
        rows.push((say(lang, w::DROPPED).into(), boxes(frames(&mailbox.dropped))));
    }
    let head = heading().text(say(lang, w::DATAGRAMS)).text(" → ").with(host(model, socket.host));
    let head = head.with(small(format!(" {}", fds(model, socket))));
    of("section", "flow").at("data-testid", "flow").with(head).with(facts(rows)).into()
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
    let class = format!("run {}", colour(usize::try_from(frame.0).unwrap_or(0)));
    let kept = el("span").put("class", class).text(piece(0, got)).with(small(format!(" {got} B")));
    let mut all = pick(ui, "segment", Selection::Frame(frame)).with(kept);
    if cut > 0 {
        let gone = of("span", "run run-cut").with(el("s").text(piece(got, len)));
        all = all.with(gone).with(el("em").text(fill(ui.lang, w::CUT, &[("cut", &cut)])));
    }
    all.into()
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
            (name.into(), small(waits))
        })
        .collect();
    if rows.is_empty() {
        return Html::default();
    }
    of("section", "flow").with(titled(ui, w::RECEIVE_BUFFER)).with(facts(rows)).into()
}
