//! The place beside the ladder: one panel at a time, chosen by tabs. Each panel is a function in a file of its own that
//! draws the world at the cursor; what it shows is never newer than the ladder's cursor.

mod buffers;
mod inspector;
mod parts;
mod readiness;
mod states;
mod wire;

use trace::event::Event;
use trace::ladder::Options;
use trace::model::Model;
use trace::timeline::Timeline;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::Ui;
use super::el::el;
use super::pace::{Paced, paced};
use super::tools::tools;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::scope::{Look, Panel};
use crate::state::selection::{Selection, drawn};

/// What a panel draws.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    /// The world at the moment that is looked at. It is folded once for all that is drawn of it.
    pub(crate) model: &'a Model,
    /// All of the run, later events included.
    pub(crate) timeline: &'a Timeline,
    /// How many of the timeline's events have happened at that moment.
    pub(crate) count: usize,
    /// What was picked out.
    pub(crate) selected: Option<Selection>,
    /// What the ladder draws, if it is the latest moment.
    pub(crate) latest: Option<Options>,
}

impl Moment<'_> {
    /// What the moment is about: what was picked out, else what happened last.
    pub(crate) fn about(&self) -> Option<Selection> {
        self.selected.or_else(|| Selection::of_last(self.told()))
    }

    /// The events of which it is told: of the latest moment, without what the ladder leaves out.
    pub(crate) fn told(&self) -> &[Event] {
        let events = &self.timeline.events()[..self.count];
        self.latest.map_or(events, |ladder| drawn(events, ladder))
    }
}

/// The tabs, and the panel that was chosen.
pub(crate) fn panels(ui: &Ui, bench: &Bench) -> Html {
    let timeline = bench.run.log.timeline();
    let (model, latest) = match &bench.past {
        Some(past) => (&past.model, None),
        None => (timeline.latest(), Some(bench.scope.ladder)),
    };
    let (count, selected) = (bench.count(), bench.scope.selected);
    let moment = Moment { model, timeline: &timeline, count, selected, latest };
    let body = bench.scope.panel.map(|panel| -> Html {
        let shown = |draw: fn(&Ui, &Moment<'_>) -> Html| paced(Paced::Panel, ui, bench, || draw(ui, &moment));
        let drawn = match panel {
            Panel::Inspector => shown(inspector::inspector),
            Panel::Buffers => shown(buffers::buffers),
            Panel::Readiness => shown(readiness::readiness),
            Panel::States => shown(states::states),
            Panel::Wire => wire::wire(ui, bench, &moment),
        };
        el("div")
            .at("id", "panel")
            .at("class", "panel")
            .at("role", "tabpanel")
            .put("aria-labelledby", format!("tab-{}", name(panel)))
            .at("tabindex", "0")
            .put("data-testid", format!("panel-{}", name(panel)))
            .key(name(panel).into())
            .with(drawn)
            .into()
    });
    html! {
        <>
            <div class="scope-head">{ tabs(ui, bench.scope.panel) }{ tools(ui, bench.scope.ladder) }</div>
            { body }
        </>
    }
}

/// The tabs. On a narrow screen the ladder is one of them; where there is room, the chosen one closes the panel again.
fn tabs(ui: &Ui, chosen: Option<Panel>) -> Html {
    let words = ui.words.scope;
    let all: Vec<Option<Panel>> = std::iter::once(None).chain(Panel::ALL.map(Some)).collect();
    let tab = |panel: &Option<Panel>| {
        let panel = *panel;
        let on = panel == chosen;
        let pressed = ui.press(Action::Look(Look::Panel(panel)));
        let id = panel.map_or("ladder", name);
        let title = panel.map_or(words.ladder_tab, |panel| (words.panel)(panel));
        let tab = el("button")
            .at("type", "button")
            .at("role", "tab")
            .put("id", format!("tab-{id}"))
            .put("data-testid", format!("tab-{id}"))
            .class("scope-tab", &[("scope-tab-ladder", panel.is_none())])
            .put("aria-selected", on.to_string())
            .at("tabindex", if on { "0" } else { "-1" })
            .onclick(&pressed)
            .text(title);
        Html::from(if panel.is_some() && on { tab.at("aria-controls", "panel") } else { tab })
    };
    let onkeydown = {
        let (dispatch, all) = (ui.dispatch.clone(), all.clone());
        Callback::from(move |event: KeyboardEvent| {
            let here = all.iter().position(|panel| *panel == chosen).unwrap_or_default();
            let next = match &*event.key() {
                "ArrowRight" => (here + 1) % all.len(),
                "ArrowLeft" => (here + all.len() - 1) % all.len(),
                "Home" => 0,
                "End" => all.len() - 1,
                _ => return,
            };
            event.prevent_default();
            let tabs = event.current_target().and_then(|tabs| tabs.dyn_into::<web_sys::Element>().ok());
            let tab = tabs.and_then(|tabs| tabs.children().item(u32::try_from(next).unwrap_or_default()));
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
                let _ = tab.focus();
            }
            dispatch.emit(Action::Look(Look::Panel(all[next])));
        })
    };
    html! {
        <div class="scope-tabs" role="tablist" aria-label={words.panels} {onkeydown}>{ for all.iter().map(tab) }</div>
    }
}

/// A panel's name in ids and classes.
const fn name(panel: Panel) -> &'static str {
    match panel {
        Panel::Inspector => "inspector",
        Panel::Buffers => "buffers",
        Panel::Readiness => "readiness",
        Panel::States => "states",
        Panel::Wire => "wire",
    }
}
