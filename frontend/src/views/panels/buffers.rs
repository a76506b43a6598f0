//! Bytes on their way: send buffer, wire, receive buffer, and what recv() took. A colour and a number are a send().

mod datagrams;
mod windows;

use std::ops::Range;

use trace::id::SocketId;
use trace::model::Model;
use trace::stream::{self, Chunk, Connection, Direction, OnWire};
use yew::prelude::*;

use super::Moment;
use super::parts::{
    choice, empty, facts, fds, heading, host, host_name, list, none, of, pick, short, small, socket_of, text, told,
};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::{El, el};

/// How many bytes of a run are written out.
const SHOWN: u64 = 40;
/// How many runs, calls or frames of a row are.
const MOST: usize = 12;
/// Colours of send()s.
const COLOURS: usize = 6;

/// The panel.
pub(crate) fn buffers(ui: &Ui, moment: &Moment<'_>) -> Html {
    let model = moment.model;
    let all: Vec<(SocketId, String)> = Connection::all(model)
        .map(|socket| (socket.id, title(model, socket.id)))
        .chain(datagrams::all(model))
        .collect();
    let about = socket_of(moment).and_then(|socket| {
        // A connection is listed by one of its ends.
        let peer = model.sockets.get(&socket).and_then(|socket| stream::peer(model, socket)).map(|peer| peer.id);
        all.iter().map(|(id, _)| *id).find(|id| *id == socket || Some(*id) == peer)
    });
    let Some(chosen) = about.or_else(|| all.last().map(|(id, _)| *id)) else {
        return list(vec![empty(ui, w::NO_BYTES), datagrams::unix(ui, model)]);
    };
    let mut parts = vec![choice(ui, w::CONNECTIONS, &all, chosen)];
    if let Some(connection) = Connection::of(model, chosen) {
        parts.extend(connection.directions.iter().map(|one| direction(ui, moment, one)));
        parts.extend(connection.directions.iter().filter_map(|one| windows::chart(ui, moment, one)));
    } else {
        // Who sends datagrams to whom is open, so all their mailboxes are shown.
        let all = datagrams::all(model).take(MOST);
        parts.extend(all.map(|(socket, _)| datagrams::mailbox(ui, moment, socket)));
    }
    parts.push(datagrams::unix(ui, model));
    list(parts)
}

/// A connection by its ends: `client :40112`.
fn title(model: &Model, socket: SocketId) -> String {
    let Some(socket) = model.sockets.get(&socket) else { return String::new() };
    let port =
        socket.ends.map_or_else(|| short(socket.snapshot.local.as_ref()), |(local, _)| format!(":{}", local.port()));
    format!("{} {port}", host_name(model, socket.host))
}

/// One end, as it stands in a heading.
fn end(ui: &Ui, model: &Model, socket: Option<SocketId>) -> Html {
    match socket.and_then(|socket| model.sockets.get(&socket)) {
        Some(socket) => list(vec![host(model, socket.host), small(format!(" {}", fds(model, socket)))]),
        None => small(say(ui.lang, w::NOT_SEEN).into()),
    }
}

fn direction(ui: &Ui, moment: &Moment<'_>, one: &Direction) -> Html {
    let (lang, model) = (ui.lang, moment.model);
    let head = heading().with(end(ui, model, one.from)).text(" → ").with(end(ui, model, one.to));
    let all = of("section", "flow").at("data-testid", "flow").with(head);
    if one.written == 0 && !one.fin.0 {
        return all.with(none("panel-empty", ui, w::NOTHING_SENT)).into();
    }
    let strip = Strip { ui, model, one };
    let or_empty = |parts: Vec<Html>| if parts.is_empty() { none("panel-none", ui, w::EMPTY) } else { list(parts) };
    let part = |word: w::Word, bytes: &Range<u64>| {
        let remark = say(lang, word);
        (!bytes.is_empty()).then(|| el("p").with(strip.runs(bytes)).with(small(format!(" {remark}"))).into())
    };
    let sending = [part(w::UNACKED, &one.unacknowledged()), part(w::UNSENT, &one.unsent())];
    let on_wire = one.wire.iter().map(|frame| (frame, false));
    let wire = on_wire.chain(one.lost.iter().map(|frame| (frame, true))).rev().take(MOST);
    let wire = wire.map(|(frame, lost)| strip.frame(frame, lost)).collect();
    let waiting = one.waiting();
    let waiting = (!waiting.is_empty()).then(|| el("p").with(strip.runs(&waiting)).into());
    let early = one.early.iter().filter_map(|bytes| part(w::EARLY, bytes));
    let word = |word| AttrValue::from(say(lang, word));
    let ends = match (one.reset, one.fin) {
        (true, _) => Some(w::RESET),
        (_, (_, true)) => Some(w::FIN_CAME),
        (_, (true, _)) => Some(w::FIN_SENT),
        _ => None,
    };
    let written = fill(lang, w::WRITTEN, &[("bytes", &one.written), ("count", &one.sends.len())]);
    all.with(told("p", "flow-written", written))
        .with(strip.bar())
        .with(facts(vec![
            (word(w::SEND_BUFFER), or_empty(sending.into_iter().flatten().collect())),
            (word(w::ON_WIRE), or_empty(wire)),
            (word(w::RECEIVE_BUFFER), or_empty(waiting.into_iter().chain(early).collect())),
            (word(w::TAKEN), strip.takes()),
        ]))
        .all(ends.map(|ends| none("flow-end", ui, ends)))
        .into()
}

/// A direction that is being drawn.
struct Strip<'a> {
    ui: &'a Ui,
    model: &'a Model,
    one: &'a Direction,
}

impl Strip<'_> {
    /// Bytes as text, each run in the colour of the send() that wrote it.
    fn runs(&self, bytes: &Range<u64>) -> Html {
        let writers = self.one.writers(bytes);
        let mut runs: Vec<Html> = vec![];
        let mut at = bytes.start;
        for index in writers.clone().take(MOST) {
            let chunk = &self.one.sends[index].bytes;
            let run = chunk.start.max(at)..chunk.end.min(bytes.end);
            at = run.end;
            runs.push(self.run(Some(index), &run));
        }
        if at < bytes.end {
            runs.push(self.run(None, &(at..bytes.end)));
        }
        list(runs)
    }

    fn run(&self, writer: Option<usize>, bytes: &Range<u64>) -> Html {
        let len = bytes.end - bytes.start;
        let mut shown = text(&self.one.content(self.model, &(bytes.start..bytes.end.min(bytes.start + SHOWN))));
        if len > SHOWN {
            shown.push('…');
        }
        let mut run = el("span").put("class", format!("run {}", writer.map(colour).unwrap_or_default()));
        if let Some(n) = writer.map(|index| index + 1) {
            let number = fill(self.ui.lang, w::SEND_NUMBER, &[("n", &n)]);
            run = run.put("title", number).with(el("sup").text(n.to_string()));
        }
        run.text(shown).with(small(format!(" {len} B"))).into()
    }

    fn frame(&self, frame: &OnWire, lost: bool) -> Html {
        let words = [(frame.held, w::HELD), (frame.again, w::AGAIN), (lost, w::LOST)];
        let class = match (lost, frame.held) {
            (true, _) => "segment segment-lost",
            (_, true) => "segment segment-held",
            _ => "segment",
        };
        let told = words.iter().filter(|(on, _)| *on).map(|(_, word)| el("em").text(say(self.ui.lang, *word)).into());
        pick(self.ui, class, Selection::Frame(frame.frame)).with(self.runs(&frame.bytes)).all(told).into()
    }

    /// What each recv() took: a box a call, in it the runs of send().
    fn takes(&self) -> Html {
        let lang = self.ui.lang;
        let takes = &self.one.takes;
        if takes.is_empty() {
            return none("panel-none", self.ui, w::NOTHING);
        }
        let skipped = takes.len().saturating_sub(MOST);
        let earlier = (skipped > 0).then(|| small(fill(lang, w::EARLIER, &[("count", &skipped)])));
        let take = |chunk: &Chunk| {
            let writers = self.one.writers(&chunk.bytes);
            let several = writers.len();
            let whole = self.one.sends.get(writers.start).is_none_or(|send| send.bytes == chunk.bytes);
            let remark = match several {
                2.. => Some(fill(lang, w::GLUED, &[("count", &several)])),
                1 if !whole => Some(say(lang, w::PART).to_owned()),
                _ => None,
            };
            let call = pick(self.ui, "segment", Selection::Call(chunk.call)).with(self.runs(&chunk.bytes));
            call.all(remark.map(|remark| el("em").text(remark).into())).into()
        };
        list(earlier.into_iter().chain(takes[skipped..].iter().map(take)).collect())
    }

    /// The whole stream in proportion: what was read, waits, is out, is not out.
    fn bar(&self) -> Html {
        let one = self.one;
        // What was read long ago does not squeeze the rest together.
        let live = one.written - one.read.min(one.written);
        let from = one.read.saturating_sub(live.max(16));
        let width = (one.written - from).max(1);
        let rect = |class: String, bytes: Range<u64>, y: &'static str, height: &'static str| {
            let bytes = bytes.start.max(from)..bytes.end.min(one.written);
            (bytes.start < bytes.end).then(|| {
                let (x, width) = ((bytes.start - from).to_string(), (bytes.end - bytes.start).to_string());
                el("rect").put("class", class).put("x", x).put("width", width).at("y", y).at("height", height).into()
            })
        };
        let low = |class: &str, bytes: Range<u64>| rect(class.into(), bytes, "11", "5");
        let sends = one.sends.iter().enumerate().rev().take(200);
        let parts = sends
            .filter_map(|(index, send)| rect(colour(index), send.bytes.clone(), "0", "10"))
            .chain(low("flow-read", 0..one.read))
            .chain(low("flow-waiting", one.waiting()))
            .chain(one.wire.iter().filter_map(|frame| low("flow-wire", frame.bytes.clone())))
            .chain(one.lost.iter().filter_map(|frame| low("flow-lost", frame.bytes.clone())))
            .chain(low("flow-unsent", one.unsent()));
        picture("flow-bar", format!("0 0 {width} 16")).all(parts).into()
    }
}

/// A picture that is stretched to its place and has nothing to say to those who can't see it.
fn picture(class: &'static str, view: String) -> El {
    of("svg", class)
        .put("viewBox", view)
        .at("preserveAspectRatio", "none")
        .at("aria-hidden", "true")
        .at("focusable", "false")
}

fn colour(index: usize) -> String {
    format!("run-{}", index % COLOURS)
}
