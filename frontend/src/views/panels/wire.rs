//! The wire's desk: how it treats frames, each direction for itself, and what becomes of those that it holds.

use trace::event::wire::Action as Treat;
use trace::filter::Filter;
use trace::id::{FrameId, HostId};
use trace::ladder::frame_label;
use trace::protocol::{Pick, WireCommand};
use yew::prelude::*;

use super::Moment;
use crate::i18n::scope::ScopeWords;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::desk::{Knob, SCHEDULES, Turn, one};
use crate::state::run::Phase;
use crate::state::scope::Look;
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::{El, el};

/// The panel.
pub(crate) fn wire(ui: &Ui, bench: &Bench, moment: &Moment<'_>) -> Html {
    let words = ui.words.scope;
    if bench.run.phase == Phase::Recorded {
        return el("p").text(moment.model.wire.to_string()).into();
    }
    el("div")
        .at("class", "desk")
        .with(knobs(ui, bench, moment))
        .with(schedules(ui, bench))
        .with(box_of_held(ui, bench, moment))
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

/// The numbers of a direction.
fn knobs(ui: &Ui, bench: &Bench, moment: &Moment<'_>) -> El {
    let (words, desk, lesson) = (ui.words.scope, &bench.desk, &bench.page.exercise.wire);
    let hosts: Vec<(HostId, &str)> =
        (0..).map(HostId).zip(moment.model.hosts.iter().map(|host| &*host.spec.name)).collect();
    let every = el("option").key(String::new()).at("value", "").text(words.every_direction);
    let every = if desk.direction.is_none() { every.at("selected", "") } else { every };
    let mut options = vec![Html::from(every)];
    for (from, from_name) in &hosts {
        for (to, to_name) in hosts.iter().filter(|(to, _)| to != from) {
            let option = el("option")
                .key(format!("{} {}", from.0, to.0))
                .put("value", format!("{} {}", from.0, to.0))
                .text(format!("{from_name} → {to_name}"));
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
    let link = desk.link(lesson, moment.timeline.latest());
    let knob = |knob: Knob| {
        let dispatch = ui.dispatch.clone();
        let turned = Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                dispatch.emit(Action::Desk(Turn::Knob(knob, input.value())));
            }
        });
        let (label, unit, name) = (words.knob)(knob);
        let input = el("input")
            .at("type", "text")
            .at("inputmode", "decimal")
            .at("size", "5")
            .at("data-testid", name)
            .at("placeholder", if knob == Knob::Bandwidth { "∞" } else { "0" })
            .value(knob.of(&link))
            .onchange(&turned);
        Html::from(
            el("label").at("class", "knob").with(el("span").text(label)).with(input).with(el("small").text(unit)),
        )
    };
    el("section")
        .with(
            el("select")
                .at("aria-label", words.direction)
                .at("data-testid", "direction")
                .onchange(&choose)
                .all(options),
        )
        .with(el("div").at("class", "knobs").all(Knob::ALL.into_iter().map(knob)))
}

/// Schedules, one click each.
fn schedules(ui: &Ui, bench: &Bench) -> El {
    let (words, desk, lesson) = (ui.words.scope, &bench.desk, &bench.page.exercise.wire);
    let schedule = |action: Treat| {
        let on = desk.has(lesson, action);
        let (label, name) = (words.schedule)(action);
        Html::from(button(ui, name, label, Turn::Schedule(action)).put("aria-pressed", on.to_string()))
    };
    let dispatch = ui.dispatch.clone();
    let hold = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            dispatch.emit(Action::Desk(Turn::Hold(input.value())));
        }
    });
    let (text, sense) = &desk.hold;
    let wrong = !text.is_empty() && !sense;
    let mut which = el("label").at("class", "knob knob-wide").with(el("span").text(words.hold_matching)).with(
        el("input")
            .at("type", "text")
            .at("placeholder", "tcp.syn and to server")
            .at("data-testid", "hold-matching")
            .put("aria-invalid", wrong.to_string())
            .value(text.clone())
            .onchange(&hold),
    );
    if wrong {
        which = which.with(el("small").at("role", "alert").text(words.hold_nonsense));
    }
    el("section")
        .with(heading(words.schedules))
        .with(el("div").at("class", "desk-row").all(SCHEDULES.into_iter().map(schedule)))
        .with(which)
}

/// The frames that the wire holds, in the order in which they would go on.
fn box_of_held(ui: &Ui, bench: &Bench, moment: &Moment<'_>) -> El {
    let words = ui.words.scope;
    let held = bench.desk.held(moment.model);
    let live = bench.past.is_none();
    let many = held.len();
    let row = |(index, id): (usize, &FrameId)| {
        let id = *id;
        let frame = moment.model.frames.get(&id)?;
        let name = |host: HostId| moment.model.host(host).map_or("", |host| &*host.spec.name);
        let way = format!(
            "{} → {}",
            name(frame.host),
            frame.held.iter().map(|host| name(*host)).collect::<Vec<_>>().join(", ")
        );
        let mut row = el("li")
            .class("held-frame", &[("held-chosen", moment.selected == Some(Selection::Frame(id)))])
            .key(id.0.to_string())
            .with(
                el("button")
                    .at("type", "button")
                    .at("class", "held-what")
                    .onclick(&ui.press(Action::Look(Look::Select(Some(Selection::Frame(id))))))
                    .with(el("b").text(frame_label(frame)))
                    .with(el("small").text(way)),
            );
        if live {
            let act = |name: &'static str, sign: &'static str, label: &'static str, turn: Turn| {
                button(ui, name, sign, turn).at("aria-label", label).at("title", label)
            };
            if index > 0 {
                row = row.with(act("earlier", "↑", words.earlier, Turn::Move(id, true)));
            }
            if index + 1 < many {
                row = row.with(act("later", "↓", words.later, Turn::Move(id, false)));
            }
            row = row
                .with(button(ui, "release", words.release, Turn::Command(WireCommand::Release(one(id)))))
                .with(button(ui, "drop", words.drop, Turn::Command(WireCommand::Drop(one(id)))))
                .with(button(ui, "duplicate", words.duplicate, Turn::Command(WireCommand::Duplicate(id))));
        }
        Some(Html::from(row))
    };
    let mut section = el("section").at("data-testid", "held-box").with(heading(words.held_frames));
    if held.is_empty() {
        return section.with(el("p").at("class", "panel-empty").text(words.nothing_held));
    }
    section = section.with(el("ol").at("class", "held-frames").all(held.iter().enumerate().filter_map(row)));
    if live {
        section = section.with(
            el("div")
                .at("class", "desk-row")
                .with(button(ui, "release-all", words.release_all, Turn::Command(WireCommand::Release(Pick::All))))
                .with(button(ui, "drop-all", words.drop_all, Turn::Command(WireCommand::Drop(Pick::All)))),
        );
    }
    section
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
