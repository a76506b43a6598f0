//! A lesson: its text at the left, the workbench at the right.

use trace::lesson::LessonCard;
use yew::prelude::*;

use crate::pages::home::cards;
use crate::pages::missing::missing;
use crate::route::Route;
use crate::state::State;
use crate::state::bench::Bench;
use crate::state::load::{Load, LoadError};
use crate::views::Ui;
use crate::views::link::link;
use crate::views::loading::{failure, loading};
use crate::views::practice;
use crate::views::workbench::workbench;

/// The page of a lesson.
pub(crate) fn lesson(ui: &Ui, state: &State) -> Html {
    match &state.bench {
        Load::Ready(bench) => ready(ui, bench, state),
        Load::Failed(LoadError::Missing) => missing(ui),
        Load::Failed(error) => instead(ui, failure(ui, error)),
        Load::Loading => instead(ui, loading(ui)),
    }
}

fn instead(ui: &Ui, content: Html) -> Html {
    html! {
        <main id="main" class="page page-narrow" tabindex="-1">
            { content }
            <p>{ link(ui, "plain-link", Route::Home, ui.words.to_lessons.into()) }</p>
        </main>
    }
}

fn ready(ui: &Ui, bench: &Bench, state: &State) -> Html {
    let hidden = state.layout.lesson_hidden;
    let lessons: Vec<&LessonCard> = state.lessons.ready().iter().flat_map(|parts| cards(parts)).collect();
    // The server has sanitised the text (ammonia's whitelist: no scripts, handlers or styles), and the page's policy
    // would run none that slipped through: `script-src` names no inline scripts.
    let [before, after] = bench.prose.clone().map(|html| Html::from_html_unchecked(html.into()));
    // The key: another lesson is another page, with editors of its own.
    html! {
        <main key={bench.page.card.id.clone()} id="main" class={classes!("lesson", hidden.then_some("lesson-hidden"))}
            tabindex="-1">
            <article id="lesson-text" data-testid="lesson-text" class="prose-pane" aria-labelledby="lesson-title" tabindex="0" {hidden}>
                <h1 id="lesson-title">{ &bench.page.card.title }</h1>
                <div class="prose">{ before }</div>
                { practice::predictions(ui, bench) }
                <div class="prose">{ after }</div>
                { practice::checks(ui, bench) }
                { neighbours(ui, &lessons, &bench.page.card.id) }
            </article>
            { workbench(ui, bench, state.layout, &state.scope_code) }
        </main>
    }
}

/// The way to the lessons before and after.
fn neighbours(ui: &Ui, lessons: &[&LessonCard], id: &str) -> Html {
    let Some(index) = lessons.iter().position(|lesson| lesson.id == id) else { return Html::default() };
    let (previous, next) = (ui.words.previous_lesson, ui.words.next_lesson);
    let way = |lesson: Option<&&LessonCard>, class: &'static str, label: &'static str| {
        lesson.map(|lesson| {
            let content = html! { <><small>{ label }</small><span>{ &lesson.title }</span></> };
            link(ui, class, Route::Lesson(lesson.id.clone()), content)
        })
    };
    let before = index.checked_sub(1).and_then(|before| lessons.get(before));
    let after = lessons.get(index + 1);
    if before.is_none() && after.is_none() {
        return Html::default();
    }
    html! {
        <nav class="neighbours" aria-label={format!("{previous} / {next}")}>
            { way(before, "neighbour", previous) }
            { way(after, "neighbour neighbour-next", next) }
        </nav>
    }
}
