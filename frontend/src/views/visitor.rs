//! The learner's own visit to a run: a browser for their servers, and a console to type into a connection.

use trace::protocol::{HangUp, LineEnd};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::Ui;
use super::workbench::host_class;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::run::Phase;
use crate::state::visitor::{Console, Ending, Mode, Said, Visit};

/// The panel, the last one beside the hosts', where the exercise has a visitor.
pub(crate) fn visitor(ui: &Ui, bench: &Bench, shown: bool) -> Html {
    let Some(addr) = bench.page.exercise.visitor else { return Html::default() };
    let words = ui.words;
    let console = &bench.run.console;
    let live = bench.run.phase == Phase::Live;
    let mode = |mode: Mode, id: &'static str, name: &'static str| {
        html! {
            <button type="button" class="visitor-mode" data-testid={id} onclick={ui.press(Action::Visit(Visit::Mode(mode)))}
                aria-pressed={(console.mode == mode).to_string()}>{ name }</button>
        }
    };
    let go = submit(ui, Visit::Go);
    html! {
        <section class={classes!("host", "visitor", host_class(bench.page.exercise.hosts.len()), shown.then_some("host-shown"))}
            aria-label={words.visitor} data-testid="visitor">
            <div class="host-head">
                <div class="host-what">
                    <h2>{ words.visitor }</h2>
                    <span class="host-address">{ addr.to_string() }</span>
                </div>
                <div class="visitor-modes" role="group" aria-label={words.visitor}>
                    { mode(Mode::Browser, "visit-browser", words.visit_browser) }
                    { mode(Mode::Console, "visit-console", words.visit_console) }
                </div>
            </div>
            <form class="visitor-bar" onsubmit={go}>
                <input class="visitor-address" data-testid="visit-address" aria-label={words.visit_address}
                    placeholder={bench.usual_visit()} value={console.address.clone()} autocomplete="off" spellcheck="false"
                    aria-invalid={console.wrong.to_string()} oninput={typed(ui, Visit::Address)} />
                <button type="submit" class="button" data-testid="visit-go" disabled={!live}>
                    { if console.mode == Mode::Browser { words.visit_open } else { words.visit_connect } }
                </button>
            </form>
            if console.wrong { <p class="visitor-note" role="alert">{ words.visit_wrong }</p> }
            { if console.mode == Mode::Browser { browser(ui, bench) } else { talk(ui, console) } }
        </section>
    }
}

fn browser(ui: &Ui, bench: &Bench) -> Html {
    let console = &bench.run.console;
    let url = console.shown.as_ref().and_then(|(target, count)| {
        Some((format!("{}{}", bench.run.visit(target.addr, target.port)?, target.path), *count))
    });
    match url {
        // The answer says so itself as well; here it is said to whoever does not believe it.
        Some((src, count)) => html! {
            <iframe key={count} class="visitor-page" data-testid="visit-page" title={ui.words.visit_page}
                sandbox="allow-scripts allow-forms" referrerpolicy="no-referrer" {src} />
        },
        None => html! { <p class="visitor-note">{ ui.words.visit_empty }</p> },
    }
}

fn talk(ui: &Ui, console: &Console) -> Html {
    let words = ui.words;
    let closed = !console.is_open();
    let hang_up = |how, name: &'static str, title: &'static str| {
        html! {
            <button type="button" class="button" {title} disabled={closed}
                onclick={ui.press(Action::Visit(Visit::HangUp(how)))}>{ name }</button>
        }
    };
    let ending = {
        let dispatch = ui.dispatch.clone();
        Callback::from(move |event: Event| {
            let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            let ending = usize::try_from(index).ok().and_then(|index| Ending::ALL.get(index).copied());
            dispatch.emit(Action::Visit(Visit::Ending(ending.unwrap_or_default())));
        })
    };
    html! {
        <>
            if console.said.is_empty() {
                <p class="visitor-note">{ words.talk_empty }</p>
            } else {
                <div class="visitor-talk" data-testid="visit-talk" role="log" tabindex="0" aria-label={words.visit_console}>
                    { for console.said.iter().map(|said| line(ui, said)) }
                </div>
            }
            <form class="visitor-bar" onsubmit={submit(ui, Visit::Send)}>
                <input class="visitor-address" data-testid="visit-text" aria-label={words.talk_text} autocomplete="off"
                    spellcheck="false" value={console.text.clone()} oninput={typed(ui, Visit::Text)} />
                <select aria-label={words.talk_ending} onchange={ending}>
                    { for Ending::ALL.map(|ending| html! {
                        <option selected={ending == console.ending}>{ match ending {
                            Ending::CrLf => "CR LF",
                            Ending::Lf => "LF",
                            Ending::None => words.talk_no_ending,
                        } }</option>
                    }) }
                </select>
                <button type="submit" class="button" data-testid="visit-send" disabled={closed}>{ words.talk_send }</button>
                { hang_up(HangUp::Half, "FIN", words.talk_half) }
                { hang_up(HangUp::Close, "close", words.talk_close) }
                { hang_up(HangUp::Reset, "RST", words.talk_reset) }
            </form>
        </>
    }
}

fn line(ui: &Ui, said: &Said) -> Html {
    let words = ui.words;
    let (class, text) = match said {
        Said::Dialled(addr, port) => ("visitor-told", format!("connect {addr}:{port}")),
        Said::Open(port) => ("visitor-told", (words.talk_open)(*port)),
        Said::Sent(bytes) => ("visitor-sent", format!("→ {}", shown(&bytes.0))),
        Said::Heard(bytes) => ("visitor-heard", format!("← {}", shown(&bytes.0))),
        Said::HalfClosed => ("visitor-told", words.talk_half_closed.into()),
        Said::PeerClosed => ("visitor-told", words.talk_peer_closed.into()),
        Said::Ended(end) => (
            "visitor-told",
            match end {
                LineEnd::HungUp => words.talk_ended.into(),
                LineEnd::Failed(errno) => format!("{errno}: {}", errno.meaning()),
                LineEnd::NoAnswer => words.talk_no_answer.into(),
                LineEnd::NoRun => words.nothing_runs.into(),
                LineEnd::TooMuch { limit } => (words.talk_too_much)(*limit),
            },
        ),
    };
    html! { <div {class}>{ text }</div> }
}

/// Bytes as text, line ends and all: written as in programs, because few fonts have signs for them.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\r', "\\r").replace('\n', "\\n\n");
    text.trim_end_matches('\n').to_owned()
}

fn typed(ui: &Ui, visit: fn(String) -> Visit) -> Callback<InputEvent> {
    let dispatch = ui.dispatch.clone();
    Callback::from(move |event: InputEvent| {
        dispatch.emit(Action::Visit(visit(event.target_unchecked_into::<HtmlInputElement>().value())));
    })
}

fn submit(ui: &Ui, visit: Visit) -> Callback<SubmitEvent> {
    let dispatch = ui.dispatch.clone();
    Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        dispatch.emit(Action::Visit(visit.clone()));
    })
}
