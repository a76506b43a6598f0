//! Every word that a person reads, in each language of the course.
//!
//! One [`Words`] per language, written out as a constant: a message that is missing in one of them does not compile,
//! and neither does a refusal, cause or limit without its sentence.

pub(crate) mod compare;
mod en;
pub(crate) mod panels;
pub(crate) mod practice;
pub(crate) mod scope;
mod zh;

use std::time::Duration;

use trace::event::host::{Cause, ExitStatus, WireSettings};
use trace::lesson::Lang;
use trace::protocol::Refusal;
use trace::time::Readable;

use crate::state::host::{Activity, Note, Waiting};
use crate::state::load::LoadError;
use crate::state::run::{Phase, Trouble};

/// The page's words in one language. Fields are grouped by the place where they are read.
#[derive(Debug)]
pub(crate) struct Words {
    // The frame around every page.
    pub(crate) skip: &'static str,
    pub(crate) lessons: &'static str,
    pub(crate) switch_language: &'static str,
    pub(crate) to_dark: &'static str,
    pub(crate) to_light: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) slow: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) load_error: fn(&LoadError) -> String,

    // Home, and the page for addresses that lead nowhere.
    pub(crate) tagline: &'static str,
    pub(crate) about: &'static str,
    pub(crate) no_lessons: &'static str,
    pub(crate) lesson_number: fn(u16) -> String,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_text: &'static str,
    pub(crate) to_lessons: &'static str,

    // A lesson.
    pub(crate) hide_lesson: &'static str,
    pub(crate) show_lesson: &'static str,
    pub(crate) next_lesson: &'static str,
    pub(crate) previous_lesson: &'static str,

    // The run bar.
    pub(crate) workbench: &'static str,
    pub(crate) run: &'static str,
    pub(crate) run_again: &'static str,
    pub(crate) run_shortcut: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) wire: &'static str,
    pub(crate) delay: fn(&WireSettings) -> String,
    pub(crate) loss: fn(&WireSettings) -> String,
    pub(crate) phase: fn(&Phase) -> String,
    pub(crate) stopping: &'static str,
    pub(crate) refusal: fn(&Refusal) -> String,
    pub(crate) trouble: fn(&Trouble) -> String,
    pub(crate) cause: fn(&Cause) -> String,
    pub(crate) connection_lost: &'static str,
    pub(crate) reconnect: &'static str,
    pub(crate) reload: &'static str,
    pub(crate) dismiss: &'static str,

    // What can be taken away of a run.
    pub(crate) export: &'static str,
    pub(crate) export_pcapng: &'static str,
    pub(crate) export_strace: &'static str,
    pub(crate) export_jsonl: &'static str,
    pub(crate) export_recording: &'static str,
    pub(crate) export_html: &'static str,
    pub(crate) export_svg: &'static str,
    pub(crate) export_png: &'static str,
    pub(crate) export_link: &'static str,
    pub(crate) link_copied: &'static str,

    // The learner's own visit.
    pub(crate) visitor: &'static str,
    pub(crate) visit_browser: &'static str,
    pub(crate) visit_console: &'static str,
    pub(crate) visit_address: &'static str,
    pub(crate) visit_open: &'static str,
    pub(crate) visit_connect: &'static str,
    pub(crate) visit_wrong: &'static str,
    pub(crate) visit_page: &'static str,
    pub(crate) visit_empty: &'static str,
    pub(crate) talk_empty: &'static str,
    pub(crate) talk_text: &'static str,
    pub(crate) talk_ending: &'static str,
    pub(crate) talk_no_ending: &'static str,
    pub(crate) talk_send: &'static str,
    pub(crate) talk_half: &'static str,
    pub(crate) talk_close: &'static str,
    pub(crate) talk_reset: &'static str,
    pub(crate) talk_open: fn(u16) -> String,
    pub(crate) talk_half_closed: &'static str,
    pub(crate) talk_peer_closed: &'static str,
    pub(crate) talk_ended: &'static str,
    pub(crate) talk_no_answer: &'static str,
    pub(crate) talk_too_much: fn(u64) -> String,

    // A host's panel.
    pub(crate) hosts: &'static str,
    pub(crate) host: fn(&str) -> String,
    pub(crate) editor: fn(&str) -> String,
    pub(crate) editor_hint: &'static str,
    /// The editor's own words: its English and what stands for it.
    pub(crate) editor_phrases: &'static [(&'static str, &'static str)],
    pub(crate) terminal: fn(&str) -> String,
    pub(crate) terminal_empty: &'static str,
    pub(crate) reset: &'static str,
    pub(crate) reset_label: fn(&str) -> String,
    pub(crate) restore: &'static str,
    pub(crate) counts_at_next_run: &'static str,
    pub(crate) nothing_runs: &'static str,
    pub(crate) program_has_ended: &'static str,
    pub(crate) activity: fn(&Activity) -> String,
    pub(crate) waiting: fn(&Waiting) -> String,
    pub(crate) note: fn(&Note) -> String,

    // The ladder's place and the line below it.
    pub(crate) ladder: &'static str,
    pub(crate) ladder_empty: &'static str,
    pub(crate) ladder_empty_text: &'static str,
    pub(crate) ladder_waits: &'static str,
    pub(crate) ladder_nothing: &'static str,
    pub(crate) queue: &'static str,
    pub(crate) queue_text: fn(u32) -> String,
    pub(crate) events: fn(usize) -> String,
    pub(crate) live: &'static str,
    pub(crate) ended: &'static str,
    /// What is around the ladder.
    pub(crate) scope: &'static scope::ScopeWords,
}

impl Words {
    /// The words of a language.
    pub(crate) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &en::WORDS,
            Lang::Zh => &zh::WORDS,
        }
    }
}

/// An exit status as the field writes it in any language: `exit 1`, `SIGKILL`.
pub(crate) fn short_exit(status: ExitStatus) -> Option<String> {
    match status {
        ExitStatus::Exited(code) => Some(format!("exit {code}")),
        ExitStatus::Signaled(number) => Some(trace::event::signal::name(number)),
        ExitStatus::Unknown => None,
    }
}

/// `12 ms`, without the zeros after the point that a setting does not need.
pub(crate) fn plain(span: Duration) -> String {
    if span.is_zero() {
        return "0 ms".into();
    }
    let shown = Readable(span).to_string();
    match shown.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => shown,
    }
}

/// Parts per million as a percentage: `0`, `2.5`.
fn percent(ppm: u32) -> String {
    let text = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `262144` becomes `256 KiB` where that is exact, else it stays a number of bytes.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 20 && b % (1 << 20) == 0 => format!("{} MiB", b >> 20),
        b if b >= 1 << 10 && b % (1 << 10) == 0 => format!("{} KiB", b >> 10),
        b => format!("{b} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::event::host::Limit;

    /// What takes an argument can forget to mention it; what does not is checked by the compiler.
    #[test]
    fn sentences_mention_what_they_are_about() {
        for lang in Lang::ALL {
            let words = Words::of(lang);
            let too_large = Refusal::ProgramTooLarge { file: "server.py".into(), bytes: 70_000, limit: 65_536 };
            let sentence = (words.refusal)(&too_large);
            assert!(sentence.contains("server.py") && sentence.contains("64 KiB"), "{sentence}");
            let full = (words.refusal)(&Refusal::ServerFull { limit: 32 });
            assert!(full.contains("32"), "{full}");
            let wall = (words.cause)(&Cause::Limit(Limit::Wall(Duration::from_secs(90))));
            assert!(wall.contains("90"), "{wall}");
            let unwatched = (words.cause)(&Cause::Unwatched(Duration::from_secs(45)));
            assert!(unwatched.contains("45"), "{unwatched}");
            let blocked = Activity::Blocked { pid: 2, call: "accept", waiting: Waiting::Connection };
            assert!((words.activity)(&blocked).contains("accept()"), "{}", (words.activity)(&blocked));
            let killed = Activity::Ended(ExitStatus::Signaled(9));
            assert!((words.activity)(&killed).contains("SIGKILL"));
        }
    }

    #[test]
    fn the_languages_are_not_the_same() {
        let (en, zh) = (Words::of(Lang::En), Words::of(Lang::Zh));
        assert_ne!(en.run, zh.run);
        assert!(zh.about.contains("套接字"));
        for refusal in [Refusal::NoSuchRun, Refusal::AlreadyRunning, Refusal::NotRunning, Refusal::ShuttingDown] {
            assert_ne!((en.refusal)(&refusal), (zh.refusal)(&refusal));
        }
    }

    #[test]
    fn settings_are_told_without_noise() {
        assert_eq!(plain(Duration::from_millis(12)), "12 ms");
        assert_eq!(plain(Duration::from_micros(1_500)), "1.5 ms");
        assert_eq!(plain(Duration::ZERO), "0 ms");
        assert_eq!((percent(0), percent(25_000), percent(1_000_000)), ("0".into(), "2.5".into(), "100".into()));
        assert_eq!((size(65_536), size(1 << 20), size(1000)), ("64 KiB".into(), "1 MiB".into(), "1000 B".into()));
    }
}
