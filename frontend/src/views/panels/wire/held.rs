//! The box of held frames: in the order in which they would go on, which a person changes by dragging, by arrow keys or
//! by buttons.

use trace::id::FrameId;
use trace::ladder::frame_label;
use trace::model::Frame;
use trace::protocol::{Pick, WireCommand};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{button, heading};
use crate::browser;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::desk::{Lifted, Turn, one};
use crate::state::run::Phase;
use crate::state::scope::Look;
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::{El, el, icon};
use crate::views::panels::Moment;

/// The attribute of a row that says which it is.
const ROW: &str = "data-row";

/// The box.
pub(super) fn held(ui: &Ui, bench: &Bench, moment: &Moment<'_>) -> El {
    let words = ui.words.scope;
    let held = bench.desk.held(moment.model);
    let live = bench.past.is_none() && bench.run.phase == Phase::Live;
    let section = el("section").at("data-testid", "held-box").with(heading(words.held_frames));
    if held.is_empty() {
        return section.with(el("p").at("class", "panel-empty").text(words.nothing_held));
    }
    let rows = held.iter().enumerate().filter_map(|(index, id)| {
        let frame = moment.model.frames.get(id)?;
        let row = el("li")
            .class("held-frame", &classes(bench.desk.lifted, *id, index, moment))
            .key(id.0.to_string())
            .put(ROW, index.to_string());
        let row = if live { row.with(grip(ui, *id, bench.desk.lifted)) } else { row };
        let row = row.with(what(ui, moment, frame));
        Some(Html::from(if live { of_live(ui, row, *id, index, held.len()) } else { row }))
    });
    let section = section.with(el("ol").at("class", "held-frames").all(rows));
    if !live {
        return section;
    }
    section.with(
        el("div")
            .at("class", "desk-row")
            .with(button(ui, "release-all", words.release_all, Turn::Command(WireCommand::Release(Pick::All))))
            .with(button(ui, "drop-all", words.drop_all, Turn::Command(WireCommand::Drop(Pick::All)))),
    )
}

/// Whether a row is picked out, is in a person's hand, or would have that one before or behind it.
fn classes(lifted: Option<Lifted>, id: FrameId, index: usize, moment: &Moment<'_>) -> [(&'static str, bool); 4] {
    let over = lifted.filter(|lifted| lifted.over == index && lifted.from != index);
    [
        ("held-chosen", moment.selected == Some(Selection::Frame(id))),
        ("held-lifted", lifted.is_some_and(|lifted| lifted.frame == id)),
        ("held-before", over.is_some_and(|lifted| lifted.over < lifted.from)),
        ("held-behind", over.is_some_and(|lifted| lifted.over > lifted.from)),
    ]
}

/// What the frame is, and between whom.
fn what(ui: &Ui, moment: &Moment<'_>, frame: &Frame) -> El {
    let to = frame.held.iter().map(|host| moment.model.name(*host)).collect::<Vec<_>>().join(", ");
    el("button")
        .at("type", "button")
        .at("class", "held-what")
        .onclick(&ui.press(Action::Look(Look::Select(Some(Selection::Frame(frame.id))))))
        .with(el("b").text(frame_label(frame)))
        .with(el("small").text(format!("{} → {to}", moment.model.name(frame.host))))
}

/// What can be done with the frame of a row.
fn of_live(ui: &Ui, mut row: El, id: FrameId, index: usize, many: usize) -> El {
    let words = ui.words.scope;
    let act = |name: &'static str, sign: &'static str, label: &'static str, turn: Turn| {
        button(ui, name, sign, turn).at("aria-label", label).at("title", label)
    };
    if index > 0 {
        row = row.with(act("earlier", "↑", words.earlier, Turn::Move(id, index - 1)));
    }
    if index + 1 < many {
        row = row.with(act("later", "↓", words.later, Turn::Move(id, index + 1)));
    }
    let dispatch = ui.dispatch.clone();
    let keys = Callback::from(move |event: KeyboardEvent| {
        let to = match &*event.key() {
            "ArrowUp" if index > 0 => index - 1,
            "ArrowDown" if index + 1 < many => index + 1,
            _ => return,
        };
        event.prevent_default();
        dispatch.emit(Action::Desk(Turn::Move(id, to)));
        // A row that changes its place loses the keyboard.
        if let Some(at) = event.target_dyn_into::<HtmlElement>() {
            browser::next_frame(move |_| drop(at.focus()));
        }
    });
    row.on(yew::html::onkeydown::Wrapper::new(keys))
        .with(button(ui, "release", words.release, Turn::Command(WireCommand::Release(one(id)))))
        .with(button(ui, "drop", words.drop, Turn::Command(WireCommand::Drop(one(id)))))
        .with(button(ui, "duplicate", words.duplicate, Turn::Command(WireCommand::Duplicate(id))))
}

/// Where a row is taken by mouse or finger.
fn grip(ui: &Ui, id: FrameId, lifted: Option<Lifted>) -> El {
    let tell = |turn: fn(FrameId, usize) -> Turn, only_new: bool| {
        let dispatch = ui.dispatch.clone();
        let known = lifted.map(|lifted| lifted.over);
        Callback::from(move |event: PointerEvent| {
            let row = browser::element_at(event.client_x(), event.client_y()).and_then(|at| row_of(&at));
            if let Some(row) = row.or(known)
                && !(only_new && (known.is_none() || known == Some(row)))
            {
                dispatch.emit(Action::Desk(turn(id, row)));
            }
        })
    };
    let lift = {
        let lift = tell(|id, row| Turn::Lift(Some(Lifted { frame: id, from: row, over: row })), false);
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            // All that the pointer does until it is let go is told to this grip, wherever it is.
            if let Some(grip) = event.target_dyn_into::<Element>() {
                let _ = grip.set_pointer_capture(event.pointer_id());
            }
            lift.emit(event);
        })
    };
    let dispatch = ui.dispatch.clone();
    let cancel = Callback::from(move |_: PointerEvent| dispatch.emit(Action::Desk(Turn::Lift(None))));
    el("span")
        .at("class", "held-grip")
        .at("aria-hidden", "true")
        .at("data-testid", "grip")
        .on(yew::html::onpointerdown::Wrapper::new(lift))
        .on(yew::html::onpointermove::Wrapper::new(tell(|_, row| Turn::Over(row), true)))
        .on(yew::html::onpointerup::Wrapper::new(tell(Turn::Move, false)))
        .on(yew::html::onpointercancel::Wrapper::new(cancel))
        .with(icon("M5 3h2v2H5zM9 3h2v2H9zM5 7h2v2H5zM9 7h2v2H9zM5 11h2v2H5zM9 11h2v2H9z"))
}

/// The row in which an element is.
fn row_of(at: &Element) -> Option<usize> {
    at.closest(&format!("[{ROW}]")).ok()??.get_attribute(ROW)?.parse().ok()
}
