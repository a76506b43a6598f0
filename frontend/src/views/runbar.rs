//! The bar over the programs: Run, Stop, where the run stands, and how the wire is set.

use yew::prelude::*;

use super::Ui;
use super::export::export;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::run::Phase;
use crate::state::scope::{Look, Panel};

/// The bar.
pub(crate) fn runbar(ui: &Ui, bench: &Bench, lesson_hidden: bool) -> Html {
    let words = ui.words;
    let run = &bench.run;
    let wire = &bench.wire();
    let more = wire.directions.len() + wire.rules.len();
    let active = run.phase.is_active();
    let phase = if run.stopping { words.stopping.to_owned() } else { (words.phase)(&run.phase) };
    let toggle = if lesson_hidden { words.show_lesson } else { words.hide_lesson };
    html! {
        <div class="bar">
            if run.phase != Phase::Recorded {
            <button type="button" class="button button-icon lesson-toggle" onclick={ui.press(Action::ToggleLesson)}
                aria-label={toggle} title={toggle} aria-expanded={(!lesson_hidden).to_string()}
                aria-controls="lesson-text">
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                    <rect x="1.7" y="2.7" width="12.6" height="10.6" rx="2" fill="none" stroke="currentColor" stroke-width="1.4" />
                    <path d="M6.3 3v10" stroke="currentColor" stroke-width="1.4" />
                    if !lesson_hidden { <path d="M2.5 3.5h3.2v9h-3.2z" fill="currentColor" opacity=".35" /> }
                </svg>
            </button>
            <button type="button" class="button button-primary" data-testid="run" onclick={ui.press(Action::Run)}
                title={words.run_shortcut} aria-keyshortcuts="Control+Enter">
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                    <path d="M4 2.4v11.2L13.4 8z" fill="currentColor" />
                </svg>
                { if active { words.run_again } else { words.run } }
            </button>
            <button type="button" class="button" data-testid="stop" onclick={ui.press(Action::Stop)}
                disabled={!active || run.stopping}>
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                    <rect x="3.5" y="3.5" width="9" height="9" rx="1.5" fill="currentColor" />
                </svg>
                <span class="label">{ words.stop }</span>
            </button>
            }
            <span class={classes!("phase", phase_class(&run.phase))} data-testid="phase" role="status">
                <span class="phase-dot" aria-hidden="true" />
                { phase }
            </span>
            <span class="spring" />
            { export(ui, run) }
            // A recording's wire is what it was; there is no desk to lead to.
            <button type="button" class="wire" data-testid="wire" disabled={run.phase == Phase::Recorded}
                onclick={ui.press(Action::Look(Look::Panel(Some(Panel::Wire))))}>
                <span>{ words.wire }</span>
                <b>{ (words.delay)(wire) }</b>
                <b>{ (words.loss)(wire) }</b>
                if more > 0 { <b>{ format!("+{more}") }</b> }
            </button>
        </div>
    }
}

fn phase_class(phase: &Phase) -> &'static str {
    match phase {
        Phase::Idle | Phase::Ended(_) | Phase::Recorded => "phase-rest",
        Phase::Connecting | Phase::Starting | Phase::Queued { .. } => "phase-soon",
        Phase::Live => "phase-live",
        Phase::Lost { .. } | Phase::Refused(_) | Phase::Failed(_) => "phase-bad",
    }
}
