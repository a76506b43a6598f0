//! Addresses of the page's own places.

/// A place in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The list of lessons.
    Home,
    /// A lesson, by its folder's name.
    Lesson(String),
    /// An address that leads nowhere.
    Missing,
}

impl Route {
    /// The place that a URL's path names.
    pub(crate) fn parse(path: &str) -> Self {
        let path = path.trim_matches('/');
        match path.split_once('/') {
            None if path.is_empty() => Self::Home,
            Some(("lesson", id)) if is_id(id) => Self::Lesson(id.to_owned()),
            _ => Self::Missing,
        }
    }

    /// The path that names the place.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Home | Self::Missing => "/".into(),
            Self::Lesson(id) => format!("/lesson/{id}"),
        }
    }
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
        for route in [Route::Home, Route::Lesson("02-tcp".into())] {
            assert_eq!(Route::parse(&route.path()), route);
        }
        assert_eq!(Route::parse("/lesson/02-tcp/"), Route::Lesson("02-tcp".into()));
        for nowhere in ["/lesson", "/lesson/", "/lesson/a/b", "/lesson/..%2F", "/about"] {
            assert_eq!(Route::parse(nowhere), Route::Missing, "{nowhere}");
        }
    }
}
