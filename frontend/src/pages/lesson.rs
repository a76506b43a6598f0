//! A lesson: its text at the left, the workbench at the right.

use std::rc::Rc;

use trace::lesson::LessonCard;
use yew::prelude::*;

use crate::app::use_words;
use crate::route::Route;
use crate::state::bench::Bench;
use crate::state::load::Load;
use crate::views::link::Link;
use crate::views::loading::{Failure, Loading};
use crate::views::workbench::Workbench;

/// What the page shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LessonProps {
    /// The lesson with everything that was done to it.
    pub(crate) bench: Load<Rc<Bench>>,
    /// All lessons, for the way to the next.
    pub(crate) lessons: Load<Vec<LessonCard>>,
    /// Whether the page is dark.
    pub(crate) dark: bool,
}

/// The page of a lesson.
#[component]
pub(crate) fn Lesson(props: &LessonProps) -> Html {
    let words = use_words();
    let hidden = use_state(|| false);
    let toggle = use_callback(hidden.clone(), |_: MouseEvent, hidden| hidden.set(!**hidden));
    let bench = match &props.bench {
        Load::Ready(bench) => bench,
        waiting => {
            let instead = match waiting {
                Load::Failed(error) => html! { <Failure error={error.clone()} /> },
                _ => html! { <Loading /> },
            };
            return html! {
                <main id="main" class="page page-narrow" tabindex="-1">
                    { instead }
                    <p><Link class="plain-link" to={Route::Home}>{ words.to_lessons }</Link></p>
                </main>
            };
        }
    };
    let lessons = props.lessons.ready().map_or(&[][..], Vec::as_slice);
    html! {
        <main id="main" class={classes!("lesson", hidden.then_some("lesson-hidden"))} tabindex="-1">
            <article id="lesson-text" class="prose-pane" aria-labelledby="lesson-title" tabindex="0" hidden={*hidden}>
                <h1 id="lesson-title">{ &bench.page.card.title }</h1>
                <Prose html={AttrValue::from(bench.page.html.clone())} />
                { neighbours(lessons, &bench.page.card.id, words.previous_lesson, words.next_lesson) }
            </article>
            <Workbench bench={bench.clone()} dark={props.dark} lesson_hidden={*hidden} on_toggle_lesson={toggle} />
        </main>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ProseProps {
    html: AttrValue,
}

/// The lesson's text.
#[component]
fn Prose(props: &ProseProps) -> Html {
    // The server has sanitised it (ammonia's whitelist: no scripts, handlers or styles), and the page's policy would
    // run none that slipped through: `script-src` names no inline scripts.
    html! { <div class="prose">{ Html::from_html_unchecked(props.html.clone()) }</div> }
}

/// The way to the lessons before and after.
fn neighbours(lessons: &[LessonCard], id: &str, previous: &'static str, next: &'static str) -> Html {
    let Some(index) = lessons.iter().position(|lesson| lesson.id == id) else { return Html::default() };
    let link = |lesson: Option<&LessonCard>, class: &'static str, label: &'static str| {
        lesson.map(|lesson| {
            html! {
                <Link class={classes!("neighbour", class)} to={Route::Lesson(lesson.id.clone())}>
                    <small>{ label }</small>
                    <span>{ &lesson.title }</span>
                </Link>
            }
        })
    };
    let before = index.checked_sub(1).and_then(|before| lessons.get(before));
    let after = lessons.get(index + 1);
    if before.is_none() && after.is_none() {
        return Html::default();
    }
    html! {
        <nav class="neighbours" aria-label={format!("{previous} / {next}")}>
            { link(before, "neighbour-previous", previous) }
            { link(after, "neighbour-next", next) }
        </nav>
    }
}
