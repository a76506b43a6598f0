//! A run as a file to take away, in the formats of other tools and our own: what `socklab export` and the page's
//! downloads have in common.
//!
//! An [`Exporter`] takes one event after the other and gives bytes as soon as it has some, so that a long run needs no
//! memory of its own. Packets are the exception: what is said of a packet depends on what came after it.

mod replay;

use std::io::{self, Write};
use std::str::FromStr;

use trace::event::Event;
use trace::export::strace::Strace;
use trace::export::{jsonl, pcapng};
use trace::record;

use crate::assets::Assets;

/// zstd(1)'s own default.
pub const LEVEL: i32 = 3;

/// What a run can be turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Packets, for Wireshark and tshark.
    Pcapng,
    /// Calls, as strace(1) writes them.
    Strace,
    /// Every event as JSON, one a line.
    Jsonl,
    /// What Socklab itself reads.
    Recording,
    /// The recording and the page that shows it, to be opened without a server.
    Html,
}

/// Not one of the formats.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {0:?}; there are pcapng, strace, jsonl, recording and html")]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Ok(match name {
            "pcapng" => Self::Pcapng,
            "strace" => Self::Strace,
            "jsonl" => Self::Jsonl,
            "recording" => Self::Recording,
            "html" => Self::Html,
            _ => return Err(UnknownFormat(name.to_owned())),
        })
    }
}

impl Format {
    /// How the file is called.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Pcapng => "run.pcapng",
            Self::Strace => "run.strace.txt",
            Self::Jsonl => "run.jsonl",
            Self::Recording => "run.socklab",
            Self::Html => "run.html",
        }
    }

    /// What the file is.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Pcapng => "application/x-pcapng",
            Self::Strace => "text/plain; charset=utf-8",
            Self::Jsonl => "application/jsonl; charset=utf-8",
            Self::Recording => "application/octet-stream",
            // Never shown on the site: it is a download, and what is in it is its own.
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// Whether every event has to be there before the first byte can be written.
    pub const fn needs_all(self) -> bool {
        matches!(self, Self::Pcapng | Self::Html)
    }
}

/// Turns events into a file's bytes.
pub struct Exporter(Writer);

enum Writer {
    Pcapng(Vec<Event>),
    Strace(Box<Strace>, String),
    Jsonl(String),
    Recording(zstd::Encoder<'static, Vec<u8>>, Vec<u8>),
    Html(Box<Exporter>, Assets),
}

impl Exporter {
    /// An empty file of this format; `assets` is the page that an HTML file takes with it.
    pub fn new(format: Format, assets: &Assets) -> io::Result<Self> {
        Ok(Self(match format {
            Format::Pcapng => Writer::Pcapng(Vec::new()),
            Format::Strace => Writer::Strace(Box::default(), String::new()),
            Format::Jsonl => Writer::Jsonl(String::new()),
            Format::Recording => {
                let mut file = zstd::Encoder::new(Vec::new(), LEVEL)?;
                file.write_all(&record::header())?;
                Writer::Recording(file, Vec::new())
            }
            Format::Html => Writer::Html(Box::new(Self::new(Format::Recording, assets)?), assets.clone()),
        }))
    }

    /// Adds the next event.
    pub fn push(&mut self, event: Event) -> io::Result<()> {
        match &mut self.0 {
            Writer::Pcapng(events) => events.push(event),
            Writer::Strace(strace, text) => strace.push(&event, text),
            Writer::Jsonl(text) => jsonl::encode(&event, text),
            Writer::Recording(file, buffer) => {
                buffer.clear();
                record::encode(&event, buffer);
                file.write_all(buffer)?;
            }
            Writer::Html(recording, _) => recording.push(event)?,
        }
        Ok(())
    }

    /// The bytes that came of it since the last time; possibly none yet.
    pub fn take(&mut self) -> Vec<u8> {
        match &mut self.0 {
            Writer::Pcapng(_) | Writer::Html(..) => Vec::new(),
            Writer::Strace(_, text) | Writer::Jsonl(text) => std::mem::take(text).into_bytes(),
            Writer::Recording(file, _) => std::mem::take(file.get_mut()),
        }
    }

    /// The last bytes.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        match self.0 {
            Writer::Pcapng(events) => Ok(pcapng::encode(&events)),
            Writer::Strace(mut strace, mut text) => {
                strace.settle(&mut text);
                Ok(text.into_bytes())
            }
            Writer::Jsonl(text) => Ok(text.into_bytes()),
            Writer::Recording(file, _) => file.finish(),
            Writer::Html(recording, assets) => replay::page(&assets, &recording.finish()?),
        }
    }
}

impl std::fmt::Debug for Exporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exporter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::fixtures;

    fn exported(format: Format) -> Vec<u8> {
        let mut exporter = Exporter::new(format, &Assets::Embedded).unwrap();
        let mut bytes = Vec::new();
        for event in fixtures::tcp_echo() {
            exporter.push(event).unwrap();
            bytes.extend(exporter.take());
        }
        bytes.extend(exporter.finish().unwrap());
        bytes
    }

    #[test]
    fn a_recording_can_be_read_again() {
        let bytes = zstd::decode_all(&exported(Format::Recording)[..]).unwrap();
        let read: Result<Vec<_>, _> = record::Reader::new(&bytes).unwrap().collect();
        assert_eq!(read, Ok(fixtures::tcp_echo()));
    }

    #[test]
    fn piecewise_is_as_at_once() {
        assert_eq!(exported(Format::Pcapng), pcapng::encode(&fixtures::tcp_echo()));
        let text = String::from_utf8(exported(Format::Jsonl)).unwrap();
        assert_eq!(text.lines().count(), fixtures::tcp_echo().len());
        assert!(String::from_utf8(exported(Format::Strace)).unwrap().contains("accept4("));
    }
}
