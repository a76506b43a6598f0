//! What a person does to frames and cables while the run goes on.

use std::rc::Rc;
use std::time::Instant;

use trace::event::wire::{Made, WireFault, WireSettings};
use trace::event::{Fact, LossCause};
use trace::id::{FrameId, HostId};
use trace::protocol::{Pick, WireCommand, WireRefusal};

use super::hold::Held;
use super::{Carried, Switch};

impl Switch {
    /// Does what somebody wants, or says why not.
    pub(in crate::wire) fn obey(&mut self, command: WireCommand, now: Instant) -> Result<(), WireRefusal> {
        match command {
            WireCommand::Set(wire) => self.set(wire),
            WireCommand::Release(pick) => {
                for held in self.pick(&pick)? {
                    self.release(held, now);
                }
                Ok(())
            }
            WireCommand::Drop(Pick::Frame(frame)) if self.hold.of(frame).next().is_none() => {
                for (_, carried) in self.catch(&Pick::Frame(frame))? {
                    self.lose(&carried, LossCause::ByHand);
                }
                Ok(())
            }
            WireCommand::Drop(pick) => {
                for held in self.pick(&pick)? {
                    self.lose(&held.carried, LossCause::ByHand);
                }
                Ok(())
            }
            WireCommand::Hold(pick) => {
                for (due, carried) in self.catch(&pick)? {
                    if let Some(left) = self.keep(carried, None, false) {
                        self.put_under_way(left, due);
                    }
                }
                Ok(())
            }
            WireCommand::Duplicate(frame) if self.hold.of(frame).next().is_none() => self.duplicate_under_way(frame),
            WireCommand::Duplicate(frame) => self.duplicate(frame),
            WireCommand::Move { frame, behind } => {
                if let Some(stranger) = [frame, behind].into_iter().find(|one| self.hold.of(*one).next().is_none()) {
                    return Err(WireRefusal::NotHeld(stranger));
                }
                self.hold.move_behind(frame, behind);
                Ok(())
            }
            WireCommand::Reset(filter) => {
                let names = Rc::clone(&self.names);
                let meant = |from, to, frame: &[u8]| super::is_meant(frame, &filter, &names, from, to);
                if self.reset_where(meant, now) { Ok(()) } else { Err(WireRefusal::NoConnection) }
            }
            WireCommand::Unplug(host) => self.plug(host, false),
            WireCommand::Plug(host) => self.plug(host, true),
        }
    }

    fn set(&mut self, wire: WireSettings) -> Result<(), WireRefusal> {
        let settled = wire.mtu != self.settings.mtu || wire.seed.is_some_and(|seed| seed != self.seed);
        if settled {
            return Err(WireFault::Settled.into());
        }
        wire.check(|name| self.names.iter().any(|known| known == name))?;
        let wire = WireSettings { seed: Some(self.seed), ..wire };
        self.rules = wire.rules.as_slice().into();
        self.memory.clear();
        self.settings = wire.clone();
        self.tell(Fact::WireChanged { wire });
        Ok(())
    }

    /// Takes what is meant out of the hold.
    fn pick(&mut self, pick: &Pick) -> Result<Vec<Held>, WireRefusal> {
        let names = Rc::clone(&self.names);
        let picked = match pick {
            Pick::All => self.hold.take(|_| true),
            Pick::Frame(frame) => self.hold.take(|held| held.carried.frame == *frame),
            Pick::Matching(filter) => self.hold.take(|held| held.carried.is_meant(filter, &names)),
        };
        match pick {
            _ if !picked.is_empty() => Ok(picked),
            Pick::Frame(frame) => Err(WireRefusal::NotHeld(*frame)),
            Pick::All | Pick::Matching(_) => Err(WireRefusal::NothingHeld),
        }
    }

    /// Takes what is meant off its way, with the time at which it would have arrived.
    fn catch(&mut self, pick: &Pick) -> Result<Vec<(Instant, Carried)>, WireRefusal> {
        let names = Rc::clone(&self.names);
        let is_meant = |carried: &Carried| match pick {
            Pick::All => true,
            Pick::Frame(frame) => carried.frame == *frame,
            Pick::Matching(filter) => carried.is_meant(filter, &names),
        };
        let caught = self.under_way.extract_if(.., |_, carried| is_meant(carried));
        let caught: Vec<_> = caught.map(|((due, _), carried)| (due, carried)).collect();
        match pick {
            _ if !caught.is_empty() => Ok(caught),
            Pick::Frame(frame) => Err(WireRefusal::NotUnderWay(*frame)),
            Pick::All | Pick::Matching(_) => Err(WireRefusal::NothingUnderWay),
        }
    }

    /// A copy arrives right behind the frame, wherever that does.
    fn duplicate_under_way(&mut self, frame: FrameId) -> Result<(), WireRefusal> {
        let ways = self.under_way.iter().filter(|(_, carried)| carried.frame == frame);
        let originals: Vec<_> = ways.map(|((due, _), carried)| (*due, carried.clone())).collect();
        let (_, first) = originals.first().ok_or(WireRefusal::NotUnderWay(frame))?;
        let copy = self.make(first.from, Made::Copy, vec![frame], &Rc::clone(&first.bytes));
        for (due, carried) in originals {
            self.put_under_way(Carried { frame: copy, ..carried }, due);
        }
        Ok(())
    }

    fn duplicate(&mut self, frame: FrameId) -> Result<(), WireRefusal> {
        let originals: Vec<Held> = self.hold.of(frame).cloned().collect();
        let first = originals.first().ok_or(WireRefusal::NotHeld(frame))?;
        let bytes = Rc::clone(&first.carried.bytes);
        let copy = self.make(first.carried.from, Made::Copy, vec![frame], &bytes);
        for held in originals {
            let carried = Carried { frame: copy, ..held.carried };
            let to = carried.to;
            self.hold.put(carried, held.until, held.merges).map_err(|_| WireRefusal::Full)?;
            self.tell(Fact::FrameHeld { frame: copy, host: to });
        }
        self.hold.move_behind(copy, frame);
        Ok(())
    }

    /// Resets connections; whether there was one.
    pub(super) fn reset_where(&mut self, meant: impl Fn(HostId, HostId, &[u8]) -> bool, now: Instant) -> bool {
        let resets = self.flows.resets(meant, now);
        let any = !resets.is_empty();
        for reset in resets {
            let frame = self.make(reset.from, Made::Forged, vec![], &reset.frame);
            let (from, to) = (reset.from, reset.to);
            let carried = Carried::new(frame, from, to, reset.frame.into());
            // At once and before all that is under way, because that would move what the receiver waits for.
            self.put_under_way(carried, now);
        }
        any
    }

    fn plug(&mut self, host: HostId, plugged: bool) -> Result<(), WireRefusal> {
        if usize::from(host.0) >= self.macs.len() {
            return Err(WireRefusal::NoSuchHost(host));
        }
        let changed = if plugged { self.unplugged.remove(&host) } else { self.unplugged.insert(host) };
        if !changed {
            return Err(WireRefusal::AlreadySo(host));
        }
        self.tell(if plugged { Fact::HostPlugged { host } } else { Fact::HostUnplugged { host } });
        Ok(())
    }
}
