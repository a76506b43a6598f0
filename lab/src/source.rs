//! Which line of a learner's program a thread is at, read from outside while the thread stands still.
//!
//! Python only: by the py-spy crate, which reads the interpreter's frames and changes nothing in it. For any other
//! program the answer is that it is not known.

mod trust;

use std::time::Instant;

use py_spy::config::LockingStrategy;
use py_spy::{Config, Frame, PythonSpy};
use trace::event::call::Place;

use crate::sys::ptrace::Tid;

/// Looks per second that a busy program is given, and how many it may have at once.
///
/// A look takes some 60 µs, several times what a call itself takes. A program as people write it makes few calls and
/// each has its line; one that makes ten thousand a second would stand still most of the time, so most of its calls go
/// without.
const PER_SECOND: f64 = 400.0;
const AT_ONCE: f64 = 1000.0;

/// How many more looks there may be: a bucket that fills steadily.
#[derive(Debug)]
struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    fn new(now: Instant) -> Self {
        Self { left: AT_ONCE, at: now }
    }

    fn take(&mut self, now: Instant) -> bool {
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * PER_SECOND;
        self.left = (self.left + filled).min(AT_ONCE);
        self.at = now;
        let enough = self.left >= 1.0;
        if enough {
            self.left -= 1.0;
        }
        enough
    }
}

/// Looks into one process.
pub(crate) struct Source {
    process: Tid,
    spy: Spy,
    /// The learner's files, by name.
    files: Vec<String>,
    budget: Budget,
}

enum Spy {
    /// So many attempts are left: an interpreter that has just begun can't be read yet.
    Untried {
        attempts: u8,
    },
    Python(Box<PythonSpy>),
    /// No interpreter that is understood.
    Opaque,
}

impl Source {
    /// A view into a process, whose files of interest have these names.
    pub(crate) fn new(process: Tid, files: Vec<String>) -> Self {
        Self { process, spy: Spy::Untried { attempts: 3 }, files, budget: Budget::new(Instant::now()) }
    }

    /// To be called when the process makes its first thread: the last moment at which its files can be trusted.
    pub(crate) fn before_threads(&mut self) {
        if let Spy::Untried { .. } = self.spy {
            self.spy = attach(self.process, 2).map_or(Spy::Opaque, |spy| Spy::Python(Box::new(spy)));
        }
    }

    /// To be called when the process runs in the memory of another (vfork(2)): its files can't be trusted.
    pub(crate) fn never(&mut self) {
        self.spy = Spy::Opaque;
    }

    /// Where a thread is. `tid` is its number inside the sandbox, as the interpreter knows it.
    pub(crate) fn place(&mut self, tid: u32) -> Option<Place> {
        if !self.budget.take(Instant::now()) {
            return None;
        }
        if let Spy::Untried { attempts } = self.spy {
            self.spy = match attach(self.process, 1) {
                Ok(spy) => Spy::Python(Box::new(spy)),
                Err(error) => {
                    tracing::debug!(process = self.process, %error, "not a Python interpreter, or not yet");
                    if attempts > 1 { Spy::Untried { attempts: attempts - 1 } } else { Spy::Opaque }
                }
            };
        }
        let Spy::Python(spy) = &mut self.spy else { return None };
        let traces = spy.get_stack_traces().ok()?;
        let thread = match &traces[..] {
            [only] => only,
            many => many.iter().find(|trace| trace.os_thread_id == Some(u64::from(tid)))?,
        };
        // The innermost frame may be inside the standard library (socket.py's accept).
        thread.frames.iter().find_map(|frame| self.learners(frame))
    }

    fn learners(&self, frame: &Frame) -> Option<Place> {
        let name = frame.filename.rsplit('/').next()?;
        let line = u32::try_from(frame.line).ok()?;
        self.files.iter().any(|file| file == name).then(|| Place {
            file: name.to_owned(),
            line,
            function: frame.name.clone(),
        })
    }
}

/// Looks for an interpreter in a process that has so many tasks at most.
fn attach(process: Tid, tasks: usize) -> Result<PythonSpy, String> {
    if !trust::has_tasks(process, tasks) || !trust::is_systems(process) {
        return Err("it has threads already, or is not the system's".to_owned());
    }
    PythonSpy::new(process, &config()).map_err(|error| error.to_string())
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("process", &self.process).finish_non_exhaustive()
    }
}

fn config() -> Config {
    // The thread is stopped by our own ptrace already; py-spy's would conflict with it.
    Config { blocking: LockingStrategy::NonBlocking, native: false, ..Config::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_allowed_and_a_flood_is_not() {
        let begin = Instant::now();
        let mut budget = Budget::new(begin);
        let burst = (0..2000).filter(|_| budget.take(begin)).count();
        assert_eq!(burst, 1000);
        let later = begin + Duration::from_millis(10);
        assert_eq!((0..100).filter(|_| budget.take(later)).count(), 4);
    }
}
