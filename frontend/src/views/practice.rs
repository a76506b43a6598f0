//! Below a lesson's text: predictions before the run and their proof after it, checks, hints.

use trace::lesson::{CheckResult, Report};
use yew::prelude::*;

use super::Ui;
use super::el::{El, el};
use super::loading::failure;
use crate::i18n::compare;
use crate::i18n::practice::{PracticeWords, words};
use crate::route::Route;
use crate::state::Action;
use crate::state::bench::Bench;
use crate::state::practice::{Grading, Practise};
use crate::state::scope::Look;

/// Questions before the first run.
pub(crate) fn predictions(ui: &Ui, bench: &Bench) -> Html {
    if bench.page.predictions.is_empty() {
        return Html::default();
    }
    let words = words(ui.lang);
    let questions = (0..bench.page.predictions.len()).map(|index| question(ui, words, bench, index));
    section("predict", words.predict)
        .with(el("p").at("class", "practice-note").text(words.predict_note))
        .all(questions)
        .into()
}

/// Checks and hints.
pub(crate) fn checks(ui: &Ui, bench: &Bench) -> Html {
    if bench.page.checks.is_empty() {
        return hints(ui, bench);
    }
    let words = words(ui.lang);
    let report = match &bench.practice.grading {
        Grading::Done(report) => Some(report),
        _ => None,
    };
    let list = bench.page.checks.iter().map(|check| {
        let result = report.and_then(|report| report.results.iter().find(|result| result.id == check.id));
        one_check(ui, words, &check.title, result, report)
    });
    let busy = bench.practice.grading == Grading::GoesOn;
    let mut button =
        el("button").at("type", "button").at("class", "button").at("data-testid", "check").text(words.check);
    if busy {
        button = button.at("disabled", "");
    } else {
        button = button.onclick(&ui.press(Action::Practice(Practise::Check)));
    }
    let state: Html = match &bench.practice.grading {
        Grading::Not => Html::default(),
        Grading::GoesOn => words.checking.into(),
        Grading::Done(report) if report.results.iter().all(|result| result.passed) => words.all_passed.into(),
        Grading::Done(_) => words.some_failed.into(),
        Grading::Refused(refusal) => (ui.words.refusal)(refusal).into(),
        Grading::Failed(error) => failure(ui, error),
    };
    let state = el("div").at("class", "practice-state").at("role", "status").at("data-testid", "graded").with(state);
    let compare = bench.practice.judged().map(|runs| {
        let link = el("a").put("href", Route::Compare(runs).path()).at("target", "_blank").at("rel", "noopener");
        Html::from(link.at("data-testid", "compare-judged").text(compare::words(ui.lang).with_passed))
    });
    html! {
        <>
            { Html::from(section("checks", words.checks)
                .with(el("ul").at("class", "checks").all(list))
                .with(button)
                .with(state)
                .all(compare)) }
            { hints(ui, bench) }
        </>
    }
}

fn hints(ui: &Ui, bench: &Bench) -> Html {
    let all = &bench.page.hints;
    if all.is_empty() {
        return Html::default();
    }
    let words = words(ui.lang);
    let open = bench.practice.hints.min(all.len());
    let shown = all[..open].iter().map(|hint| el("li").all(marked(hint)).into());
    let mut section = section("hints", words.hints).with(el("ol").at("class", "hints").all(shown));
    if open < all.len() {
        let more = format!("{} ({open}/{})", words.more_hint, all.len());
        let button = el("button").at("type", "button").at("class", "button").at("data-testid", "hint").text(more);
        section = section.with(button.onclick(&ui.press(Action::Practice(Practise::Hint))));
    }
    section.into()
}

fn section(name: &'static str, title: &'static str) -> El {
    el("section").at("class", "practice").at("data-testid", name).at("aria-label", title).with(el("h2").text(title))
}

/// A text in which `` `code` `` is code.
fn marked(text: &str) -> Vec<Html> {
    let part = |(index, part): (usize, &str)| {
        if index % 2 == 1 { el("code").text(part.to_owned()).into() } else { Html::from(part) }
    };
    text.split('`').enumerate().map(part).collect()
}

fn question(ui: &Ui, words: &'static PracticeWords, bench: &Bench, index: usize) -> Html {
    let card = &bench.page.predictions[index];
    let practice = &bench.practice;
    let (chosen, held) = (practice.answer(index), practice.held(index, card.choices.len()));
    let text = |choice: usize| card.choices.get(choice).map_or(words.both, String::as_str);
    let choice = |choice: usize| -> Html {
        let is_chosen = chosen == Some(choice);
        let class = [("chosen", is_chosen), ("held", held == Some(choice))];
        el("button")
            .at("type", "button")
            .put("aria-pressed", is_chosen.to_string())
            .class("choice", &class)
            .onclick(&ui.press(Action::Practice(Practise::Answer(index, choice))))
            .all(marked(text(choice)))
            .into()
    };
    let mut answer = el("div").at("class", "practice-answer").at("role", "status");
    match (chosen, held) {
        (None, None) => {}
        (Some(_), None) => answer = answer.text(words.run_to_see),
        (chosen, Some(held)) => {
            if chosen == Some(held) {
                answer = answer.with(el("strong").text(words.right));
            } else {
                let said = match chosen {
                    _ if held == card.choices.len() => words.both_seen,
                    Some(_) => words.otherwise,
                    None => words.happened,
                };
                answer = answer.with(el("strong").text(said)).text(" ").all(marked(text(held)));
            }
            if let Some(latest) = practice.latest.get(index) {
                if let Some(why) = &latest.why {
                    answer = answer.with(el("p").all(marked(why.get(ui.lang))));
                }
                if let Some(at) = latest.at {
                    let see = el("button").at("type", "button").at("class", "see").at("data-testid", "see");
                    let see = see.text(words.see);
                    answer = answer.with(see.onclick(&ui.press(Action::Look(Look::At(at)))));
                }
            }
        }
    }
    el("div")
        .at("class", "prediction")
        .at("role", "group")
        .put("aria-label", card.question.replace('`', ""))
        .with(el("p").all(marked(&card.question)))
        .with(el("div").at("class", "choices").all((0..=card.choices.len()).map(choice)))
        .with(answer)
        .into()
}

fn one_check(
    ui: &Ui,
    words: &'static PracticeWords,
    title: &str,
    result: Option<&CheckResult>,
    report: Option<&Report>,
) -> Html {
    let state = result.map(|result| result.passed);
    let (sign, label) = match state {
        None => ("○", ""),
        Some(true) => ("✓", words.passed),
        Some(false) => ("✗", words.failed),
    };
    let class = [("passed", state == Some(true)), ("failed", state == Some(false))];
    let mut item = el("li")
        .class("check", &class)
        .with(el("span").at("class", "check-sign").at("aria-hidden", "true").text(sign))
        .with(el("span").at("class", "check-title").all(marked(title)));
    if let Some(result) = result {
        item = item.with(el("span").at("class", "check-state").text(label));
        let mut told = el("p").at("class", "check-told").all(marked(result.told.get(ui.lang)));
        if let (false, Some(run)) = (result.passed, report.and_then(|report| report.runs.get(usize::from(result.run))))
        {
            let wire = if run.schedule == "plain" { words.plain } else { &run.schedule };
            told = told.with(el("span").at("class", "check-wire").text(format!("{}: {wire}", words.on_wire)));
            if let Some(key) = &run.key {
                let at = result.at.map_or_else(String::new, |seq| format!("#t={seq}"));
                let watch = el("a").put("href", format!("/run/{key}{at}")).at("target", "_blank").at("rel", "noopener");
                let watch = watch.at("data-testid", "watch");
                told = told.text(" ").with(watch.text(if result.at.is_some() { words.see } else { words.watch }));
            }
        }
        item = item.with(told);
    }
    item.into()
}
