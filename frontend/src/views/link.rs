//! Links between the page's own places.

use yew::prelude::*;

use super::Ui;
use crate::browser;
use crate::route::Route;
use crate::state::Action;

/// A real link, so that it can be opened in another tab; a plain click does not load the page anew.
pub(crate) fn link(ui: &Ui, class: &'static str, to: Route, content: Html) -> Html {
    let path = to.path();
    link_into(ui, class, to, path, content)
}

/// A link to a part of a place: `path` is the whole path.
pub(crate) fn link_into(ui: &Ui, class: &'static str, to: Route, path: String, content: Html) -> Html {
    let dispatch = ui.dispatch.clone();
    let href = path.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        if event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            browser::push_path(&path);
            dispatch.emit(Action::Go(to.clone()));
        }
    });
    html! { <a {class} {href} {onclick}>{ content }</a> }
}
