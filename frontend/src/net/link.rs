//! The websocket of a run.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use trace::event::Event;
use trace::protocol::{self, ClientMessage, ServerMessage};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};
use yew::Callback;

use crate::browser;
use crate::state::Action;
use crate::state::run::LinkEvent;

/// One websocket. Dropping it closes it.
pub(crate) struct Link {
    socket: WebSocket,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_close: Closure<dyn Fn(CloseEvent)>,
}

impl Link {
    /// Begins to connect; what happens comes as [`Action::Link`] with this number.
    pub(crate) fn open(number: u32, dispatch: Callback<Action>) -> Option<Self> {
        let inbox = Inbox { number, dispatch, events: Rc::default() };
        let Ok(socket) = WebSocket::new(&browser::websocket_url("/api/run")) else {
            inbox.tell(LinkEvent::Closed);
            return None;
        };
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new({
            let inbox = inbox.clone();
            move |message: MessageEvent| inbox.receive(&message)
        });
        let on_close = Closure::<dyn Fn(CloseEvent)>::new(move |_| {
            inbox.flush();
            inbox.tell(LinkEvent::Closed);
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_message: on_message, _on_close: on_close })
    }

    /// Sends a message. On a socket that is closing it is lost; that it closes is told soon enough.
    pub(crate) fn send(&self, message: &ClientMessage) {
        let _ = self.socket.send_with_u8_array(&protocol::encode(message));
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

/// Gathers events until the next frame is drawn: drawing more often would be for nobody.
#[derive(Clone)]
struct Inbox {
    number: u32,
    dispatch: Callback<Action>,
    events: Rc<RefCell<Vec<Event>>>,
}

impl Inbox {
    fn receive(&self, message: &MessageEvent) {
        let bytes = match message.data().dyn_into::<ArrayBuffer>() {
            Ok(buffer) => Uint8Array::new(&buffer).to_vec(),
            Err(_) => vec![],
        };
        match protocol::decode::<ServerMessage>(&bytes) {
            Ok(ServerMessage::Events(events)) => self.gather(events),
            Ok(other) => {
                self.flush();
                self.tell(LinkEvent::Message(other));
            }
            Err(_) => self.tell(LinkEvent::Unreadable),
        }
    }

    fn gather(&self, events: Vec<Event>) {
        let first = self.events.borrow().is_empty();
        self.events.borrow_mut().extend(events);
        if browser::hidden() {
            self.flush(); // no frame is drawn in the background
        } else if first {
            let inbox = self.clone();
            browser::next_frame(move |_| inbox.flush());
        }
    }

    fn flush(&self) {
        let events = std::mem::take(&mut *self.events.borrow_mut());
        if !events.is_empty() {
            self.tell(LinkEvent::Message(ServerMessage::Events(events)));
        }
    }

    fn tell(&self, event: LinkEvent) {
        self.dispatch.emit(Action::Link(self.number, event));
    }
}
