//! The parts of the pages: functions from what is known to what is seen.

mod banner;
pub(crate) mod chooser;
mod compare;
mod editor;
pub(crate) mod el;
mod export;
pub(crate) mod header;
mod host;
mod in_flight;
mod ladder;
pub(crate) mod link;
pub(crate) mod loading;
mod pace;
mod panels;
pub(crate) mod practice;
mod runbar;
pub(crate) mod scope;
mod status;
mod step;
mod terminal;
mod timebar;
mod tools;
mod visitor;
pub(crate) mod workbench;

use trace::lesson::Lang;
use yew::prelude::*;

use crate::i18n::Words;
use crate::state::Action;

/// What every view needs to know.
///
/// A view is a plain function unless it keeps something of its own (an editor, a place in the ladder): each Yew
/// component costs some three kilobytes, of which every learner downloads every one.
#[derive(Clone)]
pub(crate) struct Ui {
    /// The language of everything on the page.
    pub(crate) lang: Lang,
    /// The words in it.
    pub(crate) words: &'static Words,
    /// Whether the page is dark.
    pub(crate) dark: bool,
    /// Where to say that something happened.
    pub(crate) dispatch: Callback<Action>,
}

impl Ui {
    /// What a control does when it is pressed.
    pub(crate) fn press(&self, action: Action) -> Callback<MouseEvent> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |_| dispatch.emit(action.clone()))
    }
}
