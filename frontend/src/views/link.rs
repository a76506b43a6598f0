//! Links between the page's own places.

use yew::prelude::*;

use crate::app::use_dispatch;
use crate::browser;
use crate::route::Route;
use crate::state::Action;

/// A link.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LinkProps {
    /// Where it leads.
    pub(crate) to: Route,
    /// How it looks.
    #[prop_or_default]
    pub(crate) class: Classes,
    /// What it is called where its content does not say enough.
    #[prop_or_default]
    pub(crate) label: Option<AttrValue>,
    /// What is read.
    pub(crate) children: Html,
}

/// A real link, so that it can be opened in another tab; a plain click does not load the page anew.
#[component]
pub(crate) fn Link(props: &LinkProps) -> Html {
    let dispatch = use_dispatch();
    let to = props.to.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        if event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            browser::push(&to);
            dispatch.emit(Action::Go(to.clone()));
        }
    });
    html! {
        <a class={props.class.clone()} href={props.to.path()} aria-label={props.label.clone()} {onclick}>
            { props.children.clone() }
        </a>
    }
}
