//! Recordings as files: the format of [`trace::record`] inside zstd.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use trace::event::Event;
use trace::record;
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

use crate::export::LEVEL;

/// What was told this long ago is in the file, whatever happens to this process.
const FLUSH: Duration = Duration::from_millis(250);

/// A file that gets the events of a run.
pub(super) struct Recorder {
    path: PathBuf,
    file: Encoder<'static, File>,
    flushed: Instant,
    buffer: Vec<u8>,
}

impl Recorder {
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let create = || {
            let mut file = Encoder::new(File::create(path)?, LEVEL)?;
            file.write_all(&record::header())?;
            file.flush()?;
            Ok::<_, std::io::Error>(file)
        };
        let file = create().with_context(|| format!("cannot write the recording {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file, flushed: Instant::now(), buffer: Vec::new() })
    }

    pub(super) fn event(&mut self, event: &Event) -> anyhow::Result<()> {
        self.buffer.clear();
        record::encode(event, &mut self.buffer);
        self.file.write_all(&self.buffer).with_context(|| self.fault())?;
        if self.flushed.elapsed() >= FLUSH { self.settle() } else { Ok(()) }
    }

    /// Sees to it that all that was told is in the file. For a moment at which nothing else happens.
    pub(super) fn settle(&mut self) -> anyhow::Result<()> {
        self.file.flush().with_context(|| self.fault())?;
        self.flushed = Instant::now();
        Ok(())
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
        let fault = self.fault();
        let file = self.file.finish().with_context(|| fault.clone())?;
        file.sync_all().context(fault)
    }

    fn fault(&self) -> String {
        format!("the recording {} is incomplete", self.path.display())
    }
}

/// Reads a recording's events, one after the other, as far as they are good. The error says why not further.
pub(super) fn read(path: &Path, mut each: impl FnMut(&Event) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let (bytes, error) = unpack(path)?;
    let path = path.display();
    let reader = match (record::Reader::new(&bytes), &error) {
        (Ok(reader), _) => reader,
        (Err(fault), None) => bail!("{path}: {fault}"),
        (Err(_), Some(error)) => bail!("{path}: this is not a recording of Socklab ({error})"),
    };
    for event in reader {
        match event {
            Ok(event) => each(&event)?,
            // The file ends here, and so the event in it.
            Err(record::RecordError::Truncated { .. }) if error.is_some() => break,
            Err(fault) => bail!("{path}: {fault}"),
        }
    }
    match error {
        Some(error) => bail!("{path}: the recording stops here; whoever wrote it was ended ({error})"),
        None => Ok(()),
    }
}

/// A recording's bytes, unpacked: as many as can be read. The error says why not more.
fn unpack(path: &Path) -> anyhow::Result<(Vec<u8>, Option<std::io::Error>)> {
    let open = || Decoder::with_buffer(BufReader::new(File::open(path)?));
    let mut file = open().with_context(|| format!("cannot open the recording {}", path.display()))?;
    let (mut bytes, mut block) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok((bytes, None)),
            Ok(len) => bytes.extend_from_slice(&block[..len]),
            Err(error) => return Ok((bytes, Some(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::event::Fact;
    use trace::event::host::Cause;
    use trace::record::{Reader, RecordError};
    use trace::time::Nanos;

    fn event(seq: u64) -> Event {
        Event { seq, at: Nanos(seq), fact: Fact::RunEnded { cause: Cause::Finished } }
    }

    #[test]
    fn a_whole_recording() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let mut recorder = Recorder::create(&path).unwrap();
        (0..100).for_each(|seq| recorder.event(&event(seq)).unwrap());
        recorder.finish().unwrap();
        let (bytes, error) = unpack(&path).unwrap();
        assert!(error.is_none());
        let events: Vec<_> = Reader::new(&bytes).unwrap().map(Result::unwrap).collect();
        assert_eq!(events, (0..100).map(event).collect::<Vec<_>>());
    }

    #[test]
    fn whoever_records_may_die() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let mut recorder = Recorder::create(&path).unwrap();
        recorder.flushed -= FLUSH; // as if that time had passed
        recorder.event(&event(0)).unwrap();
        recorder.event(&event(1)).unwrap();
        std::mem::forget(recorder); // a killed process finishes nothing
        let (bytes, error) = unpack(&path).unwrap();
        assert_eq!(error.unwrap().kind(), std::io::ErrorKind::UnexpectedEof);
        let events: Result<Vec<_>, RecordError> = Reader::new(&bytes).unwrap().collect();
        assert_eq!(events, Ok(vec![event(0)]));
    }

    #[test]
    fn a_file_of_something_else() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        std::fs::write(&path, "import socket\n").unwrap();
        let (bytes, error) = unpack(&path).unwrap();
        assert!(bytes.is_empty() && error.is_some());
    }
}
