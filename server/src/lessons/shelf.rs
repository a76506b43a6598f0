//! The course that is served right now.

use std::sync::{Arc, PoisonError, RwLock};

use super::Library;

/// Holds the course, and lets another be put in its place while it is being served.
#[derive(Debug)]
pub struct Shelf(RwLock<Arc<Library>>);

impl Shelf {
    /// With this course.
    pub fn new(library: Library) -> Self {
        Self(RwLock::new(Arc::new(library)))
    }

    /// The course as it is now. Whoever holds it keeps it as it is.
    pub fn now(&self) -> Arc<Library> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)) // nothing that holds it can panic
    }

    /// Puts another in its place.
    pub fn put(&self, library: Library) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(library);
    }
}
