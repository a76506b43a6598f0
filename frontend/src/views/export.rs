//! What of a run can be taken away: files in other tools' formats, and a link for others to look at it.

use yew::prelude::*;

use super::Ui;
use crate::browser;
use crate::state::Action;
use crate::state::run::Run;

/// The menu; nothing as long as there is no run that the server knows.
pub(crate) fn export(ui: &Ui, run: &Run) -> Html {
    let (Some(link), true) = (run.link(), run.log.len() > 0) else { return Html::default() };
    let words = ui.words;
    let file = |format: &str, what: &'static str| {
        html! { <li><a href={format!("/api/runs/{link}/{format}")} download="">{ what }</a></li> }
    };
    let address = browser::address(&format!("/run/{link}"));
    html! {
        <details class="menu" data-testid="export">
            <summary class="button">{ words.export }</summary>
            <ul>
                { file("pcapng", words.export_pcapng) }
                { file("strace", words.export_strace) }
                { file("jsonl", words.export_jsonl) }
                { file("recording", words.export_recording) }
                { file("html", words.export_html) }
                <li>
                    <button type="button" onclick={ui.press(Action::Copy(address))}>
                        { if run.copied { words.link_copied } else { words.export_link } }
                    </button>
                </li>
            </ul>
        </details>
    }
}
