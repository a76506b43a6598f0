//! The wire's desk: how it treats frames, each direction for itself, and what becomes of those that it holds.

mod held;
mod settled;

use trace::event::wire::{Action as Treat, WireSettings};
use trace::filter::Filter;
use trace::id::HostId;
use trace::protocol::WireCommand;
use yew::prelude::*;

use super::Moment;
use crate::i18n::scope::ScopeWords;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::desk::{Knob, SCHEDULES, Turn, has};
use crate::state::run::Phase;
use crate::views::Ui;
use crate::views::el::{El, el};

/// The panel.
pub(crate) fn wire(ui: &Ui, bench: &Bench, moment: &Moment<'_>) -> Html {
    let words = ui.words.scope;
    let desk = el("div").at("class", "desk");
    if bench.run.phase == Phase::Recorded {
        return desk.all(settled::settled(ui, &moment.model.wire)).with(held::held(ui, bench, moment)).into();
    }
    let wire = bench.wire();
    desk.with(knobs(ui, bench, &wire))
        .with(schedules(ui, bench, &wire))
        .with(held::held(ui, bench, moment))
        .with(cables(ui, bench, moment, words))
        .into()
}

fn button(ui: &Ui, name: &'static str, label: &'static str, turn: Turn) -> El {
    el("button")
        .at("type", "button")
        .at("class", "desk-button")
        .at("data-testid", name)
        .onclick(&ui.press(Action::Desk(turn)))
        .text(label)
}

fn heading(text: &'static str) -> El {
    el("h3").text(text)
}

/// The numbers of a direction, and the MTU of all.
fn knobs(ui: &Ui, bench: &Bench, wire: &WireSettings) -> El {
    let (words, desk, names) = (ui.words.scope, &bench.desk, bench.host_names());
    let hosts: Vec<(HostId, &str)> = (0..).map(HostId).zip(names.iter().map(String::as_str)).collect();
    let every = el("option").key(String::new()).at("value", "").text(words.every_direction);
    let every = if desk.direction.is_none() { every.at("selected", "") } else { every };
    let mut options = vec![Html::from(every)];
    for (from, from_name) in &hosts {
        for (to, to_name) in hosts.iter().filter(|(to, _)| to != from) {
            let own = *wire.link(from_name, to_name) != wire.link;
            let option = el("option")
                .key(format!("{} {}", from.0, to.0))
                .put("value", format!("{} {}", from.0, to.0))
                .text(format!("{from_name} → {to_name}{}", if own { words.own_direction } else { "" }));
            options.push(Html::from(if desk.direction == Some((*from, *to)) {
                option.at("selected", "")
            } else {
                option
            }));
        }
    }
    let dispatch = ui.dispatch.clone();
    let choose = Callback::from(move |event: Event| {
        let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() else { return };
        let value = select.value();
        let pair =
            value.split_once(' ').and_then(|(from, to)| Some((HostId(from.parse().ok()?), HostId(to.parse().ok()?))));
        dispatch.emit(Action::Desk(Turn::Direction(pair)));
    });
    let link = desk.link(wire, &names);
    let knob = |knob: Knob| {
        let turned = typed(ui, move |text| Turn::Knob(knob, text));
        let (label, unit, name) = (words.knob)(knob);
        let input = number(name, if knob == Knob::Bandwidth { "∞" } else { "0" }, knob.of(&link), &turned);
        Html::from(labelled(label, input, unit))
    };
    // Hosts get it when they are made.
    let mtu = number("mtu", "1500", wire.mtu.to_string(), &typed(ui, Turn::Mtu));
    let timeline = bench.run.log.timeline();
    let now = timeline.latest();
    let later = now.is_live() && now.wire.mtu != wire.mtu;
    let mtu = labelled("MTU", mtu, if later { words.mtu_later } else { "B" });
    el("section")
        .with(
            el("select")
                .at("aria-label", words.direction)
                .at("data-testid", "direction")
                .onchange(&choose)
                .all(options),
        )
        .with(el("div").at("class", "knobs").all(Knob::ALL.into_iter().map(knob)))
        .with(mtu.at("class", "knob knob-all"))
}

/// Tells the desk what was typed into a field.
fn typed(ui: &Ui, turn: impl Fn(String) -> Turn + 'static) -> Callback<Event> {
    let dispatch = ui.dispatch.clone();
    Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            dispatch.emit(Action::Desk(turn(input.value())));
        }
    })
}

fn number(name: &'static str, usual: &'static str, value: String, turned: &Callback<Event>) -> El {
    el("input")
        .at("type", "text")
        .at("inputmode", "decimal")
        .at("size", "5")
        .at("data-testid", name)
        .at("placeholder", usual)
        .value(value)
        .onchange(turned)
}

fn labelled(label: &'static str, input: El, unit: &'static str) -> El {
    el("label").at("class", "knob").with(el("span").text(label)).with(input).with(el("small").text(unit))
}

/// Schedules, one click each.
fn schedules(ui: &Ui, bench: &Bench, wire: &WireSettings) -> El {
    let (words, desk) = (ui.words.scope, &bench.desk);
    let schedule = |action: Treat| {
        let on = has(wire, action);
        let (label, name) = (words.schedule)(action);
        Html::from(button(ui, name, label, Turn::Schedule(action)).put("aria-pressed", on.to_string()))
    };
    let (text, sense) = &desk.hold;
    let wrong = !text.is_empty() && !sense;
    let mut which = el("label").at("class", "knob knob-wide").with(el("span").text(words.hold_matching)).with(
        el("input")
            .at("type", "text")
            .at("placeholder", "tcp.syn and to server")
            .at("data-testid", "hold-matching")
            .put("aria-invalid", wrong.to_string())
            .value(text.clone())
            .onchange(&typed(ui, Turn::Hold)),
    );
    if wrong {
        which = which.with(el("small").at("role", "alert").text(words.hold_nonsense));
    }
    el("section")
        .with(heading(words.schedules))
        .with(el("div").at("class", "desk-row").all(SCHEDULES.into_iter().map(schedule)))
        .with(which)
}

/// What is done once: resets, and cables that are pulled out.
fn cables(ui: &Ui, bench: &Bench, moment: &Moment<'_>, words: &'static ScopeWords) -> El {
    if bench.run.phase != Phase::Live {
        return el("section");
    }
    let cable = |(id, host): (HostId, &trace::model::Host)| {
        let (command, verb) =
            if host.unplugged { (WireCommand::Plug(id), words.plug) } else { (WireCommand::Unplug(id), words.unplug) };
        Html::from(button(ui, "cable", verb, Turn::Command(command)).text(format!(" {}", host.spec.name)))
    };
    let hosts = (0..).map(HostId).zip(&moment.timeline.latest().hosts);
    el("section").with(heading(words.now)).with(
        el("div")
            .at("class", "desk-row")
            .with(button(ui, "reset-now", words.reset_now, Turn::Command(WireCommand::Reset(Filter::ALL))))
            .all(hosts.map(cable)),
    )
}
