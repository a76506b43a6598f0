//! A host's panel: what it runs, how that goes, and its terminal.

use std::rc::Rc;

use trace::event::host::ExitStatus;
use trace::id::HostId;
use trace::lesson::ExerciseHost;
use yew::prelude::*;

use super::editor::Editor;
use super::terminal::Terminal;
use super::workbench::host_class;
use crate::app::{use_dispatch, use_words};
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::host::{Activity, Waiting};
use crate::state::run::Unheard;

/// What it shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct HostPanelProps {
    /// The open lesson.
    pub(crate) bench: Rc<Bench>,
    /// Which of its hosts.
    pub(crate) index: usize,
    /// Whether the page is dark.
    pub(crate) dark: bool,
    /// Whether it is the chosen one where there is room for one only.
    pub(crate) shown: bool,
}

/// The panel.
#[component]
pub(crate) fn HostPanel(props: &HostPanelProps) -> Html {
    let words = use_words();
    let dispatch = use_dispatch();
    let HostPanelProps { bench, index, dark, shown } = props.clone();
    let id = HostId(u16::try_from(index).unwrap_or(u16::MAX));
    let on_change = use_callback(dispatch.clone(), move |text, dispatch| dispatch.emit(Action::Edit(index, text)));
    let on_input = use_callback(dispatch.clone(), move |keys: String, dispatch| {
        dispatch.emit(Action::Type(id, keys.into_bytes()));
    });
    let on_resize = use_callback(dispatch.clone(), move |(cols, rows), dispatch| {
        dispatch.emit(Action::Resize(id, cols, rows));
    });
    let reset = Callback::from(move |_: MouseEvent| dispatch.emit(Action::Reset(index)));

    let (Some(host), Some(program)) = (bench.page.exercise.hosts.get(index), bench.programs.get(index)) else {
        return Html::default();
    };
    let now = bench.run.hosts.get(index).cloned().unwrap_or_default();
    // Once the text is another than the one that runs, the run's lines say nothing about it.
    let stale = program.differs_from_run();
    let line = now.line.filter(|_| !stale);
    let notes: Vec<(u32, String)> = if stale {
        vec![]
    } else {
        now.notes.iter().map(|(line, note)| (*line, (words.note)(note))).collect()
    };
    let unheard = bench.run.unheard.filter(|(host, _)| *host == id).map(|(_, why)| match why {
        Unheard::NothingRuns => words.nothing_runs,
        Unheard::HasEnded => words.program_has_ended,
    });
    let edited = (stale && bench.run.phase.is_active()).then_some(words.counts_at_next_run);
    let file = host.spec.program.clone();
    html! {
        <section class={classes!("host", host_class(index), shown.then_some("host-shown"))}
            aria-label={(words.host)(&host.spec.name)} data-testid="host-panel" data-host={host.spec.name.clone()}>
            <div class="host-head">
                <h2>{ &file }</h2>
                <span class="host-address">{ address(host) }</span>
                if bench.is_edited(index) {
                    <button type="button" class="reset" onclick={reset} aria-label={(words.reset_label)(&file)}
                        title={(words.reset_label)(&file)}>
                        { words.reset }
                    </button>
                }
                <span class={classes!("host-state", state_class(&now.activity))} data-testid="host-state">
                    if let Some(pid) = now.activity.pid() {
                        <span class="host-pid">{ format!("pid {pid} · ") }</span>
                    }
                    { (words.activity)(&now.activity) }
                </span>
            </div>
            <Editor file={file} text={program.text.clone()} revision={program.revision} {line} {notes} {dark} {on_change} />
            <div class="strip" role="status">{ unheard.or(edited).unwrap_or_default() }</div>
            <Terminal host={id} name={host.spec.name.clone()} log={bench.run.log.clone()} {dark} {on_input} {on_resize} />
        </section>
    }
}

fn address(host: &ExerciseHost) -> String {
    match host.port {
        Some(port) => format!("{}:{port}", host.spec.addr),
        None => host.spec.addr.to_string(),
    }
}

fn state_class(activity: &Activity) -> &'static str {
    match activity {
        Activity::Off | Activity::Booting => "state-off",
        Activity::Computing { .. } => "state-running",
        Activity::Blocked { waiting: Waiting::You, .. } => "state-yours",
        Activity::Blocked { .. } => "state-blocked",
        Activity::Ended(ExitStatus::Exited(0)) => "state-ended",
        Activity::Ended(_) => "state-failed",
    }
}
