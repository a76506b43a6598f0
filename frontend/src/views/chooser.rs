//! A file of the learner's own, chosen from a button that speaks the page's language: the browser's speaks its own.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::Ui;

/// The button, by its name for tests. `label` says what the file is, for those who do not see where the button stands.
pub(crate) fn chooser(ui: &Ui, name: &'static str, label: &str, chosen: Callback<File>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let files = event.target_dyn_into::<HtmlInputElement>().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            chosen.emit(file);
        }
    });
    html! {
        <label class="chooser">
            <span class="button" aria-hidden="true">{ ui.words.scope.choose }</span>
            <input class="unseen" type="file" accept=".socklab" aria-label={format!("{}: {label}", ui.words.scope.choose)} data-testid={name} {onchange} />
        </label>
    }
}
