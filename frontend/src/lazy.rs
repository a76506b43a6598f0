//! Editor and terminal: JavaScript that is loaded when a page first asks for it. The classes are in `static/editor`
//! and `static/terminal`; here is what the page uses of them.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/src/lazy.js")]
extern "C" {
    /// Loads a module and makes one of its classes.
    #[wasm_bindgen(catch)]
    async fn create(module: &str, name: &str, parent: &Element, options: &Object) -> Result<JsValue, JsValue>;

    /// Unpacks a recording.
    #[wasm_bindgen(catch)]
    pub(crate) async fn unpack(packed: &Uint8Array) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// The class `Editor` of static/editor/editor.js.
    #[derive(Clone, Debug)]
    pub(crate) type Editor;
    #[wasm_bindgen(method, js_name = setDoc)]
    pub(crate) fn set_doc(this: &Editor, text: &str);
    #[wasm_bindgen(method, js_name = setCurrentLine)]
    pub(crate) fn set_current_line(this: &Editor, line: u32, kind: &str);
    #[wasm_bindgen(method, js_name = setNotes)]
    fn set_notes_array(this: &Editor, notes: &Array);
    #[wasm_bindgen(method, js_name = setWords)]
    fn set_words_object(this: &Editor, words: &Object);
    #[wasm_bindgen(method, js_name = setDark)]
    pub(crate) fn set_dark(this: &Editor, dark: bool);
    #[wasm_bindgen(method, js_name = setReadOnly)]
    pub(crate) fn set_read_only(this: &Editor, read_only: bool);
    #[wasm_bindgen(method)]
    pub(crate) fn destroy(this: &Editor);

    /// The class `Term` of static/terminal/terminal.js.
    #[derive(Clone, Debug)]
    pub(crate) type Term;
    #[wasm_bindgen(method, js_name = write)]
    fn write_array(this: &Term, bytes: &Uint8Array);
    #[wasm_bindgen(method)]
    pub(crate) fn clear(this: &Term);
    #[wasm_bindgen(method, js_name = setLabel)]
    pub(crate) fn set_label(this: &Term, label: &str);
    #[wasm_bindgen(method, js_name = setDark)]
    pub(crate) fn set_dark(this: &Term, dark: bool);
    #[wasm_bindgen(method)]
    pub(crate) fn destroy(this: &Term);
}

impl Editor {
    /// Makes an editor that fills `parent`.
    pub(crate) async fn open(
        parent: &Element,
        text: &str,
        dark: bool,
        on_change: &Closure<dyn Fn(String)>,
    ) -> Result<Self, JsValue> {
        let options = Object::new();
        set(&options, "doc", &text.into());
        set(&options, "dark", &dark.into());
        set(&options, "onChange", on_change.as_ref());
        create("editor", "Editor", parent, &options).await.map(JsCast::unchecked_into)
    }

    /// What a screen reader says, and the words of the search panel.
    pub(crate) fn set_words(&self, label: &str, hint: &str, phrases: &[(&str, &str)]) {
        let words = Object::new();
        set(&words, "label", &label.into());
        set(&words, "hint", &hint.into());
        let translated = Object::new();
        for (english, phrase) in phrases {
            set(&translated, english, &(*phrase).into());
        }
        set(&words, "phrases", &translated);
        self.set_words_object(&words);
    }

    /// Replaces the notes at the right end of lines.
    pub(crate) fn set_notes(&self, notes: &[(u32, String)]) {
        let array = Array::new();
        for (line, text) in notes {
            let note = Object::new();
            set(&note, "line", &(*line).into());
            set(&note, "text", &text.into());
            array.push(&note);
        }
        self.set_notes_array(&array);
    }
}

impl Term {
    /// Shows what a program wrote. It is copied: the terminal takes it in later, and by then a view of the page's memory
    /// would be empty if that has grown meanwhile.
    pub(crate) fn write(&self, bytes: &[u8]) {
        self.write_array(&Uint8Array::from(bytes));
    }

    /// Makes a terminal that fills `parent`.
    pub(crate) async fn open(
        parent: &Element,
        dark: bool,
        on_input: &Closure<dyn Fn(String)>,
        on_resize: &Closure<dyn Fn(u16, u16)>,
    ) -> Result<Self, JsValue> {
        let options = Object::new();
        set(&options, "dark", &dark.into());
        set(&options, "onInput", on_input.as_ref());
        set(&options, "onResize", on_resize.as_ref());
        create("terminal", "Term", parent, &options).await.map(JsCast::unchecked_into)
    }
}

fn set(object: &Object, key: &str, value: &JsValue) {
    Reflect::set(object, &key.into(), value).expect("a plain object takes any key");
}
