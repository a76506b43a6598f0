//! What the engine needs of the machine, checked one by one, each with its mend.

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What: `user namespaces`.
    pub what: &'static str,
    /// How it is.
    pub verdict: Verdict,
}

/// How a thing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works; a few words about it.
    Good(String),
    /// The engine works without it, with this drawback.
    Lacking {
        /// What was seen.
        seen: String,
        /// What a person can do about it.
        mend: String,
    },
    /// The engine can't work.
    Broken {
        /// What was seen.
        seen: String,
        /// What a person must do about it.
        mend: String,
    },
}

/// Looks at everything.
pub fn examine() -> Vec<Finding> {
    Vec::new()
}
