//! What limits a sender over time: the peer's window and the congestion window, against what is in flight.

use trace::stream::{Direction, Point, windows};
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::host;
use crate::i18n::panels::{self as w, Word, say};
use crate::views::Ui;

/// How many changes are drawn.
const MOST: usize = 60;
const WIDTH: usize = 300;
const HEIGHT: u64 = 80;

/// The chart; nothing before anything has changed.
pub(super) fn chart(ui: &Ui, moment: &Moment<'_>, one: &Direction) -> Option<Html> {
    let from = one.from.filter(|_| one.written > 0)?;
    let points = windows(&moment.timeline.events()[..moment.count], from);
    let points = &points[points.len().saturating_sub(MOST)..];
    if points.len() < 2 {
        return None;
    }
    let of = |what: fn(&Point) -> u64| points.iter().map(what).collect::<Vec<_>>();
    let lines: [(Vec<u64>, Word, &str); 3] = [
        (of(|point| point.window), w::WINDOW, "chart-window"),
        (of(|point| point.cwnd), w::CWND, "chart-cwnd"),
        (of(|point| point.in_flight), w::IN_FLIGHT, "chart-flight"),
    ];
    let most = lines.iter().flat_map(|(values, ..)| values).copied().max()?.max(1);
    let legend = |(values, word, class): &(Vec<u64>, Word, &'static str)| {
        let now = values.last().copied().unwrap_or(0);
        html! {
            <li>
                <svg viewBox="0 0 20 6" aria-hidden="true" focusable="false"><path class={*class} d="M0 3h20" /></svg>
                { say(ui.lang, *word) }{ format!(" {now} B") }
            </li>
        }
    };
    let host_of = moment.model.sockets.get(&from).map(|socket| host(moment.model, socket.host));
    Some(html! {
        <section class="flow">
            <h3 class="panel-heading">{ say(ui.lang, w::WINDOWS) }{ " · " }{ for host_of }</h3>
            <svg class="chart" viewBox={format!("0 -4 {WIDTH} {}", HEIGHT + 8)} preserveAspectRatio="none" aria-hidden="true" focusable="false">
                { for lines.iter().map(|(values, _, class)| html! { <path class={*class} d={path(values, most)} /> }) }
            </svg>
            <ul class="chart-legend">{ for lines.iter().map(legend) }</ul>
        </section>
    })
}

/// Steps: each value holds until the next.
fn path(values: &[u64], most: u64) -> String {
    let mut path = String::new();
    for (index, value) in values.iter().enumerate() {
        let (x, y) = (index * WIDTH / values.len(), HEIGHT - value * HEIGHT / most);
        path.push_str(&if index == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") });
    }
    path.push_str(&format!("H{WIDTH}"));
    path
}
