//! The page: what a person sees of Socklab.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

#[wasm_bindgen(module = "/src/lazy.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn load(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = show)]
    fn show(module: &JsValue, class: &str, parent: &Element, text: &str) -> JsValue;
}

#[component]
fn App() -> Html {
    let editor = use_node_ref();
    let terminal = use_node_ref();
    {
        let (editor, terminal) = (editor.clone(), terminal.clone());
        use_effect_with((), move |()| {
            for (name, class, node, text) in [
                ("editor", "Editor", editor, include_str!("hello.py")),
                ("terminal", "Term", terminal, "hello from the host\r\n"),
            ] {
                spawn_local(async move {
                    if let (Ok(module), Some(parent)) = (load(name).await, node.cast::<Element>()) {
                        show(&module, class, &parent, text);
                    }
                });
            }
        });
    }
    html! {
        <main class="hello">
            <h1>{ "Socklab" }</h1>
            <div class="hello-editor" ref={editor} />
            <div class="hello-terminal" ref={terminal} />
        </main>
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
