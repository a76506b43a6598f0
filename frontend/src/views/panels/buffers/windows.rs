//! What limits a sender over time: the peer's window and the congestion window, against what is in flight.

use std::fmt::Write;

use trace::stream::{Direction, Point, windows};
use yew::prelude::*;

use super::super::Moment;
use super::super::parts::{heading, host, of};
use super::picture;
use crate::i18n::panels::{self as w, Word, say};
use crate::views::Ui;
use crate::views::el::el;

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
    let values = |what: fn(&Point) -> u64| points.iter().map(what).collect::<Vec<_>>();
    let lines: [(Vec<u64>, Word, &str); 3] = [
        (values(|point| point.window), w::WINDOW, "chart-window"),
        (values(|point| point.cwnd), w::CWND, "chart-cwnd"),
        (values(|point| point.in_flight), w::IN_FLIGHT, "chart-flight"),
    ];
    let most = lines.iter().flat_map(|(values, ..)| values).copied().max()?.max(1);
    let legend = |(values, word, class): &(Vec<u64>, Word, &'static str)| {
        let now = values.last().copied().unwrap_or(0);
        let sample = picture("", "0 0 20 6".into()).with(of("path", class).at("d", "M0 3h20"));
        el("li").with(sample).text(format!("{} {now} B", say(ui.lang, *word))).into()
    };
    let curve =
        |(values, _, class): &(Vec<u64>, Word, &'static str)| of("path", class).put("d", path(values, most)).into();
    let whose = moment.model.sockets.get(&from).map(|socket| host(moment.model, socket.host));
    let head = heading().text(say(ui.lang, w::WINDOWS)).text(" · ").all(whose);
    let chart = picture("chart", format!("0 -4 {WIDTH} {}", HEIGHT + 8)).all(lines.iter().map(curve));
    let legend = of("ul", "chart-legend").all(lines.iter().map(legend));
    Some(of("section", "flow").with(head).with(chart).with(legend).into())
}

/// Steps: each value holds until the next.
fn path(values: &[u64], most: u64) -> String {
    let mut path = String::new();
    for (index, value) in values.iter().enumerate() {
        let (x, y) = (index * WIDTH / values.len(), HEIGHT - value * HEIGHT / most);
        let written = if index == 0 { write!(path, "M{x} {y}") } else { write!(path, "H{x}V{y}") };
        written.expect("a String takes all");
    }
    write!(path, "H{WIDTH}").expect("a String takes all");
    path
}
