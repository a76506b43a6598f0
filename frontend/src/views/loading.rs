//! What stands where data will be, or could not be had.

use yew::prelude::*;

use crate::app::{use_dispatch, use_words};
use crate::state::Action;
use crate::state::load::LoadError;

/// It is on its way.
#[component]
pub(crate) fn Loading() -> Html {
    let words = use_words();
    html! { <p class="loading" role="status">{ words.loading }</p> }
}

/// What went wrong.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FailureProps {
    /// Why there is nothing to show.
    pub(crate) error: LoadError,
}

/// It could not be had; it can be asked for again.
#[component]
pub(crate) fn Failure(props: &FailureProps) -> Html {
    let words = use_words();
    let dispatch = use_dispatch();
    let retry = Callback::from(move |_: MouseEvent| dispatch.emit(Action::Reload));
    html! {
        <div class="failure" role="alert" data-testid="banner">
            <p>{ (words.load_error)(&props.error) }</p>
            if props.error != LoadError::Missing {
                <button type="button" class="button" onclick={retry}>{ words.try_again }</button>
            }
        </div>
    }
}
