//! Terms with a definition in both languages, for whoever meets one in the prose.

use serde::Deserialize;
use trace::lesson::Text;

/// A term.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What `term:…` in the prose calls it.
    pub id: String,
    /// What it is called.
    pub term: Text,
    /// What it means.
    pub means: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Glossary {
    terms: Vec<Term>,
}

/// Reads `course/glossary.toml`.
pub fn parse(text: &str) -> Result<Vec<Term>, toml::de::Error> {
    Ok(toml::from_str::<Glossary>(text)?.terms)
}

/// A text as HTML that shows it.
pub fn escaped(text: &str) -> String {
    let mut html = String::new();
    pulldown_cmark_escape::escape_html(&mut html, text).expect("a String takes all");
    html
}

/// The same of a text in which `` `code` `` is code.
pub fn marked(text: &str) -> String {
    let part = |(index, part): (usize, &str)| {
        if index % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) }
    };
    text.split('`').enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_markup() {
        assert_eq!(marked("a `<b>` & `c`"), "a <code>&lt;b&gt;</code> &amp; <code>c</code>");
    }
}
