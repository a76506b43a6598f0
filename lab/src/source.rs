//! Which line of a learner's program a thread is at, read from outside while the thread stands still.
//!
//! Of Python by the py-spy crate, which reads the interpreter's frames and changes nothing in it; of C that was
//! compiled on its host by its debugging information. For any other program the answer is that it is not known.

mod module;
#[cfg(target_arch = "x86_64")]
mod native;
mod trust;

use std::time::{Duration, Instant};

use py_spy::config::LockingStrategy;
use py_spy::stack_trace::LocalVariable;
use py_spy::{Config, Frame, PythonSpy};
use trace::bytes::Bytes;
use trace::event::call::{Local, Place};

use crate::budget::Budget;
use crate::sys::memory;
use crate::sys::ptrace::Tid;
use module::Memory;
#[cfg(target_arch = "x86_64")]
use native::Native;

/// How many looks a busy program is given at once, and how soon one more.
///
/// A look takes some 60 µs, several times what a call itself takes. A program as people write it makes few calls and
/// each has its line; one that makes ten thousand a second would stand still most of the time, so most of its calls go
/// without.
const AT_ONCE: u32 = 1000;
const EVERY: Duration = Duration::from_micros(2500);

/// So many variables are shown.
const LOCALS: usize = 32;

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
    /// A program that was compiled on its host.
    #[cfg(target_arch = "x86_64")]
    Native(Box<Native>),
    /// No interpreter that is understood.
    Opaque,
}

impl Source {
    /// A view into a process, whose files of interest have these names.
    pub(crate) fn new(process: Tid, files: Vec<String>) -> Self {
        Self { process, spy: Spy::Untried { attempts: 3 }, files, budget: Budget::new(AT_ONCE, EVERY, Instant::now()) }
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

    /// To be called when the process has executed the program that was compiled, and stands before its first
    /// instruction.
    pub(crate) fn compiled(&mut self) {
        #[cfg(target_arch = "x86_64")]
        {
            self.spy = Spy::Native(Box::new(Native::read(self.process)));
        }
    }

    /// What is known of a fork of the process from the beginning.
    pub(crate) fn fork(&self, process: Tid) -> Self {
        let mut fork = Self::new(process, self.files.clone());
        #[cfg(target_arch = "x86_64")]
        if let Spy::Native(native) = &self.spy {
            fork.spy = Spy::Native(Box::new(native.fork(process)));
        }
        fork
    }

    /// Where a thread is. `inside` is its number inside the sandbox, as an interpreter knows it.
    pub(crate) fn place(&mut self, thread: Tid, inside: u32) -> Option<Place> {
        if !self.budget.take(Instant::now()) {
            return None;
        }
        #[cfg(target_arch = "x86_64")]
        if let Spy::Native(native) = &mut self.spy {
            return native.place(thread, &self.files);
        }
        let (_, frame) = self.frame(inside, false)?;
        let name = frame.filename.rsplit('/').next()?;
        Some(Place { file: name.to_owned(), line: u32::try_from(frame.line).ok()?, function: frame.name })
    }

    /// The local variables of the function in which a thread is, or the module's own outside of any.
    pub(crate) fn locals(&mut self, tid: u32) -> Vec<Local> {
        let Some((depth, frame)) = self.frame(tid, true) else { return Vec::new() };
        if frame.name == "<module>" {
            return self.module(tid, depth);
        }
        let variables = frame.locals.unwrap_or_default();
        let hidden = |name: &str| name.starts_with("__");
        let shown = variables.into_iter().filter(|variable| !hidden(&variable.name)).take(LOCALS);
        shown.map(|variable| self.local(variable)).collect()
    }

    /// The variables of a module at whose own code a thread is.
    fn module(&self, tid: u32, depth: usize) -> Vec<Local> {
        let Spy::Python(spy) = &self.spy else { return Vec::new() };
        if (spy.version.major, spy.version.minor) != (3, 11) {
            return Vec::new();
        }
        let interpreter = spy.addresses.interpreter_address as u64;
        let mut variables = Memory(self.process).variables(interpreter, tid, depth).unwrap_or_default();
        variables.retain(|variable| !variable.name.starts_with("__"));
        variables.truncate(LOCALS);
        variables
    }

    /// A variable as Python would write it. py-spy shows numbers, texts and collections; of other values it knows the
    /// type and the address, which says nothing to a learner but where bytes are.
    fn local(&self, variable: LocalVariable) -> Local {
        let LocalVariable { name, addr, repr, .. } = variable;
        let repr = repr.unwrap_or_default();
        let value = match repr.strip_prefix('<').and_then(|rest| rest.split_once(" at 0x")) {
            Some(("bytes", _)) => self.bytes(addr).unwrap_or(repr),
            Some((kind, _)) => format!("<{kind}>"),
            None => repr,
        };
        Local { name, value }
    }

    /// The literal of a `bytes` object: CPython's `PyBytesObject` has its size behind reference count and type, then a
    /// hash, then the bytes (`Include/cpython/bytesobject.h`).
    fn bytes(&self, addr: usize) -> Option<String> {
        const KEEP: usize = 64;
        let mut head = [0; 32 + KEEP];
        let read = memory::read(self.process, addr as u64, &mut head).ok()?;
        let size = usize::try_from(u64::from_ne_bytes(*head.get(16..read)?.first_chunk()?)).ok()?;
        let shown = head.get(32..(32 + size.min(KEEP)).min(read))?;
        let more = if size > KEEP { "…" } else { "" };
        Some(format!("b'{}{more}'", Bytes::from(shown).escaped()))
    }

    /// The innermost frame of a thread that belongs to one of the learner's files, and how many are inside of it.
    fn frame(&mut self, tid: u32, locals: bool) -> Option<(usize, Frame)> {
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
        spy.config.dump_locals = u64::from(locals);
        let traces = spy.get_stack_traces().ok()?;
        let thread = match &traces[..] {
            [only] => only,
            many => many.iter().find(|trace| trace.os_thread_id == Some(u64::from(tid)))?,
        };
        // The innermost frame may be inside the standard library (socket.py's accept).
        let learners = |frame: &Frame| {
            let name = frame.filename.rsplit('/').next();
            self.files.iter().any(|file| Some(file.as_str()) == name)
        };
        let depth = thread.frames.iter().position(learners)?;
        Some((depth, thread.frames[depth].clone()))
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

    #[test]
    fn a_burst_is_allowed_and_a_flood_is_not() {
        let begin = Instant::now();
        let mut budget = Budget::new(AT_ONCE, EVERY, begin);
        let burst = (0..2000).filter(|_| budget.take(begin)).count();
        assert_eq!(burst, 1000);
        let later = begin + Duration::from_millis(10);
        assert_eq!((0..100).filter(|_| budget.take(later)).count(), 4);
    }
}
