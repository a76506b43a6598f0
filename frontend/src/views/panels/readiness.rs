//! What every descriptor is ready for, over time; what select, poll and epoll asked and were answered.

use trace::event::socket::Readiness;
use trace::event::{Event, Fact};
use trace::id::HostId;
use trace::model::Model;
use trace::ready::{self, Question, Row, Stretch};
use trace::time::Readable;
use yew::prelude::*;

use super::Moment;
use super::parts::{empty, heading, host, list, of, pick, short, small, titled, told};
use crate::i18n::panels::{self as w, Word, fill, say};
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::{El, el};

/// How many changes are drawn.
const MOST: usize = 28;
/// How many questions are.
const QUESTIONS: usize = 4;
const STEP: usize = 8;

/// What can be ready, and the words for it.
const LANES: [(&[Readiness], Word, &str, &str); 3] = [
    (&[Readiness::READABLE], w::READABLE, "R", "lane-read"),
    (&[Readiness::WRITABLE], w::WRITABLE, "W", "lane-write"),
    (&[Readiness::ERROR, Readiness::HANG_UP, Readiness::READ_HANG_UP], w::TROUBLE, "!", "lane-trouble"),
];

/// The panel.
pub(crate) fn readiness(ui: &Ui, moment: &Moment<'_>) -> Html {
    let model = moment.model;
    let hosts = (0..).map(HostId).take(model.hosts.len());
    let drawn: Vec<Html> = hosts.filter_map(|id| of_host(ui, moment, id)).collect();
    if drawn.is_empty() {
        return empty(ui, w::NO_DESCRIPTORS);
    }
    let mut parts = vec![legend(ui)];
    parts.extend(drawn);
    list(parts)
}

fn legend(ui: &Ui) -> Html {
    let one = |(_, word, letter, class): &(&[Readiness], Word, &'static str, &'static str)| {
        el("li").with(of("i", class).text(*letter)).text(" ").text(say(ui.lang, *word)).into()
    };
    of("ul", "chart-legend").all(LANES.iter().map(one)).into()
}

/// A table's head.
fn head(columns: [&'static str; 3]) -> El {
    let column = |name: &'static str| el("th").at("scope", "col").text(name).into();
    el("thead").with(el("tr").all(columns.into_iter().map(column)))
}

fn of_host(ui: &Ui, moment: &Moment<'_>, id: HostId) -> Option<Html> {
    let (events, model) = (&moment.timeline.events()[..moment.count], moment.model);
    let rows = ready::rows(events, model, id);
    if rows.is_empty() {
        return None;
    }
    let lang = ui.lang;
    let questions = ready::questions(events, model, id, QUESTIONS);
    // The same moments for all rows: those at which any of them changed.
    let mut moments: Vec<u64> = rows.iter().flat_map(|row| &row.stretches).map(|stretch| stretch.seq).collect();
    moments.sort_unstable();
    moments.dedup();
    let moments = &moments[moments.len().saturating_sub(MOST)..];
    let watched: Vec<&Row> = rows.iter().filter(|row| row.watched.is_some()).collect();
    let table = of("table", "panel-table ready")
        .with(head(["fd", say(lang, w::OVER_TIME), say(lang, w::NOW)]))
        .with(el("tbody").all(rows.iter().map(|row| line(ui, model, row, moments))));
    let mut all =
        of("section", "flow").at("data-testid", "ready-host").with(heading().with(host(model, id))).with(table);
    if !watched.is_empty() {
        all = all.with(triggers(ui, &watched));
    }
    if !questions.is_empty() {
        // What woke the latest one that returned is told in a sentence.
        let latest = questions.iter().rev().find(|one| one.returned.is_some()).map(|one| one.call);
        let each = questions.iter().rev().map(|one| question(ui, moment, one, latest == Some(one.call)));
        all = all.with(titled(ui, w::QUESTIONS)).with(of("ol", "questions").all(each));
    }
    Some(all.into())
}

fn line(ui: &Ui, model: &Model, row: &Row, moments: &[u64]) -> Html {
    let (lang, now) = (ui.lang, row.now());
    let socket = model.sockets.get(&row.socket);
    let state = socket.and_then(|socket| socket.snapshot.state).map_or("", |state| state.name());
    let name = socket.map(|socket| short(socket.snapshot.local.as_ref())).unwrap_or_default();
    let waiting = match socket.and_then(|socket| socket.snapshot.accept_queue()) {
        Some((n, limit)) => fill(lang, w::QUEUE, &[("n", &n), ("limit", &limit)]),
        None => now.map(|now| fill(lang, w::BYTES_WAIT, &[("n", &now.waiting)])).unwrap_or_default(),
    };
    let word = |(bits, word, ..): &(&[Readiness], Word, &str, &str)| {
        let on = now.and_then(|now| now.ready).map(|ready| bits.iter().any(|bit| ready.has(*bit)));
        let answer = say(
            lang,
            match on {
                Some(true) => w::YES,
                Some(false) => w::NO,
                None => w::UNKNOWN,
            },
        );
        let class = if on == Some(true) { "ready-yes" } else { "ready-no" };
        told("span", class, format!("{} {answer}", say(lang, *word)))
    };
    let fd = pick(ui, "panel-go", Selection::Socket(row.socket)).text(format!("fd {}", row.fd));
    let words = LANES[..2].iter().map(word).chain(trouble(now).then(|| word(&LANES[2])));
    el("tr")
        .with(el("th").at("scope", "row").with(fd).with(small(format!("{name} {state}"))))
        .with(el("td").with(lanes(row, moments)))
        .with(el("td").all(words).with(small(waiting)))
        .into()
}

fn trouble(now: Option<Stretch>) -> bool {
    let ready = now.and_then(|now| now.ready).unwrap_or_default();
    LANES[2].0.iter().any(|bit| ready.has(*bit))
}

/// Three lanes, a step for each moment.
fn lanes(row: &Row, moments: &[u64]) -> Html {
    let width = (moments.len() * STEP).max(STEP);
    let at = |seq: u64| row.stretches.partition_point(|stretch| stretch.seq <= seq).checked_sub(1);
    let mut shapes: Vec<Html> = vec![];
    for (lane, (bits, _, _, class)) in LANES.iter().enumerate() {
        let mut path = String::new();
        let mut unknown = String::new();
        for (step, seq) in moments.iter().enumerate() {
            let Some(stretch) = at(*seq).map(|index| row.stretches[index]) else { continue };
            let bar = format!("M{} {}h{STEP}", step * STEP, lane * 10 + 5);
            match stretch.ready {
                Some(ready) if bits.iter().any(|bit| ready.has(*bit)) => path.push_str(&bar),
                Some(_) => {}
                None => unknown.push_str(&bar),
            }
        }
        let ground = format!("M0 {}h{width}", lane * 10 + 5);
        for (class, path) in [("lane-ground", ground), ("lane-unknown", unknown), (*class, path)] {
            shapes.push(of("path", class).put("d", path).into());
        }
    }
    of("svg", "lanes")
        .put("viewBox", format!("0 0 {width} 30"))
        .at("preserveAspectRatio", "none")
        .at("aria-hidden", "true")
        .at("focusable", "false")
        .all(shapes)
        .into()
}

/// Level against edge, for what epoll watches.
fn triggers(ui: &Ui, rows: &[&Row]) -> Html {
    let lang = ui.lang;
    let cell = |row: &Row, edge: bool| {
        let Some((_, interest)) = row.watched else { return Html::default() };
        let tells = row.tells(edge);
        let word = match tells {
            _ if !interest.is_armed() => w::ONE_SHOT,
            Some(true) => w::TELLS,
            Some(false) => w::SILENT,
            None => w::UNKNOWN,
        };
        let own = interest.is_edge_triggered() == edge;
        let class = match (tells == Some(true), own) {
            (true, true) => "ready-yes trigger-own",
            (true, false) => "ready-yes",
            (false, true) => "ready-no trigger-own",
            (false, false) => "ready-no",
        };
        let this = own.then(|| small(say(lang, w::THIS_ONE).into()));
        of("td", class).text(say(lang, word)).all(this).into()
    };
    let forgotten = rows.iter().filter(|row| row.is_forgotten()).map(|row| {
        let n = format!("{} B", row.now().map_or(0, |now| now.waiting));
        told("p", "panel-warning", fill(lang, w::FORGOTTEN, &[("fd", &row.fd), ("n", &n)]))
    });
    let line = |row: &&Row| {
        let asked = row.watched.map(|(_, interest)| interest.names()).unwrap_or_default();
        let fd = el("th").at("scope", "row").text(format!("fd {}", row.fd)).with(small(asked));
        el("tr").with(fd).with(cell(row, false)).with(cell(row, true)).into()
    };
    let table = of("table", "panel-table triggers")
        .at("data-testid", "triggers")
        .with(head(["fd", say(lang, w::LEVEL), say(lang, w::EDGE)]))
        .with(el("tbody").all(rows.iter().map(line)));
    let mut parts = vec![titled(ui, w::TRIGGERS), table.into()];
    parts.extend(forgotten);
    list(parts)
}

fn question(ui: &Ui, moment: &Moment<'_>, one: &Question, tells: bool) -> Html {
    let (lang, model) = (ui.lang, moment.model);
    let events = &moment.timeline.events()[..moment.count];
    let each = |all: &[(i32, String)]| {
        let each = |(fd, what): &(i32, String)| if *fd < 0 { what.clone() } else { format!("fd {fd} {what}") };
        if all.is_empty() {
            say(lang, w::NOTHING).to_owned()
        } else {
            all.iter().map(each).collect::<Vec<_>>().join(", ")
        }
    };
    let call = model.call(one.call);
    let name = call.map_or("", |call| call.syscall.name());
    let waited = one.returned.unwrap_or(model.now).since(one.entered);
    let answer = match one.returned {
        None if waited.is_zero() => say(lang, w::ENTERED).to_owned(),
        None => format!("{} {}", say(lang, w::STILL_WAITS), Readable(waited)),
        Some(_) => format!("{}: {} · {}", say(lang, w::ANSWERED), each(&one.answered), Readable(waited)),
    };
    // What woke it is told in the sentence of its return.
    let woke = one.returned.filter(|_| tells).and_then(|at| {
        let from = events.partition_point(|event| event.at < at);
        let is_its = |id| model.call(id).is_some_and(|call| call.id == one.call);
        let returns = |event: &Event| matches!(event.fact, Fact::CallReturned { call, .. } if is_its(call));
        let index = from + events[from..].iter().position(returns)?;
        // In the world of its time: a descriptor that it named may be closed by now.
        let world = moment.timeline.after(index + 1);
        Some(told("p", "told", trace::tell::tell(&events[..=index], &world, lang)))
    });
    el("li")
        .with(pick(ui, "panel-go", Selection::Call(one.call)).text(format!("{name}()")))
        .text(format!(" {}: {}", say(lang, w::ASKED), each(&one.asked)))
        .with(el("br"))
        .text(answer)
        .all(woke)
        .into()
}
