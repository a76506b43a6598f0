//! The page: what a person sees of Socklab.
//!
//! ```text
//!   browser, net ──Action──▶ state::State::apply ──Effect──▶ app ──▶ browser, net
//!                                   │
//!                                   ▼
//!                       pages and views: State -> Html
//! ```
//!
//! [`state`] holds all that changes and touches nothing; [`net`] and [`browser`] are the only ones that reach out.
//! [`i18n`] has every word that is read.

#![forbid(unsafe_code)]

mod app;
mod browser;
mod i18n;
mod keys;
mod lazy;
mod net;
mod pages;
mod route;
mod state;
mod views;

fn main() {
    yew::Renderer::<app::App>::new().render();
}
