//! The workbench: run bar, hosts, ladder.

use yew::prelude::*;

use super::Ui;
use super::banner::banner;
use super::el::el;
use super::host::panel;
use super::ladder::Ladder;
use super::panels::panels;
use super::runbar::runbar;
use super::status::status;
use super::timebar::timebar;
use super::visitor::visitor;
use crate::state::bench::Bench;
use crate::state::scope::Look;
use crate::state::{Action, Layout};

/// The workbench.
pub(crate) fn workbench(ui: &Ui, bench: &Bench, layout: Layout) -> Html {
    let words = ui.words;
    let hosts = &bench.page.exercise.hosts;
    let tab = |index: usize, program: &str| {
        html! {
            <button type="button" class={classes!("tab", host_class(index))} onclick={ui.press(Action::ShowHost(index))}
                aria-pressed={(layout.host == index).to_string()}>
                { program.to_owned() }
            </button>
        }
    };
    html! {
        <section class="workbench" aria-label={words.workbench}>
            { runbar(ui, bench, layout.lesson_hidden) }
            { banner(ui, &bench.run) }
            // Only on narrow screens, where one host at a time is shown.
            <div class="tabs" role="group" aria-label={words.hosts}>
                { for hosts.iter().enumerate().map(|(index, host)| tab(index, &host.spec.program)) }
            </div>
            <div class={classes!("hosts", (hosts.len() > 2).then_some("hosts-many"))}>
                { for (0..hosts.len()).map(|index| panel(ui, bench, index, layout.host == index)) }
            </div>
            { visitor(ui, bench) }
            <div class={classes!("scope", bench.scope.panel.map(|_| "scope-with-panel"))}>
                <section class="scope-ladder" aria-label={words.ladder} data-testid="ladder">{ ladder(ui, bench) }</section>
                <div class="scope-side">{ panels(ui, bench) }</div>
                { timebar(ui, bench) }
            </div>
            { status(ui, &bench.run) }
            if bench.scope.keys { { keys(ui) } }
        </section>
    }
}

/// All keys that the page listens to, on top of everything else.
fn keys(ui: &Ui) -> Html {
    let words = ui.words.scope;
    let key = |(key, does): &(&'static str, &'static str)| {
        [el("dt").with(el("kbd").text(*key)).into(), el("dd").text(*does).into()]
    };
    let dialog = el("section")
        .at("class", "dialog")
        .at("role", "dialog")
        .at("aria-modal", "true")
        .at("aria-labelledby", "keys-title")
        .at("data-testid", "keys-dialog")
        .with(el("h2").at("id", "keys-title").text(words.show_keys))
        .with(el("dl").at("class", "keys").all(words.keys.iter().flat_map(key)))
        .with(el("button").at("type", "button").at("class", "button").at("id", "keys-close").text(words.close));
    el("div").at("class", "dialog-ground").onclick(&ui.press(Action::Look(Look::Keys(false)))).with(dialog).into()
}

fn ladder(ui: &Ui, bench: &Bench) -> Html {
    let words = ui.words;
    if bench.run.log.len() > 0 {
        let scope = &bench.scope;
        let dispatch = ui.dispatch.clone();
        let on_look = Callback::from(move |look| dispatch.emit(Action::Look(look)));
        return html! {
            <Ladder log={bench.run.log.clone()} lang={ui.lang} options={scope.ladder} cursor={scope.cursor.seq()}
                selected={scope.selected} {on_look} />
        };
    }
    let (title, text) = if bench.run.phase.is_active() {
        (words.ladder_waits, "")
    } else {
        (words.ladder_empty, words.ladder_empty_text)
    };
    html! {
        <div class="scope-empty">
            <svg class="scope-picture" viewBox="0 0 120 56" aria-hidden="true" focusable="false">
                <path d="M14 2v52M106 2v52" />
                <path class="scope-packet" d="M18 12L98 22M102 30L22 40" />
                <path class="scope-head" d="M102 22.5l-7 -3.6l-0.8 5.8zM18 40.5l7 -3.7l0.8 5.8z" />
            </svg>
            <p class="scope-title">{ title }</p>
            <p>{ text }</p>
        </div>
    }
}

/// The class that carries a host's colour.
pub(crate) fn host_class(index: usize) -> String {
    format!("host-{}", index % 6)
}
