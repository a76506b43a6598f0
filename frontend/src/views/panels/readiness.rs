//! What every descriptor is ready for, over time; what select, poll and epoll asked and were answered.

use trace::event::socket::Readiness;
use trace::event::{Event, Fact};
use trace::id::HostId;
use trace::model::Model;
use trace::ready::{self, Question, Row, Stretch};
use trace::time::Readable;
use yew::prelude::*;

use super::Moment;
use super::parts::{empty, heading, host, pick, short};
use crate::i18n::panels::{self as w, Word, fill, say};
use crate::state::bench::Bench;
use crate::state::selection::Selection;
use crate::views::Ui;

/// How many changes are drawn.
const MOST: usize = 28;
/// How many questions are.
const QUESTIONS: usize = 4;
const STEP: usize = 8;

/// What can be ready, and the words for it.
const LANES: [(&[Readiness], Word, &str, &str); 3] = [
    (&[Readiness::READABLE], w::READABLE, "R", "lane-read"),
    (&[Readiness::WRITABLE], w::WRITABLE, "W", "lane-write"),
    (&[Readiness::ERROR, Readiness::HANG_UP, Readiness::READ_HANG_UP], w::TROUBLE, "!", "lane-trouble"),
];

/// The panel.
pub(crate) fn readiness(ui: &Ui, _bench: &Bench, moment: &Moment<'_>) -> Html {
    let (events, model) = (&moment.timeline.events()[..moment.count], moment.model);
    let hosts = (0..).map(HostId).take(model.hosts.len());
    let drawn: Vec<Html> = hosts.filter_map(|id| of_host(ui, events, model, id)).collect();
    if drawn.is_empty() {
        return empty(ui, w::NO_DESCRIPTORS);
    }
    html! { <>{ legend(ui) }{ for drawn }</> }
}

fn legend(ui: &Ui) -> Html {
    let one = |(_, word, letter, class): &(&[Readiness], Word, &'static str, &'static str)| {
        html! { <li><i class={*class}>{ *letter }</i>{ " " }{ say(ui.lang, *word) }</li> }
    };
    html! { <ul class="chart-legend">{ for LANES.iter().map(one) }</ul> }
}

fn of_host(ui: &Ui, events: &[Event], model: &Model, id: HostId) -> Option<Html> {
    let rows = ready::rows(events, model, id);
    if rows.is_empty() {
        return None;
    }
    let lang = ui.lang;
    let questions = ready::questions(events, model, id, QUESTIONS);
    // The same moments for all rows: those at which any of them changed.
    let mut moments: Vec<u64> = rows.iter().flat_map(|row| &row.stretches).map(|stretch| stretch.seq).collect();
    moments.sort_unstable();
    moments.dedup();
    let moments = &moments[moments.len().saturating_sub(MOST)..];
    let watched: Vec<&Row> = rows.iter().filter(|row| row.watched.is_some()).collect();
    Some(html! {
        <section class="flow" data-testid="ready-host">
            <h3 class="panel-heading">{ host(model, id) }</h3>
            <table class="panel-table ready">
                <thead><tr>
                    <th scope="col">{ "fd" }</th><th scope="col">{ say(lang, w::OVER_TIME) }</th>
                    <th scope="col">{ say(lang, w::NOW) }</th>
                </tr></thead>
                <tbody>{ for rows.iter().map(|row| line(ui, model, row, moments)) }</tbody>
            </table>
            if !watched.is_empty() { { triggers(ui, &watched) } }
            if !questions.is_empty() {
                { heading(say(lang, w::QUESTIONS)) }
                <ol class="questions">{ for questions.iter().rev().map(|one| question(ui, events, model, one)) }</ol>
            }
        </section>
    })
}

fn line(ui: &Ui, model: &Model, row: &Row, moments: &[u64]) -> Html {
    let (lang, now) = (ui.lang, row.now());
    let socket = model.sockets.get(&row.socket);
    let state = socket.and_then(|socket| socket.snapshot.state).map_or("", |state| state.name());
    let name = socket.map(|socket| short(socket.snapshot.local.as_ref())).unwrap_or_default();
    let waiting = match socket.and_then(|socket| socket.snapshot.accept_queue()) {
        Some((n, limit)) => fill(lang, w::QUEUE, &[("n", &n), ("limit", &limit)]),
        None => now.map(|now| fill(lang, w::BYTES_WAIT, &[("n", &now.waiting)])).unwrap_or_default(),
    };
    let word = |(bits, word, ..): &(&[Readiness], Word, &str, &str)| {
        let on = now.and_then(|now| now.ready).map(|ready| bits.iter().any(|bit| ready.has(*bit)));
        let told = say(
            lang,
            match on {
                Some(true) => w::YES,
                Some(false) => w::NO,
                None => w::UNKNOWN,
            },
        );
        let class = if on == Some(true) { "ready-yes" } else { "ready-no" };
        html! { <span {class}>{ format!("{} {told}", say(lang, *word)) }</span> }
    };
    html! {
        <tr>
            <th scope="row">
                <button type="button" class="panel-go" onclick={pick(ui, Selection::Socket(row.socket))}>
                    { format!("fd {}", row.fd) }
                </button>
                <small>{ format!("{name} {state}") }</small>
            </th>
            <td>{ lanes(row, moments) }</td>
            <td>{ for LANES[..2].iter().map(word) }{ for trouble(now).then(|| word(&LANES[2])) }<small>{ waiting }</small></td>
        </tr>
    }
}

fn trouble(now: Option<Stretch>) -> bool {
    let ready = now.and_then(|now| now.ready).unwrap_or_default();
    LANES[2].0.iter().any(|bit| ready.has(*bit))
}

/// Three lanes, a step for each moment.
fn lanes(row: &Row, moments: &[u64]) -> Html {
    let width = (moments.len() * STEP).max(STEP);
    let at = |seq: u64| row.stretches.partition_point(|stretch| stretch.seq <= seq).checked_sub(1);
    let mut shapes: Vec<Html> = vec![];
    for (lane, (bits, _, _, class)) in LANES.iter().enumerate() {
        let mut path = String::new();
        let mut unknown = String::new();
        for (step, seq) in moments.iter().enumerate() {
            let Some(stretch) = at(*seq).map(|index| row.stretches[index]) else { continue };
            let bar = format!("M{} {}h{STEP}", step * STEP, lane * 10 + 5);
            match stretch.ready {
                Some(ready) if bits.iter().any(|bit| ready.has(*bit)) => path.push_str(&bar),
                Some(_) => {}
                None => unknown.push_str(&bar),
            }
        }
        shapes.push(html! {
            <>
                <path class="lane-ground" d={format!("M0 {}h{width}", lane * 10 + 5)} />
                <path class="lane-unknown" d={unknown} /><path class={*class} d={path} />
            </>
        });
    }
    html! {
        <svg class="lanes" viewBox={format!("0 0 {width} 30")} preserveAspectRatio="none" aria-hidden="true" focusable="false">
            { for shapes }
        </svg>
    }
}

/// Level against edge, for what epoll watches.
fn triggers(ui: &Ui, rows: &[&Row]) -> Html {
    let lang = ui.lang;
    let cell = |row: &Row, edge: bool| {
        let Some((_, interest)) = row.watched else { return Html::default() };
        let tells = row.tells(edge);
        let word = match tells {
            _ if !interest.is_armed() => w::ONE_SHOT,
            Some(true) => w::TELLS,
            Some(false) => w::SILENT,
            None => w::UNKNOWN,
        };
        let own = interest.is_edge_triggered() == edge;
        let class = classes!(if tells == Some(true) { "ready-yes" } else { "ready-no" }, own.then_some("trigger-own"));
        html! {
            <td {class}>{ say(lang, word) }if own { <small>{ say(lang, w::THIS_ONE) }</small> }</td>
        }
    };
    let forgotten = |row: &&&Row| {
        row.is_forgotten().then(|| {
            let n = format!("{} B", row.now().map_or(0, |now| now.waiting));
            html! { <p class="panel-warning">{ fill(lang, w::FORGOTTEN, &[("fd", &row.fd), ("n", &n)]) }</p> }
        })
    };
    html! {
        <>
            { heading(say(lang, w::TRIGGERS)) }
            <table class="panel-table triggers" data-testid="triggers">
                <thead><tr><th scope="col">{ "fd" }</th><th scope="col">{ say(lang, w::LEVEL) }</th>
                    <th scope="col">{ say(lang, w::EDGE) }</th></tr></thead>
                <tbody>{ for rows.iter().map(|row| html! {
                    <tr>
                        <th scope="row">{ format!("fd {}", row.fd) }
                            <small>{ row.watched.map(|(_, interest)| interest.names()).unwrap_or_default() }</small></th>
                        { cell(row, false) }{ cell(row, true) }
                    </tr>
                }) }</tbody>
            </table>
            { for rows.iter().filter_map(|row| forgotten(&row)) }
        </>
    }
}

fn question(ui: &Ui, events: &[Event], model: &Model, one: &Question) -> Html {
    let lang = ui.lang;
    let list = |all: &[(i32, String)]| {
        let each = |(fd, what): &(i32, String)| if *fd < 0 { what.clone() } else { format!("fd {fd} {what}") };
        if all.is_empty() {
            say(lang, w::NOTHING).to_owned()
        } else {
            all.iter().map(each).collect::<Vec<_>>().join(", ")
        }
    };
    let call = model.call(one.call);
    let name = call.map_or("", |call| call.syscall.name());
    let waited = one.returned.unwrap_or(model.now).since(one.entered);
    let answer = match one.returned {
        None => format!("{} {}", say(lang, w::STILL_WAITS), Readable(waited)),
        Some(_) => format!("{}: {} · {}", say(lang, w::ANSWERED), list(&one.answered), Readable(waited)),
    };
    // What woke it is told in the sentence of its return.
    let told = one.returned.and_then(|at| {
        let from = events.partition_point(|event| event.at < at);
        let returns = |event: &Event| matches!(event.fact, Fact::CallReturned { call, .. } if model.call(call).is_some_and(|call| call.id == one.call));
        let index = from + events[from..].iter().position(returns)?;
        Some(trace::tell::tell(&events[..=index], model, lang))
    });
    html! {
        <li>
            <button type="button" class="panel-go" onclick={pick(ui, Selection::Call(one.call))}>{ format!("{name}()") }</button>
            { format!(" {}: {}", say(lang, w::ASKED), list(&one.asked)) }<br />{ answer }
            { for told.map(|told| html! { <p class="told">{ told }</p> }) }
        </li>
    }
}
