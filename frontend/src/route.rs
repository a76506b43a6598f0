//! Addresses of the page's own places.

/// A place in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The list of lessons.
    Home,
    /// Where words are looked for.
    Search,
    /// A lesson, by its folder's name.
    Lesson(String),
    /// A recording: one of this server's, by its path there, or one that is still to be chosen.
    Recording(Option<String>),
    /// Two runs side by side: each one of this server's, by its path there, or one that is still to be chosen.
    Compare([Option<String>; 2]),
    /// An address that leads nowhere.
    Missing,
}

impl Route {
    /// The place that a URL's path names, with what is behind its question mark.
    pub(crate) fn parse(path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = path.trim_matches('/');
        match path.split_once('/') {
            None if path.is_empty() => Self::Home,
            None if path == "search" => Self::Search,
            None if path == "recording" => Self::Recording(source(query, "src=")),
            None if path == "compare" => Self::Compare([source(query, "a="), source(query, "b=")]),
            Some(("lesson", id)) if is_id(id) => Self::Lesson(id.to_owned()),
            _ => Self::Missing,
        }
    }

    /// The path that names the place.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Home | Self::Missing => "/".into(),
            Self::Search => "/search".into(),
            Self::Lesson(id) => format!("/lesson/{id}"),
            Self::Recording(None) => "/recording".into(),
            Self::Recording(Some(src)) => format!("/recording?src={src}"),
            Self::Compare(sources) => {
                let pair = |(source, name): (&Option<String>, &str)| Some([name, source.as_deref()?].concat());
                let pairs: Vec<String> = sources.iter().zip(["a=", "b="]).filter_map(pair).collect();
                if pairs.is_empty() { "/compare".into() } else { format!("/compare?{}", pairs.join("&")) }
            }
        }
    }
}

/// The recording that an address names in this way. Only this server's own runs are fetched, whatever it says.
fn source(query: &str, name: &str) -> Option<String> {
    let source = query.split('&').find_map(|pair| pair.strip_prefix(name));
    source.filter(|source| run_of(source).is_some()).map(str::to_owned)
}

/// The path at which this server has the recording of the run with a link.
pub(crate) fn recording_of(link: &str) -> String {
    format!("/api/runs/{link}/recording")
}

/// The link of the run whose recording lies at a path of this server's.
pub(crate) fn run_of(source: &str) -> Option<&str> {
    let key = source.strip_prefix("/api/runs/").and_then(|rest| rest.strip_suffix("/recording"));
    key.filter(|key| is_id(key))
}

/// Folder names of lessons are plain, so that they need no escaping in URLs.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_places_agree() {
        for route in [Route::Home, Route::Search, Route::Lesson("02-tcp".into()), Route::Recording(None)] {
            assert_eq!(Route::parse(&route.path()), route);
        }
        assert_eq!(Route::parse("/lesson/02-tcp/"), Route::Lesson("02-tcp".into()));
        let run = Route::Recording(Some("/api/runs/k1/recording".into()));
        assert_eq!(Route::parse(&run.path()), run);
        let recording = |key: &str| Some(format!("/api/runs/{key}/recording"));
        for sources in
            [[None, None], [recording("k1"), None], [None, recording("k2")], [recording("k1"), recording("k2")]]
        {
            let both = Route::Compare(sources);
            assert_eq!(Route::parse(&both.path()), both);
        }
        for elsewhere in ["https://example.org/x", "//example.org/recording", "/api/runs/../recording", ""] {
            assert_eq!(Route::parse(&format!("/recording?src={elsewhere}")), Route::Recording(None), "{elsewhere}");
        }
        for nowhere in ["/lesson", "/lesson/", "/lesson/a/b", "/lesson/..%2F", "/about"] {
            assert_eq!(Route::parse(nowhere), Route::Missing, "{nowhere}");
        }
    }
}
