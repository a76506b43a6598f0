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
