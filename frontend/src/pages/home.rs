//! The first page: what Socklab is, and its lessons.

use trace::lesson::LessonCard;
use yew::prelude::*;

use crate::i18n::practice;
use crate::route::Route;
use crate::state::load::Load;
use crate::views::Ui;
use crate::views::link::link;
use crate::views::loading::{failure, loading};

/// The list of lessons.
pub(crate) fn home(ui: &Ui, lessons: &Load<Vec<LessonCard>>, done: &[String]) -> Html {
    let words = ui.words;
    let list = match lessons {
        Load::Loading => loading(ui),
        Load::Failed(error) => failure(ui, error),
        Load::Ready(lessons) if lessons.is_empty() => html! { <p class="lead">{ words.no_lessons }</p> },
        Load::Ready(lessons) => html! {
            <ol class="cards">{ for lessons.iter().map(|lesson| card(ui, lesson, done.contains(&lesson.id))) }</ol>
        },
    };
    html! {
        <main id="main" class="page" tabindex="-1">
            <section class="hero" aria-labelledby="tagline">
                <div class="hero-text">
                    <h1 id="tagline">{ words.tagline }</h1>
                    <p class="lead">{ words.about }</p>
                </div>
                { picture() }
            </section>
            <section aria-labelledby="lessons">
                <h2 id="lessons">{ words.lessons }</h2>
                { list }
            </section>
            <nav class="aids">
                { aid(ui, "glossary", practice::words(ui.lang).glossary) }
                { aid(ui, "cheatsheet", practice::words(ui.lang).cheat_sheet) }
            </nav>
        </main>
    }
}

/// A page that the server renders whole: it is read without a line of the app's, and prints well.
fn aid(ui: &Ui, page: &str, title: &'static str) -> Html {
    html! { <a href={format!("/{page}/{}", ui.lang)}>{ title }</a> }
}

fn card(ui: &Ui, lesson: &LessonCard, is_done: bool) -> Html {
    let content = html! {
        <>
            <span class="card-number">{ (ui.words.lesson_number)(lesson.number) }</span>
            <span class="card-title">{ &lesson.title }</span>
            <span class="card-summary">{ &lesson.summary }</span>
            if is_done { <span class="card-done">{ "✓ " }{ practice::words(ui.lang).done }</span> }
        </>
    };
    html! { <li key={lesson.id.clone()}>{ link(ui, "card", Route::Lesson(lesson.id.clone()), content) }</li> }
}

/// Two lifelines and a handshake: the product's own way of drawing, as an ornament.
fn picture() -> Html {
    html! {
        <svg class="hero-picture" viewBox="0 0 300 170" aria-hidden="true" focusable="false">
            <line class="hp-life" x1="60" y1="6" x2="60" y2="164" />
            <line class="hp-life" x1="240" y1="6" x2="240" y2="164" />
            <rect class="hp-syn" x="66" y="34" width="10" height="46" rx="2" />
            <rect class="hp-est" x="66" y="80" width="10" height="84" rx="2" />
            <rect class="hp-listen" x="224" y="14" width="10" height="150" rx="2" />
            <rect class="hp-est" x="210" y="98" width="10" height="66" rx="2" />
            <path class="hp-packet" d="M80 36 L206 56 M206 60 L80 80 M80 82 L206 100 M80 118 L206 138" />
            <path class="hp-head" d="M208 56.5 l-9 -4.6 l-1.2 7.4z M78 80.3 l9 -5 l1.2 7.4z M208 100.3 l-9 -4.9 l-1 7.4z M208 138.4 l-9 -4.9 l-1.2 7.4z" />
            <rect class="hp-call" x="48" y="34" width="7" height="46" rx="2" />
            <rect class="hp-call" x="48" y="112" width="7" height="6" rx="2" />
            <rect class="hp-call" x="245" y="22" width="7" height="80" rx="2" />
            <rect class="hp-call" x="245" y="112" width="7" height="28" rx="2" />
        </svg>
    }
}
