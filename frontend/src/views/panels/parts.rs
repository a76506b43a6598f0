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
use crate::views::workbench::host_class;

/// What a panel says while there is nothing in it.
pub(super) fn empty(ui: &Ui, word: Word) -> Html {
    html! { <p class="panel-empty">{ say(ui.lang, word) }</p> }
}

/// A heading within a panel.
pub(super) fn heading(text: impl Into<AttrValue>) -> Html {
    html! { <h3 class="panel-heading">{ text.into() }</h3> }
}

/// A table of names and what they stand for.
pub(super) fn facts(rows: Vec<(AttrValue, Html)>) -> Html {
    html! {
        <dl class="panel-facts">
            { for rows.into_iter().map(|(name, what)| html! { <div><dt>{ name }</dt><dd>{ what }</dd></div> }) }
        </dl>
    }
}

/// A host's name in its colour.
pub(super) fn host(model: &Model, host: HostId) -> Html {
    html! { <span class={classes!("panel-host", host_class(host.0.into()))}>{ host_name(model, host) }</span> }
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

/// An address as short as it is clear.
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
    if known.len() < bytes.len() {
        return bytes.iter().fold(String::new(), |mut out, byte| {
            match byte {
                Some(byte) => out.push_str(&trace::bytes::Bytes(vec![*byte]).escaped()),
                None => out.push('·'),
            }
            out
        });
    }
    match std::str::from_utf8(&known) {
        Ok(text) => text.chars().fold(String::new(), |mut out, c| {
            if c.is_control() {
                out.extend(c.escape_default())
            } else {
                out.push(c)
            }
            out
        }),
        Err(_) => trace::bytes::Bytes(known).escaped(),
    }
}

/// What a press on something looks at.
pub(super) fn pick(ui: &Ui, what: Selection) -> Callback<MouseEvent> {
    ui.press(Action::Look(Look::Select(Some(what))))
}

/// A moment that one can go to.
pub(super) fn go(ui: &Ui, seq: u64, at: Nanos) -> Html {
    html! {
        <button type="button" class="panel-go" onclick={ui.press(Action::Look(Look::At(seq)))}>
            { crate::views::ladder::exact(at) }
        </button>
    }
}

/// A choice of sockets, if there are several.
pub(super) fn choice(ui: &Ui, label: Word, all: &[(SocketId, String)], chosen: SocketId) -> Html {
    if all.len() < 2 {
        return Html::default();
    }
    let one = |(socket, name): &(SocketId, String)| {
        html! {
            <button type="button" class="panel-choice" aria-pressed={(*socket == chosen).to_string()}
                onclick={pick(ui, Selection::Socket(*socket))}>{ name.clone() }</button>
        }
    };
    html! {
        <div class="panel-choices" role="group" aria-label={say(ui.lang, label)}>{ for all.iter().map(one) }</div>
    }
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
