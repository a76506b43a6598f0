//! Which line of a learner's program a thread is at, read from outside while the thread stands still.
//!
//! Python only: by the py-spy crate, which reads the interpreter's frames and changes nothing in it. For any other
//! program the answer is that it is not known.

use py_spy::config::LockingStrategy;
use py_spy::{Config, Frame, PythonSpy};
use trace::event::call::Place;

use crate::sys::ptrace::Tid;

/// Looks into one process.
pub(crate) struct Source {
    process: Tid,
    spy: Spy,
    /// The learner's files, by name.
    files: Vec<String>,
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
        Self { process, spy: Spy::Untried { attempts: 3 }, files }
    }

    /// Where a thread is. `tid` is its number inside the sandbox, as the interpreter knows it.
    pub(crate) fn place(&mut self, tid: u32) -> Option<Place> {
        if let Spy::Untried { attempts } = self.spy {
            self.spy = match PythonSpy::new(self.process, &config()) {
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

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("process", &self.process).finish_non_exhaustive()
    }
}

fn config() -> Config {
    // The thread is stopped by our own ptrace already; py-spy's would conflict with it.
    Config { blocking: LockingStrategy::NonBlocking, native: false, ..Config::default() }
}
