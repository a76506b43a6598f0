//! Two runs side by side, step by step: one list, with what differs marked by sign, word and colour.

use std::ops::Range;

use trace::compare::{Comparison, Row, Step, compare, differences};
use trace::ladder::{Ladder, Options};
use trace::lesson::Lang;
use yew::prelude::*;

use super::Ui;
use super::el::{El, el};
use super::ladder::{exact, in_words};
use super::workbench::host_class;
use crate::i18n::compare::{CompareWords, words};
use crate::state::Action;
use crate::state::compare::Compare;
use crate::state::log::Log;

/// How many steps before and after a difference are shown with it.
const NEAR: usize = 3;

/// How many rows are drawn at most: more of them nobody reads.
const ROWS: usize = 3_000;

/// What is drawn.
#[derive(Clone, PartialEq, Properties)]
struct ComparedProps {
    runs: [Log; 2],
    sources: [Option<String>; 2],
    all: bool,
    lang: Lang,
    dispatch: Callback<Action>,
}

/// Both runs, aligned; nothing until both are there.
pub(crate) fn compared(ui: &Ui, state: &Compare) -> Html {
    let Some(runs) = state.both() else { return Html::default() };
    let sources = state.sides.each_ref().map(|side| side.source.clone());
    html! { <Compared {runs} {sources} all={state.all} lang={ui.lang} dispatch={ui.dispatch.clone()} /> }
}

/// A component, so that the runs are laid out once.
#[component]
fn Compared(props: &ComparedProps) -> Html {
    let ladders = use_memo(props.runs.clone(), |runs| {
        runs.each_ref().map(|log| Ladder::of(log.events().iter(), Options::default()))
    });
    let found = compare(&ladders[0], &ladders[1]);
    let table = Table { props, words: words(props.lang), ladders: &ladders };
    table.view(&found)
}

/// What is needed to draw.
struct Table<'a> {
    props: &'a ComparedProps,
    words: &'static CompareWords,
    ladders: &'a [Ladder; 2],
}

impl Table<'_> {
    fn view(&self, found: &Comparison<'_>) -> Html {
        let words = self.words;
        let parts = differences(&found.rows);
        let (all, dispatch) = (self.props.all, self.props.dispatch.clone());
        let every = Callback::from(move |_| dispatch.emit(Action::CompareAll(!all)));
        // By keys, so that the words that are announced stay the same element.
        let said = el("p").at("role", "status").at("data-testid", "compare-found").text((words.found)(parts.len()));
        let mut head = el("div").at("class", "compare-head").with(said.key("said".into()));
        if !parts.is_empty() {
            let first = el("a").at("class", "button").at("href", "#d0").text(words.first);
            head = head.with(first.key("first".into()));
        }
        let button = el("button").at("type", "button").at("class", "button").at("data-testid", "compare-all");
        let button = button.onclick(&every).text(if all { words.around } else { words.every });
        head = head.with(button.key("all".into()));
        let column = |name: &'static str| el("th").at("scope", "col").text(name).into();
        let columns = [column(words.sign), column(words.runs[0]), column(words.runs[1])];
        let table = el("table")
            .at("class", "compare-table")
            .at("data-testid", "compare-table")
            .with(el("thead").with(el("tr").all(columns)))
            .with(el("tbody").all(self.rows(&found.rows, &parts)));
        let left_out = (found.left_out > 0).then(|| el("p").text((words.left_out)(found.left_out)).into());
        el("section").at("class", "compare").with(head).with(table).all(left_out).into()
    }

    fn rows(&self, rows: &[Row<'_>], parts: &[Range<usize>]) -> Vec<Html> {
        let near = |at: usize| {
            let after = parts.partition_point(|part| part.end + NEAR <= at);
            parts.get(after).is_some_and(|part| part.start <= at + NEAR)
        };
        let (mut drawn, mut skipped) = (vec![], 0);
        for (at, row) in rows.iter().enumerate() {
            if !self.props.all && !near(at) {
                skipped += 1;
                continue;
            }
            if drawn.len() >= ROWS {
                break;
            }
            drawn.extend(self.skipped(std::mem::take(&mut skipped)));
            let begins = parts.binary_search_by_key(&at, |part| part.start).ok();
            drawn.push(self.row(row, begins.map(|part| (part, part + 1 < parts.len()))));
        }
        drawn.extend(self.skipped(skipped));
        drawn
    }

    /// A row in place of those that are the same in both.
    fn skipped(&self, count: usize) -> Option<Html> {
        let cell = el("td").at("colspan", "3").text((self.words.skipped)(count));
        (count > 0).then(|| el("tr").at("class", "compare-skipped").with(cell).into())
    }

    /// A row; where a difference begins, which one that is and whether there is a next one.
    fn row(&self, row: &Row<'_>, begins: Option<(usize, bool)>) -> Html {
        let words = self.words;
        let (sign, told, class) = match row {
            Row::Same(..) => ("=", words.same, "compare-same"),
            Row::Changed(..) => ("≠", words.differs, "compare-changed"),
            Row::First(_) => ("1", words.only[0], "compare-one"),
            Row::Second(_) => ("2", words.only[1], "compare-other"),
        };
        let mut mark = el("th")
            .at("scope", "row")
            .with(el("span").at("class", "compare-sign").at("aria-hidden", "true").text(sign))
            .with(el("span").at("class", if row.differs() { "compare-told" } else { "unseen" }).text(told));
        if let Some((part, more)) = begins {
            mark = mark.put("id", format!("d{part}"));
            if more {
                let next = el("a").put("href", format!("#d{}", part + 1)).at("aria-label", words.next).text("↓");
                mark = mark.with(next.at("title", words.next));
            }
        }
        let [first, second] = row.steps();
        el("tr").at("class", class).with(mark).with(self.step(0, first)).with(self.step(1, second)).into()
    }

    /// A step of one of the runs.
    fn step(&self, side: usize, step: Option<Step<'_>>) -> El {
        let Some(step) = step else { return el("td").at("class", "compare-none") };
        let (place, what) = in_words(&self.ladders[side], self.props.lang, &step);
        let class = step.host().map_or_else(String::new, |host| host_class(host.0.into()));
        el("td")
            .with(el("span").at("class", "compare-side").at("aria-hidden", "true").text(["1", "2"][side]))
            .with(self.time(side, &step))
            .with(el("b").put("class", format!("panel-host {class}")).text(place))
            .text(" ")
            .with(el("code").text(what))
    }

    /// When it was: a way to that moment of the run, if the server has it.
    fn time(&self, side: usize, step: &Step<'_>) -> Html {
        let at = exact(step.at());
        let key = self.props.sources[side].as_deref().and_then(crate::route::run_of);
        let row = self.ladders[side].row_at(step.y());
        match (key, row) {
            (Some(key), Some(row)) => {
                let path = format!("/run/{key}#t={}", row.seq);
                el("a").at("class", "compare-at").put("href", path).text(at).into()
            }
            _ => el("span").at("class", "compare-at").text(at).into(),
        }
    }
}
