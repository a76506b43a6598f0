//! What a person has to know before going on: a refusal, a lost connection, a limit.

use trace::event::host::Cause;
use yew::prelude::*;

use super::Ui;
use crate::browser;
use crate::i18n::Words;
use crate::state::Action;
use crate::state::run::{Phase, Run, Trouble};

/// How urgent it is.
#[derive(Clone, Copy, PartialEq)]
enum Tone {
    /// Something did not work.
    Bad,
    /// Something is being mended, or worth knowing.
    Note,
}

/// The banner, if there is something to say.
pub(crate) fn banner(ui: &Ui, run: &Run) -> Html {
    let words = ui.words;
    let Some((tone, sentence)) = sentence(run, words) else { return Html::default() };
    let reload = Callback::from(|_: MouseEvent| browser::reload());
    let class = if tone == Tone::Bad { "banner-bad" } else { "banner-note" };
    html! {
        <div class={classes!("banner", class)} role="alert" data-testid="banner">
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                <circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.5" />
                <path d="M8 4.4v4.4" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" />
                <circle cx="8" cy="11.4" r="1" fill="currentColor" />
            </svg>
            <p>{ sentence }</p>
            if run.phase == Phase::Failed(Trouble::OtherVersion) {
                <button type="button" class="button" onclick={reload}>{ words.reload }</button>
            }
            if matches!(run.phase, Phase::Lost { .. }) {
                <button type="button" class="button" data-testid="reconnect" onclick={ui.press(Action::Reconnect)}>
                    { words.reconnect }
                </button>
            }
            if run.notice.is_some() {
                <button type="button" class="button" onclick={ui.press(Action::Dismiss)}>{ words.dismiss }</button>
            }
        </div>
    }
}

fn sentence(run: &Run, words: &Words) -> Option<(Tone, String)> {
    Some(match &run.phase {
        Phase::Refused(refusal) => (Tone::Bad, (words.refusal)(refusal)),
        Phase::Failed(trouble) => (Tone::Bad, (words.trouble)(trouble)),
        Phase::Lost { .. } => (Tone::Note, words.connection_lost.into()),
        Phase::Ended(cause @ (Cause::Limit(_) | Cause::Shutdown | Cause::Unwatched(_))) => {
            (Tone::Note, (words.cause)(cause))
        }
        Phase::Ended(cause @ Cause::Failed(_)) => (Tone::Bad, (words.cause)(cause)),
        _ => (Tone::Note, (words.refusal)(run.notice.as_ref()?)),
    })
}
