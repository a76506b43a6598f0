//! Bytes on their way: send buffer, wire, receive buffer.

use yew::prelude::*;

use super::Moment;
use crate::state::bench::Bench;
use crate::views::Ui;

/// The panel.
pub(crate) fn buffers(ui: &Ui, _bench: &Bench, _moment: &Moment<'_>) -> Html {
    html! { <p class="panel-empty">{ ui.words.scope.panel_empty }</p> }
}
