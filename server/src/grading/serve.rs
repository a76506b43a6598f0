//! Graded runs among the server's own: they have their places in line, obey its limits, and can be watched.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use trace::bytes::Bytes;
use trace::event::Event;
use trace::event::host::Cause;
use trace::lesson::{GradedRun, Report};
use trace::protocol::Refusal;

use super::drive::{Role, Watch};
use super::judge::{self, Judged};
use super::{Graded, schedules, script};
use crate::lessons::{Lesson, LessonHost};
use crate::runs::{Run, Runs};

/// How often it is looked what has happened.
const LOOK: Duration = Duration::from_millis(25);

/// Makes all graded runs of a learner's programs, one after the other, and judges them.
pub async fn grade(runs: &Arc<Runs>, lesson: &Lesson, programs: Vec<String>) -> Result<Report, Refusal> {
    let programs = lesson.accept(programs)?;
    let hosts: Vec<&LessonHost> = lesson.hosts.iter().filter(|host| host.graded).collect();
    let roles = script(&hosts);
    let (mut made, mut graded) = (vec![], vec![]);
    for (schedule, seed) in schedules(lesson) {
        let mut plan = lesson.graded_plan(&programs, Some(&schedule));
        plan.wire.seed.get_or_insert(seed);
        let patience = plan.limits.wall + Duration::from_secs(5);
        let run = Arc::clone(runs).start(plan, |_ahead| ()).await?;
        made.push(GradedRun { schedule: schedule.name(), key: Some(run.link().0.clone()) });
        graded.push(Graded { schedule, events: drive(&run, &roles, patience).await });
    }
    let judged: Vec<_> =
        graded.iter().map(|run| Judged { schedule: Some(&run.schedule), events: &run.events }).collect();
    Ok(Report { runs: made, results: judge::checks(lesson, &judged) })
}

/// Sits at a run until its end.
async fn drive(run: &Arc<Run>, roles: &[Role], patience: Duration) -> Vec<Event> {
    let _watched = run.watch(0); // a run that nobody watches is stopped
    let mut watch = Watch::new(roles);
    let (mut events, begin) = (vec![], Instant::now());
    loop {
        let over = run.is_over(); // before the events are taken: then they are all
        loop {
            let news = run.some_events(events.len(), usize::MAX);
            if news.is_empty() {
                break;
            }
            for event in &news {
                watch.take(event);
            }
            events.extend(news);
        }
        if over {
            return events;
        }
        if let Some((host, line)) = watch.types() {
            let _ = run.type_into(host, Bytes::from(line)); // a program that has just ended reads no more
        } else if watch.is_done() || begin.elapsed() > patience {
            run.stop(Cause::Stopped);
        }
        sleep(LOOK).await;
    }
}
