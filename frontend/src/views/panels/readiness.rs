//! What descriptors are ready for, and what was asked and answered about them.

use yew::prelude::*;

use super::Moment;
use crate::state::bench::Bench;
use crate::views::Ui;

/// The panel.
pub(crate) fn readiness(ui: &Ui, _bench: &Bench, _moment: &Moment<'_>) -> Html {
    html! { <p class="panel-empty">{ ui.words.scope.panel_empty }</p> }
}
