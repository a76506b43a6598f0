//! How the ladder is drawn: along which axis, and what of the traffic.

use std::time::Duration;

use trace::ladder::{Options, Scale};
use yew::prelude::*;

use super::Ui;
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
    html! {
        <div class="tools" role="group" aria-label={words.ladder_tab}>
            if let Some(row) = row {
                { button(ui, "zoom-out", words.smaller, "−", false, scaled((row * 2).min(*ROWS.end()))) }
                { button(ui, "zoom-in", words.bigger, "+", false, scaled((row / 2).max(*ROWS.start()))) }
            }
            { button(ui, "clock", words.by_clock_told, words.by_clock, row.is_some(), axis) }
            { button(ui, "arp", words.arp_told, "ARP", options.address_resolution, arp) }
        </div>
    }
}

fn button(ui: &Ui, name: &'static str, told: &'static str, label: &'static str, on: bool, to: Options) -> Html {
    html! {
        <button type="button" class="tool" data-testid={name} title={told} aria-label={told} aria-pressed={on.to_string()}
            onclick={ui.press(Action::Look(Look::Ladder(to)))}>{ label }</button>
    }
}
