//! Bytes on their way: send buffer, wire, receive buffer, and what recv() took. A colour and a number are a send().

mod datagrams;
mod windows;

use std::ops::Range;

use trace::id::SocketId;
use trace::model::Model;
use trace::stream::{self, Chunk, Connection, Direction, OnWire};
use yew::prelude::*;

use super::Moment;
use super::parts::{choice, empty, facts, fds, heading, host, host_name, pick, short, socket_of, text};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::bench::Bench;
use crate::state::selection::Selection;
use crate::views::Ui;

/// How many bytes of a run are written out.
const SHOWN: u64 = 40;
/// How many runs, calls or frames of a row are.
const MOST: usize = 12;
/// Colours of send()s.
const COLOURS: usize = 6;

/// The panel.
pub(crate) fn buffers(ui: &Ui, _bench: &Bench, moment: &Moment<'_>) -> Html {
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
        return html! { <>{ empty(ui, w::NO_BYTES) }{ datagrams::unix(ui, model) }</> };
    };
    let body = match Connection::of(model, chosen) {
        Some(connection) => html! {
            <>
                { for connection.directions.iter().map(|one| direction(ui, moment, one)) }
                { for connection.directions.iter().filter_map(|one| windows::chart(ui, moment, one)) }
            </>
        },
        None => datagrams::mailbox(ui, moment, chosen),
    };
    html! { <>{ choice(ui, w::CONNECTIONS, &all, chosen) }{ body }{ datagrams::unix(ui, model) }</> }
}

/// A connection by its ends: `client :40112`.
fn title(model: &Model, socket: SocketId) -> String {
    let Some(socket) = model.sockets.get(&socket) else { return String::new() };
    let port =
        socket.ends.map_or_else(|| short(socket.snapshot.local.as_ref()), |(local, _)| format!(":{}", local.port()));
    format!("{} {port}", host_name(model, socket.host))
}

fn end(ui: &Ui, model: &Model, socket: Option<SocketId>) -> Html {
    match socket.and_then(|socket| model.sockets.get(&socket)) {
        Some(socket) => html! { <>{ host(model, socket.host) }{ " " }<small>{ fds(model, socket) }</small></> },
        None => html! { say(ui.lang, w::NOT_SEEN) },
    }
}

fn direction(ui: &Ui, moment: &Moment<'_>, one: &Direction) -> Html {
    let (lang, model) = (ui.lang, moment.model);
    let head = html! { <h3 class="panel-heading">{ end(ui, model, one.from) }{ " → " }{ end(ui, model, one.to) }</h3> };
    if one.written == 0 && !one.fin.0 {
        return html! { <section class="flow">{ head }<p class="panel-empty">{ say(lang, w::NOTHING_SENT) }</p></section> };
    }
    let strip = Strip { ui, model, one };
    let written = fill(lang, w::WRITTEN, &[("bytes", &one.written), ("count", &one.sends.len())]);
    let none = || html! { <span class="panel-none">{ say(lang, w::EMPTY) }</span> };
    let part = |word, bytes: Range<u64>| {
        (!bytes.is_empty()).then(|| html! { <p>{ strip.runs(&bytes) }<small>{ say(lang, word) }</small></p> })
    };
    let sending = [part(w::UNACKED, one.unacknowledged()), part(w::UNSENT, one.unsent())];
    let sending = if sending.iter().all(Option::is_none) { none() } else { sending.into_iter().flatten().collect() };
    let wire: Html = one
        .wire
        .iter()
        .map(|frame| (frame, false))
        .chain(one.lost.iter().map(|frame| (frame, true)))
        .rev()
        .take(MOST)
        .map(|(frame, lost)| strip.frame(frame, lost))
        .collect();
    let wire = if one.wire.is_empty() && one.lost.is_empty() { none() } else { wire };
    let waiting = one.waiting();
    let receiving = html! {
        <>
            if waiting.is_empty() { { none() } } else { <p>{ strip.runs(&waiting) }</p> }
            { for one.early.iter().map(|bytes| html! { <p>{ strip.runs(bytes) }<small>{ say(lang, w::EARLY) }</small></p> }) }
        </>
    };
    let ends = match (one.reset, one.fin) {
        (true, _) => Some(w::RESET),
        (_, (_, true)) => Some(w::FIN_CAME),
        (_, (true, _)) => Some(w::FIN_SENT),
        _ => None,
    };
    html! {
        <section class="flow" data-testid="flow">
            { head }
            <p class="flow-written">{ written }</p>
            { strip.bar() }
            { facts(vec![
                (say(lang, w::SEND_BUFFER).into(), sending),
                (say(lang, w::ON_WIRE).into(), wire),
                (say(lang, w::RECEIVE_BUFFER).into(), receiving),
                (say(lang, w::TAKEN).into(), strip.takes()),
            ]) }
            { for ends.map(|word| html! { <p class="flow-end">{ say(lang, word) }</p> }) }
        </section>
    }
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
        html! { <span class="runs">{ for runs }</span> }
    }

    fn run(&self, writer: Option<usize>, bytes: &Range<u64>) -> Html {
        let len = bytes.end - bytes.start;
        let mut shown = text(&self.one.content(self.model, &(bytes.start..bytes.end.min(bytes.start + SHOWN))));
        if len > SHOWN {
            shown.push('…');
        }
        let number = writer.map(|index| index + 1);
        let title = number.map(|n| fill(self.ui.lang, w::SEND_NUMBER, &[("n", &n)]));
        html! {
            <span class={classes!("run", writer.map(colour))} title={title}>
                { for number.map(|n| html! { <sup>{ n }</sup> }) }{ shown }<small>{ format!(" {len} B") }</small>
            </span>
        }
    }

    fn frame(&self, frame: &OnWire, lost: bool) -> Html {
        let lang = self.ui.lang;
        let words = [(frame.held, w::HELD), (frame.again, w::AGAIN), (lost, w::LOST)];
        let class = classes!("segment", lost.then_some("segment-lost"), frame.held.then_some("segment-held"));
        html! {
            <button type="button" {class} onclick={pick(self.ui, Selection::Frame(frame.frame))}>
                { self.runs(&frame.bytes) }
                { for words.iter().filter(|(on, _)| *on).map(|(_, word)| html! { <em>{ say(lang, *word) }</em> }) }
            </button>
        }
    }

    /// What each recv() took: a box a call, in it the runs of send().
    fn takes(&self) -> Html {
        let lang = self.ui.lang;
        let takes = &self.one.takes;
        if takes.is_empty() {
            return html! { <span class="panel-none">{ say(lang, w::NOTHING) }</span> };
        }
        let skipped = takes.len().saturating_sub(MOST);
        let take = |chunk: &Chunk| {
            let writers = self.one.writers(&chunk.bytes);
            let several = writers.len();
            let whole = self.one.sends.get(writers.start).is_none_or(|send| send.bytes == chunk.bytes);
            let remark = match several {
                2.. => Some(fill(lang, w::GLUED, &[("count", &several)])),
                1 if !whole => Some(say(lang, w::PART).to_owned()),
                _ => None,
            };
            html! {
                <button type="button" class="segment" onclick={pick(self.ui, Selection::Call(chunk.call))}>
                    { self.runs(&chunk.bytes) }{ for remark.map(|remark| html! { <em>{ remark }</em> }) }
                </button>
            }
        };
        html! {
            <>
                if skipped > 0 { <small>{ fill(lang, w::EARLIER, &[("count", &skipped)]) }</small> }
                { for takes[skipped..].iter().map(take) }
            </>
        }
    }

    /// The whole stream in proportion: what was read, waits, is out, is not out.
    fn bar(&self) -> Html {
        let one = self.one;
        // What was read long ago does not squeeze the rest together.
        let live = one.written - one.read.min(one.written);
        let from = one.read.saturating_sub(live.max(16));
        let width = (one.written - from).max(1);
        let rect = |class: Classes, bytes: Range<u64>, y: &'static str, height: &'static str| {
            let bytes = bytes.start.max(from)..bytes.end.min(one.written);
            (bytes.start < bytes.end).then(|| html! {
                <rect {class} x={(bytes.start - from).to_string()} width={(bytes.end - bytes.start).to_string()} {y} {height} />
            })
        };
        let sends = one.sends.iter().enumerate().rev().take(200);
        html! {
            <svg class="flow-bar" viewBox={format!("0 0 {width} 16")} preserveAspectRatio="none" aria-hidden="true" focusable="false">
                { for sends.filter_map(|(index, send)| rect(classes!(colour(index)), send.bytes.clone(), "0", "10")) }
                { for rect(classes!("flow-read"), 0..one.read, "11", "5") }
                { for rect(classes!("flow-waiting"), one.waiting(), "11", "5") }
                { for one.wire.iter().filter_map(|frame| rect(classes!("flow-wire"), frame.bytes.clone(), "11", "5")) }
                { for one.lost.iter().filter_map(|frame| rect(classes!("flow-lost"), frame.bytes.clone(), "11", "5")) }
                { for rect(classes!("flow-unsent"), one.unsent(), "11", "5") }
            </svg>
        }
    }
}

fn colour(index: usize) -> String {
    format!("run-{}", index % COLOURS)
}

/// A heading with a word.
fn titled(ui: &Ui, word: w::Word) -> Html {
    heading(say(ui.lang, word))
}
