//! A trace on standard output: as text or as JSON lines.

use std::io::{self, Stdout, Write};

use trace::event::Event;
use trace::export::jsonl;
use trace::text::Transcript;

#[derive(Debug)]
pub(super) struct Output {
    /// `None` writes JSON.
    transcript: Option<Transcript>,
    stdout: Stdout,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { transcript: (!json).then(Transcript::default), stdout: io::stdout() }
    }

    /// Prints what the event says.
    pub(super) fn event(&mut self, event: &Event) -> io::Result<()> {
        let mut text = String::new();
        if let Some(transcript) = &mut self.transcript {
            transcript.push(event, &mut text);
        } else {
            jsonl::encode(event, &mut text);
        }
        self.print(&text)
    }

    /// Prints what a person should see if nothing more comes for a while.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        let mut text = String::new();
        if let Some(transcript) = &mut self.transcript {
            transcript.settle(&mut text);
        }
        self.print(&text)
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())?;
        self.stdout.flush()
    }
}
