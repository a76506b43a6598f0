//! Where lessons come from: the binary itself, or a folder on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lab::Limits;
use rust_embed::RustEmbed;
use trace::lesson::{Hit, Lang, Part};

use super::Lesson;
use super::glossary::{self, Term};
use super::parse::{self, Fault, Folder};
use super::parts::{self, Opening};
use super::prose::{self, Prose};
use super::search::Index;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../lessons"]
struct Embedded;

/// The folder with what belongs to no single lesson.
pub const COURSE: &str = "course";

/// The lessons that can be served, and those that can't.
#[derive(Debug, Default)]
pub struct Library {
    lessons: Vec<Lesson>,
    terms: Vec<Term>,
    openings: Vec<Opening>,
    cheat_sheets: BTreeMap<Lang, Prose>,
    indices: BTreeMap<Lang, Index>,
    broken: Vec<BrokenLesson>,
}

/// A lesson with faults.
#[derive(Debug)]
pub struct BrokenLesson {
    /// The folder's name.
    pub id: String,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// Lessons could not be read from disk.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {cause}")]
pub struct LoadError {
    /// Which folder or file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub cause: io::Error,
}

impl Library {
    /// The lessons that the binary carries.
    pub fn embedded() -> Self {
        let mut folders = BTreeMap::<String, Folder>::new();
        for path in Embedded::iter() {
            if let (Some((id, file)), Some(found)) = (path.split_once('/'), Embedded::get(&path)) {
                folders.entry(id.to_owned()).or_default().insert(file.to_owned(), found.data.into_owned());
            }
        }
        Self::parse(folders)
    }

    /// The lessons in the folders of `dir`.
    pub fn from_disk(dir: &Path) -> Result<Self, LoadError> {
        let mut folders = BTreeMap::new();
        for path in entries(dir)? {
            if path.is_dir() {
                folders.insert(name(&path), read_folder(&path)?);
            }
        }
        Ok(Self::parse(folders))
    }

    /// One lesson's folder.
    pub fn of_one(folder: &Path) -> Result<Self, LoadError> {
        let absolute = folder.canonicalize().map_err(|cause| LoadError { path: folder.to_owned(), cause })?;
        let mut folders = BTreeMap::from([(name(&absolute), read_folder(folder)?)]);
        // Terms of the prose are explained by the course's glossary, if the lesson is one of a course.
        if let Some(course) = absolute.parent().map(|parent| parent.join(COURSE)).filter(|course| course.is_dir()) {
            folders.insert(COURSE.to_owned(), read_folder(&course)?);
        }
        Ok(Self::parse(folders))
    }

    /// The only lesson that was read, whole or broken.
    pub fn into_one(mut self) -> Option<Result<Lesson, BrokenLesson>> {
        self.lessons.pop().map(Ok).or_else(|| self.broken.pop().map(Err))
    }

    /// The terms of the course.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The cheat sheet in a language, as HTML.
    pub fn cheat_sheet(&self, lang: Lang) -> Option<&str> {
        self.cheat_sheets.get(&lang).map(|sheet| &*sheet.html)
    }

    fn parse(folders: BTreeMap<String, Folder>) -> Self {
        let mut library = Self::default();
        library.terms = library.of_course(&folders, "glossary.toml", glossary::parse);
        library.openings = library.of_course(&folders, "parts.toml", parts::parse);
        for lang in Lang::ALL {
            let sheet = folders.get(COURSE).and_then(|folder| folder.get(&format!("cheatsheet/{lang}.md")));
            let sheet =
                sheet.map(|bytes| prose::parse(&String::from_utf8_lossy(bytes), lang, &library.terms, &Folder::new()));
            library.cheat_sheets.extend(sheet.and_then(Result::ok).map(|sheet| (lang, sheet)));
        }
        for (id, folder) in folders {
            if id.starts_with('.') || id == COURSE {
                continue; // an editor's, git's, or what belongs to no single lesson
            }
            match parse::parse(&id, &folder, &library.terms) {
                Ok(lesson) => library.lessons.push(lesson),
                Err(faults) => library.broken.push(BrokenLesson { id, faults }),
            }
        }
        library.lessons.sort_by_key(|lesson| lesson.number);
        for lang in Lang::ALL {
            let index = Index::new(&library.lessons, &library.terms, library.cheat_sheets.get(&lang), lang);
            library.indices.insert(lang, index);
        }
        library
    }

    /// What a file of the course's folder lists. What is not there is empty.
    fn of_course<T>(
        &mut self,
        folders: &BTreeMap<String, Folder>,
        file: &str,
        parse: fn(&str) -> Result<Vec<T>, toml::de::Error>,
    ) -> Vec<T> {
        let Some(bytes) = folders.get(COURSE).and_then(|folder| folder.get(file)) else { return vec![] };
        let text = String::from_utf8_lossy(bytes);
        parse(&text).unwrap_or_else(|error| {
            let line = error.span().map(|span| parse::line_at(&*text, span.start));
            let fault =
                Fault { file: file.to_owned(), line, what: error.message().trim().to_owned(), mend: String::new() };
            self.broken.push(BrokenLesson { id: COURSE.to_owned(), faults: vec![fault] });
            vec![]
        })
    }

    /// Keeps all lessons to the most that a server allows. Those that ask for more can't be served.
    #[must_use]
    pub fn capped(mut self, caps: &Limits) -> Self {
        self.lessons.retain_mut(|lesson| {
            let faults = lesson.limits.cap(caps);
            let fine = faults.is_empty();
            if !fine {
                self.broken.push(BrokenLesson { id: lesson.id.clone(), faults });
            }
            fine
        });
        self
    }

    /// The lesson with this id.
    pub fn get(&self, id: &str) -> Option<&Lesson> {
        self.lessons.iter().find(|lesson| lesson.id == id)
    }

    /// Every whole lesson, in the order of the course.
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// The list of lessons, by the parts of the course.
    pub fn parts(&self, lang: Lang) -> Vec<Part> {
        parts::divide(&self.lessons, &self.openings, lang)
    }

    /// Where the words of a question are found in the course, the best first.
    pub fn search(&self, lang: Lang, question: &str) -> Vec<Hit> {
        let mut hits = self.indices.get(&lang).map_or_else(Vec::new, |index| index.find(question));
        hits.retain(|hit| hit.lesson.as_ref().is_none_or(|id| self.get(id).is_some())); // one too greedy is not served
        hits
    }

    /// The lessons that can't be served.
    pub fn broken(&self) -> &[BrokenLesson] {
        &self.broken
    }
}

/// Folders in a lesson's folder are two deep: `wrong/NAME/server.py`.
const DEPTH: usize = 2;

fn read_folder(folder: &Path) -> Result<Folder, LoadError> {
    let mut files = Folder::new();
    read_into(folder, "", DEPTH, &mut files)?;
    Ok(files)
}

fn read_into(folder: &Path, prefix: &str, depth: usize, files: &mut Folder) -> Result<(), LoadError> {
    for path in entries(folder)? {
        let name = format!("{prefix}{}", name(&path));
        if path.is_file() {
            let bytes = fs::read(&path).map_err(|cause| LoadError { path: path.clone(), cause })?;
            files.insert(name, bytes);
        } else if path.is_dir() && depth > 0 {
            read_into(&path, &format!("{name}/"), depth - 1, files)?;
        }
    }
    Ok(())
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let read = || fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>();
    read().map_err(|cause| LoadError { path: dir.to_owned(), cause })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
