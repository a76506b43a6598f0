//! The pace at which a panel follows. While the moment that is looked at changes with every frame (a scrub, a film, a
//! busy run) the ladder shows each, and the panel some of them: drawing it takes as long as the ladder, and nobody reads
//! that fast. Where the change ends the panel is right; whatever else changes is shown at once.

use std::cell::RefCell;
use std::time::Duration;

use trace::lesson::Lang;
use yew::prelude::*;

use crate::browser;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::cursor::Cursor;
use crate::state::log::Log;
use crate::state::run::Phase;
use crate::state::scope::Scope;
use crate::views::Ui;

/// How long a panel shows one moment before it shows another.
const PACE: Duration = Duration::from_millis(200);

/// What a panel is of, but for the moment.
struct Subject {
    lang: Lang,
    scope: Scope,
    phase: Phase,
    log: Log,
}

impl Subject {
    fn new(ui: &Ui, bench: &Bench) -> Self {
        let scope = Scope { cursor: Cursor::Live, ..bench.scope.clone() };
        Self { lang: ui.lang, scope, phase: bench.run.phase.clone(), log: bench.run.log.clone() }
    }

    fn is(&self, other: &Self) -> bool {
        self.lang == other.lang
            && self.scope == other.scope
            && self.phase == other.phase
            && self.log.same_run(&other.log)
    }
}

/// What was drawn last.
struct Kept {
    subject: Subject,
    /// The moment, by how many events had happened.
    count: usize,
    html: Html,
    /// Whether it was drawn less than [`PACE`] ago.
    is_recent: bool,
    /// Whether another moment was asked for since.
    is_behind: bool,
}

thread_local! {
    /// There is one panel at a time.
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// The panel after so many events; or, where it was drawn a moment before, as it was then, until it is drawn again.
pub(super) fn paced(ui: &Ui, bench: &Bench, count: usize, draw: impl FnOnce() -> Html) -> Html {
    let subject = Subject::new(ui, bench);
    let (drawn, is_recent) = KEPT.with_borrow_mut(|kept| {
        let Some(kept) = kept else { return (None, false) };
        let is_same = kept.subject.is(&subject);
        kept.is_behind = is_same && kept.count != count;
        let still = is_same && (!kept.is_behind || kept.is_recent);
        (still.then(|| kept.html.clone()), kept.is_recent)
    });
    if let Some(drawn) = drawn {
        return drawn;
    }
    let html = draw();
    KEPT.set(Some(Kept { subject, count, html: html.clone(), is_recent: true, is_behind: false }));
    if !is_recent {
        let dispatch = ui.dispatch.clone();
        browser::after(PACE, move || rest(&dispatch));
    }
    html
}

/// The time is over for which a panel shows its moment.
fn rest(dispatch: &Callback<Action>) {
    let is_behind = KEPT.with_borrow_mut(|kept| {
        kept.as_mut().is_some_and(|kept| {
            kept.is_recent = false;
            kept.is_behind
        })
    });
    if is_behind {
        dispatch.emit(Action::Redraw);
    }
}
