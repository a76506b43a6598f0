//! The line at the top of every page.

use trace::lesson::{Lang, LessonCard};
use yew::prelude::*;

use super::Ui;
use super::el::{el, icon};
use super::link::link;
use crate::i18n::practice;
use crate::route::Route;
use crate::state::Action;

/// Brand, place, and the two switches.
pub(crate) fn header(ui: &Ui, card: Option<&LessonCard>) -> Html {
    let words = ui.words;
    let theme = if ui.dark { words.to_light } else { words.to_dark };
    html! {
        <>
            <a class="skip" href="#main">{ words.skip }</a>
            <header class="top">
                { link(ui, "brand", Route::Home, html! { <>{ mark() }<span>{ "Socklab" }</span></> }) }
                if let Some(card) = card {
                    <nav class="crumb" data-testid="crumb" aria-label={words.lessons}>
                        { link(ui, "crumb-up", Route::Home, words.lessons.into()) }
                        <span class="crumb-here" aria-current="page">{ format!("{} · {}", card.number, card.title) }</span>
                    </nav>
                }
                <span class="spring" />
                { link(ui, "pill pill-icon search-link", Route::Search, search(ui)) }
                <button type="button" class="pill" data-testid="lang-switch" onclick={ui.press(Action::SwitchLang)}
                    aria-label={format!("中文 / EN: {}", words.switch_language)} title={words.switch_language}>
                    <span class={classes!((ui.lang == Lang::Zh).then_some("pill-on"))} lang="zh-CN">{ "中文" }</span>
                    { " / " }
                    <span class={classes!((ui.lang == Lang::En).then_some("pill-on"))} lang="en">{ "EN" }</span>
                </button>
                <button type="button" class="pill pill-icon" data-testid="theme-switch" onclick={ui.press(Action::SwitchTheme)}
                    aria-label={theme} title={theme}>
                    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" />
                        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
                    </svg>
                </button>
            </header>
        </>
    }
}

/// A magnifying glass, and the word for who does not see it.
fn search(ui: &Ui) -> Html {
    let glass = "M7 1.6a5.4 5.4 0 1 0 3.2 9.7l3.4 3.4 1.1-1.1-3.4-3.4A5.4 5.4 0 0 0 7 1.6zm0 1.6a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6z";
    el("span")
        .at("class", "search-mark")
        .with(icon(glass))
        .with(el("span").at("class", "unseen").text(practice::words(ui.lang).search))
        .into()
}

/// Two hosts and a packet between them.
fn mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d="M3.5 2v16M16.5 2v16" stroke="currentColor" stroke-width="2" stroke-linecap="round" fill="none" />
            <path class="mark-packet" d="M6.2 7.2 L12.2 11.4" stroke-width="2" stroke-linecap="round" fill="none" />
            <path class="mark-head" d="M14.6 13.2 l-4.4 -0.6 l2.5 -3.6z" />
        </svg>
    }
}
