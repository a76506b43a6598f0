//! The workbench: run bar, hosts, ladder.

use std::rc::Rc;

use yew::prelude::*;

use super::banner::Banner;
use super::host::HostPanel;
use super::runbar::RunBar;
use super::status::Status;
use crate::app::use_words;
use crate::state::bench::Bench;

/// What it shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WorkbenchProps {
    /// The open lesson.
    pub(crate) bench: Rc<Bench>,
    /// Whether the page is dark.
    pub(crate) dark: bool,
    /// Whether the lesson's text is hidden.
    pub(crate) lesson_hidden: bool,
    /// Hides it or shows it.
    pub(crate) on_toggle_lesson: Callback<MouseEvent>,
}

/// The workbench.
#[component]
pub(crate) fn Workbench(props: &WorkbenchProps) -> Html {
    let words = use_words();
    let shown = use_state(|| 0_usize);
    let bench = &props.bench;
    let hosts = &bench.page.exercise.hosts;
    let tab = |index: usize, program: &str| {
        let (shown, chosen) = (shown.clone(), *shown == index);
        let onclick = Callback::from(move |_: MouseEvent| shown.set(index));
        html! {
            <button type="button" class={classes!("tab", host_class(index))} aria-pressed={chosen.to_string()} {onclick}>
                { program.to_owned() }
            </button>
        }
    };
    html! {
        <section class="workbench" aria-label={words.workbench}>
            <RunBar bench={bench.clone()} lesson_hidden={props.lesson_hidden}
                on_toggle_lesson={props.on_toggle_lesson.clone()} />
            <Banner run={bench.run.clone()} />
            // Only on narrow screens, where one host at a time is shown.
            <div class="tabs" role="group" aria-label={words.hosts}>
                { for hosts.iter().enumerate().map(|(index, host)| tab(index, &host.spec.program)) }
            </div>
            <div class={classes!("hosts", (hosts.len() > 2).then_some("hosts-many"))}>
                { for (0..hosts.len()).map(|index| html! {
                    <HostPanel key={index} bench={bench.clone()} {index} dark={props.dark} shown={*shown == index} />
                }) }
            </div>
            <section class="scope" aria-label={words.ladder} data-testid="ladder">{ ladder(bench, words) }</section>
            <Status run={bench.run.clone()} />
        </section>
    }
}

fn ladder(bench: &Bench, words: &crate::i18n::Words) -> Html {
    if bench.run.log.len() > 0 {
        return Html::default();
    }
    let (title, text) = if bench.run.phase.is_active() {
        (words.ladder_waits, "")
    } else {
        (words.ladder_empty, words.ladder_empty_text)
    };
    html! {
        <div class="scope-empty">
            <svg class="scope-picture" viewBox="0 0 120 56" aria-hidden="true" focusable="false">
                <path d="M14 2v52M106 2v52" />
                <path class="scope-packet" d="M18 12L98 22M102 30L22 40" />
                <path class="scope-head" d="M102 22.5l-7 -3.6l-0.8 5.8zM18 40.5l7 -3.7l0.8 5.8z" />
            </svg>
            <p class="scope-title">{ title }</p>
            <p>{ text }</p>
        </div>
    }
}

/// The class that carries a host's colour.
pub(crate) fn host_class(index: usize) -> String {
    format!("host-{}", index % 6)
}
