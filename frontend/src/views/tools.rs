//! How the ladder is drawn: along which axis, and what of the traffic.

use std::time::Duration;

use trace::ladder::{Options, Scale};
use yew::prelude::*;

use super::Ui;
use super::el::el;
use crate::state::Action;
use crate::state::scope::Look;

/// How much time a row is at first when the axis follows the clock: a wire's delay is some rows then.
const ROW: Duration = Duration::from_millis(2);

/// The least and the most.
const ROWS: std::ops::RangeInclusive<Duration> = Duration::from_micros(10)..=Duration::from_secs(1);

/// The buttons.
pub(crate) fn tools(ui: &Ui, options: Options) -> Html {
    let words = ui.words.scope;
    let row = match options.scale {
        Scale::Events => None,
        Scale::Clock { row } => Some(row),
    };
    let scaled = |row: Duration| Options { scale: Scale::Clock { row }, ..options };
    let axis = row.map_or_else(|| scaled(ROW), |_| Options { scale: Scale::Events, ..options });
    let arp = Options { address_resolution: !options.address_resolution, ..options };
    let mut tools = vec![];
    if let Some(row) = row {
        tools.push(button(ui, "zoom-out", words.smaller, "−", false, scaled((row * 2).min(*ROWS.end()))));
        tools.push(button(ui, "zoom-in", words.bigger, "+", false, scaled((row / 2).max(*ROWS.start()))));
    }
    tools.push(button(ui, "clock", words.by_clock_told, words.by_clock, row.is_some(), axis));
    tools.push(button(ui, "arp", words.arp_told, "ARP", options.address_resolution, arp));
    el("div").at("class", "tools").at("role", "group").at("aria-label", words.ladder_tab).all(tools).into()
}

fn button(ui: &Ui, name: &'static str, told: &'static str, label: &'static str, on: bool, to: Options) -> Html {
    el("button")
        .at("type", "button")
        .at("class", "tool")
        .at("data-testid", name)
        .at("title", told)
        .at("aria-label", told)
        .put("aria-pressed", on.to_string())
        .onclick(&ui.press(Action::Look(Look::Ladder(to))))
        .text(label)
        .into()
}
