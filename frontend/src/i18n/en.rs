//! English.

use trace::event::host::{Cause, Limit};
use trace::protocol::Refusal;
use trace::time::Readable;

use super::{Words, percent, plain, short_exit, size};
use crate::state::host::{Activity, Did, Note, Waiting};
use crate::state::load::LoadError;
use crate::state::run::{Phase, Trouble};

pub(super) static WORDS: Words = Words {
    skip: "Skip to the content",
    lessons: "Lessons",
    switch_language: "switch to Chinese",
    to_dark: "Dark colours",
    to_light: "Light colours",
    loading: "Loading…",
    slow: "This takes longer than usual: the server is busy, or the connection to it is slow.",
    try_again: "Try again",
    load_error: |error| match error {
        LoadError::Missing => "There is no such lesson.".into(),
        LoadError::Offline => "The server can’t be reached. Is your network up?".into(),
        LoadError::Server(status, sentence) if sentence.is_empty() => {
            format!("The server answered with error {status}.")
        }
        LoadError::Server(status, sentence) => format!("The server answered with error {status}: {sentence}"),
        LoadError::NoSuchRun => {
            "This run is no longer kept here: a server keeps runs for about an hour. A recording that you downloaded \
             can be opened below."
                .into()
        }
        LoadError::NoRecording => "This file is not a Socklab recording.".into(),
        LoadError::OtherRecording(version) => {
            format!("This recording has version {version}, from another version of Socklab; this one can’t read it.")
        }
        LoadError::Unreadable => "The page and the server have different versions. Reload the page.".into(),
    },

    tagline: "See what your sockets do",
    about: "Socklab is a course on socket programming. You edit small Python programs in the browser; each one runs for \
            real on a host of its own, and every call, packet and socket state is drawn as it happens.",
    no_lessons: "This server has no lessons yet.",
    lesson_number: |number| format!("Lesson {number}"),
    not_found: "Nothing here",
    not_found_text: "No page of the course has this address.",
    to_lessons: "All lessons",

    hide_lesson: "Hide the lesson",
    show_lesson: "Show the lesson",
    next_lesson: "Next",
    previous_lesson: "Previous",

    workbench: "Workbench",
    run: "Run",
    run_again: "Run again",
    run_shortcut: "Ctrl+Enter",
    stop: "Stop",
    wire: "wire",
    delay: |wire| format!("delay {}", plain(wire.link.delay)),
    loss: |wire| format!("loss {} %", percent(wire.link.loss_ppm)),
    phase: |phase| match phase {
        Phase::Idle => "Ready".into(),
        Phase::Connecting => "Connecting…".into(),
        Phase::Starting => "Starting the hosts…".into(),
        Phase::Queued { ahead: 0 } => "Server full: you are next".into(),
        Phase::Queued { ahead } => format!("Server full: {ahead} before you"),
        Phase::Live => "Running".into(),
        Phase::Recorded => "Recording".into(),
        Phase::Lost { .. } => "Connection lost".into(),
        Phase::Ended(cause) => match cause {
            Cause::Finished => "Finished".into(),
            Cause::Stopped => "Stopped".into(),
            Cause::Limit(_) => "Stopped at a limit".into(),
            Cause::Shutdown => "The server shut down".into(),
            Cause::Failed(_) => "Broke down".into(),
            Cause::Unwatched(_) => "Ended unwatched".into(),
        },
        Phase::Refused(_) => "Not started".into(),
        Phase::Failed(_) => "No connection".into(),
    },
    stopping: "Stopping…",
    refusal: |refusal| match refusal {
        Refusal::NotUnderstood(why) => format!("The server did not understand the page ({why}). Reload the page."),
        Refusal::NoSuchLesson(id) => format!("The server has no lesson “{id}”."),
        Refusal::NoSuchRun => {
            "This run is over and the server no longer keeps it. Press Run to start a new one.".into()
        }
        Refusal::NoSuchHost(number) => format!("This run has no host number {number}."),
        Refusal::WrongNumberOfPrograms { expected, got } => {
            format!("The exercise has {expected} programs, but the page sent {got}. Reload the page.")
        }
        Refusal::ProgramTooLarge { file, bytes, limit } => {
            format!("{file} is too long: it has {bytes} bytes, and {} is the limit.", size(*limit))
        }
        Refusal::MessageTooLarge { limit } => {
            format!("That was too much at once: the limit is {}.", size(*limit))
        }
        Refusal::AlreadyRunning => "A run is already going on. Stop it first.".into(),
        Refusal::NotRunning => "Nothing is running.".into(),
        Refusal::ServerFull { limit } => {
            format!("The server is full: {limit} runs are going on. Try again in a moment.")
        }
        Refusal::Wire(why) => format!("The wire did not do that: {why}."),
        Refusal::CannotRun(why) => {
            format!("The run could not be started. Please tell whoever hosts this server why: {why}")
        }
        Refusal::TooOften { wait } => {
            format!("Too many runs were started from your network. Try again in {} s.", wait.as_secs() + 1)
        }
        Refusal::NoVisitor => "This exercise has no host for you to connect from.".into(),
        Refusal::TooManyLines { limit } => format!("You already have {limit} connections. Close one first."),
        Refusal::NoSuchLine => "This connection is over.".into(),
        Refusal::LineBusy => "The other side is not reading; what you typed before has not been sent yet.".into(),
        Refusal::OnlyLooking => "This is somebody else’s run: you can only look at it.".into(),
        Refusal::ShuttingDown => "The server is shutting down. Try again in a minute.".into(),
    },
    trouble: |trouble| match trouble {
        Trouble::Unreachable => "The server can’t be reached. Check your network, then press Run again.".into(),
        Trouble::OtherVersion => {
            "The server has been updated. Reload the page to go on; your programs are kept.".into()
        }
        Trouble::GaveUp => "The connection was lost and you stopped waiting for it. Press Run to start again.".into(),
    },
    cause: |cause| match cause {
        Cause::Finished => "Every program has ended.".into(),
        Cause::Stopped => "You stopped the run, or left its page.".into(),
        Cause::Limit(limit) => match limit {
            Limit::Wall(span) => format!("The run was stopped: a run may last {} at most.", plain(*span)),
            Limit::Cpu(span) => {
                format!("The run was stopped: its programs used more than {} of processor time.", plain(*span))
            }
            Limit::Output(bytes) => format!("The run was stopped: a program printed more than {}.", size(*bytes)),
            Limit::Frames(count) => format!("The run was stopped: more than {count} frames crossed the wire."),
            Limit::Events(count) => format!("The run was stopped: more than {count} events were recorded."),
            Limit::Memory(bytes) => format!("The run was stopped: a host used more than {} of memory.", size(*bytes)),
            Limit::Processes(count) => format!("The run was stopped: a host had more than {count} processes."),
            Limit::ProcessCpu(span) => {
                format!("The run was stopped: a process used more than {} of processor time.", plain(*span))
            }
            Limit::OpenFiles(count) => format!("The run was stopped: a process had more than {count} open files."),
            Limit::Disk(bytes) => format!("The run was stopped: a host wrote more than {} of files.", size(*bytes)),
            Limit::Trace(bytes) => format!("The run was stopped: its trace grew beyond {}.", size(*bytes)),
        },
        Cause::Shutdown => "The server was shut down during the run.".into(),
        Cause::Failed(why) => format!("The run broke down: {why}"),
        Cause::Unwatched(span) => {
            format!("The server ended the run: nobody was connected to it for {}.", plain(*span))
        }
    },
    connection_lost: "The connection to the server was lost. The run goes on there; the page is reconnecting and will \
                      catch up.",
    reconnect: "Try now",
    reload: "Reload",
    dismiss: "Close",

    export: "Export",
    export_pcapng: "Packets for Wireshark (pcapng)",
    export_strace: "System calls, as strace writes them",
    export_jsonl: "All events as JSON lines",
    export_recording: "Recording, to open here again",
    export_html: "Replay in one HTML file",
    export_svg: "Ladder as a picture (SVG)",
    export_png: "Ladder as a picture (PNG)",
    export_link: "Copy a link to this run",
    link_copied: "Link copied",

    visitor: "You",
    visit_browser: "Browser",
    visit_console: "TCP console",
    visit_address: "Address",
    visit_open: "Open",
    visit_connect: "Connect",
    visit_wrong: "Write an address and a port, such as 192.168.1.4:8080.",
    visit_page: "What the server answered",
    visit_empty: "Run the programs, then open your server here. Its requests cross the wire.",
    talk_empty: "Run the programs, then connect and type: what you send crosses the wire byte for byte.",
    talk_text: "Text to send",
    talk_ending: "Line ending",
    talk_no_ending: "none",
    talk_send: "Send",
    talk_half: "shutdown(SHUT_WR): you send no more, but still receive",
    talk_close: "close(): both directions",
    talk_reset: "close() with SO_LINGER 0: sends RST",
    talk_open: |port| format!("connected, from port {port}"),
    talk_half_closed: "your FIN: you send no more",
    talk_peer_closed: "the other side’s FIN: it sends no more",
    talk_ended: "closed",
    talk_no_answer: "nobody answered the SYN",
    talk_too_much: |limit| format!("closed: the console shows at most {} of a connection", size(limit)),

    hosts: "Hosts",
    host: |name| format!("Host {name}"),
    editor: |file| format!("Program {file}"),
    editor_hint: "Tab indents. To leave the editor with Tab, press Escape first.",
    editor_phrases: &[],
    terminal: |name| format!("Terminal of {name}"),
    terminal_empty: "What the program prints appears here; type here when it asks.",
    reset: "Reset",
    reset_label: |file| format!("Reset {file} to the lesson’s text"),
    restore: "My last version",
    counts_at_next_run: "Edited: takes effect at the next run",
    nothing_runs: "Nothing is running here. Press Run first, then type.",
    program_has_ended: "This program has ended and no longer reads. Press Run to start again.",
    activity: |activity| match activity {
        Activity::Off => "not running".into(),
        Activity::Booting => "starting".into(),
        Activity::Compiling => "compiling".into(),
        Activity::NotCompiled => "does not compile".into(),
        Activity::Computing { .. } => "running".into(),
        Activity::Held { call } => format!("held at {call}()"),
        Activity::Blocked { waiting: Waiting::You, .. } => "waiting for you".into(),
        Activity::Blocked { call, .. } => format!("blocked in {call}()"),
        Activity::Ended(status) => short_exit(*status).unwrap_or_else(|| "ended".into()),
    },
    waiting: |waiting| match waiting {
        Waiting::You => "waiting for you".into(),
        Waiting::Connection => "waiting for a connection".into(),
        Waiting::Handshake => "waiting for the handshake".into(),
        Waiting::Data => "waiting for data".into(),
        Waiting::Room => "waiting for room in the buffer".into(),
        Waiting::Readiness => "waiting until one is ready".into(),
        Waiting::Kernel(call) => format!("in {call}()"),
    },
    note: |note| {
        let what = match &note.did {
            Did::Waits(waiting) => (WORDS.waiting)(waiting),
            Did::Failed(errno) => errno.to_string(),
            // Long enough to leave no room for the time, which the ladder shows.
            Did::Accepted(Some(peer)) => return format!("from {peer}"),
            Did::Accepted(None) => "accepted".into(),
            Did::Connected => "connected".into(),
            Did::Sent(bytes) => format!("sent {bytes} B"),
            Did::Received(bytes) => format!("got {bytes} B"),
            Did::EndOfStream => "0 B: the peer has closed".into(),
            Did::Ready(count) => format!("{count} ready"),
            Did::TimedOut => "timed out".into(),
            Did::Returned => String::new(),
        };
        with_blocked(what, note)
    },

    ladder: "What happens on the wire",
    ladder_empty: "Press Run to see the programs talk",
    ladder_empty_text: "Their calls, the packets between them and the states of their sockets appear here, on one time axis.",
    ladder_waits: "Waiting for the first event…",
    ladder_nothing: "There is nothing to see of this run",
    queue: "The server is full",
    queue_text: |ahead| {
        let place = match ahead {
            0 => "Yours is the next run.".into(),
            1 => "One run is before yours.".into(),
            many => format!("{many} runs are before yours."),
        };
        format!("{place} It begins by itself when others have ended. Stop leaves the line.")
    },
    events: |count| if count == 1 { "1 event".into() } else { format!("{count} events") },
    live: "live",
    ended: "ended",
    scope: &super::scope::EN,
};

fn with_blocked(what: String, note: &Note) -> String {
    match note.blocked {
        None => what,
        Some(span) if what.is_empty() => format!("blocked {}", Readable(span)),
        Some(span) => format!("{what} · {}", Readable(span)),
    }
}
