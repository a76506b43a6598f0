//! A run as the page follows it: from pressing Run to its last event, across lost connections.
//!
//! ```text
//!            press        hello          started        run ended
//!   Idle ──────────▶ Connecting ──▶ Starting ──▶ Live ───────────▶ Ended
//!                        │              │         │ ▲
//!                 closed │      refused │  closed │ │ hello, watch
//!                        ▼              ▼         ▼ │
//!                     Failed         Refused     Lost ─▶ wait, connect again
//! ```
//!
//! Everything here is a value: what must be done on the websocket comes out as [`Effect`]s.

use std::net::Ipv4Addr;
use std::time::Duration;

use trace::bytes::Bytes;
use trace::event::Event;
use trace::event::host::{Cause, WireSettings};
use trace::id::HostId;
use trace::protocol::{Breakpoints, ClientMessage, Refusal, RunKey, ServerMessage, VERSION};

use super::Effect;
use super::host::Hosts;
use super::log::Log;
use super::visitor::Console;

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Phase {
    /// Nothing was run yet.
    #[default]
    Idle,
    /// The websocket is being opened.
    Connecting,
    /// The server has been asked to start.
    Starting,
    /// The server is full: the run waits for a place.
    Queued {
        /// So many come before.
        ahead: u32,
    },
    /// Events come.
    Live,
    /// The connection was lost during the run; it is being sought for the n-th time.
    Lost {
        /// Counted from 1.
        attempt: u32,
    },
    /// The run is over.
    Ended(Cause),
    /// All of it comes from a recording.
    Recorded,
    /// The server would not start it.
    Refused(Refusal),
    /// The page and the server could not come together.
    Failed(Trouble),
}

/// Why page and server could not come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No websocket could be opened.
    Unreachable,
    /// The server speaks another version of the protocol.
    OtherVersion,
    /// The connection was lost, and the person did not want to wait for it.
    GaveUp,
}

impl Phase {
    /// Whether there is something to stop.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self, Self::Connecting | Self::Starting | Self::Queued { .. } | Self::Live | Self::Lost { .. })
    }
}

/// What happens on a websocket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LinkEvent {
    /// A message came.
    Message(ServerMessage),
    /// Something came that is no message of this protocol.
    Unreadable,
    /// It closed, or could not be opened.
    Closed,
}

/// Why typing had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unheard {
    /// There is no run.
    NothingRuns,
    /// There is one, but this host's program is over.
    HasEnded,
}

/// The latest run of a lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Run {
    /// Where it stands.
    pub(crate) phase: Phase,
    /// Its events so far.
    pub(crate) log: Log,
    /// What its hosts are doing.
    pub(crate) hosts: Hosts,
    /// Whether Stop was pressed and has not been answered yet.
    pub(crate) stopping: bool,
    /// What the server would not do while the run goes on.
    pub(crate) notice: Option<Refusal>,
    /// The host whose typing was in vain.
    pub(crate) unheard: Option<(HostId, Unheard)>,
    /// What to send once the server has said hello.
    start: Option<ClientMessage>,
    /// What was put on the clipboard last: a link to it, or to a moment of it.
    pub(crate) copied: String,
    lesson: String,
    key: Option<RunKey>,
    link_key: Option<RunKey>,
    visit_key: Option<RunKey>,
    /// The learner's own browser and console in it.
    pub(crate) console: Console,
    /// Whether it was begun before this page was loaded, and the server has not told anything of it yet.
    taken_up: bool,
    /// Counts the websockets, so that the last words of an old one are not taken for the new one's.
    link: u32,
    /// The calls at which the hosts' programs are held.
    breaks: Vec<Breakpoints>,
    /// Those of the latest start.
    begun_with: Vec<Breakpoints>,
    /// The terminals' sizes, columns by rows.
    sizes: Vec<Option<(u16, u16)>>,
}

impl Run {
    /// A run that was recorded earlier.
    pub(crate) fn recorded(events: Vec<Event>) -> Self {
        let mut run = Self { phase: Phase::Recorded, ..Self::default() };
        run.log.append(events);
        run.hosts = {
            let timeline = run.log.timeline();
            Hosts::at(&timeline, timeline.latest())
        };
        run
    }

    /// Run was pressed: leaves the old run and asks for a new one, on the lesson's wire or on this one.
    pub(crate) fn press(&mut self, lesson: String, programs: Vec<String>, wire: Option<WireSettings>) -> Vec<Effect> {
        let mut effects = self.leave();
        *self = Self {
            phase: Phase::Connecting,
            hosts: Hosts::booting(programs.len()),
            lesson: lesson.clone(),
            start: Some(ClientMessage::Start { lesson, programs, wire, breakpoints: self.breaks.clone() }),
            begun_with: self.breaks.clone(),
            link: self.link + 1,
            sizes: std::mem::take(&mut self.sizes),
            console: self.console.begin_anew(),
            breaks: std::mem::take(&mut self.breaks),
            ..Self::default()
        };
        effects.push(Effect::Connect(self.link));
        effects
    }

    /// The page was loaded again: goes on with the run that is kept under [`key`].
    pub(crate) fn take_up(&mut self, lesson: &str, kept: &str, hosts: usize) -> Vec<Effect> {
        let Some((key, link)) = kept.split_once(' ') else { return vec![] };
        *self = Self {
            phase: Phase::Connecting,
            hosts: Hosts::booting(hosts),
            lesson: lesson.into(),
            key: Some(RunKey(key.into())),
            link_key: Some(RunKey(link.into())),
            taken_up: true,
            link: self.link + 1,
            ..Self::default()
        };
        vec![Effect::Connect(self.link)]
    }

    /// The name by which others can look at the run.
    pub(crate) fn link(&self) -> Option<&str> {
        self.link_key.as_ref().map(|key| &*key.0)
    }

    /// Where the page finds the run's servers: `/visit/…/192.168.1.4/8080/`.
    pub(crate) fn visit(&self, addr: Ipv4Addr, port: u16) -> Option<String> {
        let key = self.visit_key.as_ref().filter(|_| self.phase == Phase::Live)?;
        Some(format!("/visit/{}/{addr}/{port}", key.0))
    }

    /// Stop was pressed.
    pub(crate) fn stop(&mut self) -> Vec<Effect> {
        match self.phase {
            Phase::Live if !self.stopping => {
                self.stopping = true;
                vec![Effect::Send(ClientMessage::Stop)]
            }
            Phase::Connecting | Phase::Starting | Phase::Queued { .. } => {
                let effects = self.leave();
                self.phase = Phase::Idle;
                self.hosts = Hosts::default();
                effects
            }
            Phase::Lost { .. } => {
                self.phase = Phase::Failed(Trouble::GaveUp);
                self.link += 1;
                vec![Effect::Disconnect]
            }
            _ => vec![],
        }
    }

    /// Nobody looks any more: ends what is going on.
    pub(crate) fn leave(&mut self) -> Vec<Effect> {
        let effects = match self.phase {
            Phase::Starting | Phase::Queued { .. } | Phase::Live => {
                vec![Effect::Send(ClientMessage::Stop), Effect::Disconnect]
            }
            Phase::Connecting | Phase::Lost { .. } => vec![Effect::Disconnect],
            _ => return vec![],
        };
        self.link += 1;
        effects
    }

    /// Tells the server something, if there is a run that it could be about.
    pub(crate) fn tell(&self, message: ClientMessage) -> Vec<Effect> {
        if self.phase == Phase::Live { vec![Effect::Send(message)] } else { vec![] }
    }

    /// The calls at which a host's program is held.
    pub(crate) fn breaks(&self, host: HostId) -> &Breakpoints {
        self.breaks.get(usize::from(host.0)).unwrap_or(&Breakpoints::Never)
    }

    /// A host's program is to be held at these calls: now, or from the next run on.
    pub(crate) fn break_at(&mut self, host: HostId, at: Breakpoints) -> Vec<Effect> {
        let index = usize::from(host.0);
        if self.breaks.len() <= index {
            self.breaks.resize(index + 1, Breakpoints::Never);
        }
        self.breaks[index] = at.clone();
        self.tell(ClientMessage::Break { host, at })
    }

    /// A person typed at a host's terminal.
    pub(crate) fn typed(&mut self, host: HostId, bytes: Vec<u8>) -> Vec<Effect> {
        let ended = self.hosts.get(usize::from(host.0)).is_some_and(super::host::HostNow::has_ended);
        self.unheard = match self.phase {
            Phase::Live if !ended => {
                self.unheard = None;
                return vec![Effect::Send(ClientMessage::Type { host, bytes: Bytes(bytes) })];
            }
            Phase::Live => Some((host, Unheard::HasEnded)),
            // Whether it would be heard is not known yet; the banner or the phase says what is going on.
            Phase::Connecting | Phase::Starting | Phase::Queued { .. } | Phase::Lost { .. } => None,
            _ => Some((host, Unheard::NothingRuns)),
        };
        vec![]
    }

    /// A terminal has another size.
    pub(crate) fn resized(&mut self, host: HostId, cols: u16, rows: u16) -> Vec<Effect> {
        let index = usize::from(host.0);
        if self.sizes.len() <= index {
            self.sizes.resize(index + 1, None);
        }
        if self.sizes[index] == Some((cols, rows)) {
            return vec![];
        }
        self.sizes[index] = Some((cols, rows));
        match self.phase {
            Phase::Live => vec![Effect::Send(ClientMessage::Resize { host, cols, rows })],
            _ => vec![],
        }
    }

    /// Something happened on a websocket.
    pub(crate) fn on_link(&mut self, link: u32, event: LinkEvent) -> Vec<Effect> {
        if link != self.link {
            return vec![];
        }
        match event {
            LinkEvent::Closed => self.closed(),
            LinkEvent::Unreadable => self.over(Phase::Failed(Trouble::OtherVersion)),
            LinkEvent::Message(ServerMessage::Hello { version }) => self.hello(version),
            LinkEvent::Message(ServerMessage::Started { run, link, visit }) => {
                self.visit_key = visit;
                self.started(run, link)
            }
            LinkEvent::Message(ServerMessage::Line { line, news }) => {
                self.console.on_news(line, news);
                vec![]
            }
            LinkEvent::Message(ServerMessage::Queued { ahead }) => {
                self.phase = Phase::Queued { ahead };
                self.hosts = Hosts::default(); // none is being set up before there is a place
                vec![]
            }
            LinkEvent::Message(ServerMessage::Events(events)) => self.take(events),
            LinkEvent::Message(ServerMessage::Refused(refusal)) => self.refused(refusal),
        }
    }

    /// The time to wait before the next attempt is over.
    pub(crate) fn retry(&mut self, link: u32) -> Vec<Effect> {
        if link != self.link || !matches!(self.phase, Phase::Lost { .. }) {
            return vec![];
        }
        self.link += 1;
        vec![Effect::Connect(self.link)]
    }

    /// A person does not want to wait that long.
    pub(crate) fn reconnect(&mut self) -> Vec<Effect> {
        self.retry(self.link)
    }

    fn hello(&mut self, version: u16) -> Vec<Effect> {
        if version != VERSION {
            return self.over(Phase::Failed(Trouble::OtherVersion));
        }
        match (&self.key, self.start.take()) {
            (Some(run), _) => {
                self.phase = Phase::Live;
                let mut effects =
                    vec![Effect::Send(ClientMessage::Watch { run: run.clone(), from_seq: self.log.next_seq() })];
                if self.stopping {
                    effects.push(Effect::Send(ClientMessage::Stop)); // the first may have been lost on its way
                }
                effects
            }
            (None, Some(start)) => {
                self.phase = Phase::Starting;
                vec![Effect::Send(start)]
            }
            (None, None) => vec![],
        }
    }

    fn started(&mut self, run: RunKey, link: RunKey) -> Vec<Effect> {
        let keep = Effect::Keep(key(&self.lesson), Some(format!("{} {}", run.0, link.0)));
        if self.key.replace(run).is_some() {
            return vec![];
        }
        self.link_key = Some(link);
        self.phase = Phase::Live;
        let sizes = self.sizes.iter().zip(0..);
        let tell = sizes
            .filter_map(|(size, host)| {
                size.map(|(cols, rows)| ClientMessage::Resize { host: HostId(host), cols, rows })
            })
            .map(Effect::Send);
        // Chosen while the hosts were being set up.
        let breaks = self.breaks.iter().zip(0..).filter(|_| self.breaks != self.begun_with);
        let breaks = breaks.map(|(at, host)| Effect::Send(ClientMessage::Break { host: HostId(host), at: at.clone() }));
        breaks.chain(tell).chain([keep]).collect()
    }

    fn take(&mut self, events: Vec<Event>) -> Vec<Effect> {
        self.taken_up = false;
        let came = self.log.append(events);
        let ended = {
            let timeline = self.log.timeline();
            let events = timeline.events();
            self.hosts.follow(&events[events.len() - came..], timeline.latest());
            timeline.latest().ended.clone()
        };
        ended.map_or_else(Vec::new, |cause| self.over(Phase::Ended(cause)))
    }

    fn refused(&mut self, refusal: Refusal) -> Vec<Effect> {
        if self.taken_up && refusal == Refusal::NoSuchRun {
            // Forgotten meanwhile, which is nobody's fault.
            let mut effects = self.over(Phase::Idle);
            effects.push(Effect::Keep(key(&self.lesson), None));
            return effects;
        }
        let fatal = self.phase != Phase::Live || refusal == Refusal::NoSuchRun;
        if fatal {
            return self.over(Phase::Refused(refusal));
        }
        self.notice = Some(refusal);
        vec![]
    }

    fn closed(&mut self) -> Vec<Effect> {
        let attempt = match self.phase {
            Phase::Live => 1,
            Phase::Lost { attempt } => attempt + 1,
            Phase::Connecting | Phase::Starting | Phase::Queued { .. } => {
                return self.over(Phase::Failed(Trouble::Unreachable));
            }
            _ => return vec![],
        };
        self.phase = Phase::Lost { attempt };
        vec![Effect::RetryAfter(backoff(attempt), self.link)]
    }

    fn over(&mut self, phase: Phase) -> Vec<Effect> {
        if !matches!(phase, Phase::Ended(_)) {
            self.hosts.switch_off();
        }
        self.phase = phase;
        self.stopping = false;
        self.link += 1;
        vec![Effect::Disconnect]
    }
}

/// Where the latest run of a lesson is kept, as long as the tab lives.
pub(crate) fn key(lesson: &str) -> String {
    format!("run/{lesson}")
}

/// How long to wait before the n-th attempt: half a second, then twice as long each time, ten seconds at most.
fn backoff(attempt: u32) -> Duration {
    let doubled = 500_u64 << attempt.saturating_sub(1).min(5);
    Duration::from_millis(doubled.min(10_000))
}

#[cfg(test)]
mod tests;
