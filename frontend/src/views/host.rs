//! A host's panel: what it runs, how that goes, and its terminal.

use trace::event::host::{Cause, ExitStatus};
use trace::id::HostId;
use trace::lesson::ExerciseHost;
use yew::prelude::*;

use super::Ui;
use super::editor::Editor;
use super::el::el;
use super::step;
use super::terminal::Terminal;
use super::workbench::host_class;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::host::{Activity, Waiting};
use crate::state::run::{Phase, Unheard};

/// The panel.
pub(crate) fn panel(ui: &Ui, bench: &Bench, index: usize, shown: bool) -> Html {
    let words = ui.words;
    let id = HostId(u16::try_from(index).unwrap_or(u16::MAX));
    let (Some(host), Some(program)) = (bench.page.exercise.hosts.get(index), bench.programs.get(index)) else {
        return Html::default();
    };
    let now = bench.hosts().get(index).cloned().unwrap_or_default();
    // Once the text is another than the one that runs, the run's lines say nothing about it.
    let stale = program.differs_from_run();
    let line = now.line.filter(|_| !stale);
    let notes: Vec<(u32, String)> =
        if stale { vec![] } else { now.notes.iter().map(|(line, note)| (*line, (words.note)(note))).collect() };
    let unheard = bench.run.unheard.filter(|(host, _)| *host == id).map(|(_, why)| match why {
        Unheard::NothingRuns => words.nothing_runs,
        Unheard::HasEnded => words.program_has_ended,
    });
    let edited = (stale && bench.run.phase.is_active()).then_some(words.counts_at_next_run);
    let file = host.spec.program.clone();
    let recorded = bench.run.phase == Phase::Recorded;
    // A recording of before the trace told of programs.
    let textless = recorded && program.text.is_empty();
    html! {
        <section key={index} class={classes!("host", host_class(index), shown.then_some("host-shown"),
                textless.then_some("host-recorded"))}
            aria-label={(words.host)(&host.spec.name)} data-testid="host-panel" data-host={host.spec.name.clone()}>
            <div class="host-head">
                <div class="host-what">
                    <h2>{ &file }</h2>
                    <span class="host-address">{ address(host) }</span>
                    { state(ui, &now.activity, &bench.run.phase) }
                </div>
                if bench.is_edited(index) {
                    <button type="button" class="reset" data-testid="reset" onclick={ui.press(Action::Reset(index))} aria-label={(words.reset_label)(&file)}
                        title={(words.reset_label)(&file)}>
                        { words.reset }
                    </button>
                }
                if program.has_other() {
                    { restore(ui, index) }
                }
                if !recorded { { step::choice(ui, bench, id) } }
            </div>
            if textless {
                <div class="code" />
            } else {
                <Editor host={index} file={file} text={program.text.clone()} revision={program.revision} {line} {notes}
                fixed={recorded} dark={ui.dark} lang={ui.lang} dispatch={ui.dispatch.clone()} />
            }
            <div class="strip-place">
                <div class="strip" role="status">{ unheard.or(edited).unwrap_or_default() }</div>
                { step::held(ui, bench, id, &now) }
            </div>
            <Terminal host={id} name={host.spec.name.clone()} log={bench.run.log.clone()}
                upto={bench.past.as_ref().map(|past| past.count)} dark={ui.dark} lang={ui.lang} dispatch={ui.dispatch.clone()} />
        </section>
    }
}

/// What the program is doing.
fn state(ui: &Ui, activity: &Activity, phase: &Phase) -> Html {
    let pid = activity.pid().map(|pid| el("span").at("class", "host-pid").text(format!("pid {pid} · ")).into());
    let words = el("span").at("class", state_class(activity, phase)).all(pid).text((ui.words.activity)(activity));
    el("span").at("class", "host-state").at("data-testid", "host-state").with(el("span").with(words)).into()
}

/// Brings back what the learner had.
fn restore(ui: &Ui, index: usize) -> Html {
    el("button")
        .at("type", "button")
        .at("class", "reset")
        .at("data-testid", "restore")
        .onclick(&ui.press(Action::Restore(index)))
        .text(ui.words.restore)
        .into()
}

fn address(host: &ExerciseHost) -> String {
    match host.port {
        Some(port) => format!("{}:{port}", host.spec.addr),
        None => host.spec.addr.to_string(),
    }
}

/// Whether the run ended its programs, and not they the run. The banner says why.
fn was_stopped(phase: &Phase) -> bool {
    matches!(phase, Phase::Ended(Cause::Stopped | Cause::Unwatched(_) | Cause::Shutdown | Cause::Limit(_)))
}

/// A program that was killed because its run was to end has not failed.
fn state_class(activity: &Activity, phase: &Phase) -> &'static str {
    match activity {
        Activity::Ended(ExitStatus::Signaled(_)) if was_stopped(phase) => "state-ended",
        Activity::Off | Activity::Booting | Activity::Compiling => "state-off",
        Activity::Computing { .. } => "state-running",
        Activity::Held { .. } | Activity::Blocked { waiting: Waiting::You, .. } => "state-yours",
        Activity::Blocked { .. } => "state-blocked",
        Activity::Ended(ExitStatus::Exited(0)) => "state-ended",
        Activity::Ended(_) | Activity::NotCompiled => "state-failed",
    }
}
