//! The picture: what is visible of a ladder, in SVG. Colours and fonts are those of `static/css/ladder.css`.

use trace::event::socket::TcpState;
use trace::ladder::{Arrow, ArrowEnd, Band, CallBox, CallState, Fold, Gauge, Ladder, Mark, Marked, Tick};
use trace::time::{Nanos, Readable};
use yew::prelude::*;

use super::geometry::{Geometry, Line, ROW};
use super::words::Words;
use crate::state::selection::Selection;

/// Sizes of text; the classes in the stylesheet have the same.
const LABEL: f64 = 11.5;
const NARROW_LABEL: f64 = 9.5;
const BAND: f64 = 8.5;

/// Everything that is needed to draw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture<'a> {
    pub(crate) ladder: &'a Ladder,
    pub(crate) geometry: &'a Geometry,
    pub(crate) words: &'a Words,
    /// The moment that is looked at, by its last event; `None` is the latest.
    pub(crate) cursor: Option<u64>,
    /// What was picked out.
    pub(crate) selected: Option<Selection>,
}

impl Picture<'_> {
    /// The whole picture; only what is in the window is in it.
    pub(crate) fn view(&self) -> Html {
        let g = self.geometry;
        let seen = self.ladder.visible(g.rows.clone());
        html! {
            <svg class={classes!("ladder-picture", g.narrow.then_some("ladder-narrow"))} role="img"
                aria-label={self.words.picture} width={px(g.width)} height={px(g.height)}>
                { defs() }
                { for seen.ticks.iter().map(|tick| self.tick(tick)) }
                { for seen.folds.iter().map(|fold| self.fold(fold)) }
                { for self.ladder.columns().filter_map(|column| {
                    let line = g.line(column.host)?;
                    Some(self.lifeline(line, column.life))
                }) }
                { for seen.bands.iter().filter_map(|band| self.band(band)) }
                { for seen.gauges.iter().filter_map(|gauge| self.gauge(gauge)) }
                { for seen.calls.iter().filter_map(|call| self.call(call)) }
                { for seen.arrows.iter().filter_map(|arrow| self.arrow(arrow)) }
                { for seen.marks.iter().filter_map(|mark| self.mark(mark)) }
                { for self.cursor() }
            </svg>
        }
    }

    /// What a thing's group carries: what it stands for, and whether that was picked out.
    fn pick(&self, thing: Selection) -> (String, Classes) {
        (thing.tag(), classes!("ladder-thing", (self.selected == Some(thing)).then_some("ladder-selected")))
    }

    fn label_size(&self) -> f64 {
        if self.geometry.narrow { NARROW_LABEL } else { LABEL }
    }

    fn tick(&self, tick: &Tick) -> Html {
        let (g, y) = (self.geometry, self.geometry.y(tick.y));
        html! {
            <g key={format!("t{}", tick.y)}>
                <line class="ladder-grid" x1="0" y1={px(y)} x2={px(g.width)} y2={px(y)} />
                <text class="ladder-time" x={if g.narrow { "2" } else { "5" }} y={px(y - 3.0)}>{ self.time(tick.at) }</text>
            </g>
        }
    }

    /// A moment on the axis: exact where there is room for it.
    fn time(&self, at: Nanos) -> String {
        if self.geometry.narrow { moment(at) } else { exact(at) }
    }

    fn fold(&self, fold: &Fold) -> Html {
        let (g, y) = (self.geometry, self.geometry.y(f64::midpoint(fold.top, fold.bottom)));
        let middle = g.width / 2.0;
        html! {
            <g key={format!("f{}", fold.top)}>
                <line class="ladder-fold" x1="0" y1={px(y)} x2={px(g.width)} y2={px(y)} />
                <text class="ladder-aside ladder-middle" x={px(middle)} y={px(y - 4.0)}>
                    { (self.words.quiet)(fold.lasted) }
                </text>
            </g>
        }
    }

    fn lifeline(&self, line: &Line, runs: (Option<f64>, Option<f64>)) -> Html {
        let g = self.geometry;
        let x = px(line.x);
        let died = g.end(runs.1);
        let born = runs.0.map_or(died, |row| g.y(row));
        html! {
            <g key={format!("l{}", line.host.0)}>
                <line class="ladder-host" x1={x.clone()} y1="0" x2={x.clone()} y2={px(g.height)} />
                if born < died {
                    <line class="ladder-life" x1={x.clone()} y1={px(born)} x2={x} y2={px(died)} />
                }
            </g>
        }
    }

    fn call(&self, call: &CallBox) -> Option<Html> {
        let g = self.geometry;
        let line = g.line(call.host)?;
        let (x, y) = (g.call_x(line, call.lane), g.y(call.top));
        let bottom = g.end(call.bottom);
        let height = (bottom - y).max(4.0);
        let open = matches!(call.state, CallState::Open | CallState::OpenForPerson);
        let hatch = call.state.waited().then_some("url(#ladder-hatch)");
        let class = classes!(
            "ladder-call",
            call.state.waited().then_some("ladder-waited"),
            open.then_some("ladder-open"),
            failed(call).then_some("ladder-failed"),
        );
        let size = self.label_size();
        let words_y = g.words_y(line, y, bottom);
        let name = Geometry::fitting(&[call.label.clone(), call.short.clone()], size, line.room);
        let below = Geometry::fitting(&self.outcome(call), size - 1.0, line.room);
        let anchor = if line.out < 0.0 { "ladder-end" } else { "ladder-start" };
        let words = classes!("ladder-result", anchor, failed(call).then_some("ladder-bad"));
        let (pick, thing) = self.pick(Selection::Call(call.call));
        Some(html! {
            <g key={format!("c{}", call.call.0)} data-pick={pick} class={thing}>
                <title>{ self.told(call) }</title>
                <rect {class} x={px(x)} y={px(y)} width={px(g.call_width())} height={px(height)} rx="2" fill={hatch} />
                <text class={classes!("ladder-name", anchor)} x={px(line.words)} y={px(words_y + 8.5)}>{ name }</text>
                <text class={words} x={px(line.words)} y={px(words_y + 20.5)}>{ below }</text>
            </g>
        })
    }

    /// What became of a call, from many words to few.
    fn outcome(&self, call: &CallBox) -> Vec<String> {
        let words = self.words;
        let line = call.place.as_ref().map(|place| format!(" · {}", (words.line)(place.line))).unwrap_or_default();
        let result = call.result.as_deref().unwrap_or_default();
        match call.state {
            CallState::Open => vec![format!("{}…{line}", words.waiting), format!("{}…", words.waiting)],
            CallState::OpenForPerson => vec![format!("{}{line}", words.waiting_for_you), words.waiting_for_you.into()],
            CallState::Quick | CallState::Failed => vec![format!("{result}{line}"), result.to_owned()],
            CallState::Blocked(span) | CallState::BlockedAndFailed(span) => vec![
                format!("{} {result}{line}", (words.blocked)(span)),
                format!("{} {result}{line}", Readable(span)),
                format!("{} {result}", Readable(span)),
                result.to_owned(),
            ],
            CallState::Abandoned(_) => vec![format!("{}{line}", words.never_returned), words.never_returned.into()],
        }
    }

    /// A call in full.
    pub(crate) fn told(&self, call: &CallBox) -> String {
        let fd = call.fd.map(|fd| format!(" [fd {fd}]")).unwrap_or_default();
        let outcome = self.outcome(call).into_iter().next().unwrap_or_default();
        format!("{}{fd} {outcome}", call.label)
    }

    fn band(&self, band: &Band) -> Option<Html> {
        let g = self.geometry;
        let line = g.line(band.host)?;
        let (x, top) = (g.band_x(line, band.lane), g.y(band.top));
        let bottom = g.end(band.bottom);
        let state = band.state.map_or("", TcpState::name);
        let told = if band.held { String::new() } else { format!(" · {}", self.words.kernel_alone) };
        let what = band.state.map_or(self.words.no_state, TcpState::name);
        let title = format!("{what} {}{told}", band.name);
        let class = classes!("ladder-band", state_class(band.state), (!band.held).then_some("ladder-kernel"));
        let parts = [state, band.name.as_str()].into_iter().filter(|part| !part.is_empty());
        let texts = [parts.collect::<Vec<_>>().join(" "), state.to_owned()];
        // Words in the part that is seen, so that a long band says what it is wherever one looks.
        let drawn = top.max(g.seen.start)..bottom.min(g.seen.end);
        let room = if g.band < 8.0 { 0.0 } else { drawn.end - drawn.start };
        let fits = texts.iter().find(|text| !text.is_empty() && Geometry::text(text, BAND) + 3.0 <= room);
        let (cx, cy) = (x + g.band / 2.0 + 3.0, f64::midpoint(drawn.start, drawn.end));
        let (pick, thing) = self.pick(Selection::Socket(band.socket));
        Some(html! {
            <g key={format!("b{}-{}", band.socket.0, band.top)} data-pick={pick} class={thing}>
                <title>{ title }</title>
                <rect {class} x={px(x)} y={px(top)} width={px(g.band)} height={px((bottom - top - 1.0).max(1.0))} rx="2" />
                if let Some(text) = fits {
                    <text class={classes!("ladder-state", state_class(band.state), (!band.held).then_some("ladder-kernel"))}
                        transform={format!("translate({} {}) rotate(-90)", px(cx), px(cy))}>{ text.clone() }</text>
                }
            </g>
        })
    }

    fn gauge(&self, gauge: &Gauge) -> Option<Html> {
        let g = self.geometry;
        let line = g.line(gauge.host)?;
        let top = g.y(gauge.top);
        let bottom = g.end(gauge.bottom);
        // Clear of the arrow that came in, where there is room.
        let text_y = top + if gauge.bottom.is_none() || bottom - top > 30.0 { 24.0 } else { 12.0 };
        // In the gap beside the band, wider with more in it.
        let share = f64::from(gauge.amount) / f64::from(gauge.most.max(1));
        let width = 1.5 + 2.0 * share;
        let band = g.band_x(line, gauge.lane);
        let label = if g.narrow {
            gauge.label.trim_start_matches("recv-q ").trim_start_matches("queue ")
        } else {
            &gauge.label
        }
        .to_owned();
        let (x, text, anchor) = if line.out < 0.0 {
            (band + g.band, band + g.lane + 3.0, "ladder-start")
        } else {
            (band - width, band - (g.lane - g.band) - 3.0, "ladder-end")
        };
        Some(html! {
            <g key={format!("g{}-{}", gauge.socket.0, gauge.top)}>
                <rect class="ladder-gauge" x={px(x)} y={px(top)} width={px(width)} height={px((bottom - top - 1.0).max(2.0))} />
                <text class={classes!("ladder-queue", anchor)} x={px(text)} y={px(text_y)}>{ label }</text>
            </g>
        })
    }

    fn arrow(&self, arrow: &Arrow) -> Option<Html> {
        let g = self.geometry;
        let from = g.line(arrow.from)?;
        let to = arrow.to.and_then(|to| g.line(to));
        let y1 = g.y(arrow.top);
        if to == Some(from) {
            return Some(self.own_arrow(arrow, from));
        }
        // Where it goes is not always known: then it leaves towards the wire.
        let aim = to.map_or(from.x - from.out * 200.0, |to| to.x);
        let x1 = g.foot(from, aim, arrow.from_lanes);
        let far = to.map_or(aim, |to| g.foot(to, from.x, arrow.to_lanes));
        let (x2, y2) = match arrow.end {
            ArrowEnd::Delivered(row, _) => (far, g.y(row)),
            ArrowEnd::Lost(row, _) => (x1 + (far - x1) * 0.6, y1 + (g.y(row) - y1) * 0.6),
            ArrowEnd::InFlight => (x1 + (far - x1) * 0.12, y1 + 2.0),
        };
        let lost = matches!(arrow.end, ArrowEnd::Lost(..));
        let flying = arrow.end == ArrowEnd::InFlight;
        let bad = lost || arrow.error;
        let class = classes!(
            "ladder-arrow",
            bad.then_some("ladder-bad"),
            lost.then_some("ladder-lost"),
            flying.then_some("ladder-flying"),
            arrow.held.then_some("ladder-held"),
            arrow.made.map(|_| "ladder-made"),
        );
        let tip = match arrow.end {
            ArrowEnd::Delivered(..) if bad => Some("url(#ladder-tip-bad)"),
            ArrowEnd::Delivered(..) => Some("url(#ladder-tip)"),
            _ => None,
        };
        // Words stand along the whole way, lost or not, so that they have room; upright whichever way the arrow goes.
        let (end_y, length) = match arrow.end {
            ArrowEnd::Delivered(row, _) | ArrowEnd::Lost(row, _) => (g.y(row), (far - x1).hypot(g.y(row) - y1)),
            ArrowEnd::InFlight => (y1 + 2.0, (far - x1).abs()),
        };
        let (left, right) = if x1 < far { ((x1, y1), (far, end_y)) } else { ((far, end_y), (x1, y1)) };
        let slope = (right.1 - left.1).atan2(right.0 - left.0).to_degrees();
        let (mx, my) = if lost {
            (x1 + (far - x1) * 0.3, y1 + (end_y - y1) * 0.3)
        } else {
            (f64::midpoint(x1, far), f64::midpoint(y1, end_y))
        };
        let words = self.on_arrow(arrow, if lost { length * 0.62 } else { length - 12.0 });
        let (pick, thing) = self.pick(Selection::Frame(arrow.frame));
        Some(html! {
            <g key={format!("a{}-{}", arrow.frame.0, arrow.to.map_or(0, |to| to.0))} data-pick={pick} class={thing}>
                <title>{ self.sent(arrow) }</title>
                <line class="ladder-touch" x1={px(x1)} y1={px(y1)} x2={px(x2)} y2={px(y2)} />
                <line {class} x1={px(x1)} y1={px(y1)} x2={px(x2)} y2={px(y2)} marker-end={tip} />
                if lost {
                    <path class="ladder-cross" d={format!("M{} {}l8 8m0 -8l-8 8", px(x2 - 4.0), px(y2 - 4.0))} />
                }
                <text class="ladder-words ladder-middle"
                    transform={format!("translate({} {}) rotate({})", px(mx), px(my), px(slope))} y="-4">{ words }</text>
            </g>
        })
    }

    /// A frame that a host sends to itself: out and back beside its lifeline.
    fn own_arrow(&self, arrow: &Arrow, line: &Line) -> Html {
        let g = self.geometry;
        let aim = line.x - line.out * 100.0;
        let x = g.foot(line, aim, arrow.from_lanes);
        let turn = x - line.out * 26.0;
        let y1 = g.y(arrow.top);
        let y2 = match arrow.end {
            ArrowEnd::Delivered(row, _) | ArrowEnd::Lost(row, _) => g.y(row),
            ArrowEnd::InFlight => y1,
        };
        let tip = matches!(arrow.end, ArrowEnd::Delivered(..)).then_some("url(#ladder-tip)");
        let class = classes!("ladder-arrow", arrow.error.then_some("ladder-bad"));
        let anchor = if line.out < 0.0 { "ladder-start" } else { "ladder-end" };
        let room = if line.out < 0.0 { g.width - turn } else { turn - g.axis };
        let (pick, thing) = self.pick(Selection::Frame(arrow.frame));
        html! {
            <g key={format!("a{}", arrow.frame.0)} data-pick={pick} class={thing}>
                <title>{ self.sent(arrow) }</title>
                <path {class} d={format!("M{} {}H{}V{}H{}", px(x), px(y1), px(turn), px(y2), px(x))} marker-end={tip} />
                <text class={classes!("ladder-words", anchor)} x={px(turn - line.out * 5.0)} y={px(f64::midpoint(y1, y2) + 4.0)}>
                    { self.on_arrow(arrow, room - 8.0) }
                </text>
            </g>
        }
    }

    /// The words on an arrow: what it is, and behind it what fits of the numbers.
    fn on_arrow(&self, arrow: &Arrow, room: f64) -> Html {
        let size = self.label_size() - 0.5;
        let more = match arrow.end {
            ArrowEnd::Lost(_, cause) => Some((self.words.lost)(cause)),
            _ if arrow.held => Some(self.words.held),
            _ if arrow.made.is_some() => Some(self.words.made),
            _ if arrow.retransmission => Some(self.words.retransmission),
            ArrowEnd::InFlight => Some(self.words.in_flight),
            ArrowEnd::Delivered(..) => None,
        };
        // The sign stays where there is no room for the word.
        let again = if arrow.retransmission { "↻ " } else { "" };
        let labels = [format!("{again}{}", arrow.label), format!("{again}{}", arrow.short)];
        let label = Geometry::fitting(&labels, size, room);
        // Bold glyphs of a fixed-width font are no wider.
        let mut left = room - Geometry::text(&label, size);
        let mut parts = vec![];
        for (text, class) in [(more, "ladder-more"), (Some(arrow.detail.as_str()), "ladder-detail")] {
            let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
            let needs = Geometry::text(text, size) + 0.6 * size;
            if needs <= left {
                left -= needs;
                parts.push(html! { <tspan {class} dx="0.6em">{ text.to_owned() }</tspan> });
            }
        }
        html! { <><tspan class="ladder-label">{ label }</tspan>{ for parts }</> }
    }

    /// A frame in full.
    pub(crate) fn sent(&self, arrow: &Arrow) -> String {
        let mut told = format!("{} {}", arrow.label, arrow.detail);
        if arrow.retransmission {
            told = format!("{told} · {}", self.words.retransmission);
        }
        if arrow.looped {
            told = format!("{told} · {}", self.words.looped);
        }
        if arrow.made.is_some() {
            told = format!("{told} · {}", self.words.made);
        }
        match arrow.end {
            ArrowEnd::InFlight if arrow.held => format!("{told} · {}", self.words.held),
            ArrowEnd::InFlight => format!("{told} · {}", self.words.in_flight),
            ArrowEnd::Delivered(_, at) => format!("{told} · {} → {}", moment(arrow.at), moment(at)),
            ArrowEnd::Lost(_, cause) => format!("{told} · {}", (self.words.lost)(cause)),
        }
    }

    fn mark(&self, mark: &Mark) -> Option<Html> {
        let g = self.geometry;
        let y = g.y(mark.y);
        let key = format!("m{}-{}", mark.y, mark.host.map_or(u16::MAX, |host| host.0));
        let Some(host) = mark.host else {
            let class = classes!(
                "ladder-aside",
                "ladder-middle",
                matches!(mark.what, Marked::Missed(_)).then_some("ladder-bad")
            );
            return Some(html! {
                <g {key}>
                    <line class="ladder-fold" x1="0" y1={px(y)} x2={px(g.width)} y2={px(y)} />
                    <text {class} x={px(g.width / 2.0)} y={px(y - 4.0)}>{ self.marked(mark) }</text>
                </g>
            });
        };
        let line = g.line(host)?;
        if mark.what == Marked::ProgramStarted {
            return Some(html! { <circle {key} class="ladder-born" cx={px(line.x)} cy={px(y)} r="3.5" /> });
        }
        let anchor = if line.out < 0.0 { "ladder-end" } else { "ladder-start" };
        Some(html! {
            <g {key}>
                if !matches!(mark.what, Marked::Signal(..)) {
                    <path class="ladder-died" d={format!("M{} {}h10", px(line.x - 5.0), px(y))} />
                }
                <text class={classes!("ladder-result", anchor)} x={px(line.words)} y={px(y + 3.5)}>{ self.marked(mark) }</text>
            </g>
        })
    }

    /// A mark in words.
    pub(crate) fn marked(&self, mark: &Mark) -> String {
        let words = self.words;
        match &mark.what {
            Marked::ProgramStarted => words.program_started.into(),
            Marked::Compiled(true) => words.compiled.into(),
            Marked::Compiled(false) => words.not_compiled.into(),
            Marked::ProgramEnded(status) => {
                crate::i18n::short_exit(*status).unwrap_or_else(|| words.program_ended.into())
            }
            Marked::Missed(count) => (words.missed)(*count),
            Marked::Limit(limit) => (words.limit)(*limit),
            Marked::Signal(number, disposition) => (words.signal)(&trace::event::signal::name(*number), *disposition),
            Marked::RunEnded => words.run_ended.into(),
        }
    }

    /// A line at the moment that is looked at; what comes after it fades.
    fn cursor(&self) -> Option<Html> {
        let row = self.ladder.row_of(self.cursor?)?;
        let g = self.geometry;
        // Below the name of what happened there, above what came next.
        let y = g.y(row.y) + ROW - 2.0;
        let time = self.time(row.at);
        let width = Geometry::text(&time, 10.0) + 12.0;
        Some(html! {
            <g key="cursor">
                <rect class="ladder-later" x="0" y={px(y)} width={px(g.width)} height={px((g.height - y).max(0.0))} />
                <line class="ladder-cursor" x1="0" y1={px(y)} x2={px(g.width)} y2={px(y)} />
                <rect class="ladder-now" x="0" y={px(y - ROW / 2.0)} width={px(width)} height={px(ROW)} rx="7" />
                <text class="ladder-now-time" x="6" y={px(y + 3.5)}>{ time }</text>
            </g>
        })
    }
}

fn defs() -> Html {
    html! {
        <defs>
            <pattern id="ladder-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="ladder-hatch-ground" width="5" height="5" />
                <line class="ladder-hatch-line" x1="1" y1="0" x2="1" y2="5" />
            </pattern>
            { for [("ladder-tip", "ladder-tip"), ("ladder-tip-bad", "ladder-tip ladder-bad")].map(|(id, class)| html! {
                <marker {id} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9"
                    markerUnits="userSpaceOnUse" orient="auto">
                    <path {class} d="M0 1L10 5L0 9z" />
                </marker>
            }) }
        </defs>
    }
}

fn failed(call: &CallBox) -> bool {
    matches!(call.state, CallState::Failed | CallState::BlockedAndFailed(_))
}

/// The class that carries a state's colour.
fn state_class(state: Option<TcpState>) -> &'static str {
    match state {
        None => "state-none",
        Some(TcpState::Closed) => "state-closed",
        Some(TcpState::Listen) => "state-listen",
        Some(TcpState::SynSent | TcpState::SynRcvd) => "state-syn",
        Some(TcpState::Established) => "state-est",
        Some(
            TcpState::FinWait1
            | TcpState::FinWait2
            | TcpState::CloseWait
            | TcpState::Closing
            | TcpState::LastAck
            | TcpState::TimeWait,
        ) => "state-fin",
    }
}

/// A moment of the run as a person reads it: `47.0 ms`.
pub(crate) fn moment(at: Nanos) -> String {
    if at == Nanos::ZERO { "0".into() } else { Readable(at.since(Nanos::ZERO)).to_string() }
}

/// A moment of the run, exact enough to tell two packets apart: `101.4 ms`, `1.567 s`.
#[expect(clippy::cast_precision_loss, reason = "some digits are shown")]
pub(crate) fn exact(at: Nanos) -> String {
    match at.0 as f64 {
        ns if ns < 1e6 => moment(at),
        ns if ns < 1e9 => format!("{:.1} ms", ns / 1e6),
        ns => format!("{:.3} s", ns / 1e9),
    }
}

/// A measure with a tenth of a pixel.
pub(crate) fn px(value: f64) -> String {
    let rounded = format!("{value:.1}");
    rounded.strip_suffix(".0").map_or(rounded.clone(), str::to_owned)
}
