//! The app: holds the state, carries out its effects, and draws the frame around every page.

use trace::lesson::Lang;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::i18n::{Words, compare, practice};
use crate::net::link::Link;
use crate::route::Route;
use crate::state::load::LoadError;
use crate::state::practice::Practise;
use crate::state::scope::Look;
use crate::state::{Action, Effect, State};
use crate::views::Ui;
use crate::views::header::header;
use crate::views::scope;
use crate::{browser, keys, net, pages};

/// The whole page.
pub(crate) struct App {
    state: State,
    link: Option<Link>,
    dispatch: Callback<Action>,
    moved: bool,
    /// Whether the part of a text that the address names is still to be gone to.
    part: bool,
    /// Whether the list of keys lies on top.
    keys: bool,
    /// What the document around the app was given last: language, whether it is dark, title.
    dressed: Option<(Lang, bool, String)>,
}

impl Component for App {
    type Message = Action;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let dispatch = ctx.link().callback(|action| action);
        browser::on_back(tell(&dispatch, Action::Go));
        browser::on_system_dark(tell(&dispatch, Action::SystemIsDark));
        browser::hush_definitions();
        let run = dispatch.clone();
        browser::on_run_key(move || run.emit(Action::Run));
        let keys = dispatch.clone();
        browser::on_key(move |key| {
            // Who leaves a lesson ends its run, so not by a key that is pressed easily.
            if key.name == "/" && matches!(browser::route(), Route::Home | Route::Missing) {
                browser::push(&Route::Search);
                keys.emit(Action::Go(Route::Search));
                return true;
            }
            keys::look(key).map(|look| keys.emit(Action::Look(look))).is_some()
        });

        let (mut state, effects) = State::new(browser::lang(), browser::theme(), browser::route());
        state.layout.desk = browser::is_desk();
        let mut app = Self { state, link: None, dispatch, moved: false, part: true, keys: false, dressed: None };
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
            browser::arrive(if self.state.route == Route::Search { "search" } else { "main" });
            self.part = true;
        }
        // The address may name a part of a text; it is gone to once that is there.
        if self.part && self.state.bench.ready().is_some() {
            self.part = false;
            browser::go_to_part();
        }
        // The keyboard goes to what lies on top, and back where it was.
        let keys = self.state.bench.ready().is_some_and(|bench| bench.scope.keys);
        if keys != self.keys {
            self.keys = keys;
            browser::focus(if keys { "keys-close" } else { "main" });
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let state = &self.state;
        let ui = Ui {
            lang: state.lang,
            words: Words::of(state.lang),
            dark: state.theme.is_dark(),
            dispatch: self.dispatch.clone(),
        };
        let page = match &state.route {
            Route::Home => pages::home::home(&ui, &state.lessons, &state.progress),
            Route::Search => pages::search::search(&ui, &state.search),
            Route::Lesson(_) => pages::lesson::lesson(&ui, state),
            Route::Recording(src) => pages::recording::recording(&ui, state, src.is_some()),
            Route::Compare(_) => pages::compare::compare(&ui, state),
            Route::Missing => pages::missing::missing(&ui),
        };
        let card = state.bench.ready().map(|bench| &bench.page.card).filter(|card| !card.id.is_empty());
        html! { <>{ header(&ui, card) }{ page }</> }
    }
}

impl App {
    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let dispatch = self.dispatch.clone();
            match effect {
                Effect::FetchLessons(lang) => spawn_local(async move {
                    dispatch.emit(Action::Lessons(lang, net::lessons(lang).await, browser::kept));
                }),
                Effect::FetchLesson(id, lang) => spawn_local(async move {
                    let answer = Box::new(net::lesson(&id, lang).await);
                    dispatch.emit(Action::Lesson(id, lang, answer, browser::kept));
                }),
                Effect::Search(question, lang) => spawn_local(async move {
                    let answer = net::search(&question, lang).await;
                    dispatch.emit(Action::Found(lang, question, answer));
                }),
                Effect::FetchRecording(src) => spawn_local(async move {
                    let bytes = net::recording(&src).await;
                    dispatch.emit(Action::Recording(String::new(), bytes, browser::moment()));
                }),
                Effect::FetchCompared(side, source) => spawn_local(async move {
                    dispatch.emit(Action::Compared(side, String::new(), net::recording(&source).await));
                }),
                Effect::ReadCompared(side, file) => spawn_local(async move {
                    let (name, bytes) = net::file(file).await;
                    dispatch.emit(Action::Compared(side, name, bytes));
                }),
                Effect::FetchScope => spawn_local(async move {
                    let answer = scope::fetch().await.map_err(|_| LoadError::Offline);
                    dispatch.emit(Action::ScopeCode(answer));
                }),
                Effect::ReadFile(file) => spawn_local(async move {
                    let (name, bytes) = net::file(file).await;
                    dispatch.emit(Action::Recording(name, bytes, None));
                }),
                Effect::Check(id, programs) => spawn_local(async move {
                    let answer = Box::new(net::check(&id, &programs).await);
                    dispatch.emit(Action::Practice(Practise::Checked(answer)));
                }),
                Effect::Predict(id, link) => spawn_local(async move {
                    // Without an answer the predictions stay open; the next run asks again.
                    if let Ok(predicted) = net::predictions(&id, &link).await {
                        dispatch.emit(Action::Practice(Practise::Predicted(predicted)));
                    }
                }),
                Effect::Keep(key, value) => browser::keep(&key, value.as_deref()),
                Effect::Copy(text) => {
                    let copying = browser::copy(&text);
                    let words = Words::of(self.state.lang);
                    spawn_local(async move {
                        if copying.await {
                            dispatch.emit(Action::Copied(text));
                        } else {
                            browser::offer(words.export_link, &text);
                        }
                    });
                }
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
                Effect::Tick => browser::next_frame(move |clock| dispatch.emit(Action::Look(Look::Tick(clock)))),
                Effect::RetryAfter(wait, link) => {
                    browser::after(wait, move || dispatch.emit(Action::Retry(link)));
                }
            }
        }
    }

    /// What is outside of the app's own elements: the document's language, colours and title.
    fn dress(&mut self) {
        let words = Words::of(self.state.lang);
        let title = match (&self.state.route, self.state.bench.ready()) {
            (Route::Lesson(_), Some(bench)) => format!("{} · Socklab", bench.page.card.title),
            (Route::Recording(_), _) => format!("{} · Socklab", words.scope.choose_file),
            (Route::Search, _) => format!("{} · Socklab", practice::words(self.state.lang).search),
            (Route::Compare(_), _) => format!("{} · Socklab", compare::words(self.state.lang).title),
            (Route::Missing, _) => format!("{} · Socklab", words.not_found),
            _ => format!("Socklab · {}", words.tagline),
        };
        let dressed = Some((self.state.lang, self.state.theme.is_dark(), title));
        if dressed != self.dressed {
            self.dressed = dressed;
            if let Some((lang, dark, title)) = &self.dressed {
                browser::dress(*lang, *dark, title);
            }
        }
    }
}

fn tell<T: 'static>(dispatch: &Callback<Action>, action: fn(T) -> Action) -> impl Fn(T) + 'static {
    let dispatch = dispatch.clone();
    move |value| dispatch.emit(action(value))
}
