//! A recording: the workbench without a lesson and without anything to run.

use yew::prelude::*;

use crate::state::load::Load;
use crate::state::{Action, State};
use crate::views::Ui;
use crate::views::chooser::chooser;
use crate::views::loading::{failure, loading};
use crate::views::workbench::workbench;

/// The page; `named` says whether the address names a recording, which then is on its way.
pub(crate) fn recording(ui: &Ui, state: &State, named: bool) -> Html {
    match &state.bench {
        Load::Ready(bench) => html! {
            <main key="recording" id="main" class="lesson lesson-hidden" tabindex="-1">{ workbench(ui, bench, state.layout, &state.scope_code) }</main>
        },
        Load::Loading if named => {
            html! { <main id="main" class="page page-narrow" tabindex="-1">{ loading(ui) }</main> }
        }
        Load::Failed(error) => html! {
            <main id="main" class="page page-narrow" tabindex="-1">{ failure(ui, error) }{ place(ui) }</main>
        },
        Load::Loading => html! { <main id="main" class="page page-narrow" tabindex="-1">{ place(ui) }</main> },
    }
}

/// Where a file is chosen, or dropped.
fn place(ui: &Ui) -> Html {
    let words = ui.words.scope;
    let dispatch = ui.dispatch.clone();
    let chosen = Callback::from(move |file| dispatch.emit(Action::OpenFile(file)));
    let dispatch = ui.dispatch.clone();
    let ondrop = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        let files = event.data_transfer().and_then(|transfer| transfer.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            dispatch.emit(Action::OpenFile(file));
        }
    });
    let ondragover = Callback::from(|event: DragEvent| event.prevent_default());
    html! {
        <section class="drop" {ondrop} {ondragover} data-testid="drop">
            <h1>{ words.recording }</h1>
            <p class="lead">{ words.recording_text }</p>
            <p class="drop-choose">{ chooser(ui, "recording-file", words.choose_file, chosen) }</p>
        </section>
    }
}
