//! The few things that the page asks of its browser: what was stored, preferred and typed into the address line.

use std::time::Duration;

use trace::lesson::Lang;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AddEventListenerOptions, Document, Element, EventTarget, KeyboardEvent, MediaQueryListEvent, Storage, Window,
};

use crate::route::Route;
use crate::state::Theme;

/// Everything that the page stores is under this prefix.
const PREFIX: &str = "socklab/";

fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Where a key is kept: what is of a run lives as long as its tab. Absent where the browser keeps nothing for this site.
fn storage(key: &str) -> Option<Storage> {
    let window = window();
    if key.starts_with("run/") { window.session_storage() } else { window.local_storage() }.ok().flatten()
}

/// What was kept under a key.
pub(crate) fn kept(key: &str) -> Option<String> {
    storage(key)?.get_item(&format!("{PREFIX}{key}")).ok().flatten()
}

/// Keeps a text under a key, or forgets it. A full or forbidden storage is no reason to disturb the learner.
pub(crate) fn keep(key: &str, value: Option<&str>) {
    if let Some(storage) = storage(key) {
        let key = format!("{PREFIX}{key}");
        let _ = match value {
            Some(value) => storage.set_item(&key, value),
            None => storage.remove_item(&key),
        };
    }
}

/// The language chosen at an earlier visit, else the browser's first one that the course has.
pub(crate) fn lang() -> Lang {
    if let Some(lang) = kept("lang").and_then(|tag| tag.parse().ok()) {
        return lang;
    }
    let preferred = window().navigator().language().unwrap_or_default().to_lowercase();
    Lang::ALL.into_iter().find(|lang| preferred.starts_with(lang.tag())).unwrap_or_default()
}

/// The colours chosen at an earlier visit, and the system's.
pub(crate) fn theme() -> Theme {
    let chosen = kept("theme").map(|theme| theme == "dark");
    let system = window().match_media(DARK).ok().flatten().is_some_and(|query| query.matches());
    Theme { chosen, system }
}

/// Whether the window has room for things side by side; `static/css/workbench.css` has the same measure.
pub(crate) fn is_desk() -> bool {
    window().match_media("(min-width: 1181px)").ok().flatten().is_some_and(|query| query.matches())
}

const DARK: &str = "(prefers-color-scheme: dark)";

/// Tells of each change of the system's colours.
pub(crate) fn on_system_dark(tell: impl Fn(bool) + 'static) {
    if let Ok(Some(query)) = window().match_media(DARK) {
        listen(&query, "change", false, move |event: MediaQueryListEvent| tell(event.matches()));
    }
}

/// A file of its own carries a recording with it (`server/src/export/replay.js`): where it lies.
fn carried() -> Option<String> {
    document().query_selector("meta[name=recording]").ok()??.get_attribute("content")
}

/// The place that the address line names.
pub(crate) fn route() -> Route {
    if let Some(recording) = carried() {
        return Route::Recording(Some(recording));
    }
    let location = window().location();
    Route::parse(&[location.pathname().unwrap_or_default(), location.search().unwrap_or_default()].concat())
}

/// The moment that the address line names, by its last event: `#t=120`.
pub(crate) fn moment() -> Option<u64> {
    window().location().hash().ok()?.strip_prefix("#t=")?.parse().ok()
}

/// Puts a place into the address line.
pub(crate) fn push(route: &Route) {
    push_path(&route.path());
}

/// Puts a path into the address line.
pub(crate) fn push_path(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Tells of each use of the browser's back and forward buttons.
pub(crate) fn on_back(tell: impl Fn(Route) + 'static) {
    listen(&window(), "popstate", false, move |_: web_sys::Event| tell(route()));
}

/// Tells when Ctrl+Enter (on a Mac, Command+Enter) is pressed, wherever the keyboard is: the editor has another use
/// for it and must not see it.
pub(crate) fn on_run_key(tell: impl Fn() + 'static) {
    listen(&document(), "keydown", true, move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.is_composing() {
            event.prevent_default();
            event.stop_propagation();
            if !event.repeat() {
                tell();
            }
        }
    });
}

/// Hands every key to `take` that is pressed outside of what takes keys itself: fields, editors, terminals, and for the
/// keys that press them, buttons and links. What `take` has a use for does nothing else.
pub(crate) fn on_key(take: impl Fn(&Key) -> bool + 'static) {
    listen(&document(), "keydown", false, move |event: KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented()
        {
            return;
        }
        let key = Key { name: event.key(), shift: event.shift_key() };
        let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let elsewhere = match &*key.name {
            "Enter" | " " => PRESSED,
            "ArrowLeft" | "ArrowRight" | "Home" | "End" => MOVED,
            _ => TYPED,
        };
        let taken = at.is_some_and(|at| at.closest(elsewhere).ok().flatten().is_some());
        if !taken && take(&key) {
            event.prevent_default();
        }
    });
}

/// Escape takes away the definition that lies over the text, until a person points at something or goes somewhere else.
pub(crate) fn hush_definitions() {
    let quiet = |quiet: bool| {
        if let Some(root) = document().document_element() {
            let _ = root.class_list().toggle_with_force("quiet", quiet);
        }
    };
    listen(&document(), "keydown", true, move |event: KeyboardEvent| quiet(event.key() == "Escape"));
    listen(&document(), "pointerover", true, move |_: web_sys::Event| quiet(false));
}

/// A key that was pressed.
#[derive(Debug)]
pub(crate) struct Key {
    /// What it is called, or the character that it writes.
    pub(crate) name: String,
    /// Whether Shift was held.
    pub(crate) shift: bool,
}

/// What keys are typed into.
const TYPED: &str = "input:not([type=range]), select, textarea, .code, .shell";

/// That, and what moves by a key.
const MOVED: &str = "input, select, textarea, .code, .shell";

/// That, and what is pressed by a key.
const PRESSED: &str = "input:not([type=range]), select, textarea, .code, .shell, button, a, summary";

/// Listens for as long as the page lives.
fn listen<E: wasm_bindgen::convert::FromWasmAbi + 'static>(
    target: &EventTarget,
    event: &str,
    capture: bool,
    tell: impl Fn(E) + 'static,
) {
    let options = AddEventListenerOptions::new();
    options.set_capture(capture);
    let closure = Closure::<dyn Fn(E)>::new(tell).into_js_value();
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
        event,
        closure.unchecked_ref(),
        &options,
    );
}

/// Gives the whole document its language, colours and title.
pub(crate) fn dress(lang: Lang, dark: bool, title: &str) {
    let document = document();
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", lang.bcp47());
        let _ = root.class_list().toggle_with_force("dark", dark);
        let _ = root.class_list().toggle_with_force("light", !dark);
    }
    if document.title() != title {
        document.set_title(title);
    }
}

/// After moving to another place: puts the keyboard where it begins, as a new page would.
pub(crate) fn arrive(begin: &str) {
    window().scroll_to_with_x_and_y(0.0, 0.0);
    focus(begin);
}

/// Goes to the part of a lesson's text that the address line names: `#part-3`.
pub(crate) fn go_to_part() {
    let hash = window().location().hash().unwrap_or_default();
    if let Some(id) = hash.strip_prefix('#').filter(|id| id.starts_with("part-"))
        && let Some(part) = document().get_element_by_id(id)
    {
        part.scroll_into_view();
    }
}

/// Puts the keyboard at an element.
pub(crate) fn focus(id: &str) {
    let element: Option<Element> = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// What lies on top at a point of the window.
#[allow(clippy::cast_precision_loss)] // a window has no eight million pixels
pub(crate) fn element_at(x: i32, y: i32) -> Option<Element> {
    document().element_from_point(x as f32, y as f32)
}

/// Loads the page anew.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Whether nobody can see the page now.
pub(crate) fn hidden() -> bool {
    document().hidden()
}

/// Calls back before the next frame is drawn, with the time of that frame on the browser's clock.
pub(crate) fn next_frame(call: impl FnOnce(Duration) + 'static) {
    let closure = Closure::once_into_js(move |ms: f64| call(Duration::from_secs_f64(ms.max(0.0) / 1000.0)));
    let _ = window().request_animation_frame(closure.unchecked_ref());
}

/// Calls back after a time.
pub(crate) fn after(wait: Duration, call: impl FnOnce() + 'static) {
    let closure = Closure::once_into_js(call);
    let ms = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), ms);
}

/// The whole address of a path of this site.
pub(crate) fn address(path: &str) -> String {
    format!("{}{path}", window().location().origin().unwrap_or_default())
}

/// Puts a text on the clipboard, and says whether that was done. A page has no clipboard that came over plain HTTP from
/// another machine, and a person or a browser may forbid it.
pub(crate) fn copy(text: &str) -> impl Future<Output = bool> + use<> {
    let clipboard = window().navigator().clipboard();
    let copying = (!clipboard.is_undefined()).then(|| JsFuture::from(clipboard.write_text(text)));
    async move {
        let Some(copying) = copying else { return false };
        copying.await.is_ok()
    }
}

/// Shows a text, to be copied by hand.
pub(crate) fn offer(what: &str, text: &str) {
    let _ = window().prompt_with_message_and_default(what, text);
}

/// The websocket's address: this page's own server.
pub(crate) fn websocket_url(path: &str) -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|scheme| scheme == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}{path}", location.host().unwrap_or_default())
}
