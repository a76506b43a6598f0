//! How far a learner is in the course: kept by the browser, lesson by lesson.

use super::{Effect, Kept};

/// How far a learner is with a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// It was opened.
    Opened,
    /// Its programs were run.
    Ran,
    /// All its checks passed.
    Passed,
}

impl Step {
    const ALL: [Self; 3] = [Self::Opened, Self::Ran, Self::Passed];

    /// What is kept for it.
    const fn tag(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Ran => "ran",
            Self::Passed => "passed",
        }
    }
}

/// How far a learner is with each lesson that they have opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Progress(Vec<(String, Step)>);

impl Progress {
    /// How far a lesson is, if it was opened.
    pub(crate) fn of(&self, lesson: &str) -> Option<Step> {
        self.0.iter().find(|(id, _)| id == lesson).map(|(_, step)| *step)
    }

    /// Takes in what is kept of a lesson: by an earlier visit, or in another tab.
    pub(crate) fn recall(&mut self, lesson: &str, kept: Kept) {
        let tag = kept(&key(lesson));
        if let Some(step) = Step::ALL.into_iter().find(|step| tag.as_deref() == Some(step.tag())) {
            self.raise(lesson, step);
        }
    }

    /// The learner has come so far with a lesson; nobody falls back.
    pub(crate) fn reach(&mut self, lesson: &str, step: Step) -> Option<Effect> {
        self.raise(lesson, step).then(|| Effect::Keep(key(lesson), Some(step.tag().into())))
    }

    fn raise(&mut self, lesson: &str, step: Step) -> bool {
        match self.0.iter_mut().find(|(id, _)| id == lesson) {
            Some((_, reached)) if *reached >= step => return false,
            Some((_, reached)) => *reached = step,
            None => self.0.push((lesson.to_owned(), step)),
        }
        true
    }
}

fn key(lesson: &str) -> String {
    format!("progress/{lesson}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_falls_back() {
        let mut progress = Progress::default();
        assert_eq!(progress.of("02-tcp"), None);
        let kept = progress.reach("02-tcp", Step::Ran);
        assert_eq!(kept, Some(Effect::Keep("progress/02-tcp".into(), Some("ran".into()))));
        assert_eq!(progress.reach("02-tcp", Step::Opened), None);
        progress.recall("02-tcp", |_| Some("opened".into()));
        assert_eq!(progress.of("02-tcp"), Some(Step::Ran));
        progress.recall("02-tcp", |key| (key == "progress/02-tcp").then(|| "passed".into()));
        assert_eq!(progress.of("02-tcp"), Some(Step::Passed));
        progress.recall("03-bytes", |_| Some("nonsense".into()));
        assert_eq!(progress.of("03-bytes"), None);
    }
}
