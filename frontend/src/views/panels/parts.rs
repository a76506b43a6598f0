//! What several panels draw alike: names of sockets, data as text, choices.

use trace::event::call::Address;
use trace::event::socket::Family;
use trace::id::{HostId, SocketId};
use trace::model::{Model, Socket};
use trace::time::Nanos;
use yew::prelude::*;

use super::Moment;
use crate::i18n::panels::{Word, say};
use crate::state::Action;
use crate::state::scope::Look;
use crate::state::selection::Selection;
use crate::views::Ui;
use crate::views::el::{El, el};
use crate::views::workbench::host_class;

/// An element of a class, empty so far.
#[inline(never)]
pub(super) fn of(name: &'static str, class: &'static str) -> El {
    el(name).at("class", class)
}

/// An element with a text in it.
#[inline(never)]
pub(super) fn told(name: &'static str, class: &'static str, text: String) -> Html {
    of(name, class).text(text).into()
}

/// A small remark.
#[inline(never)]
pub(super) fn small(text: String) -> Html {
    el("small").text(text).into()
}

/// What a panel says while there is nothing in it.
pub(super) fn empty(ui: &Ui, word: Word) -> Html {
    none("panel-empty", ui, word)
}

/// A word that says that there is nothing.
#[inline(never)]
pub(super) fn none(class: &'static str, ui: &Ui, word: Word) -> Html {
    of("p", class).text(say(ui.lang, word)).into()
}

/// A heading within a panel, empty so far.
pub(super) fn heading() -> El {
    of("h3", "panel-heading")
}

/// A heading with a word.
#[inline(never)]
pub(super) fn titled(ui: &Ui, word: Word) -> Html {
    heading().text(say(ui.lang, word)).into()
}

/// Names and what they stand for.
#[inline(never)]
pub(super) fn facts(rows: Vec<(AttrValue, Html)>) -> Html {
    let row = |(name, what)| el("div").with(el("dt").text(name)).with(el("dd").with(what)).into();
    of("dl", "panel-facts").all(rows.into_iter().map(row)).into()
}

/// Several things one after the other.
#[inline(never)]
pub(super) fn list(parts: Vec<Html>) -> Html {
    parts.into_iter().collect()
}

/// A host's name in its colour.
#[inline(never)]
pub(super) fn host(model: &Model, host: HostId) -> Html {
    let class = format!("panel-host {}", host_class(host.0.into()));
    el("span").put("class", class).text(host_name(model, host)).into()
}

pub(super) fn host_name(model: &Model, host: HostId) -> String {
    model.host(host).map_or_else(|| "?".into(), |host| host.spec.name.clone())
}

/// A socket's descriptors, with what kind it is: `fd 4 TCP`.
pub(super) fn fds(model: &Model, socket: &Socket) -> String {
    let kind = match (socket.origin.family, socket.origin.protocol) {
        (Family::Unix, _) => "Unix",
        (_, 6) => "TCP",
        (_, 17) => "UDP",
        _ => "socket",
    };
    let mut fds: Vec<_> = model.holders(socket.id).map(|holder| format!("fd {}", holder.fd)).collect();
    fds.dedup();
    fds.push(kind.into());
    fds.join(" ")
}

/// A port or path, if a socket has one.
pub(super) fn short(address: Option<&Address>) -> String {
    match address {
        Some(Address::Inet(inet)) if inet.port() == 0 => String::new(),
        Some(Address::Inet(inet)) => format!(":{}", inet.port()),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Bytes as a person reads them: text as text, the rest escaped; what is not known as a dot in the middle.
pub(super) fn text(bytes: &[Option<u8>]) -> String {
    let known: Vec<u8> = bytes.iter().copied().flatten().collect();
    if known.len() == bytes.len()
        && let Ok(text) = std::str::from_utf8(&known)
    {
        return text.chars().fold(String::new(), |mut out, c| {
            if c.is_control() {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
            out
        });
    }
    bytes.iter().fold(String::new(), |mut out, byte| {
        match byte {
            Some(byte) => out.push_str(&trace::bytes::Bytes(vec![*byte]).escaped()),
            None => out.push('·'),
        }
        out
    })
}

/// A button that picks something out.
#[inline(never)]
pub(super) fn pick(ui: &Ui, class: &'static str, what: Selection) -> El {
    of("button", class).at("type", "button").onclick(&ui.press(Action::Look(Look::Select(Some(what)))))
}

/// A moment that one can go to.
#[inline(never)]
pub(super) fn go(ui: &Ui, seq: u64, at: Nanos) -> Html {
    let look = ui.press(Action::Look(Look::At(seq)));
    of("button", "panel-go").at("type", "button").onclick(&look).text(crate::views::ladder::exact(at)).into()
}

/// A line of a list: when, and what.
#[inline(never)]
pub(super) fn step(ui: &Ui, seq: u64, at: Nanos, what: String) -> Html {
    el("li").with(go(ui, seq, at)).text(" ").text(what).into()
}

/// A choice of sockets, if there are several.
#[inline(never)]
pub(super) fn choice(ui: &Ui, label: Word, all: &[(SocketId, String)], chosen: SocketId) -> Html {
    if all.len() < 2 {
        return Html::default();
    }
    let one = |(socket, name): &(SocketId, String)| {
        pick(ui, "panel-choice", Selection::Socket(*socket))
            .at("aria-pressed", if *socket == chosen { "true" } else { "false" })
            .text(name.clone())
            .into()
    };
    of("div", "panel-choices").at("role", "group").at("aria-label", say(ui.lang, label)).all(all.iter().map(one)).into()
}

/// The socket that a moment is about.
pub(super) fn socket_of(moment: &Moment<'_>) -> Option<SocketId> {
    let model = moment.model;
    match moment.about()? {
        Selection::Socket(socket) => Some(socket),
        Selection::Call(call) => {
            let call = model.call(call)?;
            call.made().or(call.socket)
        }
        Selection::Frame(frame) => {
            let frame = model.frames.get(&frame)?;
            trace::stream::socket_of(model, frame, true).or_else(|| trace::stream::socket_of(model, frame, false))
        }
        Selection::Host(host) => model.sockets_of(host).next().map(|socket| socket.id),
    }
}
