//! A call's registers, and the simplest things behind them: bytes, numbers, addresses, times.

use std::time::Duration;

use libc::c_int;
use trace::bytes::{Bytes, Clipped};
use trace::errno::Errno;
use trace::event::call::Value;
use trace::syscall::Syscall;

use crate::sys::memory;
use crate::sys::ptrace::Tid;
use crate::tracer::address;

/// How many bytes of a payload are kept.
pub(super) const PREVIEW: usize = 256;
/// The largest `struct sockaddr`.
const ADDRESS: usize = 128;

/// A call's raw arguments in the memory of its thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    pub(crate) tid: Tid,
    pub(crate) syscall: Syscall,
    pub(crate) args: [u64; 6],
    /// The room that a value-result length had when the call was entered: the kernel writes no more than that, but
    /// tells the whole length.
    room: Option<u32>,
}

impl Raw {
    /// Registers at a call's entry.
    pub(crate) fn new(tid: Tid, syscall: Syscall, args: [u64; 6]) -> Self {
        let mut raw = Self { tid, syscall, args, room: None };
        raw.room = raw.length().and_then(|addr| raw.number(addr));
        raw
    }

    /// Where the call's value-result length lies, if it has one.
    pub(super) fn length(&self) -> Option<u64> {
        use Syscall as S;
        match self.syscall {
            S::Accept | S::Accept4 | S::Getsockname | S::Getpeername => Some(self.args[2]),
            S::Recvfrom => Some(self.args[5]),
            S::Getsockopt => Some(self.args[4]),
            _ => None,
        }
    }

    /// An argument that the kernel takes as an int: the upper half of the register is whatever it is.
    pub(crate) fn int(&self, index: usize) -> c_int {
        let [a, b, c, d, ..] = self.args[index].to_le_bytes();
        c_int::from_le_bytes([a, b, c, d])
    }

    /// An argument that the kernel takes as an unsigned int.
    pub(super) fn unsigned(&self, index: usize) -> u32 {
        self.int(index).cast_unsigned()
    }

    pub(super) fn long(&self, index: usize) -> i64 {
        self.args[index].cast_signed()
    }

    pub(super) fn read(&self, addr: u64, len: usize) -> Result<Vec<u8>, Value> {
        if addr == 0 {
            return Err(Value::Null);
        }
        let mut bytes = vec![0; len];
        match memory::read(self.tid, addr, &mut bytes) {
            Ok(read) => bytes.truncate(read),
            Err(error) => return Err(Value::Unreadable(Errno(error.raw_os_error().unwrap_or(0)))),
        }
        Ok(bytes)
    }

    pub(super) fn word(&self, addr: u64) -> Option<u64> {
        let bytes = self.read(addr, 8).ok()?;
        bytes.first_chunk().map(|word| u64::from_ne_bytes(*word))
    }

    fn number(&self, addr: u64) -> Option<u32> {
        let bytes = self.read(addr, 4).ok()?;
        bytes.first_chunk().map(|number| u32::from_ne_bytes(*number))
    }

    /// An int behind a pointer.
    pub(super) fn int_at(&self, addr: u64) -> Value {
        match self.read(addr, 4) {
            Ok(bytes) => ints(&bytes).next().map_or(Value::Pointer(addr), |int| Value::Int(int.into())),
            Err(other) => other,
        }
    }

    /// A 64-bit number behind a pointer, such as an `off_t`.
    pub(super) fn long_at(&self, addr: u64) -> Value {
        match (addr, self.word(addr)) {
            (0, _) => Value::Null,
            (_, Some(word)) => Value::Int(word.cast_signed()),
            (_, None) => Value::Pointer(addr),
        }
    }

    pub(super) fn data(&self, addr: u64, len: u64) -> Value {
        if len == 0 {
            return Value::Data(Clipped::default());
        }
        let keep = usize::try_from(len).map_or(PREVIEW, |len| len.min(PREVIEW));
        self.read(addr, keep).map_or_else(|other| other, |head| Value::Data(Clipped { head: Bytes(head), len }))
    }

    pub(super) fn address(&self, addr: u64, len: u64) -> Value {
        if addr == 0 {
            return Value::Null;
        }
        let len = usize::try_from(len).map_or(ADDRESS, |len| len.min(ADDRESS));
        match self.read(addr, len) {
            Ok(bytes) => address::parse(&bytes).map_or(Value::Pointer(addr), Value::Address),
            Err(other) => other,
        }
    }

    /// The address that the kernel wrote, and its length, for which there may have been too little room.
    pub(super) fn filled_address(&self, addr: u64) -> (Value, Value) {
        let len = self.length().map_or(Value::Null, |addr| self.int_at(addr));
        let address = match len {
            // No bytes: recvfrom(2) on a connected stream tells no sender.
            Value::Int(0) => Value::Null,
            Value::Int(len) => {
                let room = self.room.map_or(u64::MAX, u64::from);
                self.address(addr, u64::try_from(len).unwrap_or(0).min(room))
            }
            _ => pending(addr),
        };
        (address, len)
    }

    pub(super) fn text(&self, addr: u64) -> Value {
        match self.read(addr, 256) {
            Ok(bytes) => {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                Value::Text(String::from_utf8_lossy(&bytes[..end]).into_owned())
            }
            Err(other) => other,
        }
    }

    /// A `struct timeval` or `struct timespec`, whose second number counts `unit` nanoseconds; null waits for ever.
    pub(super) fn time(&self, addr: u64, unit: u32) -> Value {
        if addr == 0 {
            return Value::Timeout(None);
        }
        let (Some(seconds), Some(fraction)) = (self.word(addr), self.word(addr.wrapping_add(8))) else {
            return Value::Pointer(addr);
        };
        let fraction = u32::try_from(fraction).unwrap_or(0).saturating_mul(unit).min(999_999_999);
        Value::Timeout(Some(Duration::new(seconds, fraction)))
    }

    pub(super) fn milliseconds(&self, index: usize) -> Value {
        Value::Timeout(u64::try_from(self.int(index)).ok().map(Duration::from_millis))
    }
}

/// The ints that some bytes are.
pub(super) fn ints(bytes: &[u8]) -> impl Iterator<Item = c_int> {
    bytes.as_chunks().0.iter().map(|int| c_int::from_ne_bytes(*int))
}

/// What the kernel will write to, if it is asked to.
pub(super) fn pending(addr: u64) -> Value {
    if addr == 0 { Value::Null } else { Value::Pending }
}
