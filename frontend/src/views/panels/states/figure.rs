//! RFC 9293's figure 5, drawn: where each end is, and the arrow that it came by.

use trace::event::socket::TcpState as S;
use trace::model::{Model, Socket};
use trace::states::{Change, FIGURE, Transition};
use yew::prelude::*;

use super::super::parts::{host_name, of};
use crate::i18n::panels::{self as w, fill, say};
use crate::views::Ui;
use crate::views::el::el;
use crate::views::workbench::host_class;

const WIDTH: i32 = 460;
const HEIGHT: i32 = 400;
/// Half a box.
const W: i32 = 54;
const H: i32 = 13;

/// Where the states stand, as in the RFC's figure: the middle of each box.
const PLACES: [(S, i32, i32); 11] = [
    (S::Closed, 230, 20),
    (S::Listen, 90, 78),
    (S::SynSent, 370, 78),
    (S::SynRcvd, 90, 142),
    (S::Established, 230, 200),
    (S::FinWait1, 90, 258),
    (S::CloseWait, 370, 258),
    (S::FinWait2, 90, 322),
    (S::Closing, 230, 322),
    (S::LastAck, 370, 322),
    (S::TimeWait, 160, 382),
];

fn place(state: S) -> (i32, i32) {
    PLACES.iter().find(|(one, ..)| *one == state).map_or((0, 0), |(_, x, y)| (*x, *y))
}

/// The line of an arrow: as it runs from box to box, with bends where boxes are in its way.
fn line(arrow: &Transition) -> String {
    let ((x1, y1), (x2, y2)) = (place(arrow.from), place(arrow.to));
    match (arrow.from, arrow.to) {
        (S::SynSent, S::Closed) => format!("M{} {}V{}H{}", x1 + 30, y1 - H, y2, x2 + W),
        (S::LastAck, S::Closed) => format!("M{} {y1}H446V{}H{}", x1 + W, y2 - 7, x2 + W),
        (S::TimeWait, S::Closed) => format!("M{} {y1}H14V{y2}H{}", x1 - W, x2 - W),
        (S::Listen, S::SynRcvd) | (S::FinWait1, S::FinWait2) | (S::CloseWait, S::LastAck) => {
            format!("M{x1} {}V{}", y1 + H, y2 - H)
        }
        (S::SynRcvd, S::FinWait1) => format!("M{} {}V{}", x1 - 34, y1 + H, y2 - H),
        (S::SynSent, S::SynRcvd) => format!("M{} {}L{} {}", x1 - W, y1 + 6, x2 + W, y2 - 6),
        (S::FinWait2 | S::Closing, S::TimeWait) => {
            format!("M{x1} {}L{} {}", y1 + H, if x1 < x2 { x2 - 20 } else { x2 + 20 }, y2 - H)
        }
        (S::FinWait1, S::Closing) => format!("M{} {}L{} {}", x1 + 30, y1 + H, x2 - 30, y2 - H),
        (S::Closed, _) => format!("M{} {}L{x2} {}", if x2 < x1 { x1 - 40 } else { x1 + 20 }, y1 + H, y2 - H),
        (_, S::Established) => format!(
            "M{} {}L{} {}",
            x1 + if x1 < x2 { 30 } else { -10 },
            y1 + H,
            x2 + if x1 < x2 { -20 } else { 20 },
            y2 - H
        ),
        (S::Established, _) => format!(
            "M{} {}L{} {}",
            x1 + if x2 < x1 { -20 } else { 20 },
            y1 + H,
            x2 + if x2 < x1 { 30 } else { -30 },
            y2 - H
        ),
        _ => format!("M{x1} {y1}L{x2} {y2}"),
    }
}

/// The figure.
pub(super) fn figure(ui: &Ui, model: &Model, ends: &[(&Socket, Vec<Change>)]) -> Html {
    let lang = ui.lang;
    // The arrow by which each end came into its present state.
    let came = |arrow: &Transition| {
        ends.iter().find(|(_, history)| {
            history.last().is_some_and(|last| last.from == Some(arrow.from) && last.to == Some(arrow.to))
        })
    };
    let colour = |socket: &Socket| host_class(socket.host.0.into());
    let arrows = FIGURE.iter().map(|arrow| {
        let by = came(arrow).map(|(socket, _)| colour(socket));
        let (class, head) = match &by {
            Some(colour) => (format!("machine-arrow machine-came {colour}"), format!("url(#machine-head-{colour})")),
            None => ("machine-arrow".to_owned(), "url(#machine-head)".to_owned()),
        };
        let path: Html = el("path").put("class", class).put("d", line(arrow)).put("marker-end", head).into();
        (by.is_some(), path)
    });
    let mut arrows: Vec<_> = arrows.collect();
    arrows.sort_by_key(|(came, _)| *came);
    let state_of = |socket: &Socket| socket.snapshot.state.filter(|_| socket.gone.is_none());
    let boxes = PLACES.iter().map(|(state, x, y)| {
        let here: Vec<_> = ends.iter().filter(|(socket, _)| state_of(socket) == Some(*state)).collect();
        let visited = ends.iter().any(|(_, history)| history.iter().any(|change| change.to == Some(*state)));
        let tags = here.iter().enumerate().map(|(index, (socket, _))| {
            // One tag above the box's left corner, one above its right.
            let end = if index > 0 { " machine-tag-end" } else { "" };
            let class = format!("machine-tag{end} {}", colour(socket));
            let x = if index == 0 { x - W } else { x + W };
            let name = format!("● {}", host_name(model, socket.host));
            el("text").put("class", class).put("x", x.to_string()).put("y", (y - H - 3).to_string()).text(name).into()
        });
        let frame = el("rect")
            .put("x", (x - W).to_string())
            .put("y", (y - H).to_string())
            .put("width", (2 * W).to_string())
            .put("height", (2 * H).to_string())
            .at("rx", "5");
        let name = el("text").put("x", x.to_string()).put("y", (y + 4).to_string()).text(state.name());
        el("g")
            .class("machine-state", &[("machine-visited", visited), ("machine-here", !here.is_empty())])
            .with(frame)
            .with(name)
            .all(tags)
            .into()
    });
    let told: Vec<String> = ends
        .iter()
        .map(|(socket, _)| {
            let host = host_name(model, socket.host);
            match state_of(socket) {
                Some(state) => fill(lang, w::IN_STATE, &[("host", &host), ("state", &state)]),
                None => fill(lang, w::IS_GONE, &[("host", &host)]),
            }
        })
        .collect();
    // WebKit knows no `context-stroke`, so each colour has a head of its own.
    let head = |id: String, class: String| -> Html {
        el("marker")
            .put("id", id)
            .at("viewBox", "0 0 8 8")
            .at("refX", "7")
            .at("refY", "4")
            .at("markerWidth", "6")
            .at("markerHeight", "6")
            .at("orient", "auto")
            .with(el("path").put("class", class).at("d", "M0 0L8 4L0 8z"))
            .into()
    };
    let plain = head("machine-head".to_owned(), "machine-head".to_owned());
    let heads = ends
        .iter()
        .map(|(socket, _)| colour(socket))
        .map(|colour| head(format!("machine-head-{colour}"), format!("machine-head machine-head-came {colour}")));
    let picture = el("svg")
        .put("viewBox", format!("0 -8 {WIDTH} {}", HEIGHT + 8))
        .at("role", "img")
        .at("aria-label", say(lang, w::MACHINE))
        .with(el("defs").with(plain).all(heads))
        .all(arrows.into_iter().map(|(_, arrow)| arrow))
        .all(boxes);
    of("figure", "machine")
        .at("data-testid", "machine")
        .with(picture)
        .with(el("figcaption").text(told.join(" · ")))
        .into()
}
