//! A lesson put to its own test: the programs that a learner begins with, the reference solution, wrong solutions, and
//! the experiments about claims, all on the real engine.

use lab::{Limits, Plan};
use trace::check::Reading;
use trace::lesson::CheckResult;

use super::judge::Judged;
use super::{Graded, drive, judge, run_all, script};
use crate::lessons::exercise::Claim;
use crate::lessons::{Lesson, LessonHost, Program};

/// One thing that was tried.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was tried: `start`, `solution`, `wrong/one-recv`, `claim backlog`.
    pub what: String,
    /// What is not as the lesson says; nothing if all is.
    pub faults: Vec<String>,
}

/// Everything that a lesson's tests try.
#[derive(Clone, Copy, Debug)]
pub enum Trial<'a> {
    /// The programs as the learner gets them.
    Start,
    /// The reference solution.
    Solution,
    /// A wrong solution.
    Wrong(&'a str),
    /// An experiment.
    Claim(&'a Claim),
    /// The learner's first run answers each prediction.
    Predictions,
}

/// What there is to try in a lesson.
pub fn trials(lesson: &Lesson) -> Vec<Trial<'_>> {
    let mut all = vec![];
    if !lesson.checks.is_empty() {
        all.extend([Trial::Start, Trial::Solution]);
        all.extend(lesson.wrong.keys().map(|name| Trial::Wrong(name)));
    }
    if !lesson.predictions.is_empty() {
        all.push(Trial::Predictions);
    }
    all.extend(lesson.claims.iter().map(Trial::Claim));
    all
}

impl Trial<'_> {
    /// What is tried, in a few words.
    pub fn name(&self) -> String {
        match self {
            Self::Start => "start".to_owned(),
            Self::Solution => "solution".to_owned(),
            Self::Wrong(name) => format!("wrong/{name}"),
            Self::Claim(claim) => format!("claim {}", claim.claim),
            Self::Predictions => "predictions".to_owned(),
        }
    }

    /// Tries it.
    pub fn run(&self, lesson: &Lesson) -> Outcome {
        let faults = match self {
            Self::Start => expect(lesson, &lesson.starting(), &lesson.expect.start, None),
            Self::Solution => expect(lesson, &lesson.with(&lesson.solution), &[], None),
            Self::Wrong(name) => match (lesson.wrong.get(*name), lesson.expect.wrong.get(*name)) {
                (Some(files), Some(wrong)) => expect(lesson, &lesson.with(files), &wrong.fails, Some(&wrong.says)),
                _ => vec![format!("lesson.toml says nothing about it: add [expect.wrong.{name}]")],
            },
            Self::Claim(claim) => experiment(lesson, claim),
            Self::Predictions => predict(lesson),
        };
        Outcome { what: self.name(), faults }
    }
}

/// Runs programs and compares which checks fail with those that should.
fn expect(lesson: &Lesson, programs: &[Program], fails: &[String], says: Option<&str>) -> Vec<String> {
    let runs = match run_all(lesson, programs) {
        Ok(runs) => runs,
        Err(error) => return vec![format!("it can't be run: {error}")],
    };
    let judged: Vec<_> = runs.iter().map(|run| Judged { schedule: Some(&run.schedule), events: &run.events }).collect();
    let results = judge::checks(lesson, &judged);
    let mut faults = vec![];
    for result in &results {
        let expected = fails.contains(&result.id);
        if result.passed == expected {
            let verb = if result.passed { "passes" } else { "fails" };
            faults.push(format!("{} {verb}, {}: {}", result.id, schedule(&runs, result), result.told.en));
        }
    }
    if let Some(says) = says {
        // As the page shows it: the message, and the wire that it was seen on.
        let shown = |result: &CheckResult| format!("{} ({})", result.told.en, schedule(&runs, result));
        let failed: Vec<String> = results.iter().filter(|result| !result.passed).map(shown).collect();
        if !failed.iter().any(|told| told.contains(says)) {
            faults.push(format!("no message contains {says:?}: {}", failed.join(" / ")));
        }
    }
    faults
}

fn schedule(runs: &[Graded], result: &CheckResult) -> String {
    runs.get(usize::from(result.run)).map_or_else(String::new, |run| format!("on the wire {}", run.schedule.name()))
}

fn experiment(lesson: &Lesson, claim: &Claim) -> Vec<String> {
    let hosts: Vec<&LessonHost> = claim.hosts.iter().collect();
    let mut plan = Plan {
        hosts: claim.hosts.iter().map(|host| host.plan(&host.program)).collect(),
        wire: claim.wire.clone(),
        limits: Limits { wall: lesson.grade.time, ..lesson.limits.values.clone() },
    };
    plan.wire.seed.get_or_insert(1);
    let events = match drive::drive(plan, &script(&hosts)) {
        Ok(events) => events,
        Err(error) => return vec![format!("it can't be run: {error}")],
    };
    let verdict = claim.property.judge(&Reading::of(&events));
    if verdict.passed { vec![] } else { vec![format!("lesson.toml:{}: {}", claim.line, verdict.told.en)] }
}

/// The learner's first run, with what graded runs type: exactly one choice of each prediction has to hold.
fn predict(lesson: &Lesson) -> Vec<String> {
    let hosts: Vec<&LessonHost> = lesson.visible().collect();
    let mut plan = lesson.plan_as_shipped();
    plan.limits.wall = lesson.grade.time;
    plan.wire.seed.get_or_insert(1);
    let events = match drive::drive(plan, &script(&hosts)) {
        Ok(events) => events,
        Err(error) => return vec![format!("it can't be run: {error}")],
    };
    let undecided = judge::predictions(lesson, &events).into_iter().filter(|one| one.held.is_none());
    undecided.map(|one| format!("the first run does not decide {:?}: no option holds, or several do", one.id)).collect()
}
