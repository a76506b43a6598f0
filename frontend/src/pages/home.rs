//! The first page: what Socklab is, and the map of the course with how far one is.

use trace::lesson::{LessonCard, Part};
use yew::prelude::*;

use crate::i18n::practice;
use crate::route::Route;
use crate::state::load::Load;
use crate::state::progress::{Progress, Step};
use crate::views::Ui;
use crate::views::el::el;
use crate::views::link::link;
use crate::views::loading::{failure, loading};

/// Every lesson's card, in the order of the course.
pub(crate) fn cards(parts: &[Part]) -> impl Iterator<Item = &LessonCard> {
    parts.iter().flat_map(|part| &part.lessons)
}

/// The course map.
pub(crate) fn home(ui: &Ui, lessons: &Load<Vec<Part>>, progress: &Progress) -> Html {
    let words = ui.words;
    let map = match lessons {
        Load::Loading => loading(ui),
        Load::Failed(error) => failure(ui, error),
        Load::Ready(parts) if parts.is_empty() => html! { <p class="lead">{ words.no_lessons }</p> },
        Load::Ready(parts) => {
            html! { <>{ so_far(ui, parts, progress) }{ for parts.iter().map(|one| part(ui, one, progress)) }</> }
        }
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
            <section aria-label={words.lessons}>{ map }</section>
            <nav class="aids">
                { aid(ui, "glossary", practice::words(ui.lang).glossary) }
                { aid(ui, "cheatsheet", practice::words(ui.lang).cheat_sheet) }
            </nav>
        </main>
    }
}

/// How much of the course is done, and where to go on.
fn so_far(ui: &Ui, parts: &[Part], progress: &Progress) -> Html {
    let words = practice::words(ui.lang);
    let count = cards(parts).count();
    let passed = cards(parts).filter(|card| progress.of(&card.id) == Some(Step::Passed)).count();
    let Some(next) = cards(parts).find(|card| progress.of(&card.id) != Some(Step::Passed)) else {
        return el("p").at("class", "so-far").at("data-testid", "so-far").text(words.course_done).into();
    };
    let begun = cards(parts).any(|card| progress.of(&card.id).is_some());
    let label = if begun { words.go_on } else { words.begin };
    let said = (words.so_far)(passed, count);
    let bar = el("progress").put("max", count.to_string()).put("value", passed.to_string());
    let go_on = html! { <>{ label }{ " " }{ next.number }{ " · " }{ &next.title }</> };
    el("div")
        .at("class", "so-far")
        .at("data-testid", "so-far")
        .with(link(ui, "button button-primary", Route::Lesson(next.id.clone()), go_on))
        .with(
            el("span").at("class", "so-far-bar").with(bar.put("aria-label", said.clone())).with(el("span").text(said)),
        )
        .into()
}

/// A part of the course.
fn part(ui: &Ui, part: &Part, progress: &Progress) -> Html {
    let mut section = el("section").at("class", "part");
    if !part.title.is_empty() {
        section = section
            .with(el("h2").text(part.title.clone()))
            .with(el("p").at("class", "part-summary").text(part.summary.clone()));
    }
    let list = el("ol").at("class", "cards");
    section.with(list.all(part.lessons.iter().map(|lesson| card(ui, lesson, progress.of(&lesson.id))))).into()
}

/// A page that the server renders whole: it is read without a line of the app's, and prints well.
fn aid(ui: &Ui, page: &str, title: &'static str) -> Html {
    html! { <a href={format!("/{page}/{}", ui.lang)}>{ title }</a> }
}

fn card(ui: &Ui, lesson: &LessonCard, step: Option<Step>) -> Html {
    let words = practice::words(ui.lang);
    // The sign says it too, and the word says it to whoever does not see it.
    let (class, sign, said) = match step {
        None => ("card-step", "○", words.not_opened),
        Some(Step::Opened) => ("card-step step-opened", "◔", words.opened),
        Some(Step::Ran) => ("card-step step-ran", "◑", words.ran),
        Some(Step::Passed) => ("card-step step-passed", "✓", words.done),
    };
    let minutes = lesson.minutes.map_or_else(String::new, |minutes| format!(" · {}", (words.minutes)(minutes)));
    let content = html! {
        <>
            { Html::from(el("span").at("class", "card-number").text((ui.words.lesson_number)(lesson.number) + &minutes)) }
            { Html::from(el("span").at("class", "card-title").text(lesson.title.clone())) }
            { Html::from(el("span").at("class", "card-summary").text(lesson.summary.clone())) }
            { Html::from(el("span").at("class", class)
                .with(el("span").at("aria-hidden", "true").text(sign))
                .text(" ")
                .text(said)) }
        </>
    };
    let item = el("li").key(lesson.id.clone()).put("data-lesson", lesson.id.clone());
    item.with(link(ui, "card", Route::Lesson(lesson.id.clone()), content)).into()
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
