//! Step mode: where a host's program is held, what its variables are there, and how it goes on.

use trace::id::HostId;
use trace::protocol::Breakpoints;
use trace::syscall::Syscall;
use yew::prelude::*;

use super::Ui;
use super::el::el;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::host::{Activity, HostNow};

/// Calls at which a program can be held, by the names that programs have for them.
const CALLS: [(&str, &[Syscall]); 6] = [
    ("connect()", &[Syscall::Connect]),
    ("accept()", &[Syscall::Accept, Syscall::Accept4]),
    ("send()", &[Syscall::Sendto, Syscall::Sendmsg, Syscall::Write, Syscall::Writev]),
    ("recv()", &[Syscall::Recvfrom, Syscall::Recvmsg, Syscall::Read, Syscall::Readv]),
    ("shutdown()", &[Syscall::Shutdown]),
    ("close()", &[Syscall::Close]),
];

/// What a choice means.
fn meant(choice: &str) -> Breakpoints {
    match (choice, CALLS.iter().find(|(name, _)| *name == choice)) {
        (_, Some((_, calls))) => Breakpoints::At(calls.to_vec()),
        ("every", None) => Breakpoints::Every,
        _ => Breakpoints::Never,
    }
}

/// The choice of the calls at which a host's program is held.
pub(crate) fn choice(ui: &Ui, bench: &Bench, host: HostId) -> Html {
    let words = ui.words.scope;
    let chosen = bench.run.breaks(host);
    let dispatch = ui.dispatch.clone();
    let onchange = Callback::from(move |event: web_sys::Event| {
        if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
            dispatch.emit(Action::Break(host, meant(&select.value())));
        }
    });
    let choices = [("never", words.break_never), ("every", words.break_every)];
    let options = choices.into_iter().chain(CALLS.iter().map(|(name, _)| (*name, *name))).map(|(value, label)| {
        let option = el("option").at("value", value).text(label);
        Html::from(if meant(value) == *chosen { option.at("selected", "") } else { option })
    });
    el("select")
        .class("break", &[("break-on", *chosen != Breakpoints::Never)])
        .at("aria-label", words.break_at)
        .at("title", words.break_at)
        .at("data-testid", "break")
        .onchange(&onchange)
        .all(options)
        .into()
}

/// What is shown of a program that is held: its variables, and the buttons that let it go on.
pub(crate) fn held(ui: &Ui, bench: &Bench, host: HostId, now: &HostNow) -> Html {
    let Activity::Held { call } = now.activity else { return Html::default() };
    let words = ui.words.scope;
    let locals = now.locals.iter().map(|local| {
        Html::from(el("div").with(el("dt").text(local.name.clone())).with(el("dd").text(local.value.clone())))
    });
    let mut strip = el("div")
        .at("class", "held")
        .at("role", "status")
        .at("data-testid", "held")
        .with(el("span").at("class", "held-told").text((words.held_at)(call)));
    if bench.past.is_none() {
        let button = |name: &'static str, label: &'static str, action: Action| {
            el("button")
                .at("type", "button")
                .at("class", "button")
                .at("data-testid", name)
                .onclick(&ui.press(action))
                .text(label)
        };
        strip = strip.with(button("next-call", words.next_call, Action::Next(host))).with(button(
            "run-on",
            words.run_on,
            Action::Break(host, Breakpoints::Never),
        ));
    }
    strip.with(el("dl").at("class", "locals").at("aria-label", words.variables).all(locals)).into()
}
