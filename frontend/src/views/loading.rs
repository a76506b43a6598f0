//! What stands where data will be, or could not be had.

use yew::prelude::*;

use super::Ui;
use super::el::el;
use crate::state::Action;
use crate::state::load::LoadError;
use crate::state::run::Phase;

/// It is on its way.
pub(crate) fn loading(ui: &Ui) -> Html {
    html! {
        <>
            <p class="loading" role="status">{ ui.words.loading }</p>
            { slow(ui) }
        </>
    }
}

/// Shown by the stylesheet when it stands there for some seconds.
fn slow(ui: &Ui) -> Html {
    el("p").at("class", "slow").at("data-testid", "slow").text(ui.words.slow).into()
}

/// What stands where a run's ladder will be, by how far the run is.
pub(crate) fn ladder_place(ui: &Ui, phase: &Phase) -> Html {
    let words = ui.words;
    let (title, text): (_, Html) = match phase {
        Phase::Queued { ahead } => (words.queue, (words.queue_text)(*ahead).into()),
        phase if phase.is_active() => (words.ladder_waits, slow(ui)),
        Phase::Ended(_) | Phase::Refused(_) | Phase::Failed(_) => {
            (words.ladder_nothing, words.ladder_empty_text.into())
        }
        _ => (words.ladder_empty, words.ladder_empty_text.into()),
    };
    html! {
        <div class="scope-empty" data-testid="ladder-empty">
            <svg class="scope-picture" viewBox="0 0 120 56" aria-hidden="true" focusable="false">
                <path d="M14 2v52M106 2v52" />
                <path class="scope-packet" d="M18 12L98 22M102 30L22 40" />
                <path class="scope-tip" d="M102 22.5l-7 -3.6l-0.8 5.8zM18 40.5l7 -3.7l0.8 5.8z" />
            </svg>
            <p class="scope-title">{ title }</p>
            <div>{ text }</div>
        </div>
    }
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
