//! The HTTP messages in a connection's streams, with the ends of lines to be seen and the missing ones named.

use trace::http::{Fault, Line, LineEnd, Message, messages};
use trace::id::SocketId;
use trace::model::Model;
use trace::stream::{Connection, Direction};
use yew::prelude::*;

use super::super::parts::{host, list, of, small, titled, told};
use crate::i18n::panels::{self as w, fill, say};
use crate::views::Ui;
use crate::views::el::el;

/// How much of a stream is looked at.
const MOST: u64 = 16_384;

/// The messages; nothing where a connection does not speak HTTP.
pub(super) fn http(ui: &Ui, model: &Model, socket: SocketId) -> Html {
    let Some(connection) = Connection::of(model, socket) else { return Html::default() };
    let all: Vec<Html> = connection.directions.iter().flat_map(|one| of_direction(ui, model, one)).collect();
    if all.is_empty() {
        return Html::default();
    }
    el("section").at("data-testid", "http").with(titled(ui, w::HTTP)).all(all).into()
}

fn of_direction(ui: &Ui, model: &Model, one: &Direction) -> Vec<Html> {
    // As far as it is known without a gap.
    let bytes: Vec<u8> = one.content(model, &(0..one.written.min(MOST))).into_iter().map_while(|byte| byte).collect();
    messages(&bytes).iter().map(|found| message(ui, model, one, &bytes, found)).collect()
}

fn message(ui: &Ui, model: &Model, one: &Direction, bytes: &[u8], found: &Message) -> Html {
    let lang = ui.lang;
    let kind = say(lang, if found.request { w::REQUEST } else { w::RESPONSE });
    let from = one.from.and_then(|socket| model.sockets.get(&socket)).map(|socket| host(model, socket.host));
    let line = |line: &Line| {
        let text = String::from_utf8_lossy(&bytes[line.bytes.clone()]).into_owned();
        let (class, end) = match line.end {
            LineEnd::CrLf => ("http-end", "\\r\\n"),
            LineEnd::Lf => ("http-end http-bad", "\\n"),
            LineEnd::None => ("http-end http-bad", "×"),
        };
        el("div").text(text).with(of("i", class).text(end)).into()
    };
    let fault = |fault: &Fault| {
        let text = match fault {
            Fault::BareLf => say(lang, w::BARE_LF).into(),
            Fault::NoBlankLine => say(lang, w::NO_BLANK).into(),
            Fault::NoColon => say(lang, w::NO_COLON).into(),
            Fault::NoHost => say(lang, w::NO_HOST).into(),
            Fault::NoLength => say(lang, w::NO_LENGTH).into(),
            Fault::Short { missing } => fill(lang, w::SHORT, &[("n", missing)]),
        };
        told("p", "panel-warning", text)
    };
    let body = small(fill(lang, w::BODY, &[("n", &found.body.len())]));
    let head = of("div", "http").all(found.head.iter().map(line)).with(body);
    let mut parts = vec![el("p").all(from).text(format!(" · {kind}")).into(), head.into()];
    parts.extend(found.faults.iter().map(fault));
    list(parts)
}
