//! The editor of a program. Until its JavaScript is there, the text stands in its place.

use std::rc::Rc;

use trace::lesson::Lang;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use crate::i18n::Words;
use crate::lazy;
use crate::state::Action;
use crate::state::host::Line;

/// What it shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EditorProps {
    /// Which host's program it is.
    pub(crate) host: usize,
    /// The program's file.
    pub(crate) file: AttrValue,
    /// Its text.
    pub(crate) text: Rc<str>,
    /// Changes when the text is to be taken over; while a person types, the editor is ahead of us.
    pub(crate) revision: u32,
    /// The line the program is at.
    pub(crate) line: Option<Line>,
    /// Notes beside lines.
    pub(crate) notes: Vec<(u32, String)>,
    /// Whether it is there to be read only.
    #[prop_or_default]
    pub(crate) fixed: bool,
    /// Whether the page is dark.
    pub(crate) dark: bool,
    /// The language of its own words.
    pub(crate) lang: Lang,
    /// Where to say that the text was edited.
    pub(crate) dispatch: Callback<Action>,
}

/// A loaded editor, and what it calls.
struct Loaded {
    editor: lazy::Editor,
    _on_change: Closure<dyn Fn(String)>,
}

impl Drop for Loaded {
    fn drop(&mut self) {
        self.editor.destroy();
    }
}

/// The editor.
#[component]
pub(crate) fn Editor(props: &EditorProps) -> Html {
    let words = Words::of(props.lang);
    let place = use_node_ref();
    let loaded = use_state(|| None::<Rc<Loaded>>);
    {
        let (place, loaded) = (place.clone(), loaded.clone());
        let EditorProps { host, text, dark, dispatch, .. } = props.clone();
        use_effect_with((), move |()| {
            let on_change = Closure::new(move |text| dispatch.emit(Action::Edit(host, text)));
            spawn_local(async move {
                let Some(parent) = place.cast::<Element>() else { return };
                // Where it can't be loaded, the program can still be read and run as it stands.
                if let Ok(editor) = lazy::Editor::open(&parent, &text, dark, &on_change).await {
                    loaded.set(Some(Rc::new(Loaded { editor, _on_change: on_change })));
                }
            });
        });
    }
    let editor = (*loaded).as_ref().map(|loaded| loaded.editor.clone());
    let ready = editor.is_some();
    {
        let (editor, text) = (editor.clone(), props.text.clone());
        use_effect_with((ready, props.revision), move |_| on(editor, |editor| editor.set_doc(&text)));
    }
    {
        let (editor, label) = (editor.clone(), (words.editor)(&props.file));
        use_effect_with((ready, label), move |(_, label)| {
            on(editor, |editor| editor.set_words(label, words.editor_hint, words.editor_phrases));
        });
    }
    {
        let editor = editor.clone();
        use_effect_with((ready, props.dark), move |&(_, dark)| on(editor, |editor| editor.set_dark(dark)));
    }
    {
        let editor = editor.clone();
        use_effect_with((ready, props.fixed), move |&(_, fixed)| on(editor, |editor| editor.set_read_only(fixed)));
    }
    {
        let editor = editor.clone();
        use_effect_with((ready, props.line), move |&(_, line)| {
            let kind = if line.is_some_and(|line| line.blocked) { "blocked" } else { "running" };
            on(editor, |editor| editor.set_current_line(line.map_or(0, |line| line.number), kind));
        });
    }
    use_effect_with((ready, props.notes.clone()), move |(_, notes)| on(editor, |editor| editor.set_notes(notes)));
    html! {
        <div class="code">
            <div class="code-editor" ref={place} />
            if !ready { <pre class="code-plain" tabindex="0" aria-label={(words.editor)(&props.file)}>{ &*props.text }</pre> }
        </div>
    }
}

fn on(editor: Option<lazy::Editor>, act: impl FnOnce(&lazy::Editor)) {
    if let Some(editor) = editor {
        act(&editor);
    }
}
