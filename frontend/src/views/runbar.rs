//! The bar over the programs: Run, Stop, where the run stands, and how the wire is set.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::{use_dispatch, use_words};
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::run::Phase;

/// What it shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RunBarProps {
    /// The open lesson.
    pub(crate) bench: Rc<Bench>,
    /// Whether its text is hidden.
    pub(crate) lesson_hidden: bool,
    /// Hides it or shows it.
    pub(crate) on_toggle_lesson: Callback<MouseEvent>,
}

/// The bar.
#[component]
pub(crate) fn RunBar(props: &RunBarProps) -> Html {
    let words = use_words();
    let dispatch = use_dispatch();
    let run = &props.bench.run;
    let wire = &props.bench.page.exercise.wire;
    let active = run.phase.is_active();
    let press = |action: Action| {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(action.clone()))
    };
    let phase = if run.stopping { words.stopping.to_owned() } else { (words.phase)(&run.phase) };
    let toggle = if props.lesson_hidden { words.show_lesson } else { words.hide_lesson };
    html! {
        <div class="bar">
            <button type="button" class="button button-icon lesson-toggle" onclick={props.on_toggle_lesson.clone()}
                aria-label={toggle} title={toggle} aria-expanded={(!props.lesson_hidden).to_string()}
                aria-controls="lesson-text">
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                    <rect x="1.7" y="2.7" width="12.6" height="10.6" rx="2" fill="none" stroke="currentColor" stroke-width="1.4" />
                    <path d="M6.3 3v10" stroke="currentColor" stroke-width="1.4" />
                    if !props.lesson_hidden { <path d="M2.5 3.5h3.2v9h-3.2z" fill="currentColor" opacity=".35" /> }
                </svg>
            </button>
            <button type="button" class="button button-primary" data-testid="run" onclick={press(Action::Run)}
                title={words.run_shortcut} aria-keyshortcuts="Control+Enter">
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                    <path d="M4 2.4v11.2L13.4 8z" fill="currentColor" />
                </svg>
                { if active { words.run_again } else { words.run } }
            </button>
            <button type="button" class="button" data-testid="stop" onclick={press(Action::Stop)}
                disabled={!active || run.stopping}>
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                    <rect x="3.5" y="3.5" width="9" height="9" rx="1.5" fill="currentColor" />
                </svg>
                { words.stop }
            </button>
            <span class={classes!("phase", phase_class(&run.phase))} data-testid="phase" role="status">
                <span class="phase-dot" aria-hidden="true" />
                { phase }
            </span>
            <span class="spring" />
            <span class="wire" data-testid="wire">
                <span>{ words.wire }</span>
                <b>{ (words.delay)(wire) }</b>
                <b>{ (words.loss)(wire) }</b>
            </span>
        </div>
    }
}

fn phase_class(phase: &Phase) -> &'static str {
    match phase {
        Phase::Idle | Phase::Ended(_) => "phase-rest",
        Phase::Connecting | Phase::Starting => "phase-soon",
        Phase::Live => "phase-live",
        Phase::Lost { .. } | Phase::Refused(_) | Phase::Failed(_) => "phase-bad",
    }
}
