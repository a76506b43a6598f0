//! The bar below the ladder: where in the run one looks, and how to get elsewhere.

mod marks;

use trace::time::Nanos;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::Ui;
use super::el::{El, el, icon};
use super::ladder::exact;
use crate::browser;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::cursor::{Slowness, Step, Way};
use crate::state::log::Log;
use crate::state::scope::Look;
use marks::Marks;

/// The bar; nothing before the first event.
pub(crate) fn timebar(ui: &Ui, bench: &Bench) -> Html {
    let (words, scope, log) = (ui.words.scope, &bench.scope, &bench.run.log);
    let events = log.events();
    if events.is_empty() {
        return Html::default();
    }
    let count = bench.count();
    let at = exact(events.get(count.wrapping_sub(1)).map_or(Nanos::ZERO, |event| event.at));
    let look = |look: Look| ui.press(Action::Look(look));
    let (label, shape) = if scope.cursor.plays() {
        (words.pause, "M4 3h3v10H4zM9 3h3v10H9z")
    } else {
        (words.play, "M4 2.4v11.2L13.4 8z")
    };
    let live = bench.past.is_none() && !scope.cursor.plays();
    el("div")
        .at("class", "timebar")
        .at("role", "group")
        .at("aria-label", words.time)
        .at("data-testid", "timebar")
        .with(button(words.back, "back", "M11 3L5 8l6 5zM3.4 3h1.6v10H3.4z", &look(Look::Step(Step::Event, Way::Back))))
        .with(button(label, "play", shape, &look(Look::Play)))
        .with(button(words.on, "on", "M5 3l6 5l-6 5zM11 3h1.6v10H11z", &look(Look::Step(Step::Event, Way::On))))
        .with(slowness(ui, scope.slowness))
        .with(scrubber(ui, log, count, &at))
        .with(el("output").at("class", "timebar-at").with(el("span").text(at)))
        .all(copy(ui, bench))
        .with(
            el("button")
                .at("type", "button")
                .class("timebar-live", &[("timebar-is-live", live)])
                .at("data-testid", "live")
                .at("title", words.follow)
                .put("aria-pressed", live.to_string())
                .onclick(&look(Look::Live))
                .text(if bench.run.log.timeline().latest().is_live() { words.live } else { words.end }),
        )
        .with(
            el("button")
                .at("type", "button")
                .at("class", "timebar-button")
                .at("data-testid", "keys")
                .at("title", words.show_keys)
                .at("aria-label", words.show_keys)
                .onclick(&look(Look::Keys(true)))
                .text("?"),
        )
        .into()
}

/// Copies a link to the moment, where the server knows the run.
fn copy(ui: &Ui, bench: &Bench) -> Option<Html> {
    let link = bench.run.link()?;
    let last = bench.run.log.next_seq().saturating_sub(1);
    let address = browser::address(&format!("/run/{link}#t={}", bench.scope.cursor.seq().unwrap_or(last)));
    let shape = "M6.5 9.5a2.5 2.5 0 0 1 0-3.5l2.5-2.5A2.5 2.5 0 0 1 12.5 7L11 8.5 10 7.5 11.5 6A1 1 0 0 0 10 4.5L7.5 7a1 1 0 0 0 0 1.5zM9.5 6.5a2.5 2.5 0 0 1 0 3.5L7 12.5A2.5 2.5 0 0 1 3.5 9L5 7.5 6 8.5 4.5 10A1 1 0 0 0 6 11.5L8.5 9a1 1 0 0 0 0-1.5z";
    let (label, shape) = if bench.run.copied == address {
        (ui.words.link_copied, "M6.4 12.6L2 8.2l1.5-1.5 2.9 2.9L12.5 3.5 14 5z")
    } else {
        (ui.words.scope.copy_moment, shape)
    };
    Some(button(label, "copy-moment", shape, &ui.press(Action::Copy(address))).into())
}

fn button(label: &'static str, name: &'static str, shape: &'static str, does: &Callback<MouseEvent>) -> El {
    el("button")
        .at("type", "button")
        .at("class", "timebar-button")
        .at("aria-label", label)
        .at("title", label)
        .at("data-testid", name)
        .onclick(does)
        .with(icon(shape))
}

fn slowness(ui: &Ui, chosen: Slowness) -> Html {
    let words = ui.words.scope;
    let dispatch = ui.dispatch.clone();
    let onchange = Callback::from(move |event: web_sys::Event| {
        let select = event.target_dyn_into::<web_sys::HtmlSelectElement>();
        if let Some(slowness) = select.and_then(|select| select.value().parse().ok()) {
            dispatch.emit(Action::Look(Look::Slow(Slowness(slowness))));
        }
    });
    html! {
        <select class="timebar-speed" aria-label={words.slowness} title={words.slowness} data-testid="slowness" {onchange}>
            { for Slowness::ALL.iter().map(|slowness| html! {
                <option value={slowness.0.to_string()} selected={*slowness == chosen}>{ (words.slow)(*slowness) }</option>
            }) }
        </select>
    }
}

/// All of the run from left to right, in even steps, with marks where something happened.
fn scrubber(ui: &Ui, log: &Log, count: usize, at: &str) -> Html {
    let (words, all) = (ui.words.scope, log.len());
    let dispatch = ui.dispatch.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        if let Some(count) = input.and_then(|input| input.value().parse::<usize>().ok()) {
            dispatch.emit(Action::Look(Look::AtIndex(count.saturating_sub(1))));
        }
    });
    html! {
        <div class="scrubber">
            <Marks log={log.clone()} />
            <input type="range" min="1" max={all.to_string()} value={count.to_string()} step="1" {oninput}
                aria-label={words.time} aria-valuetext={(words.moment)(count, all, at)} data-testid="scrubber" />
        </div>
    }
}
