//! The page for addresses that lead nowhere.

use yew::prelude::*;

use crate::route::Route;
use crate::views::Ui;
use crate::views::link::link;

/// Says that there is nothing here, and where there is something.
pub(crate) fn missing(ui: &Ui) -> Html {
    html! {
        <main id="main" class="page page-narrow" tabindex="-1">
            <h1>{ ui.words.not_found }</h1>
            <p class="lead">{ ui.words.not_found_text }</p>
            <p>{ link(ui, "button button-primary", Route::Home, ui.words.to_lessons.into()) }</p>
        </main>
    }
}
