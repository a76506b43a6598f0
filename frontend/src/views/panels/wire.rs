//! The wire: how it treats frames, and those that it holds.

use yew::prelude::*;

use super::Moment;
use crate::state::bench::Bench;
use crate::views::Ui;

/// The panel.
pub(crate) fn wire(ui: &Ui, _bench: &Bench, _moment: &Moment<'_>) -> Html {
    html! { <p class="panel-empty">{ ui.words.scope.panel_empty }</p> }
}
