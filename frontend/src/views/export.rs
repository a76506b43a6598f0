//! What of a run can be taken away: files in other tools' formats, and a link for others to look at it.

use yew::prelude::*;

use super::Ui;
use super::el::{el, icon};
use crate::browser;
use crate::route::{Route, recording_of};
use crate::state::Action;
use crate::state::run::Run;
use crate::state::scope::{Look, Picture};

/// The menu; nothing as long as nothing has happened. A run that the server does not know is a picture only.
pub(crate) fn export(ui: &Ui, run: &Run) -> Html {
    if run.log.len() == 0 {
        return Html::default();
    }
    let words = ui.words;
    let picture = |picture: Picture, name: &'static str, what: &'static str| {
        let save = ui.press(Action::Look(Look::Save(Some(picture))));
        let button = el("button").at("type", "button").at("data-testid", name).onclick(&save).text(what);
        el("li").with(button).into()
    };
    let pictures: [Html; 2] =
        [picture(Picture::Svg, "save-svg", words.export_svg), picture(Picture::Png, "save-png", words.export_png)];
    html! {
        <details class="menu" data-testid="export">
            <summary class="button">
                { Html::from(icon("M7.2 2h1.6v6.2l2.3-2.3 1.1 1.1L8 11.2 3.8 7l1.1-1.1 2.3 2.3zM3 12.4h10V14H3z")) }
                <span class="label">{ words.export }</span>
            </summary>
            <ul>
                { run.link().map(|link| files(ui, run, link)) }
                { for pictures }
            </ul>
        </details>
    }
}

/// What the server makes of a run.
fn files(ui: &Ui, run: &Run, link: &str) -> Html {
    let words = ui.words;
    let file = |format: &str, what: &'static str| {
        html! { <li><a href={format!("/api/runs/{link}/{format}")} download="">{ what }</a></li> }
    };
    let address = browser::address(&format!("/run/{link}"));
    let copied = run.copied == address;
    let compare = Route::Compare([Some(recording_of(link)), None]).path();
    let with_another = crate::i18n::compare::words(ui.lang).with_another;
    html! {
        <>
            { file("pcapng", words.export_pcapng) }
            { file("strace", words.export_strace) }
            { file("jsonl", words.export_jsonl) }
            { file("recording", words.export_recording) }
            { file("html", words.export_html) }
            <li><a href={compare} data-testid="compare">{ with_another }</a></li>
            <li>
                <button type="button" onclick={ui.press(Action::Copy(address))}>
                    { if copied { words.link_copied } else { words.export_link } }
                </button>
            </li>
        </>
    }
}
