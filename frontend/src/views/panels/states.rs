//! The TCP states of both ends, and who waits in the queues of a listening socket.

use yew::prelude::*;

use super::Moment;
use crate::state::bench::Bench;
use crate::views::Ui;

/// The panel.
pub(crate) fn states(ui: &Ui, _bench: &Bench, _moment: &Moment<'_>) -> Html {
    html! { <p class="panel-empty">{ ui.words.scope.panel_empty }</p> }
}
