//! Judging programs: runs on wires that are legal and unkind, and a lesson's checks on their traces.
//!
//! - [`drive`]: one run that nobody sits at, from its start to the moment when nothing will change any more;
//! - [`judge`]: what traces say, without running anything;
//! - [`serve`]: graded runs of a server's learners;
//! - [`trial`]: a lesson put to its own test.

pub mod drive;
pub mod judge;
pub mod serve;
pub mod trial;

use lab::run::RunError;
use trace::event::Event;
use trace::id::HostId;

use crate::lessons::exercise::Schedule;
use crate::lessons::{Lesson, LessonHost, Program};

/// A graded run's trace.
#[derive(Debug)]
pub struct Graded {
    /// The wire that it was made on.
    pub schedule: Schedule,
    /// What happened.
    pub events: Vec<Event>,
}

/// The graded runs that a lesson asks for: the wire and the seed of each. The lesson's own wire comes first.
pub fn schedules(lesson: &Lesson) -> Vec<(Schedule, u64)> {
    let mut all = vec![Schedule::default()];
    for schedule in lesson.checks.iter().flat_map(|check| &check.schedules) {
        if !all.contains(schedule) {
            all.push(schedule.clone());
        }
    }
    let seeds = 1..=u64::from(lesson.grade.repeat);
    all.into_iter().flat_map(|schedule| seeds.clone().map(move |seed| (schedule.clone(), seed))).collect()
}

/// Makes one graded run of these programs.
pub fn run(lesson: &Lesson, programs: &[Program], schedule: Schedule, seed: u64) -> Result<Graded, RunError> {
    let mut plan = lesson.graded_plan(programs, Some(&schedule));
    plan.wire.seed.get_or_insert(seed);
    let hosts: Vec<&LessonHost> = lesson.hosts.iter().filter(|host| host.graded).collect();
    let events = drive::drive(plan, &script(&hosts))?;
    Ok(Graded { schedule, events })
}

/// Makes all graded runs of these programs, one after the other.
pub fn run_all(lesson: &Lesson, programs: &[Program]) -> Result<Vec<Graded>, RunError> {
    schedules(lesson).into_iter().map(|(schedule, seed)| run(lesson, programs, schedule, seed)).collect()
}

/// What is typed, and who the graders are.
fn script(hosts: &[&LessonHost]) -> Vec<drive::Role> {
    let role = |(id, host): (HostId, &&LessonHost)| drive::Role {
        host: id,
        typed: host.typed.clone(),
        grades: host.hidden || host.grader.is_some(),
    };
    (0..).map(HostId).zip(hosts).map(role).collect()
}
