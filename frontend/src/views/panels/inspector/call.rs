//! A call: its arguments, what came of it, the program's line and variables; for a program that is held, what its kernel
//! does meanwhile.

use trace::event::call::Outcome;
use trace::event::{Event, Fact};
use trace::id::CallId;
use trace::model::Call;
use trace::text::argument;
use trace::time::Readable;
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{facts, fds, go, host, pick};
use super::{titled, told};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;

/// How many of the kernel's doings are listed.
const MOST: usize = 12;

/// A call.
pub(super) fn call(ui: &Ui, moment: &Moment<'_>, id: CallId) -> Option<Html> {
    let (lang, model) = (ui.lang, moment.model);
    let call = model.call(id)?;
    let thread = model.threads.get(&call.thread)?;
    let program = &model.host(thread.host)?.spec.program;
    let place = call.place.as_ref();
    let line = place.map(|place| fill(lang, w::LINE, &[("line", &place.line), ("file", &place.file)]));
    let name = call.syscall.name();
    let manual = format!("https://man7.org/linux/man-pages/man2/{name}.2.html");
    let named = call
        .syscall
        .params()
        .iter()
        .zip(&call.args)
        .map(|(name, value)| ((*name).into(), html! { <code>{ argument(value) }</code> }));
    let locals = call.hold.as_ref().map(|hold| &hold.locals[..]).unwrap_or_default();
    let socket = call.made().or(call.socket).and_then(|socket| model.sockets.get(&socket)).map(|socket| {
        html! {
            <button type="button" class="panel-choice" onclick={pick(ui, Selection::Socket(socket.id))}>
                { fds(model, socket) }
            </button>
        }
    });
    Some(html! {
        <div data-testid="inspect-call">
            <h3 class="panel-heading">
                <code>{ format!("{name}()") }</code>{ " · " }{ host(model, thread.host) }{ " " }
                <small>{ line.unwrap_or_else(|| program.clone()) }</small>
            </h3>
            { result(ui, moment, call) }
            <p>{ for socket }{ " " }<a href={manual} target="_blank" rel="noreferrer">{ format!("{name}(2) · {}", say(lang, w::MANUAL)) }</a></p>
            { titled(ui, w::ARGUMENTS) }
            { facts(named.collect()) }
            if !locals.is_empty() {
                { titled(ui, w::VARIABLES) }
                { facts(locals.iter().map(|local| (local.name.clone().into(), html! { <code>{ &local.value }</code> })).collect()) }
            }
            if call.is_held() { { meanwhile(ui, moment, call) } }
            { sentences(ui, moment, call) }
        </div>
    })
}

/// What came of it.
fn result(ui: &Ui, moment: &Moment<'_>, call: &Call) -> Html {
    let lang = ui.lang;
    let time = Readable(call.lasted(moment.model.now));
    let took = || fill(lang, w::TOOK, &[("time", &time)]);
    let (bad, text) = match (call.ending, call.outcome()) {
        (None, _) => (false, fill(lang, w::INSIDE, &[("time", &time)])),
        (_, Some(Outcome::Returned(value))) => (false, format!("{value} · {}", took())),
        (_, Some(Outcome::Failed(errno))) => {
            (true, format!("{errno} ({}): {} · {}", errno.0, trace::tell::meaning(errno, lang), took()))
        }
        (Some(_), None) => (true, say(lang, w::NEVER).to_owned()),
    };
    let class = bad.then_some("panel-bad");
    facts(vec![(say(lang, w::RESULT).into(), html! { <span {class}>{ text }</span> })])
}

/// Two lanes: the program stands still, its kernel does not.
fn meanwhile(ui: &Ui, moment: &Moment<'_>, call: &Call) -> Html {
    let (lang, model) = (ui.lang, moment.model);
    let events = &moment.timeline.events()[..moment.count];
    let Some(at) = model.threads.get(&call.thread).map(|thread| thread.host) else { return Html::default() };
    let of_host = |event: &Event| match &event.fact {
        Fact::FrameDelivered { host, .. } | Fact::FrameSent { host, .. } => *host == at,
        Fact::SocketChanged { socket, .. } | Fact::SocketSeen { socket, .. } => {
            model.sockets.get(socket).is_some_and(|socket| socket.host == at)
        }
        _ => false,
    };
    let from = events.partition_point(|event| event.at <= call.entered);
    let (mut lines, mut more) = (vec![], 0);
    for (index, event) in events.iter().enumerate().skip(from).filter(|(_, event)| of_host(event)) {
        if lines.len() < MOST {
            lines.push(html! { <li>{ go(ui, event.seq, event.at) }{ " " }{ told(ui, &events[..=index], model) }</li> });
        } else {
            more += 1;
        }
    }
    let none = lines.is_empty().then(|| html! { <p class="panel-none">{ say(lang, w::NOTHING_YET) }</p> });
    html! {
        <section class="meanwhile" data-testid="meanwhile">
            <p>{ say(lang, w::HELD_HERE) }</p>
            <div class="meanwhile-lanes">
                <div class="meanwhile-program"><b>{ say(lang, w::STOPPED) }</b></div>
                <div><b>{ say(lang, w::KERNEL_WORKS) }</b>{ for none }<ol class="history">{ for lines }</ol>
                    if more > 0 { <small>{ format!("+ {more}") }</small> }</div>
            </div>
        </section>
    }
}

/// Its entry and its return in sentences, each told in the world of its own time.
fn sentences(ui: &Ui, moment: &Moment<'_>, call: &Call) -> Html {
    let events = &moment.timeline.events()[..moment.count];
    let find = |at: trace::time::Nanos, wanted: &dyn Fn(&Fact) -> bool| {
        let from = events.partition_point(|event| event.at < at);
        events[from..].iter().position(|event| wanted(&event.fact)).map(|index| from + index)
    };
    let model = moment.model;
    let entry = find(call.entered, &|fact| matches!(fact, Fact::CallEntered { call: id, .. } if *id == call.id));
    let end = call.ending.and_then(|(at, _)| {
        find(at, &|fact| match fact {
            Fact::CallReturned { call: id, .. } | Fact::CallAbandoned { call: id } => {
                model.call(*id).is_some_and(|one| one.id == call.id)
            }
            _ => false,
        })
    });
    let line = |index: usize| {
        let world = moment.timeline.after(index + 1);
        let event = &events[index];
        html! { <li>{ go(ui, event.seq, event.at) }{ " " }{ told(ui, &events[..=index], &world) }</li> }
    };
    html! { <>{ titled(ui, w::STORY) }<ol class="history">{ for entry.into_iter().chain(end).map(line) }</ol></> }
}
