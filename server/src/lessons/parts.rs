//! The parts of the course, as its first page shows them.

use serde::Deserialize;
use trace::lesson::{Lang, Part, Text};

use super::Lesson;

/// Where a part of the course begins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The number of its first lesson.
    pub from: u16,
    /// Its title.
    pub title: Text,
    /// What it is about, in a sentence.
    pub summary: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    parts: Vec<Opening>,
}

/// Reads `course/parts.toml`.
pub fn parse(text: &str) -> Result<Vec<Opening>, toml::de::Error> {
    Ok(toml::from_str::<Parts>(text)?.parts)
}

/// Lessons, in their order, by the parts that they belong to. What comes before the first part has no title.
pub fn divide(lessons: &[Lesson], openings: &[Opening], lang: Lang) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![];
    let mut latest = None;
    for lesson in lessons {
        let opening = openings.iter().rev().find(|opening| opening.from <= lesson.number);
        let from = opening.map(|opening| opening.from);
        if parts.is_empty() || from != latest {
            latest = from;
            let text = |text: fn(&Opening) -> &Text| opening.map_or("", |opening| text(opening).get(lang)).to_owned();
            let (title, summary) = (text(|opening| &opening.title), text(|opening| &opening.summary));
            parts.push(Part { title, summary, lessons: vec![] });
        }
        if let Some(part) = parts.last_mut() {
            part.lessons.push(lesson.card(lang));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::Library;

    #[test]
    fn each_lesson_of_the_course_is_in_one_part() {
        let library = Library::embedded();
        for lang in Lang::ALL {
            let parts = library.parts(lang);
            assert!(parts.iter().all(|part| !part.title.is_empty() && !part.summary.is_empty()));
            let numbers: Vec<u16> = parts.iter().flat_map(|part| &part.lessons).map(|card| card.number).collect();
            assert_eq!(numbers, library.lessons().iter().map(|lesson| lesson.number).collect::<Vec<_>>());
            assert_eq!(parts.len(), 5, "none is empty");
        }
    }

    #[test]
    fn without_parts_there_is_one() {
        let library = Library::embedded();
        let parts = divide(library.lessons(), &[], Lang::En);
        assert_eq!((parts.len(), &*parts[0].title), (1, ""));
        assert_eq!(parts[0].lessons.len(), library.lessons().len());
        let late = Opening { from: 3, title: Text::new("b", "b"), summary: Text::default() };
        let parts = divide(library.lessons(), &[late], Lang::En);
        assert_eq!(parts.iter().map(|part| part.lessons.len()).collect::<Vec<_>>(), [2, library.lessons().len() - 2]);
    }
}
