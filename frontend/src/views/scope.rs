//! Where a run is looked at: ladder, panels, the bar of time. Its code is half of the page's, and nobody
//! needs it before there is a lesson to read; so it is a part of its own that is loaded after the rest.

use std::cell::Cell;

use wasm_split_helpers::{SplitLoaderError, wasm_split};
use yew::prelude::*;

use super::Ui;
use super::compare::compared;
use super::el::el;
use super::in_flight::in_flight;
use super::ladder::Ladder;
use super::loading::{failure, ladder_place, loading};
use super::pace::{Paced, paced};
use super::panels::panels;
use super::timebar::timebar;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::compare::Compare;
use crate::state::load::Load;
use crate::state::scope::Look;

/// What draws the scope, and what draws two runs side by side.
type Draw = (fn(&Ui, &Bench) -> Html, fn(&Ui, &Compare) -> Html);

thread_local! {
    /// The way into the part, once it is there.
    static DRAW: Cell<Option<Draw>> = const { Cell::new(None) };
}

/// Loads the part, unless it is there.
pub(crate) async fn fetch() -> Result<(), SplitLoaderError> {
    DRAW.set(Some(part().await?));
    Ok(())
}

/// The scope, or what stands there before its code has come.
pub(crate) fn scope(ui: &Ui, bench: &Bench, code: &Load<()>) -> Html {
    match (code, DRAW.get()) {
        (Load::Failed(error), _) => failure(ui, error),
        (Load::Ready(()), Some((draw, _))) => draw(ui, bench),
        _ => el("div").at("class", "scope-empty").with(loading(ui)).into(),
    }
}

/// Two runs side by side, or what stands there before its code has come.
pub(crate) fn comparison(ui: &Ui, state: &Compare, code: &Load<()>) -> Html {
    match (code, DRAW.get()) {
        (Load::Failed(error), _) => failure(ui, error),
        (Load::Ready(()), Some((_, draw))) => draw(ui, state),
        _ => loading(ui),
    }
}

/// Where the part begins: nothing else in the page names what it returns.
#[wasm_split(scope, fallible)]
#[allow(clippy::unnecessary_wraps)] // it fails where it is called: the part may not come
fn part() -> Result<Draw, SplitLoaderError> {
    Ok((draw, compared))
}

fn draw(ui: &Ui, bench: &Bench) -> Html {
    html! {
        <>
            <div class={classes!("scope", bench.scope.panel.map(|_| "scope-with-panel"))}>
                <section class="scope-ladder" aria-label={ui.words.ladder} data-testid="ladder">
                    { ladder(ui, bench) }
                    { in_flight(ui, bench) }
                </section>
                <div class="scope-side">{ panels(ui, bench) }</div>
                { timebar(ui, bench) }
            </div>
            if bench.scope.keys { { keys(ui) } }
        </>
    }
}

fn ladder(ui: &Ui, bench: &Bench) -> Html {
    if bench.run.log.len() > 0 {
        let scope = &bench.scope;
        return paced(Paced::Ladder, ui, bench, || {
            html! {
                <Ladder log={bench.run.log.clone()} lang={ui.lang} options={scope.ladder} cursor={scope.cursor.seq()}
                    selected={scope.selected} saving={scope.saving} dispatch={ui.dispatch.clone()} />
            }
        });
    }
    ladder_place(ui, &bench.run.phase)
}

/// All keys that the page listens to, on top of everything else.
fn keys(ui: &Ui) -> Html {
    let words = ui.words.scope;
    let key = |(key, does): &(&'static str, &'static str)| {
        [el("dt").with(el("kbd").text(*key)).into(), el("dd").text(*does).into()]
    };
    let dialog = el("section")
        .at("class", "dialog")
        .at("role", "dialog")
        .at("aria-modal", "true")
        .at("aria-labelledby", "keys-title")
        .at("data-testid", "keys-dialog")
        .with(el("h2").at("id", "keys-title").text(words.show_keys))
        .with(el("dl").at("class", "keys").all(words.keys.iter().flat_map(key)))
        .with(el("button").at("type", "button").at("class", "button").at("id", "keys-close").text(words.close));
    el("div").at("class", "dialog-ground").onclick(&ui.press(Action::Look(Look::Keys(false)))).with(dialog).into()
}
