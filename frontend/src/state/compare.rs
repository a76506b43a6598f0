//! Two runs that are looked at side by side. They are aligned where they are drawn; here is where they come from.

use trace::event::Event;

use super::Effect;
use super::load::{Load, LoadError, events};
use super::log::Log;

/// The two runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Compare {
    /// The first and the second.
    pub(crate) sides: [Side; 2],
    /// Whether every step is shown, and not only those around a difference.
    pub(crate) all: bool,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Side {
    /// Where this server has it, if the address said so.
    pub(crate) source: Option<String>,
    /// The file's name, where it came from a file.
    pub(crate) name: String,
    /// Its events; `None` until it is chosen.
    pub(crate) run: Option<Load<Log>>,
}

impl Compare {
    /// Those that an address names.
    pub(crate) fn of(sources: &[Option<String>; 2]) -> Self {
        let side = |source: &Option<String>| Side {
            source: source.clone(),
            run: source.as_ref().map(|_| Load::Loading),
            ..Side::default()
        };
        Self { sides: sources.each_ref().map(side), all: false }
    }

    /// What is still to be asked for.
    pub(crate) fn fetch(&self) -> Vec<Effect> {
        let missing = |(side, at): (&Side, usize)| match (&side.source, &side.run) {
            (Some(source), Some(Load::Loading)) => Some(Effect::FetchCompared(at, source.clone())),
            _ => None,
        };
        self.sides.iter().zip(0..).filter_map(missing).collect()
    }

    /// A recording came. `name` is that of the file that was chosen; empty for one of this server's.
    pub(crate) fn came(&mut self, side: usize, name: String, bytes: Result<Vec<u8>, LoadError>) {
        let Some(side) = self.sides.get_mut(side) else { return };
        let log = |events: Vec<Event>| {
            let mut log = Log::default();
            log.append(events);
            log
        };
        if !name.is_empty() {
            (side.source, side.name) = (None, name);
        }
        side.run =
            Some(bytes.and_then(|bytes| events(&bytes)).map_or_else(Load::Failed, |events| Load::Ready(log(events))));
    }

    /// What could not be had is to be asked for again.
    pub(crate) fn again(&mut self) {
        for side in &mut self.sides {
            if matches!(side.run, Some(Load::Failed(_))) {
                side.run = side.source.as_ref().map(|_| Load::Loading);
            }
        }
    }

    /// Both runs, once they are there.
    pub(crate) fn both(&self) -> Option<[Log; 2]> {
        let [first, second] = &self.sides;
        let ready = |side: &Side| side.run.as_ref()?.ready().cloned();
        Some([ready(first)?, ready(second)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_names_is_asked_for_and_files_take_its_place() {
        let source = "/api/runs/k1/recording".to_owned();
        let mut compare = Compare::of(&[Some(source.clone()), None]);
        assert_eq!(compare.fetch(), [Effect::FetchCompared(0, source.clone())]);
        compare.came(0, String::new(), Err(LoadError::Missing));
        assert_eq!((compare.fetch(), compare.both()), (vec![], None));
        compare.again();
        assert_eq!(compare.fetch(), [Effect::FetchCompared(0, source)]);
        let mut bytes = trace::record::header().to_vec();
        for event in trace::fixtures::refused() {
            trace::record::encode(&event, &mut bytes);
        }
        compare.came(0, "one.socklab".into(), Ok(bytes.clone()));
        compare.came(1, "other.socklab".into(), Ok(b"no recording".to_vec()));
        assert_eq!(compare.sides[1].run, Some(Load::Failed(LoadError::NoRecording)));
        compare.came(1, "other.socklab".into(), Ok(bytes));
        let both = compare.both().expect("both are there");
        assert_eq!(both[0].len(), both[1].len());
        assert_eq!((compare.sides[0].source.as_deref(), &*compare.sides[0].name), (None, "one.socklab"));
    }
}
