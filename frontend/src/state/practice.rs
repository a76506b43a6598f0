//! What a learner does with a lesson beside running it: predictions, checks, hints.

use trace::lesson::{LessonPage, Predicted, PredictionCard, Report};
use trace::protocol::Refusal;

use super::Effect;
use super::load::LoadError;
use crate::route::recording_of;

/// How far a learner is with a lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Practice {
    /// The choice for each prediction; one more than there are means "both can happen".
    answers: Vec<Option<usize>>,
    /// What held in the runs so far, for each prediction.
    seen: Vec<Vec<u16>>,
    /// What the latest run says.
    pub(crate) latest: Vec<Predicted>,
    /// How many hints are open.
    pub(crate) hints: usize,
    /// How the checks stand.
    pub(crate) grading: Grading,
    /// The links of the latest graded run that failed, and of the latest that passed.
    judged: [Option<String>; 2],
}

/// How the checks stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Grading {
    /// Nobody asked yet.
    #[default]
    Not,
    /// The graded runs go on.
    GoesOn,
    /// They were judged.
    Done(Report),
    /// The server would not.
    Refused(Refusal),
    /// The server did not answer.
    Failed(LoadError),
}

/// What is done with a lesson.
#[derive(Clone, Debug)]
pub(crate) enum Practise {
    /// A prediction, by its place, is answered by a choice.
    Answer(usize, usize),
    /// One more hint.
    Hint,
    /// The programs are to be checked.
    Check,
    /// They were.
    Checked(Box<Result<Result<Report, Refusal>, LoadError>>),
    /// A run said this of the predictions.
    Predicted(Vec<Predicted>),
}

impl Practice {
    /// What an earlier visit left of a lesson; `kept` knows it.
    pub(crate) fn open(page: &LessonPage, kept: impl Fn(&str) -> Option<String>) -> Self {
        let answer = |card: &PredictionCard| kept(&answer_key(page, card))?.parse().ok();
        Self { answers: page.predictions.iter().map(answer).collect(), ..Self::default() }
    }

    /// What was chosen for a prediction.
    pub(crate) fn answer(&self, prediction: usize) -> Option<usize> {
        self.answers.get(prediction).copied().flatten()
    }

    /// What the runs so far say of a prediction: a choice, or the place after the last for "both can happen".
    pub(crate) fn held(&self, prediction: usize, choices: usize) -> Option<usize> {
        match self.seen.get(prediction).map_or(&[][..], Vec::as_slice) {
            [] => None,
            [one] => Some(usize::from(*one)),
            _ => Some(choices),
        }
    }

    /// Whether every check passed.
    pub(crate) fn is_done(&self) -> bool {
        matches!(&self.grading, Grading::Done(report) if report.results.iter().all(|result| result.passed))
    }

    /// Paths of the recordings of a graded run that failed and one that passed, where there are both.
    pub(crate) fn judged(&self) -> Option<[Option<String>; 2]> {
        let path = |link: &Option<String>| link.as_deref().map(recording_of);
        self.judged.iter().all(Option::is_some).then(|| self.judged.each_ref().map(path))
    }

    /// Remembers a run of what was judged: one in which a check failed, or the first where none did.
    fn judge(&mut self, report: &Report) {
        let failed = report.results.iter().find(|result| !result.passed);
        let run = report.runs.get(failed.map_or(0, |failed| usize::from(failed.run)));
        if let Some(key) = run.and_then(|run| run.key.clone()) {
            self.judged[usize::from(failed.is_none())] = Some(key);
        }
    }

    /// Takes in what is done. `programs` are the learner's.
    pub(crate) fn apply(&mut self, act: Practise, page: &LessonPage, programs: Vec<String>) -> Vec<Effect> {
        match act {
            Practise::Answer(prediction, choice) => {
                // Whoever has seen what happens predicts no more.
                let seen = self.seen.get(prediction).is_some_and(|seen| !seen.is_empty());
                self.answers.resize(page.predictions.len(), None);
                if let (false, Some(answer), Some(card)) =
                    (seen, self.answers.get_mut(prediction), page.predictions.get(prediction))
                {
                    *answer = Some(choice);
                    return vec![Effect::Keep(answer_key(page, card), Some(choice.to_string()))];
                }
            }
            Practise::Hint => self.hints += 1,
            Practise::Check if self.grading != Grading::GoesOn => {
                self.grading = Grading::GoesOn;
                return vec![Effect::Check(page.card.id.clone(), programs)];
            }
            Practise::Check => {}
            Practise::Checked(answer) => {
                self.grading = match *answer {
                    Ok(Ok(report)) => {
                        self.judge(&report);
                        Grading::Done(report)
                    }
                    Ok(Err(refusal)) => Grading::Refused(refusal),
                    Err(error) => Grading::Failed(error),
                };
            }
            Practise::Predicted(latest) => {
                self.seen.resize(page.predictions.len(), vec![]);
                for (seen, held) in self.seen.iter_mut().zip(&latest) {
                    seen.extend(held.held.filter(|held| !seen.contains(held)));
                }
                self.latest = latest;
            }
        }
        vec![]
    }
}

/// Where the choice for a prediction is kept.
fn answer_key(page: &LessonPage, card: &PredictionCard) -> String {
    format!("answer/{}/{}", page.card.id, card.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::page;
    use trace::lesson::{CheckResult, GradedRun, Text};

    #[test]
    fn runs_that_differ_make_both_right() {
        let mut lesson = page("02-tcp", "");
        let choices = vec!["a".to_owned(), "b".to_owned()];
        lesson.predictions = vec![PredictionCard { id: "p".into(), question: "?".into(), choices }];
        let mut practice = Practice::default();
        let told = |held| vec![Predicted { id: "p".into(), held: Some(held), at: None, why: None }];
        let kept = practice.apply(Practise::Answer(0, 1), &lesson, vec![]);
        assert_eq!(kept, [Effect::Keep("answer/02-tcp/p".into(), Some("1".into()))]);
        let again = Practice::open(&lesson, |key| (key == "answer/02-tcp/p").then(|| "1".to_owned()));
        assert_eq!(again.answer(0), Some(1), "an earlier visit's answer");
        assert_eq!((practice.answer(0), practice.held(0, 2)), (Some(1), None));
        practice.apply(Practise::Predicted(told(1)), &lesson, vec![]);
        practice.apply(Practise::Predicted(told(1)), &lesson, vec![]);
        assert_eq!(practice.held(0, 2), Some(1));
        practice.apply(Practise::Predicted(told(0)), &lesson, vec![]);
        assert_eq!(practice.held(0, 2), Some(2));
        practice.apply(Practise::Answer(0, 0), &lesson, vec![]);
        assert_eq!(practice.answer(0), Some(1), "nobody predicts what they have seen");
    }

    #[test]
    fn a_lesson_is_done_when_every_check_passed() {
        let lesson = page("02-tcp", "");
        let mut practice = Practice::default();
        assert_eq!(practice.apply(Practise::Check, &lesson, vec!["x".into()]).len(), 1);
        assert!(practice.apply(Practise::Check, &lesson, vec![]).is_empty(), "one at a time");
        assert!(!practice.is_done());
        practice.apply(Practise::Checked(Box::new(Ok(Ok(Report::default())))), &lesson, vec![]);
        assert!(practice.is_done());
        assert_eq!(practice.judged(), None, "no run has a link yet");
        for (key, passed) in [("k1", false), ("k2", true), ("k3", false)] {
            let run = GradedRun { schedule: "plain".into(), key: Some(key.into()) };
            let result = CheckResult { id: "c".into(), passed, told: Text::default(), run: 0, at: None };
            let report = Report { runs: vec![run], results: vec![result] };
            practice.apply(Practise::Checked(Box::new(Ok(Ok(report)))), &lesson, vec![]);
        }
        let path = |key: &str| Some(format!("/api/runs/{key}/recording"));
        assert_eq!(practice.judged(), Some([path("k3"), path("k2")]), "the latest of each");
        let failed = practice.apply(Practise::Checked(Box::new(Err(LoadError::Offline))), &lesson, vec![]);
        assert_eq!((failed, practice.grading), (vec![], Grading::Failed(LoadError::Offline)));
    }
}
