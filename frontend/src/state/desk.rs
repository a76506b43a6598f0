//! What a person tells the wire: its settings, chosen before a run or while it goes on, and what becomes of the frames
//! that it holds.

use std::time::Duration;

use trace::event::wire::{Action, Direction, Link, Rule, WireSettings};
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
    /// Whether the run that goes on has yet to be told.
    untold: bool,
    /// The direction whose knobs are shown, from host to host; `None` is all that have none of their own.
    pub(crate) direction: Option<(HostId, HostId)>,
    /// The frames to hold, in words, and whether these words make sense.
    pub(crate) hold: (String, bool),
    /// The order of the held frames, where a person changed it.
    order: Vec<FrameId>,
}

/// What is done at the desk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Turn {
    /// Show the knobs of a direction.
    Direction(Option<(HostId, HostId)>),
    /// Set a knob.
    Knob(Knob, String),
    /// Turn a schedule on or off.
    Schedule(Action),
    /// Hold the frames that these words mean; none if there are none.
    Hold(String),
    /// Let a held frame pass the one before it, or fall behind the one after it.
    Move(FrameId, bool),
    /// Anything else is the wire's to do.
    Command(WireCommand),
}

impl Desk {
    /// How the wire is to be.
    pub(crate) fn wire<'a>(&'a self, lesson: &'a WireSettings) -> &'a WireSettings {
        self.chosen.as_ref().unwrap_or(lesson)
    }

    /// The knobs that are shown.
    pub(crate) fn link(&self, lesson: &WireSettings, model: &Model) -> Link {
        let wire = self.wire(lesson);
        let names = self.direction.and_then(|(from, to)| Some((name(model, from)?, name(model, to)?)));
        *names.map_or(&wire.link, |(from, to)| wire.link(from, to))
    }

    /// Whether a schedule is on.
    pub(crate) fn has(&self, lesson: &WireSettings, action: Action) -> bool {
        self.wire(lesson).rules.iter().any(|rule| rule.action == action && rule.filter == Filter::ALL)
    }

    /// The frames that the wire holds, as they will go on.
    pub(crate) fn held(&self, model: &Model) -> Vec<FrameId> {
        let held = model.frames.values().filter(|frame| !frame.held.is_empty());
        let mut held: Vec<FrameId> = held.map(|frame| frame.id).collect();
        let place = |frame: &FrameId| self.order.iter().position(|other| other == frame).unwrap_or(usize::MAX);
        held.sort_by_key(place);
        held
    }

    /// Does something at the desk; returns what the wire is to be told if a run goes on.
    pub(crate) fn turn(&mut self, turn: Turn, lesson: &WireSettings, model: &Model) -> Option<WireCommand> {
        let mut wire = self.wire(lesson).clone();
        match turn {
            Turn::Direction(direction) => {
                self.direction = direction;
                return None;
            }
            Turn::Command(command) => return Some(command),
            Turn::Move(frame, earlier) => return self.pass(frame, earlier, model),
            Turn::Knob(knob, text) => match self.direction {
                None => knob.set(&mut wire.link, &text),
                Some((from, to)) => {
                    let mut link = self.link(lesson, model);
                    knob.set(&mut link, &text);
                    let (from, to) = (name(model, from).map(str::to_owned), name(model, to).map(str::to_owned));
                    wire.directions.retain(|own| own.from != from || own.to != to);
                    wire.directions.push(Direction { from, to, link });
                }
            },
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
        self.news(model)
    }

    /// A new run begins as the lesson has it, and has to be told what was chosen.
    pub(crate) fn another_run(&mut self) {
        self.untold = self.chosen.is_some();
        self.order = vec![];
    }

    /// What a run has yet to be told, once it is there. Its MTU was settled when it began.
    pub(crate) fn news(&mut self, model: &Model) -> Option<WireCommand> {
        if model.unix_ns.is_none() || model.ended.is_some() || !std::mem::take(&mut self.untold) {
            return None;
        }
        let chosen = self.chosen.clone()?;
        Some(WireCommand::Set(WireSettings { mtu: model.wire.mtu, seed: None, ..chosen }))
    }

    fn pass(&mut self, frame: FrameId, earlier: bool, model: &Model) -> Option<WireCommand> {
        let mut held = self.held(model);
        let at = held.iter().position(|other| *other == frame)?;
        let first = if earlier { at.checked_sub(1)? } else { at };
        let (before, after) = (*held.get(first)?, *held.get(first + 1)?);
        held.swap(first, first + 1);
        self.order = held;
        Some(WireCommand::Move { frame: before, behind: after })
    }
}

/// One held frame.
pub(crate) const fn one(frame: FrameId) -> Pick {
    Pick::Frame(frame)
}

fn name(model: &Model, host: HostId) -> Option<&str> {
    model.host(host).map(|host| &*host.spec.name)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn what_was_chosen_before_a_run_is_told_to_it_once() {
        let (lesson, mut desk) = (WireSettings::default(), Desk::default());
        let before = Model::default();
        assert_eq!(desk.turn(Turn::Schedule(Action::OneByte), &lesson, &before), None);
        assert!(desk.has(&lesson, Action::OneByte));
        let mut running = Model::default();
        running.unix_ns = Some(1);
        let Some(WireCommand::Set(wire)) = desk.news(&running) else { panic!("the run is not told") };
        assert_eq!(wire.rules.len(), 1);
        assert_eq!(desk.news(&running), None);
        desk.turn(Turn::Schedule(Action::OneByte), &lesson, &running);
        assert!(!desk.has(&lesson, Action::OneByte));
    }

    #[test]
    fn words_that_make_no_sense_hold_nothing() {
        let (lesson, mut desk, model) = (WireSettings::default(), Desk::default(), Model::default());
        desk.turn(Turn::Hold("tcp.syn and to server".into()), &lesson, &model);
        assert!(desk.hold.1 && desk.wire(&lesson).rules.len() == 1);
        desk.turn(Turn::Hold("tcp.sin".into()), &lesson, &model);
        assert!(!desk.hold.1 && desk.wire(&lesson).rules.is_empty());
    }
}
