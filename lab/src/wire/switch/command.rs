//! What a person does to frames and cables while the run goes on.

use std::rc::Rc;
use std::time::Instant;

use trace::event::wire::{Made, WireFault, WireSettings};
use trace::event::{Fact, LossCause};
use trace::id::{FrameId, HostId};
use trace::protocol::{Pick, WireCommand, WireRefusal};

use super::Switch;
use super::hold::Held;

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
            WireCommand::Drop(pick) => {
                for held in self.pick(&pick)? {
                    self.lose(&held.carried, LossCause::ByHand);
                }
                Ok(())
            }
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

    fn duplicate(&mut self, frame: FrameId) -> Result<(), WireRefusal> {
        let originals: Vec<Held> = self.hold.of(frame).cloned().collect();
        let first = originals.first().ok_or(WireRefusal::NotHeld(frame))?;
        let bytes = Rc::clone(&first.carried.bytes);
        let copy = self.make(first.carried.from, Made::Copy, vec![frame], &bytes);
        for held in originals {
            let carried = super::Carried { frame: copy, ..held.carried };
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
            let carried = super::Carried::new(frame, from, to, reset.frame.into());
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
