//! The app: holds the state, carries out its effects, and draws the frame around every page.

use std::rc::Rc;

use trace::lesson::Lang;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::i18n::Words;
use crate::net::link::Link;
use crate::route::Route;
use crate::state::{Action, Effect, State};
use crate::views::header::Header;
use crate::{browser, net, pages};

/// How views say that something happened.
pub(crate) type Dispatch = Callback<Action>;

/// The words of the page's language.
#[hook]
pub(crate) fn use_words() -> &'static Words {
    Words::of(use_context::<Lang>().unwrap_or_default())
}

/// Where to say that something happened.
#[hook]
pub(crate) fn use_dispatch() -> Dispatch {
    use_context().expect("the app provides it")
}

/// The whole page.
pub(crate) struct App {
    state: State,
    link: Option<Link>,
    dispatch: Dispatch,
    moved: bool,
}

impl Component for App {
    type Message = Action;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let dispatch = ctx.link().callback(|action| action);
        browser::on_back(tell(&dispatch, Action::Go));
        browser::on_system_dark(tell(&dispatch, Action::SystemIsDark));
        let run = dispatch.clone();
        browser::on_run_key(move || run.emit(Action::Run));

        let (state, effects) = State::new(browser::lang(), browser::theme(), browser::route());
        let mut app = Self { state, link: None, dispatch, moved: false };
        app.dress();
        app.perform(effects);
        app
    }

    fn update(&mut self, _: &Context<Self>, action: Action) -> bool {
        let place = self.state.route.clone();
        let effects = self.state.apply(action);
        self.moved |= place != self.state.route;
        self.perform(effects);
        self.dress();
        true
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if std::mem::take(&mut self.moved) {
            browser::arrive();
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let state = &self.state;
        let dark = state.theme.is_dark();
        let page = match &state.route {
            Route::Home => html! { <pages::home::Home lessons={state.lessons.clone()} /> },
            Route::Lesson(_) => html! {
                <pages::lesson::Lesson bench={state.bench.clone()} lessons={state.lessons.clone()} {dark} />
            },
            Route::Missing => html! { <pages::missing::Missing /> },
        };
        let bench = state.bench.ready().filter(|_| matches!(state.route, Route::Lesson(_)));
        let card = bench.map(|bench| Rc::new(bench.page.card.clone()));
        html! {
            <ContextProvider<Lang> context={state.lang}>
                <ContextProvider<Dispatch> context={self.dispatch.clone()}>
                    <Header {card} {dark} />
                    { page }
                </ContextProvider<Dispatch>>
            </ContextProvider<Lang>>
        }
    }
}

impl App {
    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let dispatch = self.dispatch.clone();
            match effect {
                Effect::FetchLessons(lang) => spawn_local(async move {
                    dispatch.emit(Action::Lessons(lang, net::lessons(lang).await));
                }),
                Effect::FetchLesson(id, lang) => spawn_local(async move {
                    let answer = Box::new(net::lesson(&id, lang).await);
                    dispatch.emit(Action::Lesson(id, lang, answer, browser::kept));
                }),
                Effect::Keep(key, value) => browser::keep(&key, value.as_deref()),
                Effect::Connect(number) => {
                    self.link = None; // closes the old one first
                    self.link = Link::open(number, dispatch);
                }
                Effect::Send(message) => {
                    if let Some(link) = &self.link {
                        link.send(&message);
                    }
                }
                Effect::Disconnect => self.link = None,
                Effect::RetryAfter(wait, link) => {
                    browser::after(wait, move || dispatch.emit(Action::Retry(link)));
                }
            }
        }
    }

    /// What is outside of the app's own elements: the document's language, colours and title.
    fn dress(&self) {
        let words = Words::of(self.state.lang);
        let title = match (&self.state.route, self.state.bench.ready()) {
            (Route::Lesson(_), Some(bench)) => format!("{} · Socklab", bench.page.card.title),
            (Route::Missing, _) => format!("{} · Socklab", words.not_found),
            _ => format!("Socklab · {}", words.tagline),
        };
        browser::dress(self.state.lang, self.state.theme.is_dark(), &title);
    }
}

fn tell<T: 'static>(dispatch: &Dispatch, action: fn(T) -> Action) -> impl Fn(T) + 'static {
    let dispatch = dispatch.clone();
    move |value| dispatch.emit(action(value))
}
