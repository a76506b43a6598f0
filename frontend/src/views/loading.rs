//! What stands where data will be, or could not be had.

use yew::prelude::*;

use super::Ui;
use crate::state::Action;
use crate::state::load::LoadError;

/// It is on its way.
pub(crate) fn loading(ui: &Ui) -> Html {
    html! { <p class="loading" role="status">{ ui.words.loading }</p> }
}

/// It could not be had; it can be asked for again.
pub(crate) fn failure(ui: &Ui, error: &LoadError) -> Html {
    html! {
        <div class="failure" role="alert" data-testid="banner">
            <p>{ (ui.words.load_error)(error) }</p>
            <button type="button" class="button" onclick={ui.press(Action::Reload)}>{ ui.words.try_again }</button>
        </div>
    }
}
