//! Two runs side by side: where they come from, and how they differ.

use yew::prelude::*;

use crate::i18n::compare::{CompareWords, words};
use crate::route::run_of;
use crate::state::compare::{Compare, Side};
use crate::state::load::Load;
use crate::state::{Action, State};
use crate::views::Ui;
use crate::views::chooser::chooser;
use crate::views::el::el;
use crate::views::loading::{failure, loading};
use crate::views::scope;

/// The page.
pub(crate) fn compare(ui: &Ui, state: &State) -> Html {
    let words = words(ui.lang);
    let Compare { sides, .. } = &state.compare;
    let chosen =
        el("div").at("class", "compare-runs").all(sides.iter().enumerate().map(|(at, one)| side(ui, words, at, one)));
    let all = [chosen.into(), scope::comparison(ui, &state.compare, &state.scope_code)];
    html! {
        <main id="main" class="page page-wide" tabindex="-1">
            <h1>{ words.title }</h1>
            <p class="lead">{ words.text }</p>
            { for all }
        </main>
    }
}

/// One of the runs: which it is, and a file to take in its place.
fn side(ui: &Ui, words: &CompareWords, at: usize, side: &Side) -> Html {
    let dispatch = ui.dispatch.clone();
    let chosen = Callback::from(move |file| dispatch.emit(Action::CompareFile(at, file)));
    let label = format!("{}: {}", words.runs[at], ui.words.scope.choose_file);
    let state: Html = match &side.run {
        Some(Load::Failed(error)) => failure(ui, error),
        Some(Load::Loading) => loading(ui),
        _ => Html::default(),
    };
    let open = side.source.as_deref().and_then(run_of).map(|key| {
        let look = el("a").put("href", format!("/run/{key}")).at("target", "_blank").at("rel", "noopener");
        Html::from(look.text(words.open))
    });
    html! {
        <section class="drop" aria-label={words.runs[at]} data-testid={["compare-first", "compare-second"][at]}>
            <h2>{ words.runs[at] }</h2>
            <p class="drop-choose">{ chooser(ui, "compare-file", &label, chosen) }<span>{ &side.name }</span>{ open }</p>
            { state }
        </section>
    }
}
