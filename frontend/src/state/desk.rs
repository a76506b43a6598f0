//! What a person tells the wire: its settings, chosen before a run or while it goes on, and what becomes of the frames
//! that it holds.

use std::time::Duration;

use trace::event::wire::{Action, Direction, Link, Made, Rule, WireSettings};
use trace::filter::Filter;
use trace::id::{FrameId, HostId};
use trace::model::Model;
use trace::protocol::{Pick, WireCommand};

/// A number of a direction that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Knob {
    /// Milliseconds from one host to the other.
    Delay,
    /// Up to so many milliseconds more.
    Jitter,
    /// Percent that are lost.
    Loss,
    /// Percent that come twice.
    Duplicate,
    /// Percent that are overtaken.
    Reorder,
    /// Kilobits a second; none is as fast as can be.
    Bandwidth,
}

impl Knob {
    /// All of them, in the order in which they stand on the desk.
    pub(crate) const ALL: [Self; 6] =
        [Self::Delay, Self::Jitter, Self::Loss, Self::Duplicate, Self::Reorder, Self::Bandwidth];

    /// Where it stands.
    pub(crate) fn of(self, link: &Link) -> String {
        let whole = |value: u64, unit: u64| {
            let thousandths = value * 1000 / unit;
            let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let micros = |span: Duration| whole(u64::try_from(span.as_micros()).unwrap_or(u64::MAX / 1000), 1000);
        match self {
            Self::Delay => micros(link.delay),
            Self::Jitter => micros(link.jitter),
            Self::Loss => whole(link.loss_ppm.into(), 10_000),
            Self::Duplicate => whole(link.duplicate_ppm.into(), 10_000),
            Self::Reorder => whole(link.reorder_ppm.into(), 10_000),
            Self::Bandwidth => link.bandwidth.map_or_else(String::new, |bits| whole(bits, 1000)),
        }
    }

    /// Sets it; what is no number, or more than the wire can do, becomes the nearest that it can.
    fn set(self, link: &mut Link, text: &str) {
        let thousandths = thousandths(text);
        let span = Duration::from_micros(thousandths).min(WireSettings::MAX_DELAY);
        let share = u32::try_from(thousandths * 10).unwrap_or(u32::MAX).min(1_000_000);
        match self {
            Self::Delay => link.delay = span,
            Self::Jitter => link.jitter = span,
            Self::Loss => link.loss_ppm = share,
            Self::Duplicate => link.duplicate_ppm = share,
            Self::Reorder => link.reorder_ppm = share,
            Self::Bandwidth => {
                link.bandwidth = (thousandths > 0).then(|| thousandths.max(WireSettings::MIN_BANDWIDTH));
            }
        }
    }
}

/// A number that a person typed, in thousandths: `2.5` is 2500.
fn thousandths(text: &str) -> u64 {
    let (whole, part) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return 0;
    }
    let part: String = part.bytes().map(char::from).chain("000".chars()).take(3).collect();
    whole.parse::<u64>().unwrap_or_default().min(1_000_000_000) * 1000 + part.parse::<u64>().unwrap_or_default()
}

/// Schedules that are on or off with a click, and holding everything.
pub(crate) const SCHEDULES: [Action; 9] = [
    Action::Hold,
    Action::OneByte,
    Action::Split(None),
    Action::Coalesce,
    Action::SlowReader(16),
    Action::Silence(Duration::from_secs(5)),
    Action::Reset,
    Action::FinLost(1),
    Action::Disorder,
];

/// The desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Desk {
    /// How the wire is to be; `None` leaves it as the lesson has it.
    pub(crate) chosen: Option<WireSettings>,
    /// Whether the run that goes on, or is about to, has yet to be told.
    untold: bool,
    /// The direction whose knobs are shown, from host to host; `None` is all that have none of their own.
    pub(crate) direction: Option<(HostId, HostId)>,
    /// The frames to hold, in words, and whether these words make sense.
    pub(crate) hold: (String, bool),
    /// The held frame that is being dragged.
    pub(crate) lifted: Option<Lifted>,
    /// The order of the held frames, where a person changed it.
    order: Vec<FrameId>,
}

/// A held frame in a person's hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifted {
    /// Which.
    pub(crate) frame: FrameId,
    /// Its place among the held ones.
    pub(crate) from: usize,
    /// The place that it would have if it were let go.
    pub(crate) over: usize,
}

/// What is done at the desk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Turn {
    /// Show the knobs of a direction.
    Direction(Option<(HostId, HostId)>),
    /// Set a knob.
    Knob(Knob, String),
    /// Set the MTU.
    Mtu(String),
    /// Turn a schedule on or off.
    Schedule(Action),
    /// Hold the frames that these words mean; none if there are none.
    Hold(String),
    /// Take a held frame in hand, or let it go where it was.
    Lift(Option<Lifted>),
    /// It is over this place now.
    Over(usize),
    /// Let a held frame be the n-th to go on.
    Move(FrameId, usize),
    /// Anything else is the wire's to do.
    Command(WireCommand),
}

impl Desk {
    /// How the wire is to be.
    pub(crate) fn wire<'a>(&'a self, lesson: &'a WireSettings) -> &'a WireSettings {
        self.chosen.as_ref().unwrap_or(lesson)
    }

    /// The knobs that are shown of a wire.
    pub(crate) fn link(&self, wire: &WireSettings, names: &[String]) -> Link {
        let ends = self.direction.and_then(|(from, to)| Some((name(names, from)?, name(names, to)?)));
        *ends.map_or(&wire.link, |(from, to)| wire.link(from, to))
    }

    /// The frames that the wire holds, as they will go on: a copy behind its original, others as they came, unless a
    /// person has given them another place.
    pub(crate) fn held(&self, model: &Model) -> Vec<FrameId> {
        let known =
            self.order.iter().copied().filter(|id| model.frames.get(id).is_some_and(|one| !one.held.is_empty()));
        let mut held: Vec<FrameId> = known.collect();
        for frame in model.held().filter(|frame| !self.order.contains(&frame.id)) {
            let original = match &frame.made {
                Some((Made::Copy, of)) => held.iter().position(|other| of.contains(other)),
                _ => None,
            };
            held.insert(original.map_or(held.len(), |at| at + 1), frame.id);
        }
        held
    }

    /// Does something at the desk, to a wire that is so and connects hosts of these names; returns what the wire is to be
    /// told if a run goes on.
    pub(crate) fn turn(
        &mut self,
        turn: Turn,
        wire: &WireSettings,
        names: &[String],
        model: &Model,
    ) -> Vec<WireCommand> {
        let mut wire = wire.clone();
        match turn {
            Turn::Direction(direction) => {
                self.direction = direction;
                return vec![];
            }
            Turn::Command(command) => return vec![command],
            Turn::Lift(lifted) => {
                self.lifted = lifted;
                return vec![];
            }
            Turn::Over(place) => {
                self.lifted = self.lifted.map(|lifted| Lifted { over: place, ..lifted });
                return vec![];
            }
            Turn::Move(frame, place) => {
                self.lifted = None;
                return self.place(frame, place, model).unwrap_or_default();
            }
            Turn::Knob(knob, text) => match self.direction {
                None => knob.set(&mut wire.link, &text),
                Some((from, to)) => {
                    let mut link = self.link(&wire, names);
                    knob.set(&mut link, &text);
                    let (from, to) = (name(names, from).map(str::to_owned), name(names, to).map(str::to_owned));
                    wire.directions.retain(|own| own.from != from || own.to != to);
                    wire.directions.push(Direction { from, to, link });
                }
            },
            Turn::Mtu(text) => {
                let (least, most) = WireSettings::MTU.into_inner();
                wire.mtu = text.trim().parse::<u16>().map_or(most, |mtu| mtu.clamp(least, most));
            }
            Turn::Schedule(action) => {
                let before = wire.rules.len();
                wire.rules.retain(|rule| rule.action != action || rule.filter != Filter::ALL);
                if wire.rules.len() == before {
                    wire.rules.push(Rule { action, filter: Filter::ALL });
                }
            }
            Turn::Hold(words) => {
                let filter = words.parse::<Filter>();
                self.hold = (words, filter.is_ok());
                wire.rules.retain(|rule| rule.action != Action::Hold || rule.filter == Filter::ALL);
                if let Ok(filter) = filter
                    && filter != Filter::ALL
                {
                    wire.rules.push(Rule { action: Action::Hold, filter });
                }
            }
        }
        wire.seed = None;
        self.untold = true;
        self.chosen = Some(wire);
        self.news(model).into_iter().collect()
    }

    /// A new run begins with what was chosen, which is returned; later choices have to be told.
    pub(crate) fn another_run(&mut self) -> Option<WireSettings> {
        self.untold = false;
        self.order = vec![];
        self.chosen.clone()
    }

    /// What a run has yet to be told, once it is there. Its MTU was settled when it began.
    pub(crate) fn news(&mut self, model: &Model) -> Option<WireCommand> {
        if !model.is_live() || !std::mem::take(&mut self.untold) {
            return None;
        }
        let chosen = self.chosen.clone()?;
        Some(WireCommand::Set(WireSettings { mtu: model.wire.mtu, seed: None, ..chosen }))
    }

    /// Gives a held frame another place, and says how the wire does the same.
    fn place(&mut self, frame: FrameId, place: usize, model: &Model) -> Option<Vec<WireCommand>> {
        let mut held = self.held(model);
        let from = held.iter().position(|other| *other == frame)?;
        if from == place || place >= held.len() {
            return None;
        }
        let frame = held.remove(from);
        held.insert(place, frame);
        let behind = |frame, behind| WireCommand::Move { frame, behind };
        let commands = match place.checked_sub(1) {
            Some(before) => vec![behind(frame, held[before])],
            // Nothing is before the first: it passes behind that one, and that one behind it.
            None => vec![behind(frame, held[1]), behind(held[1], frame)],
        };
        self.order = held;
        Some(commands)
    }
}

/// One held frame.
pub(crate) const fn one(frame: FrameId) -> Pick {
    Pick::Frame(frame)
}

fn name(names: &[String], host: HostId) -> Option<&str> {
    names.get(usize::from(host.0)).map(String::as_str)
}

/// Whether a schedule is on.
pub(crate) fn has(wire: &WireSettings, action: Action) -> bool {
    wire.rules.iter().any(|rule| rule.action == action && rule.filter == Filter::ALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::event::Fact;
    use trace::fixtures::story::Story;

    #[test]
    fn knobs_read_what_they_show() {
        let mut link = Link::default();
        for (knob, text) in [(Knob::Delay, "12.5"), (Knob::Loss, "0.1"), (Knob::Bandwidth, "64"), (Knob::Jitter, "0")] {
            knob.set(&mut link, text);
            assert_eq!(knob.of(&link), text);
        }
        Knob::Loss.set(&mut link, "250");
        assert_eq!(Knob::Loss.of(&link), "100");
        Knob::Delay.set(&mut link, "much");
        assert_eq!(link.delay, Duration::ZERO);
        Knob::Bandwidth.set(&mut link, "");
        assert_eq!(link.bandwidth, None);
        Knob::Bandwidth.set(&mut link, "1");
        assert_eq!(link.bandwidth, Some(WireSettings::MIN_BANDWIDTH));
    }

    /// A desk before a wire between a client and a server.
    struct At(Desk, Model);

    impl At {
        fn turn(&mut self, turn: Turn) -> Vec<WireCommand> {
            let wire = self.wire();
            self.0.turn(turn, &wire, &["client".into(), "server".into()], &self.1)
        }

        fn wire(&self) -> WireSettings {
            self.0.wire(&WireSettings::default()).clone()
        }
    }

    #[test]
    fn a_run_begins_with_what_was_chosen_and_is_told_once_what_is_chosen_later() {
        let mut at = At(Desk::default(), Model::default());
        assert_eq!(at.0.another_run(), None, "the lesson's wire is the server's to know");
        assert_eq!(at.turn(Turn::Schedule(Action::OneByte)), []);
        assert!(has(&at.wire(), Action::OneByte));
        assert_eq!(at.0.another_run(), Some(at.wire()));
        at.1.unix_ns = Some(1);
        assert_eq!(at.0.news(&at.1), None, "it began so");
        let [WireCommand::Set(wire)] = &at.turn(Turn::Schedule(Action::Reset))[..] else { panic!("it is told") };
        assert_eq!(wire.rules.len(), 2);
        assert_eq!(at.0.news(&at.1), None);
        at.turn(Turn::Schedule(Action::OneByte));
        assert!(!has(&at.wire(), Action::OneByte));
    }

    #[test]
    fn a_direction_has_knobs_of_its_own_before_the_first_run() {
        let mut at = At(Desk::default(), Model::default());
        at.turn(Turn::Direction(Some((HostId(1), HostId(0)))));
        at.turn(Turn::Knob(Knob::Delay, "200".into()));
        let wire = at.wire();
        assert_eq!(wire.link("server", "client").delay, Duration::from_millis(200));
        assert_eq!(wire.link("client", "server").delay, Duration::ZERO);
    }

    #[test]
    fn an_mtu_is_one_that_hosts_can_have_and_counts_from_the_next_start_on() {
        let mut at = At(Desk::default(), Model::default());
        for (text, mtu) in [("576", 576), ("9", 128), ("9000", 1500), ("much", 1500)] {
            at.turn(Turn::Mtu(text.into()));
            assert_eq!(at.wire().mtu, mtu, "{text}");
        }
        at.1.unix_ns = Some(1);
        let [WireCommand::Set(wire)] = &at.turn(Turn::Mtu("576".into()))[..] else { panic!("it is told") };
        assert_eq!((wire.mtu, at.wire().mtu), (1500, 576), "the run keeps the one that it began with");
    }

    #[test]
    fn words_that_make_no_sense_hold_nothing() {
        let mut at = At(Desk::default(), Model::default());
        at.turn(Turn::Hold("tcp.syn and to server".into()));
        assert!(at.0.hold.1 && at.wire().rules.len() == 1);
        at.turn(Turn::Hold("tcp.sin".into()));
        assert!(!at.0.hold.1 && at.wire().rules.is_empty());
    }

    /// A run whose wire holds so many frames.
    fn holding(many: usize) -> Model {
        let mut story = Story::new(&[("client", [10, 0, 0, 1]), ("server", [10, 0, 0, 2])], Duration::ZERO);
        for _ in 0..many {
            let frame = story.put(0, &[0; 60]);
            story.say(Fact::FrameHeld { frame, host: HostId(1) });
        }
        Model::after(&story.so_far())
    }

    /// Frames as the wire holds them, which obeys as the engine's does.
    fn obeyed(mut wire: Vec<u64>, commands: Vec<WireCommand>) -> Vec<u64> {
        for command in commands {
            let WireCommand::Move { frame, behind } = command else { panic!("{command:?}") };
            wire.retain(|id| *id != frame.0);
            let at = wire.iter().position(|id| *id == behind.0).expect("it is held");
            wire.insert(at + 1, frame.0);
        }
        wire
    }

    #[test]
    fn the_wire_is_told_the_order_that_is_shown() {
        for (from, to) in [(0, 2), (2, 0), (1, 0), (0, 1), (2, 1), (1, 1), (0, 9)] {
            let mut at = At(Desk::default(), holding(3));
            let before: Vec<u64> = at.0.held(&at.1).iter().map(|id| id.0).collect();
            let commands = at.turn(Turn::Move(FrameId(before[from]), to));
            let shown: Vec<u64> = at.0.held(&at.1).iter().map(|id| id.0).collect();
            assert_eq!(obeyed(before, commands), shown, "{from} to {to}");
        }
    }
}
