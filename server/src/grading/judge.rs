//! What traces say of a lesson's checks and predictions. Pure: old recordings are judged anew without running them.

use trace::check::{Reading, Verdict};
use trace::event::Event;
use trace::lesson::{CheckResult, Predicted, Text};

use crate::lessons::Lesson;
use crate::lessons::exercise::{Check, Schedule};

/// A trace and the wire that it was made on.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The wire; `None` where it is not known, and every check applies.
    pub schedule: Option<&'a Schedule>,
    /// The trace.
    pub events: &'a [Event],
}

/// Each check's worst verdict.
pub fn checks(lesson: &Lesson, runs: &[Judged<'_>]) -> Vec<CheckResult> {
    let readings: Vec<_> = runs.iter().map(|run| (run.schedule, Reading::of(run.events))).collect();
    lesson.checks.iter().map(|check| worst(check, &readings)).collect()
}

fn worst(check: &Check, readings: &[(Option<&Schedule>, Reading<'_>)]) -> CheckResult {
    let applies = |schedule: Option<&Schedule>| {
        check.schedules.is_empty() || schedule.is_none_or(|schedule| check.schedules.contains(schedule))
    };
    let mut passed: Option<(u16, Verdict)> = None;
    for (index, (_, reading)) in (0..).zip(readings).filter(|(_, (schedule, _))| applies(*schedule)) {
        let verdict = check.property.judge(reading);
        if !verdict.passed {
            return result(check, index, verdict);
        }
        passed.get_or_insert((index, verdict));
    }
    if let Some((index, verdict)) = passed {
        return result(check, index, verdict);
    }
    let told = Text::new("There was no run to judge it by.", "没有可以用来判断它的运行。");
    result(check, 0, Verdict::failed(None, told))
}

fn result(check: &Check, run: u16, verdict: Verdict) -> CheckResult {
    let Verdict { passed, told, at } = verdict;
    let told = match &check.fail {
        Some(fail) if !passed => Text::new(format!("{} {}", fail.en, told.en), format!("{}{}", fail.zh, told.zh)),
        _ => told,
    };
    CheckResult { id: check.id.clone(), passed, told, run, at }
}

/// Which choice of each prediction held in a run.
pub fn predictions(lesson: &Lesson, events: &[Event]) -> Vec<Predicted> {
    if lesson.predictions.is_empty() {
        return vec![];
    }
    let reading = Reading::of(events);
    let of = |prediction: &crate::lessons::exercise::Prediction| {
        let mut held = vec![];
        let mut rest = None;
        for (index, choice) in (0_u16..).zip(&prediction.choices) {
            match &choice.property {
                Some(property) => {
                    let verdict = property.judge(&reading);
                    if verdict.passed {
                        held.push((index, verdict.at));
                    }
                }
                None => rest = Some(index),
            }
        }
        let (held, at) = match (held.as_slice(), rest) {
            ([(one, at)], _) => (Some(*one), *at),
            ([], rest) => (rest, None),
            _ => (None, None),
        };
        Predicted { id: prediction.id.clone(), held, at, why: prediction.why.clone() }
    };
    lesson.predictions.iter().map(of).collect()
}
