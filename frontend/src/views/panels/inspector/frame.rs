//! A frame: its fields over its bytes, whose it is, and what became of it. A field and its bytes light up together; that
//! is done by the stylesheet, through the number that both have in their class.

use trace::event::{Event, Fact};
use trace::id::FrameId;
use trace::model::Frame;
use trace::stream;
use trace::wire::fields::{Field, Layer, fields};
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{go, pick};
use super::{titled, told};
use crate::i18n::panels::{self as w, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;

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
    Some(html! {
        <div class="inspect" data-testid="inspect-frame">
            { story(ui, moment, events, begin, id) }
            { behind(ui, moment, frame) }
            { titled(ui, w::BYTES) }
            <div class="bytes">{ for kept.head.0.iter().enumerate().map(|(at, byte)| cell(&all, at, *byte)) }</div>
            { for clipped.map(|clipped| html! { <small>{ clipped }</small> }) }
            { table(ui, &all) }
        </div>
    })
}

fn mark(index: usize) -> String {
    format!("f-{}", index.min(FIELDS))
}

/// A byte, with the numbers of the fields that it belongs to.
fn cell(all: &[Field], at: usize, byte: u8) -> Html {
    let mine = all.iter().enumerate().filter(|(_, field)| field.bytes.contains(&at));
    let class: Classes = mine.clone().map(|(index, _)| mark(index)).collect();
    let layer = mine.last().map(|(_, field)| layer_class(field.layer));
    html! { <span class={classes!(class, layer)}>{ format!("{byte:02x} ") }</span> }
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
    let row = |(index, field): (usize, &Field)| {
        let begins = index == 0 || all[index - 1].layer != field.layer;
        html! {
            <>
                if begins {
                    <tr class="layer"><th colspan="2" scope="colgroup" class={layer_class(field.layer)}>{ field.layer.name() }</th></tr>
                }
                <tr class={mark(index)} tabindex="0">
                    <th scope="row">{ field.name }</th><td>{ &field.value }</td>
                </tr>
            </>
        }
    };
    html! {
        <table class="panel-table fields">
            <caption class="visually-hidden">{ say(ui.lang, w::FIELDS) }</caption>
            <tbody>{ for all.iter().enumerate().map(row) }</tbody>
        </table>
    }
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
        html! { <li>{ go(ui, event.seq, event.at) }{ " " }{ told(ui, &events[..=begin + index], moment.model) }</li> }
    };
    html! { <>{ titled(ui, w::STORY) }<ol class="history">{ for steps.map(line) }</ol></> }
}

/// The calls whose bytes it carries.
fn behind(ui: &Ui, moment: &Moment<'_>, frame: &Frame) -> Html {
    let model = moment.model;
    let calls = stream::calls_of(model, frame);
    if calls.is_empty() {
        return html! { <>{ titled(ui, w::CALLS_BEHIND) }<p class="panel-none">{ say(ui.lang, w::KERNEL_ALONE) }</p></> };
    }
    let one = |id: &trace::id::CallId| {
        let call = model.calls.get(id)?;
        let place =
            call.place.as_ref().map(|place| fill(ui.lang, w::LINE, &[("line", &place.line), ("file", &place.file)]));
        Some(html! {
            <button type="button" class="panel-choice" onclick={pick(ui, Selection::Call(*id))}>
                { format!("{}() {}", call.syscall, place.unwrap_or_default()) }
            </button>
        })
    };
    html! { <>{ titled(ui, w::CALLS_BEHIND) }{ for calls.iter().filter_map(one) }</> }
}
