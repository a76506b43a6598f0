//! The picture: what is visible of a ladder, in SVG. Colours and fonts are those of `static/css/ladder.css`.

use trace::event::socket::TcpState;
use trace::ladder::{
    Arrow, ArrowEnd, Band, CallBox, CallState, Column, Fold, Gauge, Ladder, Mark, Marked, Message, Stem, Tick,
};
use trace::time::{Nanos, Readable};
use trace::wire::Order;
use yew::prelude::*;

use super::geometry::{Geometry, Line, ROW};
use super::slots::Slots;
use super::spots::{OnArrow, Spot};
use super::words::Words;
use crate::state::selection::Selection;
use crate::views::el::{El, el, px};

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
    /// When that is.
    pub(crate) now: Nanos,
    /// What was picked out.
    pub(crate) selected: Option<Selection>,
}

impl Picture<'_> {
    /// The whole picture; only what is in the window is in it.
    pub(crate) fn view(&self, elements: &mut Slots) -> Html {
        let g = self.geometry;
        let seen = self.ladder.visible(g.rows.clone());
        let lifeline = |column: &Column| Some(self.lifeline(g.line(column.host)?, column.life));
        let spots = self.spots(&seen);
        let layers: [Vec<Html>; 11] = [
            seen.ticks.iter().map(|tick| self.tick(tick)).collect(),
            self.ladder.columns().filter_map(lifeline).collect(),
            seen.stems.iter().filter_map(|stem| self.stem(stem)).collect(),
            seen.bands.iter().filter_map(|band| self.band(band)).collect(),
            seen.gauges.iter().zip(spots.gauges).filter_map(|(gauge, down)| self.gauge(gauge, down)).collect(),
            seen.calls.iter().filter_map(|call| self.call(call)).collect(),
            // Across everything that goes on in that time.
            seen.folds.iter().zip(spots.folds).map(|(fold, at)| self.fold(fold, at)).collect(),
            seen.arrows.iter().zip(spots.arrows).filter_map(|(arrow, spot)| self.arrow(arrow, spot)).collect(),
            seen.messages.iter().filter_map(|message| self.message(message)).collect(),
            seen.marks.iter().filter_map(|mark| self.mark(mark)).collect(),
            self.cursor().into_iter().collect(),
        ];
        let layers = layers.into_iter().enumerate();
        el("svg")
            .class("ladder-picture", &[("ladder-narrow", g.narrow)])
            .at("role", "img")
            .at("aria-label", self.words.picture)
            .px(&[("width", g.width), ("height", g.height)])
            .with(defs())
            .all(layers.map(|(index, things)| el("g").all(elements.place(index, things)).into()))
            .into()
    }

    /// The group of a thing whose top is here: it says what it stands for, and whether that was picked out.
    fn thing(&self, thing: Selection, key: String, y: f64) -> El {
        let selected = self.selected == Some(thing);
        group(key, y).put("data-pick", thing.tag()).class("ladder-thing", &[("ladder-selected", selected)])
    }

    pub(super) fn label_size(&self) -> f64 {
        if self.geometry.narrow { NARROW_LABEL } else { LABEL }
    }

    fn tick(&self, tick: &Tick) -> Html {
        let (g, y) = (self.geometry, self.geometry.y(tick.y));
        let x = if g.narrow { 2.0 } else { 5.0 };
        group(format!("t{}", px(tick.y)), y)
            .with(line("ladder-grid", 0.0, 0.0, g.width, 0.0))
            .with(text("ladder-time", x, -3.0).text(self.time(tick.at)))
            .into()
    }

    /// A moment on the axis: exact where there is room for it.
    fn time(&self, at: Nanos) -> String {
        if self.geometry.narrow { moment(at) } else { exact(at) }
    }

    fn fold(&self, fold: &Fold, at: f64) -> Html {
        let (g, y) = (self.geometry, self.fold_y(fold));
        group(format!("f{}", px(fold.top)), y)
            .with(line("ladder-fold", 0.0, 0.0, g.width, 0.0))
            .with(text("ladder-aside ladder-middle", g.across(at), -4.0).text((self.words.quiet)(fold.lasted)))
            .into()
    }

    fn lifeline(&self, life: &Line, runs: (Option<f64>, Option<f64>)) -> Html {
        let g = self.geometry;
        let x = life.x;
        let died = g.end(runs.1);
        let born = runs.0.map_or(died, |row| g.y(row));
        let whole = el("g").key(format!("l{}", life.host.0)).with(line("ladder-host", x, 0.0, x, g.height));
        if born < died { whole.with(line("ladder-life", x, born, x, died)).into() } else { whole.into() }
    }

    /// A thread or a forked process: a line of its own beside the lifeline, from where it began.
    fn stem(&self, stem: &Stem) -> Option<Html> {
        let g = self.geometry;
        let life = g.line(stem.host)?;
        let x = life.lane_x(stem.lane);
        let (top, bottom) = (g.y(stem.top), g.end(stem.bottom));
        let from = stem.from.map_or(life.x, |lane| life.lane_x(lane));
        let mut whole = el("g")
            .key(format!("s{}", stem.thread.0))
            .with(line("ladder-branch", from, top, x, top))
            .with(line("ladder-life", x, top, x, bottom));
        if stem.bottom.is_some() {
            whole = whole.with(line("ladder-died", x - 3.0, bottom, x + 3.0, bottom));
        }
        Some(whole.into())
    }

    fn call(&self, call: &CallBox) -> Option<Html> {
        let g = self.geometry;
        let line = g.line(call.host)?;
        let y = g.y(call.top);
        let bottom = g.end(call.bottom);
        let height = (bottom - y).max(4.0);
        let open = matches!(call.state, CallState::Open | CallState::OpenForPerson | CallState::Held);
        let size = self.label_size();
        let words_y = g.words_y(line, y, bottom) - y;
        let bare = call.short.split('(').next().unwrap_or_default().to_owned();
        let name = Geometry::fitting(&[call.label.clone(), call.short.clone(), bare], size, line.room);
        let below = Geometry::fitting(&self.outcome(call), size - 1.0, line.room);
        let anchor = anchor(line.out);
        let selected = self.selected == Some(Selection::Call(call.call));
        let mut shape = rect(line.call_x(call.lane), 0.0, line.call, height)
            .class(
                "ladder-call",
                &[
                    ("ladder-waited", call.state.waited()),
                    ("ladder-open", open),
                    ("ladder-stopped", call.state == CallState::Held),
                    ("ladder-failed", failed(call)),
                ],
            )
            .at("rx", "2");
        if call.state.waited() {
            shape = shape.at("fill", "url(#ladder-hatch)");
        }
        Some(
            self.thing(Selection::Call(call.call), format!("c{}", call.call.0), y)
                .class("ladder-thing", &[("ladder-selected", selected), ("ladder-runtime", call.runtime)])
                .with(el("title").text(self.told(call)))
                .with(shape)
                .with(text("ladder-name", line.words, words_y + 8.5).at("text-anchor", anchor).text(name))
                .with(
                    text("ladder-result", line.words, words_y + 20.5)
                        .class("ladder-result", &[("ladder-bad", failed(call))])
                        .at("text-anchor", anchor)
                        .text(below),
                )
                .into(),
        )
    }

    /// What became of a call, from many words to few.
    fn outcome(&self, call: &CallBox) -> Vec<String> {
        let words = self.words;
        let line = call.place.as_ref().map(|place| format!(" · {}", (words.line)(place.line))).unwrap_or_default();
        let result = call.result.as_deref().unwrap_or_default();
        match call.state {
            CallState::Open => vec![format!("{}…{line}", words.waiting), format!("{}…", words.waiting)],
            CallState::OpenForPerson => vec![format!("{}{line}", words.waiting_for_you), words.waiting_for_you.into()],
            CallState::Held => {
                vec![format!("{}{line}", words.stopped_before), words.stopped_before.into(), words.stopped.into()]
            }
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
        let whose = if call.runtime { self.words.runtime } else { "" };
        format!("{}{fd} {outcome}{whose}", call.label)
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
        let classes = [(state_class(band.state), true), ("ladder-kernel", !band.held)];
        let parts = [state, band.name.as_str()].into_iter().filter(|part| !part.is_empty());
        let texts = [parts.collect::<Vec<_>>().join(" "), state.to_owned()];
        // Words in the part that is seen, so that a long band says what it is wherever one looks.
        let drawn = top.max(g.seen.start)..bottom.min(g.seen.end);
        let room = if g.band < 8.0 { 0.0 } else { drawn.end - drawn.start };
        let fits = texts.iter().find(|text| !text.is_empty() && Geometry::text(text, BAND) + 3.0 <= room);
        let (cx, cy) = (x + g.band / 2.0 + 3.0, f64::midpoint(drawn.start, drawn.end) - top);
        let group = self
            .thing(Selection::Socket(band.socket), format!("b{}-{}", band.socket.0, band.top.to_bits()), top)
            .with(el("title").text(title))
            .with(rect(x, 0.0, g.band, (bottom - top - 1.0).max(1.0)).class("ladder-band", &classes).at("rx", "2"));
        let Some(words) = fits else { return Some(group.into()) };
        let along = format!("translate({} {}) rotate(-90)", px(cx), px(cy));
        let words = el("text").class("ladder-state", &classes).put("transform", along).text(words.clone());
        Some(group.with(words).into())
    }

    fn gauge(&self, gauge: &Gauge, down: f64) -> Option<Html> {
        let g = self.geometry;
        let line = g.line(gauge.host)?;
        let top = g.y(gauge.top);
        let bottom = g.end(gauge.bottom);
        // In the gap beside the band, wider with more in it.
        let share = f64::from(gauge.amount) / f64::from(gauge.most.max(1));
        let width = 1.5 + 2.0 * share;
        let band = g.band_x(line, gauge.lane);
        let x = if line.out < 0.0 { band + g.band } else { band - width };
        let words = text("ladder-queue", self.queue_x(gauge, line), down).at("text-anchor", anchor(-line.out));
        Some(
            group(format!("g{}-{}", gauge.socket.0, gauge.top.to_bits()), top)
                .with(rect(x, 0.0, width, (bottom - top - 1.0).max(2.0)).at("class", "ladder-gauge"))
                .with(words.text(self.queue(gauge).to_owned()))
                .into(),
        )
    }

    fn arrow(&self, arrow: &Arrow, spot: Option<Spot>) -> Option<Html> {
        let Some(way) = self.way(arrow) else { return Some(self.own_arrow(arrow, self.geometry.line(arrow.from)?)) };
        let ((x1, top), (x2, end)) = (way.drawn.from, way.drawn.to);
        let y2 = end - top;
        let bad = way.lost || arrow.error;
        let mut shape = line("", x1, 0.0, x2, y2).class(
            "ladder-arrow",
            &[
                ("ladder-bad", bad),
                ("ladder-lost", way.lost),
                ("ladder-flying", arrow.end == ArrowEnd::InFlight),
                ("ladder-held", arrow.held),
                ("ladder-made", arrow.made.is_some()),
            ],
        );
        match arrow.end {
            ArrowEnd::Delivered(..) if bad => shape = shape.at("marker-end", "url(#ladder-tip-bad)"),
            ArrowEnd::Delivered(..) => shape = shape.at("marker-end", "url(#ladder-tip)"),
            _ => {}
        }
        let mut whole = self
            .thing(Selection::Frame(arrow.frame), format!("a{}-{}", arrow.frame.0, arrow.to.map_or(0, |to| to.0)), top)
            .with(el("title").text(self.sent(arrow)))
            .with(line("ladder-touch", x1, 0.0, x2, y2))
            .with(shape);
        if way.lost {
            let cross = format!("M{} {}l8 8m0 -8l-8 8", px(x2 - 4.0), px(y2 - 4.0));
            whole = whole.with(el("path").at("class", "ladder-cross").put("d", cross));
        }
        let Some(spot) = spot else { return Some(whole.into()) };
        let (x, y) = way.whole.point(spot.at);
        let along = format!("translate({} {}) rotate({})", px(x), px(y - top), px(way.whole.degrees()));
        let words = el("text").at("class", "ladder-words ladder-middle").put("transform", along);
        Some(whole.with(words.at("y", if spot.below { "12" } else { "-4" }).all(parts(spot.words))).into())
    }

    /// A frame that a host sends to itself: out and back beside its lifeline.
    fn own_arrow(&self, arrow: &Arrow, line: &Line) -> Html {
        let g = self.geometry;
        let aim = line.x - line.out * 100.0;
        let x = g.foot(line, aim, arrow.from_lanes);
        let turn = x - line.out * 26.0;
        let y1 = g.y(arrow.top);
        let y2 = match arrow.end {
            ArrowEnd::Delivered(row, _) | ArrowEnd::Lost(row, _) => g.y(row) - y1,
            ArrowEnd::InFlight => 0.0,
        };
        let room = if line.out < 0.0 { g.width - turn } else { turn - g.axis };
        let way = format!("M{} 0H{}V{}H{}", px(x), px(turn), px(y2), px(x));
        let mut shape = el("path").class("ladder-arrow", &[("ladder-bad", arrow.error)]).put("d", way);
        if matches!(arrow.end, ArrowEnd::Delivered(..)) {
            shape = shape.at("marker-end", "url(#ladder-tip)");
        }
        self.thing(Selection::Frame(arrow.frame), format!("a{}", arrow.frame.0), y1)
            .with(el("title").text(self.sent(arrow)))
            .with(shape)
            .with(
                text("ladder-words", turn - line.out * 5.0, y2 / 2.0 + 4.0)
                    .at("text-anchor", anchor(-line.out))
                    .all(parts(self.on_arrow(arrow, room - 8.0))),
            )
            .into()
    }

    /// What one Unix socket sends to another: from band to band, within the host.
    fn message(&self, message: &Message) -> Option<Html> {
        let g = self.geometry;
        let line = g.line(message.host)?;
        let foot = |lane: usize| g.foot(line, line.x - line.out * 100.0, lane + 1);
        let turn = foot(message.from.max(message.to)) - line.out * 26.0;
        let y = g.y(message.y);
        let y2 = g.y(message.y + 1.0) - y;
        let way = format!("M{} 0H{}V{}H{}", px(foot(message.from)), px(turn), px(y2), px(foot(message.to)));
        let words = vec![("ladder-label", message.label.clone()), ("ladder-detail", message.detail.clone())];
        Some(
            self.thing(Selection::Call(message.call), format!("u{}", message.call.0), y)
                .with(el("title").text(format!("{} {}", message.label, message.detail)))
                .with(el("path").at("class", "ladder-arrow").at("marker-end", "url(#ladder-tip)").put("d", way))
                .with(
                    text("ladder-words", turn - line.out * 5.0, y2 / 2.0 + 4.0)
                        .at("text-anchor", anchor(-line.out))
                        .all(parts(words)),
                )
                .into(),
        )
    }

    /// What there are names for in a frame, and in how it arrived.
    pub(super) fn names(&self, arrow: &Arrow) -> Vec<String> {
        let words = self.words;
        let made = arrow.made.map(|how| (words.made)(how).to_owned());
        let notable = arrow.notable.map(|notable| (words.notable)(notable).to_owned());
        // That a copy arrived before is what makes it one.
        let order = arrow.order.filter(|order| arrow.made.is_none() || *order != Order::Again);
        [made, notable, order.map(words.order)].into_iter().flatten().collect()
    }

    /// A frame in full.
    pub(crate) fn sent(&self, arrow: &Arrow) -> String {
        let told = self.carried(arrow);
        match arrow.end {
            ArrowEnd::Delivered(_, at) => format!("{told} · {} → {}", moment(arrow.at), moment(at)),
            ArrowEnd::InFlight | ArrowEnd::Lost(..) => told,
        }
    }

    /// A frame and what became of it, whenever that was.
    pub(crate) fn carried(&self, arrow: &Arrow) -> String {
        let mut told = format!("{} {}", arrow.label, arrow.detail);
        for name in self.names(arrow) {
            told = format!("{told} · {name}");
        }
        if arrow.looped {
            told = format!("{told} · {}", self.words.looped);
        }
        match arrow.end {
            ArrowEnd::InFlight if arrow.held => format!("{told} · {}", self.words.held),
            ArrowEnd::InFlight => format!("{told} · {}", self.words.in_flight),
            ArrowEnd::Delivered(..) => told,
            ArrowEnd::Lost(_, cause) => format!("{told} · {}", (self.words.lost)(cause)),
        }
    }

    fn mark(&self, mark: &Mark) -> Option<Html> {
        let g = self.geometry;
        let y = g.y(mark.y);
        let key = format!("m{}-{}", mark.y.to_bits(), mark.host.map_or(u16::MAX, |host| host.0));
        let told = self.marked(mark);
        let Some(host) = mark.host else {
            let words = text("", g.width / 2.0, -4.0)
                .class("ladder-aside ladder-middle", &[("ladder-bad", matches!(mark.what, Marked::Missed(_)))])
                .text(told);
            return Some(group(key, y).with(line("ladder-fold", 0.0, 0.0, g.width, 0.0)).with(words).into());
        };
        let life = g.line(host)?;
        if mark.what == Marked::ProgramStarted {
            let dot = el("circle").at("class", "ladder-born").px(&[("cx", life.x)]).at("r", "3.5");
            return Some(group(key, y).with(dot).into());
        }
        let words = text("ladder-result", life.words, 3.5).at("text-anchor", anchor(life.out)).text(told);
        let whole = group(key, y).with(words);
        if matches!(mark.what, Marked::Signal(..) | Marked::ThreadStarted(_) | Marked::Forked(_)) {
            return Some(whole.into());
        }
        Some(whole.with(line("ladder-died", life.x - 5.0, 0.0, life.x + 5.0, 0.0)).into())
    }

    /// A mark in words.
    pub(crate) fn marked(&self, mark: &Mark) -> String {
        let words = self.words;
        match &mark.what {
            Marked::ProgramStarted => words.program_started.into(),
            Marked::Compiled(true) => words.compiled.into(),
            Marked::Compiled(false) => words.not_compiled.into(),
            Marked::ThreadStarted(tid) => (words.thread)(*tid),
            Marked::Forked(pid) => (words.forked)(*pid),
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
        let (y, bottom) = (g.y(row.y) + ROW - 2.0, g.y(f64::MAX));
        let time = self.time(self.now);
        let width = Geometry::text(&time, 10.0) + 12.0;
        Some(
            group("cursor".into(), y)
                .with(rect(0.0, 0.0, g.width, (bottom - y).max(0.0)).at("class", "ladder-later"))
                .with(line("ladder-cursor", 0.0, 0.0, g.width, 0.0))
                .with(rect(0.0, -ROW / 2.0, width, ROW).at("class", "ladder-now").at("rx", "7"))
                .with(text("ladder-now-time", 6.0, 3.5).text(time))
                .into(),
        )
    }
}

/// A group whose top is here. What is in it is placed from there: where the same comes to stand elsewhere, its group
/// alone changes, and no text is laid out again.
fn group(key: String, y: f64) -> El {
    el("g").key(key).put("transform", format!("translate(0 {})", px(y)))
}

fn rect(x: f64, y: f64, width: f64, height: f64) -> El {
    el("rect").px(&[("x", x), ("y", y), ("width", width), ("height", height)])
}

fn line(class: &'static str, x1: f64, y1: f64, x2: f64, y2: f64) -> El {
    el("line").at("class", class).px(&[("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)])
}

fn text(class: &'static str, x: f64, y: f64) -> El {
    el("text").at("class", class).px(&[("x", x), ("y", y)])
}

/// Words on an arrow. Between them are real spaces, so that they are one thing to the pointer, and to whoever copies them.
fn parts(words: OnArrow) -> impl Iterator<Item = Html> {
    words.into_iter().enumerate().map(|(index, (class, text))| {
        let text = if index > 0 { format!(" {text}") } else { text };
        el("tspan").at("class", class).text(text).into()
    })
}

/// How words are anchored that go away from a lifeline on this side.
fn anchor(out: f64) -> &'static str {
    if out < 0.0 { "end" } else { "start" }
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
pub(crate) fn exact(at: Nanos) -> String {
    let in_units = |unit: u64| (at.0 + unit / 2) / unit;
    match at.0 {
        0..1_000_000 => moment(at),
        1_000_000..1_000_000_000 => {
            let tenths = in_units(100_000);
            format!("{}.{} ms", tenths / 10, tenths % 10)
        }
        _ => {
            let ms = in_units(1_000_000);
            format!("{}.{:03} s", ms / 1_000, ms % 1_000)
        }
    }
}
