//! A call: its arguments, what came of it, the program's line and variables; for a program that is held, what its kernel
//! does meanwhile.

use trace::event::call::{Outcome, Value};
use trace::event::{Event, Fact};
use trace::id::CallId;
use trace::model::Call;
use trace::text::argument;
use trace::time::Readable;
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{facts, fds, heading, host, list, none, of, pick, small, step, titled};
use super::told;
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::el;

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
    let code = |text: String| -> Html { el("code").text(text).into() };
    let named = call.syscall.params().iter().zip(&call.args);
    let named = named.map(|(name, value)| ((*name).into(), code(argument(value)))).collect();
    let locals = call.hold.as_ref().map(|hold| &hold.locals[..]).unwrap_or_default();
    let socket = call.made().or(call.socket).and_then(|socket| model.sockets.get(&socket));
    let socket =
        socket.map(|socket| pick(ui, "panel-choice", Selection::Socket(socket.id)).text(fds(model, socket)).into());
    let head = heading()
        .with(code(format!("{name}()")))
        .text(" · ")
        .with(host(model, thread.host))
        .with(small(format!(" {}", line.unwrap_or_else(|| program.clone()))));
    let page = el("a")
        .put("href", manual)
        .at("target", "_blank")
        .at("rel", "noreferrer")
        .text(format!("{name}(2) · {}", say(lang, w::MANUAL)));
    let mut all = el("div")
        .at("data-testid", "inspect-call")
        .with(head)
        .with(result(ui, moment, call))
        .with(el("p").all(socket).text(" ").with(page))
        .with(titled(ui, w::ARGUMENTS))
        .with(facts(named));
    if call.args.contains(&Value::Changed) {
        all = all.with(small(say(lang, w::CHANGED).to_owned()));
    }
    if !locals.is_empty() {
        let rows = locals.iter().map(|local| (local.name.clone().into(), code(local.value.clone()))).collect();
        all = all.with(titled(ui, w::VARIABLES)).with(facts(rows));
    }
    if call.is_held() {
        all = all.with(meanwhile(ui, moment, call));
    }
    Some(all.with(sentences(ui, moment, call)).into())
}

/// What came of it.
fn result(ui: &Ui, moment: &Moment<'_>, call: &Call) -> Html {
    let lang = ui.lang;
    let lasted = call.lasted(moment.model.now);
    let time = Readable(lasted);
    let took = || fill(lang, w::TOOK, &[("time", &time)]);
    let (bad, text) = match (call.ending, call.outcome()) {
        (None, _) if call.is_held() => (false, say(lang, w::STOPPED).to_owned()),
        (None, _) if lasted.is_zero() => (false, say(lang, w::ENTERED).to_owned()),
        (None, _) => (false, fill(lang, w::INSIDE, &[("time", &time)])),
        (_, Some(Outcome::Returned(value))) => (false, format!("{value} · {}", took())),
        (_, Some(Outcome::Failed(errno))) => {
            (true, format!("{errno} ({}): {} · {}", errno.0, trace::tell::meaning(errno, lang), took()))
        }
        (Some(_), None) => (true, say(lang, w::NEVER).to_owned()),
    };
    let class = if bad { "panel-bad" } else { "" };
    facts(vec![(say(lang, w::RESULT).into(), of("span", class).text(text).into())])
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
            lines.push(step(ui, event.seq, event.at, told(ui, &events[..=index], model)));
        } else {
            more += 1;
        }
    }
    let nothing = lines.is_empty().then(|| none("panel-none", ui, w::NOTHING_YET));
    let more = (more > 0).then(|| small(format!("+ {more}")));
    let program = of("div", "meanwhile-program").with(el("b").text(say(lang, w::STOPPED)));
    let kernel = el("div")
        .with(el("b").text(say(lang, w::KERNEL_WORKS)))
        .all(nothing)
        .with(of("ol", "history").all(lines))
        .all(more);
    of("section", "meanwhile")
        .at("data-testid", "meanwhile")
        .with(el("p").text(say(lang, w::HELD_HERE)))
        .with(of("div", "meanwhile-lanes").with(program).with(kernel))
        .into()
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
        step(ui, event.seq, event.at, told(ui, &events[..=index], &world))
    };
    let lines = entry.into_iter().chain(end).map(line);
    list(vec![titled(ui, w::STORY), of("ol", "history").all(lines).into()])
}
