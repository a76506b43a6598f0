//! The page for addresses that lead nowhere.

use yew::prelude::*;

use crate::app::use_words;
use crate::route::Route;
use crate::views::link::Link;

/// Says that there is nothing here, and where there is something.
#[component]
pub(crate) fn Missing() -> Html {
    let words = use_words();
    html! {
        <main id="main" class="page page-narrow" tabindex="-1">
            <h1>{ words.not_found }</h1>
            <p class="lead">{ words.not_found_text }</p>
            <p><Link class="button button-primary" to={Route::Home}>{ words.to_lessons }</Link></p>
        </main>
    }
}
