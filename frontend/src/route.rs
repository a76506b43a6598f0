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
            None if path == "recording" => {
                let src = query.split('&').find_map(|pair| pair.strip_prefix("src="));
                Self::Recording(src.filter(|src| is_recording(src)).map(str::to_owned))
            }
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
        }
    }
}

/// Only this server's own runs are fetched, whatever an address says.
fn is_recording(src: &str) -> bool {
    let key = src.strip_prefix("/api/runs/").and_then(|rest| rest.strip_suffix("/recording"));
    key.is_some_and(is_id)
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
        for elsewhere in ["https://example.org/x", "//example.org/recording", "/api/runs/../recording", ""] {
            assert_eq!(Route::parse(&format!("/recording?src={elsewhere}")), Route::Recording(None), "{elsewhere}");
        }
        for nowhere in ["/lesson", "/lesson/", "/lesson/a/b", "/lesson/..%2F", "/about"] {
            assert_eq!(Route::parse(nowhere), Route::Missing, "{nowhere}");
        }
    }
}
