//! The bar below the ladder: where in the run one looks, and how to get elsewhere.

use trace::event::{Event, Fact};
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
use crate::state::scope::Look;

/// How many marks there are at most along the run.
const MARKS: usize = 240;

/// The bar; nothing before the first event.
pub(crate) fn timebar(ui: &Ui, bench: &Bench) -> Html {
    let (words, scope, log) = (ui.words.scope, &bench.scope, &bench.run.log);
    let events = log.events();
    if events.is_empty() {
        return Html::default();
    }
    let count = bench.past.as_ref().map_or(events.len(), |past| past.count);
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
        .with(scrubber(ui, &events, count, &at))
        .with(el("output").at("class", "timebar-at").text(at))
        .all(copy(ui, bench))
        .with(
            el("button")
                .at("type", "button")
                .class("timebar-live", &[("timebar-is-live", live)])
                .at("data-testid", "live")
                .at("title", words.follow)
                .put("aria-pressed", live.to_string())
                .onclick(&look(Look::Live))
                .text(words.live),
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
    Some(button(ui.words.scope.copy_moment, "copy-moment", shape, &ui.press(Action::Copy(address))).into())
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
fn scrubber(ui: &Ui, events: &[Event], count: usize, at: &str) -> Html {
    let words = ui.words.scope;
    let dispatch = ui.dispatch.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        if let Some(count) = input.and_then(|input| input.value().parse::<usize>().ok()) {
            dispatch.emit(Action::Look(Look::AtIndex(count.saturating_sub(1))));
        }
    });
    html! {
        <div class="scrubber">
            { marks(events) }
            <input type="range" min="1" max={events.len().to_string()} value={count.to_string()} step="1" {oninput}
                aria-label={words.time} aria-valuetext={(words.moment)(count, events.len(), at)} data-testid="scrubber" />
        </div>
    }
}

/// What happened along the run, the most notable of each stretch.
fn marks(events: &[Event]) -> Html {
    let stretches = events.len().min(MARKS);
    let mut most = vec![0_u8; stretches];
    for (index, event) in events.iter().enumerate() {
        let stretch = &mut most[index * stretches / events.len()];
        *stretch = (*stretch).max(notable(&event.fact));
    }
    let paths = ["call", "packet", "person", "bad"].iter().zip(1..).map(|(class, level)| {
        let mut d = String::new();
        for (stretch, _) in most.iter().enumerate().filter(|(_, most)| **most == level) {
            d.extend(["M", &(2 * stretch + 1).to_string(), " 0v1"]);
        }
        el("path").put("class", format!("mark-{class}")).put("d", d).into()
    });
    el("svg")
        .at("class", "scrubber-marks")
        .put("viewBox", format!("0 0 {} 1", 2 * stretches))
        .at("preserveAspectRatio", "none")
        .at("aria-hidden", "true")
        .all(paths)
        .into()
}

/// How notable an event is: 1 a call, 2 a packet, 3 a person's or program's words, 4 what went wrong.
fn notable(fact: &Fact) -> u8 {
    match fact {
        Fact::CallEntered { .. } | Fact::CallReturned { .. } => 1,
        Fact::FrameSent { .. } | Fact::FrameDelivered { .. } | Fact::FrameMade { .. } | Fact::FrameLooped { .. } => 2,
        Fact::Typed { .. } | Fact::Printed { .. } => 3,
        Fact::FrameLost { .. }
        | Fact::FrameHeld { .. }
        | Fact::LimitReached { .. }
        | Fact::Missed { .. }
        | Fact::ProgramEnded { .. } => 4,
        _ => 0,
    }
}
