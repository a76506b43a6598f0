//! The pace at which a picture follows. While the moment that is looked at changes with every frame (a scrub, a film, a
//! busy run) the bar of time shows each, the ladder every other, and the panel some of them: to draw takes as long as a
//! frame lasts or longer, and nobody reads that fast. Where the change ends both are right; whatever else changes is
//! shown at once.

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

/// How long the panel shows one moment before it shows another.
const PANEL: Duration = Duration::from_millis(200);

/// How long the ladder does, of a run that goes on: its newest events push the others up, and nobody's hand moves them.
const LIVE: Duration = Duration::from_millis(80);

/// What follows at a pace of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paced {
    /// Which shows a moment that was gone to for two frames.
    Ladder,
    /// Which shows one for as long as it takes to look at it.
    Panel,
}

impl Paced {
    /// Calls when what was drawn has been shown for long enough to be drawn anew if another moment is asked for; and
    /// once more when it is to be drawn even if none is.
    fn shown(self, moment: Moment, over: impl FnOnce() + 'static, catch_up: impl FnOnce() + 'static) {
        let time = match (self, moment) {
            (Self::Ladder, (_, None)) => LIVE,
            (Self::Ladder, (_, Some(_))) => {
                // What is asked for in the frame after the next is asked for before anything else happens in it.
                return browser::next_frame(|_| {
                    over();
                    browser::next_frame(|_| catch_up());
                });
            }
            (Self::Panel, _) => PANEL,
        };
        browser::after(time, || {
            over();
            catch_up();
        });
    }
}

/// What a picture is of, but for the moment.
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

/// How many events have happened, and which of them was gone to, if not the latest.
type Moment = (usize, Option<u64>);

/// What was drawn last.
struct Kept {
    subject: Subject,
    moment: Moment,
    html: Html,
    /// Whether it was drawn a moment ago.
    is_recent: bool,
    /// Whether another moment was asked for since.
    is_behind: bool,
    /// Whether it was drawn when it was asked for last, because another moment had been asked for before.
    caught_up: bool,
}

thread_local! {
    /// There is one ladder, and one panel at a time.
    static KEPT: RefCell<[Option<Kept>; 2]> = const { RefCell::new([None, None]) };
}

/// The picture of the moment that is looked at; or, where it was drawn a moment before, as it was then, until it is
/// drawn again.
pub(super) fn paced(what: Paced, ui: &Ui, bench: &Bench, draw: impl FnOnce() -> Html) -> Html {
    let subject = Subject::new(ui, bench);
    let moment = (bench.count(), bench.scope.cursor.seq());
    let (drawn, is_recent, is_behind) = KEPT.with_borrow_mut(|all| {
        // Not both in one frame.
        let waits =
            matches!(what, Paced::Panel) && all[Paced::Ladder as usize].as_ref().is_some_and(|ladder| ladder.caught_up);
        let Some(kept) = &mut all[what as usize] else { return (None, false, false) };
        let is_same = kept.subject.is(&subject);
        let was_behind = std::mem::replace(&mut kept.is_behind, is_same && kept.moment != moment);
        kept.caught_up = false;
        if waits && kept.is_behind && !kept.is_recent {
            let dispatch = ui.dispatch.clone();
            browser::next_frame(move |_| catch_up(what, &dispatch));
        }
        let still = is_same && (!kept.is_behind || kept.is_recent || waits);
        (still.then(|| kept.html.clone()), kept.is_recent, is_same && was_behind)
    });
    if let Some(drawn) = drawn {
        return drawn;
    }
    let html = draw();
    let now = Kept { subject, moment, html: html.clone(), is_recent: true, is_behind: false, caught_up: is_behind };
    KEPT.with_borrow_mut(|kept| kept[what as usize] = Some(now));
    if !is_recent {
        let dispatch = ui.dispatch.clone();
        what.shown(moment, move || over(what), move || catch_up(what, &dispatch));
    }
    html
}

/// The time is over for which a picture shows its moment.
fn over(what: Paced) {
    KEPT.with_borrow_mut(|kept| kept[what as usize].iter_mut().for_each(|kept| kept.is_recent = false));
}

/// Draws the picture if another moment was asked for since.
fn catch_up(what: Paced, dispatch: &Callback<Action>) {
    if KEPT.with_borrow(|kept| kept[what as usize].as_ref().is_some_and(|kept| kept.is_behind && !kept.is_recent)) {
        dispatch.emit(Action::Redraw);
    }
}
