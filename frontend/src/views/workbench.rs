//! The workbench: run bar, hosts, scope.

use yew::prelude::*;

use super::Ui;
use super::banner::banner;
use super::host::panel;
use super::runbar::runbar;
use super::scope::scope;
use super::status::status;
use super::visitor::visitor;
use crate::state::bench::Bench;
use crate::state::load::Load;
use crate::state::{Action, Layout};

/// The workbench.
pub(crate) fn workbench(ui: &Ui, bench: &Bench, layout: Layout, drawing: &Load<()>) -> Html {
    let words = ui.words;
    let hosts = &bench.page.exercise.hosts;
    let visited = bench.page.exercise.visitor.is_some();
    let tab = |index: usize, program: &str| {
        html! {
            <button type="button" class={classes!("tab", host_class(index))} onclick={ui.press(Action::ShowHost(index))}
                aria-pressed={(layout.host == index).to_string()}>
                { program.to_owned() }
            </button>
        }
    };
    html! {
        <section class="workbench" aria-label={words.workbench}>
            { runbar(ui, bench, layout.lesson_hidden) }
            { banner(ui, &bench.run) }
            // Only on narrow screens, where one host at a time is shown.
            <div class="tabs" role="group" aria-label={words.hosts}>
                { for hosts.iter().enumerate().map(|(index, host)| tab(index, &host.spec.program)) }
                if visited { { tab(hosts.len(), words.visitor) } }
            </div>
            <div class={classes!("hosts", (hosts.len() + usize::from(visited) > 2).then_some("hosts-many"))}>
                { for (0..hosts.len()).map(|index| panel(ui, bench, index, layout.host == index)) }
                { visitor(ui, bench, layout.host == hosts.len()) }
            </div>
            { scope(ui, bench, drawing) }
            { status(ui, &bench.run) }
        </section>
    }
}

/// The class that carries a host's colour.
pub(crate) fn host_class(index: usize) -> String {
    format!("host-{}", index % 6)
}
