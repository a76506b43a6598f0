//! What was picked out, or happened last, in full: a frame over its bytes, a call, a socket, a host.

mod call;
mod frame;
mod http;
mod socket;

use trace::because;
use trace::event::Event;
use trace::id::HostId;
use trace::model::Model;
use yew::prelude::*;

use super::Moment;
use super::parts::{empty, facts, fds, heading, host, list, none, of, pick, short};
use crate::i18n::panels::{self as w, say};
use crate::state::cursor::is_consequence;
use crate::state::selection::Selection;
use crate::views::Ui;

/// How many consequences of a step are told.
const TOLD: usize = 4;

/// The panel.
pub(crate) fn inspector(ui: &Ui, moment: &Moment<'_>) -> Html {
    let body = match moment.about() {
        Some(Selection::Frame(frame)) => frame::frame(ui, moment, frame),
        Some(Selection::Call(call)) => call::call(ui, moment, call),
        Some(Selection::Socket(socket)) => socket::socket(ui, moment, socket),
        Some(Selection::Host(host)) => of_host(ui, moment.model, host),
        None => None,
    };
    list(vec![step(ui, moment), body.unwrap_or_else(|| empty(ui, w::NOTHING_PICKED))])
}

/// What happened at the moment that is looked at, in sentences: the step and what followed from it.
fn step(ui: &Ui, moment: &Moment<'_>) -> Html {
    let events = moment.told();
    let Some(cause) = events.iter().rposition(|event| !is_consequence(&event.fact)) else { return Html::default() };
    // What happened elsewhere at the same time does not follow from it.
    let host = |index: &usize| because::host_of(&events[*index].fact, moment.model);
    let here = host(&cause);
    let all = (cause..events.len()).filter(|index| host(index) == here).take(TOLD);
    let told: Vec<String> = all.map(|index| told(ui, &events[..=index], moment.model)).collect();
    let told = told.join(if ui.lang == trace::lesson::Lang::En { " " } else { "" });
    of("p", "told").at("data-testid", "told").text(told).into()
}

fn told(ui: &Ui, events: &[Event], model: &Model) -> String {
    trace::tell::tell(events, model, ui.lang)
}

fn of_host(ui: &Ui, model: &Model, id: HostId) -> Option<Html> {
    let spec = &model.host(id)?.spec;
    let address = spec.addr6.map_or_else(|| spec.addr.to_string(), |addr6| format!("{}, {addr6}", spec.addr));
    let sockets = model.sockets_of(id).map(|socket| {
        let name = format!("{} {}", fds(model, socket), short(socket.snapshot.local.as_ref()));
        pick(ui, "panel-choice", Selection::Socket(socket.id)).text(name).into()
    });
    let mut sockets: Vec<Html> = sockets.collect();
    if sockets.is_empty() {
        sockets.push(none("panel-none", ui, w::NOTHING));
    }
    let word = |word| say(ui.lang, word).into();
    let mut rows = vec![(word(w::ADDRESS), address.into()), (word(w::SOCKETS), list(sockets))];
    // The visitor's host has none.
    if !spec.visitor {
        rows.insert(0, (word(w::HOST_PROGRAM), spec.program.clone().into()));
    }
    Some(list(vec![heading().with(host(model, id)).into(), facts(rows)]))
}
