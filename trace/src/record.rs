//! A recording: a whole trace in bytes that explain themselves, to be kept and read again years later.
//!
//! ```text
//! header   8 bytes  "socklab" and a NUL
//!          2 bytes  version, little-endian
//! then for each event
//!          4 bytes  length of what follows, little-endian
//!          …        the event in postcard
//! ```
//! A recording that stops in the middle, because whoever wrote it was ended, is good up to its last whole event.
//! Compression is left to those who write files.

use crate::event::Event;

/// What every recording begins with.
pub const MAGIC: [u8; 8] = *b"socklab\0";

/// The version that [`header`] writes and [`Reader`] reads. Any change of [`Event`]'s shape makes a new one,
/// but for a new kind of something at the end of its list: what was written before is read as ever.
pub const VERSION: u16 = 3;

/// The most that a recording may unpack to, in bytes: no run's limits allow as much. A file with more was made to harm.
pub const LARGEST: usize = 512 << 20;

const HEADER: usize = MAGIC.len() + 2;

/// Not an event's length: the largest are some hundred kilobytes. Guards against reading garbage as a length, and against
/// events that were made to take much more memory than bytes.
const MAX_EVENT: usize = 1 << 20;

/// The first bytes of a recording.
pub fn header() -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..MAGIC.len()].copy_from_slice(&MAGIC);
    header[MAGIC.len()..].copy_from_slice(&VERSION.to_le_bytes());
    header
}

/// Appends an event to a recording.
pub fn encode(event: &Event, recording: &mut Vec<u8>) {
    let bytes = postcard::to_allocvec(event).expect("memory is the only thing that could run out");
    let len = u32::try_from(bytes.len()).expect("no event has gigabytes");
    recording.extend_from_slice(&len.to_le_bytes());
    recording.extend_from_slice(&bytes);
}

/// How many bytes an event takes in a recording.
pub fn size(event: &Event) -> u64 {
    let counter = postcard::ser_flavors::Size::default();
    let bytes = postcard::serialize_with_flavor(event, counter).expect("counting does not fail");
    (size_of::<u32>() + bytes) as u64
}

/// What is wrong with a recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It does not begin as one.
    #[error("this is not a recording of Socklab")]
    NotARecording,
    /// Another version of Socklab wrote it.
    #[error("this recording has version {0}; this Socklab reads version {VERSION}")]
    Version(u16),
    /// It stops inside an event. Those before are good.
    #[error("the recording stops in the middle of event {event}")]
    Truncated {
        /// The event, counted from 0, of which only a part is there.
        event: u64,
    },
    /// An event's bytes are no event. Those before are good.
    #[error("event {event} of the recording, at byte {offset}, is damaged: {what}")]
    Damaged {
        /// The event, counted from 0.
        event: u64,
        /// Where it begins.
        offset: usize,
        /// What is wrong with it.
        what: String,
    },
}

/// Reads a recording's events. After an error there is nothing more.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    recording: &'a [u8],
    offset: usize,
    event: u64,
}

impl<'a> Reader<'a> {
    /// Looks at the header.
    pub fn new(recording: &'a [u8]) -> Result<Self, RecordError> {
        let version = recording.strip_prefix(&MAGIC).and_then(|rest| rest.first_chunk());
        match version.map(|version| u16::from_le_bytes(*version)) {
            Some(VERSION) => Ok(Self { recording, offset: HEADER, event: 0 }),
            Some(other) => Err(RecordError::Version(other)),
            None => Err(RecordError::NotARecording),
        }
    }

    fn event(&self, rest: &[u8]) -> Result<(Event, usize), RecordError> {
        let damaged = |what: String| RecordError::Damaged { event: self.event, offset: self.offset, what };
        let truncated = RecordError::Truncated { event: self.event };
        let Some((len, rest)) = rest.split_first_chunk::<4>() else { return Err(truncated) };
        let len = u32::from_le_bytes(*len) as usize;
        if len > MAX_EVENT {
            return Err(damaged(format!("it claims to have {len} bytes")));
        }
        let bytes = rest.get(..len).ok_or(truncated)?;
        match postcard::take_from_bytes(bytes) {
            Ok((event, [])) => Ok((event, 4 + len)),
            Ok((_, rest)) => Err(damaged(format!("{} bytes too many", rest.len()))),
            Err(error) => Err(damaged(error.to_string())),
        }
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Event, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.recording.get(self.offset..).filter(|rest| !rest.is_empty())?;
        Some(match self.event(rest) {
            Ok((event, len)) => {
                self.offset += len;
                self.event += 1;
                Ok(event)
            }
            Err(error) => {
                self.offset = self.recording.len();
                Err(error)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use proptest::prelude::*;

    fn recording(events: &[Event]) -> Vec<u8> {
        let mut bytes = header().to_vec();
        for event in events {
            encode(event, &mut bytes);
        }
        bytes
    }

    #[test]
    fn sizes_are_those_of_the_recording() {
        let events = fixtures::tcp_echo();
        let sizes: u64 = events.iter().map(size).sum();
        assert_eq!(sizes + HEADER as u64, recording(&events).len() as u64);
    }

    #[test]
    fn what_was_written_is_read() {
        let events = fixtures::tcp_echo();
        let bytes = recording(&events);
        let read: Result<Vec<_>, _> = Reader::new(&bytes).unwrap().collect();
        assert_eq!(read, Ok(events));
    }

    #[test]
    fn other_files_and_versions_are_refused() {
        assert_eq!(Reader::new(b"").unwrap_err(), RecordError::NotARecording);
        assert_eq!(Reader::new(b"socklab\0").unwrap_err(), RecordError::NotARecording);
        assert_eq!(Reader::new(b"\x7fELF-and-more").unwrap_err(), RecordError::NotARecording);
        assert_eq!(Reader::new(b"socklab\0\x02\x01").unwrap_err(), RecordError::Version(0x0102));
    }

    #[test]
    fn an_absurd_length_is_damage() {
        let mut bytes = header().to_vec();
        bytes.extend([0xff; 9]);
        let error = Reader::new(&bytes).unwrap().next().unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "event 0 of the recording, at byte 10, is damaged: it claims to have 4294967295 bytes"
        );
    }

    #[test]
    fn messages_within_messages_are_damage() {
        use crate::event::Fact;
        use crate::event::call::{Argument, Outcome, Value};
        let told = |value| {
            let filled = vec![Argument { index: 1, value }];
            let (call, outcome) = (crate::id::CallId(0), Outcome::Returned(1));
            let fact = Fact::CallReturned { call, outcome, filled, made: None };
            recording(&[Event { seq: 0, at: crate::time::Nanos(0), fact }])
        };
        let flat = told(Value::Messages(vec![Value::Null, Value::Null]));
        let mut deep = told(Value::Messages(vec![Value::Null]));
        assert!(Reader::new(&flat).unwrap().all(|event| event.is_ok()));
        // As deep as the longest event can be.
        let at = deep.len() - 4; // a list, of one, a null; no socket was made
        let list = deep[at..at + 2].to_vec();
        deep.splice(at..at, list.repeat(MAX_EVENT / 2 - 64));
        let len = u32::try_from(deep.len() - HEADER - 4).unwrap();
        deep[HEADER..HEADER + 4].copy_from_slice(&len.to_le_bytes());
        for _ in 0..2 {
            let error = Reader::new(&deep).unwrap().next().unwrap().unwrap_err();
            assert!(matches!(error, RecordError::Damaged { event: 0, .. }), "{error}");
        }
        assert!(Reader::new(&flat).unwrap().all(|event| event.is_ok()));
    }

    #[test]
    fn an_event_that_is_too_large_is_damage() {
        use crate::bytes::{Bytes, Clipped};
        use crate::event::Fact;
        let of = |len: usize| {
            let fact = Fact::Printed { host: crate::id::HostId(0), bytes: Bytes(vec![b'x'; len]) };
            recording(&[Event { seq: 0, at: crate::time::Nanos(0), fact }])
        };
        assert!(Reader::new(&of(MAX_EVENT - 64)).unwrap().all(|event| event.is_ok()));
        let error = Reader::new(&of(MAX_EVENT)).unwrap().next().unwrap().unwrap_err();
        assert!(matches!(error, RecordError::Damaged { event: 0, .. }), "{error}");
        // What an engine writes at most is far from it: a frame and its name.
        assert!(
            size(&Event {
                seq: 0,
                at: crate::time::Nanos(0),
                fact: Fact::FrameSent {
                    frame: crate::id::FrameId(0),
                    host: crate::id::HostId(0),
                    bytes: Clipped { head: Bytes(vec![0; 2048]), len: 65_536 }
                }
            }) < 3000
        );
    }

    proptest! {
        #[test]
        fn cut_anywhere_it_is_good_to_the_last_whole_event(cut in 0..4_000_usize) {
            let events = fixtures::refused();
            let bytes = recording(&events);
            let bytes = &bytes[..cut.clamp(HEADER, bytes.len())];
            let mut reader = Reader::new(bytes).unwrap();
            let read: Vec<_> = reader.by_ref().map_while(Result::ok).collect();
            prop_assert_eq!(&read[..], &events[..read.len()]);
            let whole = recording(&read).len();
            prop_assert!(whole <= bytes.len());
            let missing = Reader::new(bytes).unwrap().last();
            prop_assert_eq!(missing.is_some_and(|last| last.is_err()), whole < bytes.len());
        }

        #[test]
        fn garbage_never_panics(garbage: Vec<u8>) {
            let mut bytes = header().to_vec();
            bytes.extend(garbage);
            let _ = Reader::new(&bytes).unwrap().count();
        }

        #[test]
        fn a_flipped_bit_never_panics(at in HEADER..2_000_usize, bit in 0..8_u8) {
            let mut bytes = recording(&fixtures::refused());
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= 1 << bit;
            let _ = Reader::new(&bytes).unwrap().count();
        }
    }
}
