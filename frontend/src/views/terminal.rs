//! A host's terminal.

use std::rc::Rc;

use trace::id::HostId;
use trace::lesson::Lang;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use crate::i18n::Words;
use crate::lazy;
use crate::state::Action;
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
    /// How many of them have happened at the moment that is looked at; `None` is all.
    pub(crate) upto: Option<usize>,
    /// Whether the page is dark.
    pub(crate) dark: bool,
    /// The language of its own words.
    pub(crate) lang: Lang,
    /// Where to say that keys were pressed, or that it has another size.
    pub(crate) dispatch: Callback<Action>,
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
    let words = Words::of(props.lang);
    let place = use_node_ref();
    let loaded = use_state(|| None::<Rc<Loaded>>);
    let written = use_mut_ref(|| (Log::default(), 0));
    {
        let (place, loaded) = (place.clone(), loaded.clone());
        let TerminalProps { host, dark, dispatch, .. } = props.clone();
        use_effect_with((), move |()| {
            let resized = dispatch.clone();
            let on_input = Closure::new(move |keys: String| dispatch.emit(Action::Type(host, keys.into_bytes())));
            let on_resize = Closure::new(move |cols, rows| resized.emit(Action::Resize(host, cols, rows)));
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
        use_effect_with((ready, props.log.clone(), props.upto), move |(_, log, upto)| {
            if let Some(terminal) = terminal {
                let upto = upto.unwrap_or_else(|| log.len());
                write(&terminal, host, written.replace((log.clone(), upto)), (log, upto));
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
            if props.log.len() == 0 { <p class="shell-hint">{ words.terminal_empty }</p> }
        </div>
    }
}

/// Shows what was printed since. A new run begins on an empty screen, and so does an earlier moment, unless nothing was
/// printed in between: a terminal that is filled anew has the browser lay out the whole page.
fn write(terminal: &lazy::Term, host: HostId, (before, shown): (Log, usize), (now, upto): (&Log, usize)) {
    let timeline = now.timeline();
    let same_run = now.same_run(&before);
    let from = if same_run && shown <= upto {
        shown
    } else if same_run && timeline.printed(host, upto..shown).next().is_none() {
        return;
    } else {
        terminal.clear();
        0
    };
    for bytes in timeline.printed(host, from..upto) {
        terminal.write(&bytes.0);
    }
}
