//! A frame: its fields over its bytes, whose it is, and what became of it. A field and its bytes light up together; that
//! is done by the stylesheet, through the number that both have in their class.

use trace::event::{Event, Fact};
use trace::id::FrameId;
use trace::model::Frame;
use trace::stream;
use trace::wire::fields::{Field, Layer, fields};
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{list, none, of, pick, small, step, titled};
use super::told;
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::el;

/// The stylesheet lights so many fields.
const FIELDS: usize = 64;
/// How many events of it are told, and how far they are looked for.
const STORY: usize = 8;
const FAR: usize = 20_000;

/// A frame.
pub(super) fn frame(ui: &Ui, moment: &Moment<'_>, id: FrameId) -> Option<Html> {
    let (lang, model) = (ui.lang, moment.model);
    let frame = model.frames.get(&id)?;
    let events = &moment.timeline.events()[..moment.count];
    let begin = events.partition_point(|event| event.at < frame.sent);
    let kept = events[begin..].iter().find_map(|event| match &event.fact {
        Fact::FrameSent { frame, bytes, .. }
        | Fact::FrameLooped { frame, bytes, .. }
        | Fact::FrameMade { frame, bytes, .. }
            if *frame == id =>
        {
            Some(bytes)
        }
        _ => None,
    })?;
    let all = fields(&kept.head.0);
    let clipped = kept.is_clipped().then(|| fill(lang, w::CLIPPED, &[("n", &kept.head.0.len()), ("all", &kept.len)]));
    let cells = kept.head.0.iter().enumerate().map(|(at, byte)| cell(&all, at, *byte));
    Some(
        of("div", "inspect")
            .at("data-testid", "inspect-frame")
            .with(story(ui, moment, events, begin, id))
            .with(behind(ui, moment, frame))
            .with(titled(ui, w::BYTES))
            .with(of("div", "bytes").all(cells))
            .all(clipped.map(small))
            .with(table(ui, &all))
            .into(),
    )
}

fn mark(index: usize) -> String {
    format!("f-{}", index.min(FIELDS))
}

/// A byte, with the numbers of the fields that it belongs to.
fn cell(all: &[Field], at: usize, byte: u8) -> Html {
    let mut class = String::new();
    for (index, field) in all.iter().enumerate().filter(|(_, field)| field.bytes.contains(&at)) {
        class.push_str(&mark(index));
        class.push(' ');
        if !class.contains("layer") {
            class.push_str(layer_class(field.layer));
            class.push(' ');
        }
    }
    el("span").put("class", class).text(format!("{byte:02x} ")).into()
}

const fn layer_class(layer: Layer) -> &'static str {
    match layer {
        Layer::Ethernet => "layer-ethernet",
        Layer::Arp | Layer::Ip => "layer-ip",
        Layer::Tcp | Layer::Udp | Layer::Icmp => "layer-transport",
        Layer::Data => "layer-data",
    }
}

/// The fields, header by header.
fn table(ui: &Ui, all: &[Field]) -> Html {
    let mut rows: Vec<Html> = vec![];
    for (index, field) in all.iter().enumerate() {
        if index == 0 || all[index - 1].layer != field.layer {
            let name =
                of("th", layer_class(field.layer)).at("colspan", "2").at("scope", "colgroup").text(field.layer.name());
            rows.push(of("tr", "layer").with(name).into());
        }
        let name = el("th").at("scope", "row").text(field.name);
        let row = el("tr").put("class", mark(index)).at("tabindex", "0");
        rows.push(row.with(name).with(el("td").text(field.value.clone())).into());
    }
    of("table", "panel-table fields").at("aria-label", say(ui.lang, w::FIELDS)).with(el("tbody").all(rows)).into()
}

/// What became of it.
fn story(ui: &Ui, moment: &Moment<'_>, events: &[Event], begin: usize, id: FrameId) -> Html {
    let about = |fact: &Fact| match fact {
        Fact::FrameSent { frame, .. }
        | Fact::FrameLooped { frame, .. }
        | Fact::FrameMade { frame, .. }
        | Fact::FrameHeld { frame, .. }
        | Fact::FrameReleased { frame, .. }
        | Fact::FrameDelivered { frame, .. }
        | Fact::FrameLost { frame, .. } => *frame == id,
        _ => false,
    };
    let steps = events[begin..].iter().take(FAR).enumerate().filter(|(_, event)| about(&event.fact)).take(STORY);
    let line = |(index, event): (usize, &Event)| {
        step(ui, event.seq, event.at, told(ui, &events[..=begin + index], moment.model))
    };
    list(vec![titled(ui, w::STORY), of("ol", "history").all(steps.map(line)).into()])
}

/// The calls whose bytes it carries.
fn behind(ui: &Ui, moment: &Moment<'_>, frame: &Frame) -> Html {
    let model = moment.model;
    let calls = stream::calls_of(model, frame);
    let one = |id: &trace::id::CallId| {
        let call = model.calls.get(id)?;
        let place =
            call.place.as_ref().map(|place| fill(ui.lang, w::LINE, &[("line", &place.line), ("file", &place.file)]));
        let name = format!("{}() {}", call.syscall, place.unwrap_or_default());
        Some(pick(ui, "panel-choice", Selection::Call(*id)).text(name).into())
    };
    let mut parts = vec![titled(ui, w::CALLS_BEHIND)];
    if calls.is_empty() {
        parts.push(none("panel-none", ui, w::KERNEL_ALONE));
    }
    parts.extend(calls.iter().filter_map(one));
    list(parts)
}
