//! Words that are looked for in the course.

use trace::lesson::{Hit, Lang};

use super::Effect;
use super::load::{Load, LoadError};

/// A question, and where its words are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Search {
    /// The words.
    pub(crate) question: String,
    /// The places of the latest question that was answered.
    pub(crate) hits: Load<Vec<Hit>>,
}

impl Default for Search {
    fn default() -> Self {
        Self { question: String::new(), hits: Load::Ready(vec![]) }
    }
}

impl Search {
    /// Other words are looked for. What was found before stays until there is an answer, so that nothing flickers.
    pub(crate) fn ask(&mut self, question: String, lang: Lang) -> Vec<Effect> {
        self.question = question;
        self.again(lang)
    }

    /// The same words are looked for in this language.
    pub(crate) fn again(&mut self, lang: Lang) -> Vec<Effect> {
        if self.question.trim().is_empty() {
            self.hits = Load::Ready(vec![]);
            return vec![];
        }
        vec![Effect::Search(self.question.clone(), lang)]
    }

    /// The answer to a question; to an earlier one it comes too late.
    pub(crate) fn answered(&mut self, question: &str, answer: Result<Vec<Hit>, LoadError>) {
        if question == self.question {
            self.hits = answer.map_or_else(Load::Failed, Load::Ready);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit() -> Hit {
        let text = String::new;
        Hit { lesson: None, address: text(), title: text(), heading: text(), excerpt: vec![] }
    }

    #[test]
    fn only_the_latest_question_is_answered() {
        let mut search = Search::default();
        assert_eq!(search.ask("ac".into(), Lang::En), [Effect::Search("ac".into(), Lang::En)]);
        search.ask("accept".into(), Lang::En);
        search.answered("ac", Ok(vec![hit(), hit()]));
        assert_eq!(search.hits, Load::Ready(vec![]));
        search.answered("accept", Ok(vec![hit()]));
        assert_eq!(search.hits, Load::Ready(vec![hit()]));
        assert_eq!(search.ask(" ".into(), Lang::En), [], "nothing is looked for");
        assert_eq!(search.hits, Load::Ready(vec![]));
    }
}
