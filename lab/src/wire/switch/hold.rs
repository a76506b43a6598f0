//! Frames that stay on the wire. Pure.

use std::time::Instant;

use trace::id::FrameId;

use super::Carried;
use super::segment::{Flow, Segment, after};

/// At most so many frames are held.
const FRAMES: usize = 1000;
/// At most so many bytes are held.
const BYTES: usize = 1 << 20;

/// A frame that is held back from one host.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) carried: Carried,
    /// When it goes on by itself; `None` until somebody says so.
    pub(super) until: Option<Instant>,
    /// Whether it is to be merged with those of its connection that go on with it.
    pub(super) merges: bool,
    /// The part of the sequence space that it takes.
    space: Option<(Flow, u32, u32)>,
}

/// All that is held, in the order in which it is to go on.
#[derive(Debug, Default)]
pub(super) struct Hold {
    frames: Vec<Held>,
    bytes: usize,
    /// Somebody was told that it is full, and it has been since.
    pub(super) full: bool,
}

impl Hold {
    /// Keeps a frame, or gives it back when there is no room.
    pub(super) fn put(&mut self, carried: Carried, until: Option<Instant>, merges: bool) -> Result<(), Carried> {
        if self.frames.len() >= FRAMES || self.bytes + carried.bytes.len() > BYTES {
            return Err(carried);
        }
        self.bytes += carried.bytes.len();
        self.frames.push(Held::new(carried, until, merges));
        Ok(())
    }

    /// Whether a segment says again what a segment says that somebody holds: then it must not slip past.
    pub(super) fn catches(&self, segment: &Segment) -> bool {
        let (flow, begin, end) = space(segment);
        begin != end
            && self.frames.iter().filter(|held| held.until.is_none()).any(|held| {
                held.space.is_some_and(|(same, from, to)| same == flow && after(to, begin) && after(end, from))
            })
    }

    /// Until when segments of this direction of a connection wait to be merged, if some do.
    pub(super) fn gathers(&self, flow: Flow) -> Option<Instant> {
        let gathered = |held: &&Held| held.merges && held.space.is_some_and(|(same, ..)| same == flow);
        self.frames.iter().find(gathered)?.until
    }

    /// How many frames and bytes it holds.
    pub(super) fn size(&self) -> (u64, u64) {
        (self.frames.len() as u64, self.bytes as u64)
    }

    /// When the first frame goes on by itself.
    pub(super) fn next(&self) -> Option<Instant> {
        self.frames.iter().filter_map(|held| held.until).min()
    }

    /// Takes out what is meant.
    pub(super) fn take(&mut self, meant: impl Fn(&Held) -> bool) -> Vec<Held> {
        let taken: Vec<Held> = self.frames.extract_if(.., |held| meant(held)).collect();
        self.bytes -= taken.iter().map(|held| held.carried.bytes.len()).sum::<usize>();
        self.full &= taken.is_empty();
        taken
    }

    /// The frames of this name: one for each host that it is held back from.
    pub(super) fn of(&self, frame: FrameId) -> impl Iterator<Item = &Held> {
        self.frames.iter().filter(move |held| held.carried.frame == frame)
    }

    /// Moves a frame behind another one.
    pub(super) fn move_behind(&mut self, frame: FrameId, other: FrameId) {
        if frame == other {
            return;
        }
        let moved: Vec<Held> = self.frames.extract_if(.., |held| held.carried.frame == frame).collect();
        let behind = self.frames.iter().rposition(|held| held.carried.frame == other).map_or(0, |index| index + 1);
        self.frames.splice(behind..behind, moved);
    }
}

impl Held {
    fn new(carried: Carried, until: Option<Instant>, merges: bool) -> Self {
        let space = Segment::parse(&carried.bytes).map(|segment| space(&segment));
        Self { carried, until, merges, space }
    }
}

fn space(segment: &Segment) -> (Flow, u32, u32) {
    (segment.flow(), segment.tcp.sequence_number, segment.end())
}
