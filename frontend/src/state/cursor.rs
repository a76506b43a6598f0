//! The moment of the run that is looked at: the latest one, an earlier one, or one after the other as in a film.
//!
//! A moment is named by the last event that has happened in it. What an event brings about in the kernel (a socket's
//! other state, other readiness) is told by the events right behind it, so steps go from one cause to the next and take
//! its consequences along.

use std::time::Duration;

use trace::event::{Event, Fact};

/// The longest time that a film stands still: quiet stretches are shown shorter than they were.
const QUIET: Duration = Duration::from_millis(1500);

/// Which moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Cursor {
    /// The latest one, whichever that is by now.
    #[default]
    Live,
    /// The one after this event.
    At(u64),
    /// A film goes on.
    Playing(Film),
}

/// A film that plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Film {
    /// The last event that it has shown.
    seq: u64,
    /// How long it has shown that, in the viewer's time.
    shown: Duration,
    /// The browser's clock when it went on last.
    clock: Option<Duration>,
}

/// How much slower than it was a run is shown: a second of it takes so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slowness(pub(crate) u32);

impl Slowness {
    /// Those there are, from slow to as it was.
    pub(crate) const ALL: [Self; 7] = [Self(1000), Self(300), Self(100), Self(30), Self(10), Self(3), Self(1)];
}

impl Default for Slowness {
    /// A handshake over a wire of ten milliseconds takes some seconds.
    fn default() -> Self {
        Self(100)
    }
}

/// What a step goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Anything that does not follow from the event before it.
    Event,
    /// A call that begins, returns, is held or goes on.
    Call,
    /// A frame that is sent, arrives, or is lost or held on the way.
    Packet,
}

impl Step {
    fn is(self, fact: &Fact) -> bool {
        let call = matches!(
            fact,
            Fact::CallEntered { .. }
                | Fact::CallHeld { .. }
                | Fact::CallResumed { .. }
                | Fact::CallReturned { .. }
                | Fact::CallAbandoned { .. }
        );
        let packet = matches!(
            fact,
            Fact::FrameSent { .. }
                | Fact::FrameLooped { .. }
                | Fact::FrameMade { .. }
                | Fact::FrameHeld { .. }
                | Fact::FrameReleased { .. }
                | Fact::FrameDelivered { .. }
                | Fact::FrameLost { .. }
        );
        match self {
            Self::Event => !is_consequence(fact),
            Self::Call => call,
            Self::Packet => packet,
        }
    }
}

/// Whether an event follows from the one before it: what a call or a frame made of a socket, and the like.
pub(crate) fn is_consequence(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::SocketSeen { .. }
            | Fact::SocketChanged { .. }
            | Fact::SocketGone { .. }
            | Fact::EpollChanged { .. }
            | Fact::HostReady { .. }
            | Fact::ProgramGiven { .. }
            | Fact::ProgramExecuted { .. }
    )
}

/// From one moment to the next, or to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Earlier.
    Back,
    /// Later.
    On,
}

impl Cursor {
    /// The last event that has happened; `None` is the latest one.
    pub(crate) const fn seq(self) -> Option<u64> {
        match self {
            Self::Live => None,
            Self::At(seq) | Self::Playing(Film { seq, .. }) => Some(seq),
        }
    }

    /// Whether a film plays.
    pub(crate) const fn plays(self) -> bool {
        matches!(self, Self::Playing(_))
    }

    /// How many of the events have happened; `None` if the cursor is at their end.
    pub(crate) fn count(self, events: &[Event]) -> Option<usize> {
        let seq = self.seq()?;
        Some(events.partition_point(|event| event.seq <= seq)).filter(|count| *count < events.len())
    }

    /// The moment after this event.
    pub(crate) fn at(events: &[Event], index: usize) -> Self {
        events.get(index).map_or(Self::Live, |event| Self::At(event.seq))
    }

    /// The next moment of a kind, or the one before. Where there is none, the cursor stays; after the last one of a
    /// run there is only its end.
    pub(crate) fn step(self, events: &[Event], step: Step, way: Way) -> Self {
        let count = self.count(events).unwrap_or(events.len());
        let cause = match way {
            Way::On => (count..events.len()).find(|index| step.is(&events[*index].fact)),
            Way::Back => {
                let here = last(&events[..count], Step::Event).unwrap_or_default();
                last(&events[..here], step)
            }
        };
        match (cause, way) {
            (Some(cause), _) => Self::at(events, with_consequences(events, cause)),
            (None, Way::On) if step == Step::Event => Self::Live,
            (None, _) => self.still(),
        }
    }

    /// The same moment, without a film.
    pub(crate) const fn still(self) -> Self {
        match self.seq() {
            None => Self::Live,
            Some(seq) => Self::At(seq),
        }
    }

    /// Begins a film: here, or where nothing is left to show, at the beginning.
    pub(crate) fn play(self, events: &[Event]) -> Self {
        let seq = match (self.count(events), self.seq()) {
            (Some(_), Some(seq)) => seq,
            _ => match events.first() {
                Some(first) => first.seq,
                None => return Self::Live,
            },
        };
        Self::Playing(Film { seq, shown: Duration::ZERO, clock: None })
    }

    /// Lets a film go on to what the browser's clock says. At its end it has caught up with the run.
    pub(crate) fn tick(self, events: &[Event], slowness: Slowness, clock: Duration) -> Self {
        let Self::Playing(mut film) = self else { return self };
        film.shown += clock.saturating_sub(film.clock.replace(clock).unwrap_or(clock));
        let mut next = events.partition_point(|event| event.seq <= film.seq);
        while let Some(event) = events.get(next) {
            let before = events.get(next.wrapping_sub(1)).map_or(event.at, |before| before.at);
            let takes = (event.at.since(before) * slowness.0).min(QUIET);
            if film.shown < takes {
                return Self::Playing(film);
            }
            film.shown -= takes;
            film.seq = event.seq;
            next += 1;
        }
        Self::Live
    }
}

/// The last event that is such a step.
fn last(events: &[Event], step: Step) -> Option<usize> {
    events.iter().rposition(|event| step.is(&event.fact))
}

/// The last event that follows from this one.
fn with_consequences(events: &[Event], cause: usize) -> usize {
    let rest = &events[cause + 1..];
    cause + rest.iter().position(|event| Step::Event.is(&event.fact)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::fixtures;

    fn seqs(events: &[Event], step: Step, way: Way, from: Cursor) -> Vec<u64> {
        let mut cursor = from;
        let mut seqs = vec![];
        loop {
            let next = cursor.step(events, step, way);
            if next == cursor || next == Cursor::Live {
                return seqs;
            }
            seqs.extend(next.seq());
            cursor = next;
        }
    }

    #[test]
    fn steps_forward_and_back_meet_the_same_moments() {
        let events = fixtures::tcp_echo();
        let mut forward = seqs(&events, Step::Event, Way::On, Cursor::At(0));
        let mut back = seqs(&events, Step::Event, Way::Back, Cursor::Live);
        back.reverse();
        assert_eq!(forward.pop(), events.last().map(|event| event.seq), "the end is where one begins to step back");
        assert!(forward.len() > 10 && back.ends_with(&forward), "{forward:?} {back:?}");
    }

    #[test]
    fn a_step_takes_its_consequences_along() {
        let events = fixtures::tcp_echo();
        for seq in seqs(&events, Step::Packet, Way::On, Cursor::At(0)) {
            let next = events.iter().find(|event| event.seq > seq);
            assert!(next.is_none_or(|next| Step::Event.is(&next.fact)), "{seq} is followed by a consequence");
        }
    }

    #[test]
    fn there_is_nothing_beyond_the_ends() {
        let events = fixtures::refused();
        let last = Cursor::at(&events, events.len() - 1);
        assert_eq!(last.step(&events, Step::Event, Way::On), Cursor::Live);
        assert_eq!(last.step(&events, Step::Packet, Way::On), last);
        assert_eq!(Cursor::At(0).step(&events, Step::Packet, Way::Back), Cursor::At(0));
        assert_eq!(Cursor::Live.step(&[], Step::Event, Way::Back), Cursor::Live);
        assert_eq!(Cursor::Live.play(&[]), Cursor::Live);
    }

    #[test]
    fn a_film_shows_every_event_and_ends() {
        let events = fixtures::tcp_echo();
        let mut film = Cursor::Live.play(&events);
        let mut shown = vec![film.seq()];
        let mut clock = Duration::ZERO;
        while film != Cursor::Live {
            clock += Duration::from_millis(16);
            film = film.tick(&events, Slowness(1000), clock);
            assert!(film == Cursor::Live || film.seq() >= *shown.last().unwrap());
            shown.push(film.seq());
            assert!(clock < QUIET * u32::try_from(events.len()).unwrap(), "the film stands still");
        }
        assert!(shown.len() > 100, "it was over at once");
    }
}
