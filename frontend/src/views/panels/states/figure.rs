//! RFC 9293's figure 5, drawn: where each end is, and the arrow that it came by.

use trace::event::socket::TcpState as S;
use trace::model::{Model, Socket};
use trace::states::{Change, FIGURE, Transition};
use yew::prelude::*;

use super::super::parts::host_name;
use crate::i18n::panels::{self as w, fill, say};
use crate::views::Ui;
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
    let arrows = FIGURE.iter().map(|arrow| {
        let by = came(arrow);
        let class = classes!(
            "machine-arrow",
            by.map(|(socket, _)| format!("machine-came {}", host_class(socket.host.0.into())))
        );
        (by.is_some(), html! { <path {class} d={line(arrow)} marker-end="url(#machine-head)" /> })
    });
    let mut arrows: Vec<_> = arrows.collect();
    arrows.sort_by_key(|(came, _)| *came);
    let state_of = |socket: &Socket| socket.snapshot.state.filter(|_| socket.gone.is_none());
    let boxes = PLACES.iter().map(|(state, x, y)| {
        let here: Vec<_> = ends.iter().filter(|(socket, _)| state_of(socket) == Some(*state)).collect();
        let visited = ends.iter().any(|(_, history)| history.iter().any(|change| change.to == Some(*state)));
        let class = classes!("machine-state", visited.then_some("machine-visited"), (!here.is_empty()).then_some("machine-here"));
        let tags = here.iter().enumerate().map(|(index, (socket, _))| {
            // One tag above the box's right corner, one above its left.
            let (name, tag_x) = (host_name(model, socket.host), if index == 0 { x - W } else { x + W });
            let class = classes!("machine-tag", (index > 0).then_some("machine-tag-end"), host_class(socket.host.0.into()));
            html! { <text {class} x={tag_x.to_string()} y={(y - H - 3).to_string()}>{ format!("● {name}") }</text> }
        });
        html! {
            <g {class}>
                <rect x={(x - W).to_string()} y={(y - H).to_string()} width={(2 * W).to_string()} height={(2 * H).to_string()} rx="5" />
                <text x={x.to_string()} y={(y + 4).to_string()}>{ state.name() }</text>
                { for tags }
            </g>
        }
    });
    let told: Vec<String> = ends
        .iter()
        .map(|(socket, _)| {
            let state = state_of(socket).map_or(say(lang, w::GONE), S::name);
            fill(lang, w::IN_STATE, &[("host", &host_name(model, socket.host)), ("state", &state)])
        })
        .collect();
    html! {
        <figure class="machine" data-testid="machine">
            <svg viewBox={format!("0 -8 {WIDTH} {}", HEIGHT + 8)} role="img" aria-label={say(lang, w::MACHINE)}>
                <defs>
                    <marker id="machine-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
                        <path d="M0 0L8 4L0 8z" />
                    </marker>
                </defs>
                { for arrows.into_iter().map(|(_, arrow)| arrow) }
                { for boxes }
            </svg>
            <figcaption>{ told.join(" · ") }</figcaption>
        </figure>
    }
}
