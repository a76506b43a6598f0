//! What can be done with a frame that was picked out while it is on the wire: a strip below the ladder.

use trace::ladder::frame_label;
use trace::protocol::WireCommand;
use yew::prelude::*;

use super::Ui;
use super::el::el;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::desk::{Turn, one};
use crate::state::run::Phase;
use crate::state::selection::Selection;

/// The strip; nothing for a frame that is no longer on the wire.
pub(crate) fn in_flight(ui: &Ui, bench: &Bench) -> Html {
    let Some(Selection::Frame(id)) = bench.scope.selected else { return Html::default() };
    if bench.run.phase != Phase::Live || bench.past.is_some() {
        return Html::default();
    }
    let timeline = bench.run.log.timeline();
    let model = timeline.latest();
    let Some(frame) = model.frames.get(&id).filter(|frame| frame.arrivals.is_empty()) else { return Html::default() };
    let words = ui.words.scope;
    let button = |name: &'static str, label: &'static str, command: WireCommand| {
        el("button")
            .at("type", "button")
            .at("class", "desk-button")
            .at("data-testid", name)
            .onclick(&ui.press(Action::Desk(Turn::Command(command))))
            .text(label)
    };
    let (told, first) = if frame.held.is_empty() {
        (words.on_its_way, button("flight-hold", words.hold, WireCommand::Hold(one(id))))
    } else {
        (words.is_held, button("flight-release", words.release, WireCommand::Release(one(id))))
    };
    el("div")
        .at("class", "in-flight")
        .at("role", "group")
        .at("aria-label", words.on_the_wire)
        .at("data-testid", "in-flight")
        .with(el("b").text(frame_label(frame)))
        .with(el("span").text(format!("{} · {told}", model.name(frame.host))))
        .with(first)
        .with(button("flight-drop", words.drop, WireCommand::Drop(one(id))))
        .with(button("flight-duplicate", words.duplicate, WireCommand::Duplicate(id)))
        .into()
}
