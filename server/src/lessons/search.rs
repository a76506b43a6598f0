//! Words are looked for in titles, headings, prose, programs, the glossary and the cheat sheet. The whole course is a few
//! hundred kilobytes, so every text is looked through for every question, which takes less than a millisecond.

use std::ops::Range;

use trace::lesson::{Hit, Lang};

use super::Lesson;
use super::glossary::Term;
use super::prose::Prose;

/// The most places that are told.
const MOST: usize = 24;

/// What of a question is looked for, in characters; the rest of it is let be.
const LONGEST: usize = 80;

/// Characters of an excerpt before what was found, and from there on.
const AROUND: (usize, usize) = (30, 90);

/// What can be found in one language.
#[derive(Debug, Default)]
pub struct Index(Vec<Place>);

#[derive(Debug)]
struct Place {
    /// The hit that it makes, without its excerpt.
    hit: Hit,
    title: Folded,
    heading: Folded,
    text: Folded,
    /// The text as it is written.
    written: Vec<char>,
}

/// A text of which case is no more, character for character.
#[derive(Debug)]
struct Folded(String);

impl Folded {
    fn new(text: &str) -> Self {
        Self(text.chars().map(fold).collect())
    }
}

/// The small letter, where that is one character; full-width Latin is Latin.
fn fold(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    };
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

impl Index {
    /// Of a course.
    pub fn new(lessons: &[Lesson], terms: &[Term], cheat_sheet: Option<&Prose>, lang: Lang) -> Self {
        let mut places = vec![];
        for lesson in lessons {
            let prose = lesson.prose(lang);
            let title = format!("{} · {}", lesson.number, prose.title);
            let mut add = |part: Option<usize>, heading: &str, text: &str| {
                let part = part.map_or_else(String::new, |part| format!("#part-{part}"));
                let address = format!("/lesson/{}{part}", lesson.id);
                places.push(Place::new(Some(&lesson.id), address, &title, heading, text));
            };
            for (number, section) in prose.sections.iter().enumerate() {
                let heading = if section.heading.is_empty() { &prose.summary } else { &section.heading };
                add(number.checked_sub(1), heading, &section.text);
            }
            for host in lesson.visible() {
                add(None, &host.program.file, &host.program.source);
            }
        }
        let (glossary, cheats) = match lang {
            Lang::En => ("Glossary", "Cheat sheet"),
            Lang::Zh => ("术语表", "速查表"),
        };
        for term in terms {
            let address = format!("/glossary/{lang}#{}", term.id);
            let means = term.means.get(lang).replace('`', "");
            places.push(Place::new(None, address, glossary, term.term.get(lang), &means));
        }
        for (number, section) in cheat_sheet.iter().flat_map(|sheet| sheet.sections.iter().enumerate()) {
            let address = format!("/cheatsheet/{lang}#part-{}", number.saturating_sub(1));
            places.push(Place::new(None, address, cheats, &section.heading, &section.text));
        }
        Self(places)
    }

    /// The best places for a question: all its words are there. Chinese is not divided into words: a run of its
    /// characters is looked for as it stands, or else by every two that stand together.
    pub fn find(&self, question: &str) -> Vec<Hit> {
        let words = words(question);
        if words.is_empty() {
            return vec![];
        }
        let mut found: Vec<(u32, &Place)> =
            self.0.iter().filter_map(|place| Some((place.score(&words)?, place))).collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score)); // stable: else in the course's order
        found.truncate(MOST);
        found.into_iter().map(|(_, place)| place.told(&words)).collect()
    }
}

impl Place {
    fn new(lesson: Option<&String>, address: String, title: &str, heading: &str, text: &str) -> Self {
        let (title_folded, heading_folded) = (Folded::new(title), Folded::new(heading));
        let hit = Hit {
            lesson: lesson.cloned(),
            address,
            title: title.to_owned(),
            heading: heading.to_owned(),
            excerpt: vec![],
        };
        Self {
            hit,
            title: title_folded,
            heading: heading_folded,
            text: Folded::new(text),
            written: text.chars().collect(),
        }
    }

    /// How well it answers: the more, the better; nothing if a word is not there.
    fn score(&self, words: &[Word]) -> Option<u32> {
        let of = |word: &Word| {
            let weights = [(&self.title, 4), (&self.heading, 10), (&self.text, 2)];
            let score = weights.iter().map(|(text, weight)| weight * word.fits(&text.0)).sum::<u32>();
            (score > 0).then_some(score)
        };
        words.iter().map(of).sum()
    }

    fn told(&self, words: &[Word]) -> Hit {
        let at = words.iter().filter_map(|word| word.find(&self.text.0)).min_by_key(|range| range.start);
        Hit { excerpt: excerpt(&self.written, at.unwrap_or_default()), ..self.hit.clone() }
    }
}

/// What was found, with what is around it.
fn excerpt(text: &[char], found: Range<usize>) -> Vec<String> {
    let from = found.start.saturating_sub(AROUND.0);
    let to = text.len().min(found.start + AROUND.1).max(found.end);
    let string = |range: Range<usize>| text[range].iter().collect::<String>();
    let before = if from > 0 { "…" } else { "" };
    let after = if to < text.len() { "…" } else { "" };
    vec![
        format!("{before}{}", string(from..found.start)),
        string(found.clone()),
        format!("{}{after}", string(found.end..to)),
    ]
}

/// A word of a question: letters and digits, or Chinese characters.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    chinese: bool,
}

impl Word {
    /// How well a text fits: 3 as a word of its own, 2 within another, 1 in pieces, 0 not at all.
    fn fits(&self, text: &str) -> u32 {
        let mut best = 0;
        for (at, _) in text.match_indices(&self.text) {
            let apart = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let whole = self.chinese
                || (apart(text[..at].chars().next_back()) && apart(text[at + self.text.len()..].chars().next()));
            if whole {
                return 3;
            }
            best = 2;
        }
        if best == 0 && self.pairs().count() > 1 && self.pairs().all(|pair| text.contains(pair)) {
            best = 1;
        }
        best
    }

    /// Where it stands first, or the first two characters of it do; counted in characters.
    fn find(&self, text: &str) -> Option<Range<usize>> {
        let of = |word: &str| {
            let start = text[..text.find(word)?].chars().count();
            Some(start..start + word.chars().count())
        };
        of(&self.text).or_else(|| of(self.pairs().next()?))
    }

    /// Every two Chinese characters that stand together in it.
    fn pairs(&self) -> impl Iterator<Item = &str> {
        let starts: Vec<usize> = self.text.char_indices().map(|(at, _)| at).chain([self.text.len()]).collect();
        let count = if self.chinese { starts.len().saturating_sub(2) } else { 0 };
        (0..count).map(move |index| &self.text[starts[index]..starts[index + 2]])
    }
}

/// The words of a question.
fn words(question: &str) -> Vec<Word> {
    let mut words: Vec<Word> = vec![];
    let mut joined = false;
    for c in question.chars().take(LONGEST).map(fold) {
        let chinese = ('\u{3400}'..='\u{9fff}').contains(&c);
        if !chinese && !c.is_alphanumeric() && c != '_' {
            joined = false;
            continue;
        }
        match words.last_mut() {
            Some(word) if joined && word.chinese == chinese => word.text.push(c),
            _ => words.push(Word { text: c.into(), chinese }),
        }
        joined = true;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::Library;

    fn found(lang: Lang, question: &str) -> Vec<Hit> {
        Library::embedded().search(lang, question)
    }

    fn first(lang: Lang, question: &str) -> String {
        found(lang, question).first().map_or_else(String::new, |hit| hit.address.clone())
    }

    #[test]
    fn titles_headings_prose_programs_glossary_and_cheat_sheet() {
        assert!(first(Lang::En, "sticky packets").starts_with("/lesson/05-sticky"));
        assert_eq!(first(Lang::En, "accept queue"), "/glossary/en#accept-queue");
        let addresses = |question| found(Lang::En, question).into_iter().map(|hit| hit.address).collect::<Vec<_>>();
        assert!(addresses("somaxconn").iter().any(|address| address.starts_with("/lesson/02-tcp#part-")));
        assert!(addresses("EADDRINUSE").iter().any(|address| address.starts_with("/cheatsheet/en#part-")));
        assert!(found(Lang::En, "setblocking").iter().any(|hit| hit.heading == "client.py"));
    }

    #[test]
    fn chinese_has_no_word_boundaries() {
        assert_eq!(first(Lang::Zh, "全连接队列"), "/glossary/zh#accept-queue");
        assert!(first(Lang::Zh, "粘包").starts_with("/lesson/05-sticky"));
        // Two words that nobody wrote side by side.
        assert!(!found(Lang::Zh, "三次握手accept").is_empty());
        assert!(!found(Lang::Zh, "握手连接").is_empty() || found(Lang::Zh, "连接握手").is_empty());
        assert!(found(Lang::En, "粘包").is_empty(), "each language by itself");
    }

    #[test]
    fn an_excerpt_shows_what_was_found_as_it_is_written() {
        let hits = found(Lang::En, "SOMAXCONN");
        assert_eq!(hits[0].excerpt[1], "somaxconn");
        assert!(hits[0].excerpt[0].starts_with('…'), "{:?}", hits[0].excerpt);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for question in ["", "  ", "?!", "xyzzy", "accept xyzzy", "粘粘包包"] {
            assert!(found(Lang::Zh, question).is_empty(), "{question}");
        }
    }

    #[test]
    fn words_of_both_scripts() {
        let word = |text: &str, chinese| Word { text: text.into(), chinese };
        assert_eq!(
            words("ＲＥＣＶ返回 SO_REUSEADDR, b\"\""),
            [word("recv", false), word("返回", true), word("so_reuseaddr", false), word("b", false)]
        );
        assert_eq!(word("粘包了", true).pairs().collect::<Vec<_>>(), ["粘包", "包了"]);
    }

    proptest::proptest! {
        #[test]
        fn no_question_breaks_it(question: String) {
            let text = format!("before {question} after");
            let place = Place::new(None, String::new(), "", "", &text);
            for hit in Index(vec![place]).find(&question) {
                proptest::prop_assert_eq!(hit.excerpt.len(), 3);
            }
        }
    }
}
