//! Data that comes from the server and may not be there yet.

use trace::event::Event;
use trace::record::{Reader, RecordError};

/// Something asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Load<T> {
    /// It is on its way.
    #[default]
    Loading,
    /// It is here.
    Ready(T),
    /// It will not come unless asked for again.
    Failed(LoadError),
}

impl<T> Load<T> {
    /// The thing itself, where it is here.
    pub(crate) fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(thing) => Some(thing),
            Self::Loading | Self::Failed(_) => None,
        }
    }

    /// The thing itself, to be changed.
    pub(crate) fn ready_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Ready(thing) => Some(thing),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

/// Why something could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LoadError {
    /// The server says that there is no such thing.
    Missing,
    /// The server keeps no such run, or not any more.
    NoSuchRun,
    /// The server did not answer.
    Offline,
    /// The server answered with another error: its status, and its sentence.
    Server(u16, String),
    /// The answer could not be read.
    Unreadable,
    /// The file is no recording.
    NoRecording,
    /// The recording is of another version of Socklab.
    OtherRecording(u16),
}

/// The events of a recording. One that stops in the middle is good up to there.
pub(crate) fn events(bytes: &[u8]) -> Result<Vec<Event>, LoadError> {
    match Reader::new(bytes) {
        Ok(reader) => Ok(reader.map_while(Result::ok).collect()),
        Err(RecordError::Version(version)) => Err(LoadError::OtherRecording(version)),
        Err(_) => Err(LoadError::NoRecording),
    }
}
