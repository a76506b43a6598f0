//! A host's terminal.

use std::rc::Rc;

use trace::event::Fact;
use trace::id::HostId;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use crate::app::use_words;
use crate::lazy;
use crate::state::log::Log;

/// What it shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TerminalProps {
    /// The host.
    pub(crate) host: HostId,
    /// Its name.
    pub(crate) name: AttrValue,
    /// The run's events; the terminal shows what was printed on its host.
    pub(crate) log: Log,
    /// Whether the page is dark.
    pub(crate) dark: bool,
    /// Keys were pressed.
    pub(crate) on_input: Callback<String>,
    /// It has another size now: columns, rows.
    pub(crate) on_resize: Callback<(u16, u16)>,
}

/// A loaded terminal, and what it calls.
struct Loaded {
    terminal: lazy::Term,
    _on_input: Closure<dyn Fn(String)>,
    _on_resize: Closure<dyn Fn(u16, u16)>,
}

impl Drop for Loaded {
    fn drop(&mut self) {
        self.terminal.destroy();
    }
}

/// The terminal.
#[component]
pub(crate) fn Terminal(props: &TerminalProps) -> Html {
    let words = use_words();
    let place = use_node_ref();
    let loaded = use_state(|| None::<Rc<Loaded>>);
    let written = use_mut_ref(Log::default);
    {
        let (place, loaded) = (place.clone(), loaded.clone());
        let TerminalProps { dark, on_input, on_resize, .. } = props.clone();
        use_effect_with((), move |()| {
            let on_input = Closure::new(move |keys| on_input.emit(keys));
            let on_resize = Closure::new(move |cols, rows| on_resize.emit((cols, rows)));
            spawn_local(async move {
                let Some(parent) = place.cast::<Element>() else { return };
                if let Ok(terminal) = lazy::Term::open(&parent, dark, &on_input, &on_resize).await {
                    loaded.set(Some(Rc::new(Loaded { terminal, _on_input: on_input, _on_resize: on_resize })));
                }
            });
        });
    }
    let terminal = (*loaded).as_ref().map(|loaded| loaded.terminal.clone());
    let ready = terminal.is_some();
    {
        let (terminal, host) = (terminal.clone(), props.host);
        use_effect_with((ready, props.log.clone()), move |(_, log)| {
            if let Some(terminal) = terminal {
                write(&terminal, host, &written.replace(log.clone()), log);
            }
        });
    }
    {
        let (terminal, label) = (terminal.clone(), (words.terminal)(&props.name));
        use_effect_with((ready, label), move |(_, label)| {
            if let Some(terminal) = terminal {
                terminal.set_label(label);
            }
        });
    }
    use_effect_with((ready, props.dark), move |&(_, dark)| {
        if let Some(terminal) = terminal {
            terminal.set_dark(dark);
        }
    });
    html! {
        <div class="shell" role="group" aria-label={(words.terminal)(&props.name)} data-testid="terminal">
            <div class="shell-screen" ref={place} />
        </div>
    }
}

/// Shows what was printed since; a new run begins on an empty screen.
fn write(terminal: &lazy::Term, host: HostId, before: &Log, now: &Log) {
    let from = if now.same_run(before) {
        before.len()
    } else {
        terminal.clear();
        0
    };
    for event in &now.events()[from..] {
        match &event.fact {
            Fact::Printed { host: printed, bytes } if *printed == host => terminal.write(&bytes.0),
            _ => {}
        }
    }
}
