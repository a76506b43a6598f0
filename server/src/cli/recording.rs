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
    let (bytes, end) = unpack(path, record::LARGEST)?;
    let path = path.display();
    let reader = match (record::Reader::new(&bytes), &end) {
        (Ok(reader), _) => reader,
        (Err(_), End::Broken(error)) => bail!("{path}: this is not a recording of Socklab ({error})"),
        (Err(fault), _) => bail!("{path}: {fault}"),
    };
    for event in reader {
        match event {
            Ok(event) => each(&event)?,
            // The file ends here, and so the event in it.
            Err(record::RecordError::Truncated { .. }) if !matches!(end, End::Whole) => break,
            Err(fault) => bail!("{path}: {fault}"),
        }
    }
    match end {
        End::Whole => Ok(()),
        End::Broken(error) => bail!("{path}: the recording stops here; whoever wrote it was ended ({error})"),
        End::TooLarge => bail!("{path}: no run records as much as this unpacks to; the rest was not read"),
    }
}

/// Why a recording's bytes end where they do.
#[derive(Debug)]
enum End {
    /// They are all there.
    Whole,
    /// No more can be read.
    Broken(std::io::Error),
    /// There are more than there should be.
    TooLarge,
}

/// A recording's bytes, unpacked: as many as can be read, and not many more than `largest`.
fn unpack(path: &Path, largest: usize) -> anyhow::Result<(Vec<u8>, End)> {
    let open = || Decoder::with_buffer(BufReader::new(File::open(path)?));
    let mut file = open().with_context(|| format!("cannot open the recording {}", path.display()))?;
    let (mut bytes, mut block) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok((bytes, End::Whole)),
            Ok(_) if bytes.len() >= largest => return Ok((bytes, End::TooLarge)),
            Ok(len) => bytes.extend_from_slice(&block[..len]),
            Err(error) => return Ok((bytes, End::Broken(error))),
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
        let (bytes, end) = unpack(&path, record::LARGEST).unwrap();
        assert!(matches!(end, End::Whole));
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
        let (bytes, end) = unpack(&path, record::LARGEST).unwrap();
        let End::Broken(error) = end else { panic!("{end:?}") };
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
        let events: Result<Vec<_>, RecordError> = Reader::new(&bytes).unwrap().collect();
        assert_eq!(events, Ok(vec![event(0)]));
    }

    #[test]
    fn a_file_of_something_else() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        std::fs::write(&path, "import socket\n").unwrap();
        let (bytes, end) = unpack(&path, record::LARGEST).unwrap();
        assert!(bytes.is_empty() && matches!(end, End::Broken(_)));
    }

    #[test]
    fn a_small_file_that_unpacks_to_much_is_read_as_far_as_is_reasonable() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let mut file = Encoder::new(File::create(&path).unwrap(), LEVEL).unwrap();
        file.write_all(&record::header()).unwrap();
        std::io::copy(&mut std::io::repeat(0).take(64 << 20), &mut file).unwrap();
        file.finish().unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 64 << 10);
        let largest = 1 << 20;
        let (bytes, end) = unpack(&path, largest).unwrap();
        assert!(matches!(end, End::TooLarge), "{end:?}");
        assert!((largest..largest + (64 << 10)).contains(&bytes.len()), "{}", bytes.len());
    }
}
