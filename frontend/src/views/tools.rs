//! How the ladder is drawn: along which axis, and what of the traffic.

use trace::ladder::{Options, Scale};
use yew::prelude::*;

use super::Ui;
use super::el::el;
use crate::state::Action;
use crate::state::cursor::Way;
use crate::state::scope::Look;

/// The buttons.
pub(crate) fn tools(ui: &Ui, options: Options) -> Html {
    let words = ui.words.scope;
    let clock = options.scale != Scale::Events;
    let mut tools = vec![];
    if clock {
        tools.push(button(ui, "zoom-out", words.smaller, "−", None, Look::Zoom(Way::Back)));
        tools.push(button(ui, "zoom-in", words.bigger, "+", None, Look::Zoom(Way::On)));
    }
    tools.push(button(ui, "clock", words.by_clock_told, words.by_clock, Some(clock), Look::Axis));
    tools.push(button(ui, "arp", words.arp_told, "ARP", Some(options.address_resolution), Look::Resolution));
    tools.push(button(ui, "icmp", words.icmp_told, "ICMP", Some(options.icmp), Look::Icmp));
    el("div").at("class", "tools").at("role", "group").at("aria-label", words.ladder_tab).all(tools).into()
}

fn button(ui: &Ui, name: &'static str, told: &'static str, label: &'static str, on: Option<bool>, to: Look) -> Html {
    let button = el("button")
        .at("type", "button")
        .at("class", "tool")
        .at("data-testid", name)
        .at("title", told)
        .at("aria-label", told)
        .onclick(&ui.press(Action::Look(to)))
        .text(label);
    match on {
        Some(on) => button.put("aria-pressed", on.to_string()).into(),
        None => button.into(),
    }
}
