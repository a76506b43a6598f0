//! The line under the ladder: how much there is to see, and whether more will come.

use trace::time::{Nanos, Readable};
use yew::prelude::*;

use super::Ui;
use crate::state::run::{Phase, Run};

/// The line.
pub(crate) fn status(ui: &Ui, run: &Run) -> Html {
    let words = ui.words;
    let state = match run.phase {
        Phase::Live => Some((words.live, true)),
        Phase::Ended(_) => Some((words.ended, false)),
        _ => None,
    };
    let cause = match &run.phase {
        Phase::Ended(cause) => (words.cause)(cause),
        _ => String::new(),
    };
    html! {
        <footer class="foot">
            <span class="foot-cause">{ cause }</span>
            <span class="spring" />
            if run.log.len() > 0 {
                <span>{ Readable(run.log.now().since(Nanos::ZERO)).to_string() }</span>
                <span>{ (words.events)(run.log.len()) }</span>
            }
            if let Some((state, live)) = state {
                <span class={classes!("foot-state", live.then_some("foot-live"))}>{ state }</span>
            }
        </footer>
    }
}
