//! Where words are looked for: in titles, headings, prose, programs, the glossary and the cheat sheet.

use trace::lesson::Hit;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::i18n::practice::words;
use crate::route::Route;
use crate::state::Action;
use crate::state::load::Load;
use crate::state::search::Search;
use crate::views::Ui;
use crate::views::el::el;
use crate::views::link::link_into;
use crate::views::loading::failure;

/// A field, and what was found.
pub(crate) fn search(ui: &Ui, search: &Search) -> Html {
    let words = words(ui.lang);
    let dispatch = ui.dispatch.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let field = event.target().and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field {
            dispatch.emit(Action::Search(field.value()));
        }
    });
    let asked = !search.question.trim().is_empty();
    let said = match &search.hits {
        Load::Ready(hits) if asked && hits.is_empty() => (words.found_nothing)(search.question.trim()),
        Load::Ready(hits) if asked => (words.found)(hits.len()),
        _ => words.search_hint.into(),
    };
    let list: Html = match &search.hits {
        Load::Failed(error) => failure(ui, error),
        Load::Ready(hits) => el("ol").at("class", "hits").all(hits.iter().map(|hit| one(ui, hit))).into(),
        Load::Loading => Html::default(),
    };
    html! {
        <main id="main" class="page page-narrow" tabindex="-1">
            <h1><label for="search">{ words.search }</label></h1>
            <input id="search" class="search-field" type="search" value={search.question.clone()} {oninput}
                autocomplete="off" maxlength="80" data-testid="search" />
            { Html::from(el("p").at("class", "search-said").at("role", "status").at("data-testid", "found").text(said)) }
            { list }
        </main>
    }
}

fn one(ui: &Ui, hit: &Hit) -> Html {
    let marked = |(index, piece): (usize, &String)| -> Html {
        if index % 2 == 1 { el("mark").text(piece.clone()).into() } else { piece.into() }
    };
    let content: Html = el("span")
        .at("class", "hit")
        .with(el("span").at("class", "hit-title").text(hit.title.clone()))
        .with(el("span").at("class", "hit-heading").text(hit.heading.clone()))
        .with(el("span").at("class", "hit-text").all(hit.excerpt.iter().enumerate().map(marked)))
        .into();
    let to = match &hit.lesson {
        Some(id) => link_into(ui, "hit-link", Route::Lesson(id.clone()), hit.address.clone(), content),
        None => el("a").at("class", "hit-link").put("href", hit.address.clone()).with(content).into(),
    };
    el("li").with(to).into()
}
