//! Two runs side by side: the steps that they have in common, and those in which they part.
//!
//! When things happened is never the same twice, and neither is in which order things happened that do not depend on
//! each other. So steps are compared lane by lane: the calls of one thread, the frames from one host to another. Within
//! a lane the order is the program's, or the wire's.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;

use crate::id::HostId;
use crate::ladder::{Arrow, ArrowEnd, CallBox, CallState, Ladder, Mark, Marked};
use crate::map::Map;
use crate::time::Nanos;

/// How many steps of a lane are compared at most. What takes as long as the square of them is to end before a person
/// gives up; who compares runs looks at the first place where they part.
const MOST: usize = 2_000;

/// Linux gives ports from here on to sockets that did not ask for one (`net.ipv4.ip_local_port_range`).
const EPHEMERAL: u16 = 32_768;

/// A step of a run, as the ladder has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step<'a> {
    /// A program called.
    Call(&'a CallBox),
    /// A frame was sent.
    Frame(&'a Arrow),
    /// A program began or ended, and the like.
    Mark(&'a Mark),
}

/// What two runs have in one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row<'a> {
    /// The same in both.
    Same(Step<'a>, Step<'a>),
    /// The same kind of step, that went otherwise.
    Changed(Step<'a>, Step<'a>),
    /// Only the first run has it.
    First(Step<'a>),
    /// Only the second one does.
    Second(Step<'a>),
}

/// Two runs, aligned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison<'a> {
    /// What they have, in the order of the first run.
    pub rows: Vec<Row<'a>>,
    /// How many steps were not compared, because there are too many.
    pub left_out: usize,
}

impl<'a> Row<'a> {
    /// The step of the first run, and that of the second.
    pub const fn steps(&self) -> [Option<Step<'a>>; 2] {
        match *self {
            Self::Same(first, second) | Self::Changed(first, second) => [Some(first), Some(second)],
            Self::First(step) => [Some(step), None],
            Self::Second(step) => [None, Some(step)],
        }
    }

    /// Whether the runs differ here.
    pub const fn differs(&self) -> bool {
        !matches!(self, Self::Same(..))
    }
}

impl Step<'_> {
    /// When it began.
    pub const fn at(&self) -> Nanos {
        match self {
            Self::Call(call) => call.at,
            Self::Frame(arrow) => arrow.at,
            Self::Mark(mark) => mark.at,
        }
    }

    /// Where it stands on its ladder.
    pub const fn y(&self) -> f64 {
        match self {
            Self::Call(call) => call.top,
            Self::Frame(arrow) => arrow.top,
            Self::Mark(mark) => mark.y,
        }
    }

    /// The host that called, sent, or was marked; `None` for the whole run.
    pub const fn host(&self) -> Option<HostId> {
        match self {
            Self::Call(call) => Some(call.host),
            Self::Frame(arrow) => Some(arrow.from),
            Self::Mark(mark) => mark.host,
        }
    }

    /// What kind of step it is: a call by its name, a segment by its flags.
    fn kind(&self) -> String {
        match self {
            Self::Call(call) => call.label.split('(').next().unwrap_or_default().to_owned(),
            Self::Frame(arrow) => arrow.label.split('“').next().unwrap_or_default().to_owned(),
            Self::Mark(mark) => match mark.what {
                Marked::ThreadStarted(_) => "thread".into(),
                Marked::Forked(_) => "fork".into(),
                Marked::ProgramEnded(_) => "end".into(),
                ref other => format!("{other:?}"),
            },
        }
    }

    /// Whether the kernel does it or leaves it, as the moment has it: an acknowledgment of its own.
    fn is_incidental(&self) -> bool {
        matches!(self, Self::Frame(arrow)
            if arrow.label == "ACK" && arrow.notable.is_none() && matches!(arrow.end, ArrowEnd::Delivered(..)))
    }
}

/// All that counts of a step: not when it was, nor which numbers the kernel chose.
impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(call) => {
                let result = call.result.as_deref().unwrap_or(match call.state {
                    CallState::Abandoned(_) => "never returned",
                    _ => "…",
                });
                write!(f, "{} {}", without_ports(&call.label), without_ports(result))
            }
            Self::Frame(arrow) => {
                f.write_str(&arrow.label)?;
                let mut more = |what: Option<String>| what.map_or(Ok(()), |what| write!(f, " · {what}"));
                more(arrow.notable.map(|notable| format!("{notable:?}")))?;
                more(arrow.order.map(|order| format!("{order:?}")))?;
                more(arrow.made.map(|made| format!("{made:?}")))?;
                more(match arrow.end {
                    ArrowEnd::InFlight if arrow.held => Some("held".into()),
                    ArrowEnd::InFlight => Some("in flight".into()),
                    ArrowEnd::Delivered(..) => None,
                    ArrowEnd::Lost(_, cause) => Some(format!("lost: {cause:?}")),
                })
            }
            Self::Mark(mark) => match mark.what {
                Marked::ThreadStarted(_) | Marked::Forked(_) => f.write_str(&self.kind()),
                ref what => write!(f, "{what:?}"),
            },
        }
    }
}

/// A text without the ports that the kernel chose.
fn without_ports(text: &str) -> String {
    let mut parts = text.split(':');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let chosen = part[..digits].parse::<u16>().is_ok_and(|port| port >= EPHEMERAL);
        out.push(':');
        out.push_str(if chosen { "*" } else { &part[..digits] });
        out.push_str(&part[digits..]);
    }
    out
}

/// What happens one after the other: the calls of a host's thread, the frames from one host to another, marks. By the
/// hosts' names, so that runs with other hosts can be compared too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Run,
    Host(String),
    Thread(String, usize),
    Way(String, Option<String>),
}

fn lanes(ladder: &Ladder) -> Map<Lane, Vec<Step<'_>>> {
    let names: Vec<(HostId, &str)> = ladder.columns().map(|column| (column.host, &*column.name)).collect();
    let name = |host: HostId| {
        names.iter().find(|(other, _)| *other == host).map_or_else(String::new, |(_, name)| (*name).to_owned())
    };
    let all = ladder.visible(f64::NEG_INFINITY..f64::INFINITY);
    let calls = all.calls.into_iter().filter(|call| !call.runtime);
    let calls = calls.map(|call| (Lane::Thread(name(call.host), call.lane), Step::Call(call)));
    let frames =
        all.arrows.into_iter().map(|arrow| (Lane::Way(name(arrow.from), arrow.to.map(name)), Step::Frame(arrow)));
    let marks = all
        .marks
        .into_iter()
        .map(|mark| (mark.host.map_or(Lane::Run, |host| Lane::Host(name(host))), Step::Mark(mark)));
    let mut lanes: Map<Lane, Vec<Step<'_>>> = Map::new();
    for (lane, step) in calls.chain(frames).chain(marks) {
        match lanes.get_mut(&lane) {
            Some(steps) => steps.push(step),
            None => drop(lanes.insert(lane, vec![step])),
        }
    }
    lanes
}

/// Aligns two runs.
pub fn compare<'a>(first: &'a Ladder, second: &'a Ladder) -> Comparison<'a> {
    let (mut one, mut other) = (lanes(first), lanes(second));
    let mut names: Vec<Lane> = one.keys().chain(other.keys()).cloned().collect();
    names.sort();
    names.dedup();
    let mut left_out = 0;
    let mut cut = |steps: Option<Vec<Step<'a>>>| {
        let mut steps = steps.unwrap_or_default();
        left_out += steps.len().saturating_sub(MOST);
        steps.truncate(MOST);
        steps
    };
    let aligned = names.into_iter().map(|lane| align(&cut(one.remove(&lane)), &cut(other.remove(&lane)))).collect();
    Comparison { rows: merge(aligned), left_out }
}

/// Aligns two lanes: first what is the same, and between that what is of the same kind.
fn align<'a>(first: &[Step<'a>], second: &[Step<'a>]) -> Vec<Row<'a>> {
    let mut rows = vec![];
    for (old, new, same) in parts(first, second, &|step| step.to_string()) {
        for (old, new, changed) in parts(old, new, &|step| step.kind()) {
            rows.extend(old.iter().filter(|step| !step.is_incidental()).map(|step| Row::First(*step)));
            rows.extend(new.iter().filter(|step| !step.is_incidental()).map(|step| Row::Second(*step)));
            rows.extend(changed.map(|(old, new)| Row::Changed(old, new)));
        }
        rows.extend(same.map(|(old, new)| Row::Same(old, new)));
    }
    rows
}

/// What has no partner on either side, and the pair behind it; the last part has none.
type Part<'s, 'a> = (&'s [Step<'a>], &'s [Step<'a>], Option<(Step<'a>, Step<'a>)>);

/// Pairs as many steps as there can be with the same key, in their order.
fn parts<'s, 'a>(
    first: &'s [Step<'a>],
    second: &'s [Step<'a>],
    key: &dyn Fn(&Step<'a>) -> String,
) -> Vec<Part<'s, 'a>> {
    let keys = |steps: &[Step<'a>]| steps.iter().map(key).collect::<Vec<_>>();
    let (mut old, mut new, mut parts) = (0, 0, vec![]);
    for (one, other) in common(&keys(first), &keys(second)) {
        parts.push((&first[old..one], &second[new..other], Some((first[one], second[other]))));
        (old, new) = (one + 1, other + 1);
    }
    parts.push((&first[old..], &second[new..], None));
    parts
}

/// The places of a longest common subsequence. Lanes have [`MOST`] steps at most, and usually differ in a few: a table
/// of what is between the first and the last difference is small enough.
fn common(first: &[String], second: &[String]) -> Vec<(usize, usize)> {
    let same = |(one, other): &(&String, &String)| one == other;
    let begin = first.iter().zip(second).take_while(same).count();
    let end = first[begin..].iter().rev().zip(second[begin..].iter().rev()).take_while(same).count();
    let (rows, columns) = (first.len() - end, second.len() - end);
    let (one, other) = (&first[begin..rows], &second[begin..columns]);
    // How many are in common from here on.
    let wide = other.len() + 1;
    let mut longest = vec![0_u16; (one.len() + 1) * wide];
    for row in (0..one.len()).rev() {
        for column in (0..other.len()).rev() {
            let here = row * wide + column;
            longest[here] = if one[row] == other[column] {
                longest[here + wide + 1] + 1
            } else {
                longest[here + wide].max(longest[here + 1])
            };
        }
    }
    let mut pairs: Vec<(usize, usize)> = (0..begin).map(|at| (at, at)).collect();
    let (mut row, mut column) = (0, 0);
    while row < one.len() && column < other.len() {
        let here = row * wide + column;
        if one[row] == other[column] {
            pairs.push((begin + row, begin + column));
            (row, column) = (row + 1, column + 1);
        } else if longest[here + wide] >= longest[here + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs.extend((0..end).map(|at| (rows + at, columns + at)));
    pairs
}

/// All lanes as one list, in the order of the first run.
fn merge(lanes: Vec<Vec<Row<'_>>>) -> Vec<Row<'_>> {
    let mut lanes: Vec<VecDeque<(Nanos, Row<'_>)>> = lanes.into_iter().map(timed).collect();
    let mut merged = vec![];
    while let Some(next) = lanes.iter_mut().filter(|lane| !lane.is_empty()).min_by_key(|lane| lane[0].0) {
        merged.extend(next.pop_front().map(|(_, row)| row));
    }
    merged
}

/// When each row of a lane was in the first run. What only the second run has would have been there as long after the
/// step before it that the first one has.
fn timed(rows: Vec<Row<'_>>) -> VecDeque<(Nanos, Row<'_>)> {
    let mut before = [Nanos::ZERO; 2];
    let timed = rows.into_iter().map(|row| {
        let at = match row.steps() {
            [Some(first), second] => {
                before = [first.at(), second.map_or(before[1], |second| second.at())];
                first.at()
            }
            [None, Some(second)] => before[0] + second.at().since(before[1]),
            [None, None] => before[0],
        };
        (at, row)
    });
    timed.collect()
}

/// The places where runs differ, as ranges of rows, so that one can go from one to the next.
pub fn differences(rows: &[Row<'_>]) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = vec![];
    for (index, _) in rows.iter().enumerate().filter(|(_, row)| row.differs()) {
        match all.last_mut() {
            Some(last) if last.end == index => last.end += 1,
            _ => all.push(index..index + 1),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::fixtures::{self, arbitrary::trace};
    use crate::ladder::Options;
    use proptest::prelude::*;

    fn ladder(events: &[Event]) -> Ladder {
        Ladder::of(events, Options::default())
    }

    fn count(ladder: &Ladder) -> usize {
        lanes(ladder).values().map(Vec::len).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_run_does_not_differ_from_itself(events in trace(0..300)) {
            let ladder = ladder(&events);
            let found = compare(&ladder, &ladder);
            prop_assert!(found.rows.iter().all(|row| !row.differs()));
            prop_assert_eq!(found.rows.len() + found.left_out / 2, count(&ladder));
        }

        /// Nothing is lost or told twice, and each run's lanes keep their order.
        #[test]
        fn every_step_is_there_once(one in trace(0..200), other in trace(0..200)) {
            let (one, other) = (ladder(&one), ladder(&other));
            let found = compare(&one, &other);
            for (side, ladder) in [&one, &other].into_iter().enumerate() {
                for steps in lanes(ladder).values() {
                    let there = |step: &&Step<'_>| found.rows.iter().any(|row| row.steps()[side] == Some(**step));
                    prop_assert!(steps.iter().filter(|step| !step.is_incidental()).all(|step| there(&step)));
                    let places: Vec<usize> = steps
                        .iter()
                        .filter_map(|step| found.rows.iter().position(|row| row.steps()[side] == Some(*step)))
                        .collect();
                    prop_assert!(places.is_sorted());
                }
            }
        }
    }

    #[test]
    fn runs_part_where_one_is_refused() {
        let (served, refused) = (ladder(&fixtures::tcp_echo()), ladder(&fixtures::refused()));
        let found = compare(&served, &refused);
        let changed = |row: &Row<'_>| match row {
            Row::Changed(first, second) => Some((first.to_string(), second.to_string())),
            _ => None,
        };
        let changed: Vec<_> = found.rows.iter().filter_map(changed).collect();
        let connect = "connect(192.168.1.4:18888)";
        assert!(changed.contains(&(format!("{connect} → 0"), format!("{connect} ECONNREFUSED"))), "{changed:#?}");
        let second: Vec<_> = found.rows.iter().filter(|row| matches!(row, Row::Second(_))).collect();
        assert!(second.iter().any(|row| row.steps()[1].is_some_and(|step| step.to_string().contains("RST"))));
        let parts = differences(&found.rows);
        assert!(parts.iter().flat_map(Clone::clone).eq((0..found.rows.len()).filter(|at| found.rows[*at].differs())));
    }

    #[test]
    fn a_lost_segment_and_its_second_copy_stand_out() {
        let found = compare(&ladder(&fixtures::tcp_echo()), &ladder(&fixtures::tcp_echo())).rows.len();
        assert!(found > 20);
        let (plain, lossy) = (ladder(&fixtures::tcp_echo()), ladder(&fixtures::retransmission()));
        let found = compare(&plain, &lossy);
        let texts: Vec<String> = found
            .rows
            .iter()
            .filter(|row| row.differs())
            .filter_map(|row| row.steps()[1])
            .map(|step| step.to_string())
            .collect();
        assert!(texts.iter().any(|text| text.contains("Retransmission")), "{texts:#?}");
        assert!(texts.iter().any(|text| text.contains("lost")), "{texts:#?}");
    }

    #[test]
    fn ports_that_the_kernel_chose_do_not_count() {
        assert_eq!(without_ports("→ fd 4 192.168.1.7:40112"), "→ fd 4 192.168.1.7:*");
        assert_eq!(without_ports("connect(192.168.1.4:18888)"), "connect(192.168.1.4:18888)");
        assert_eq!(without_ports("send(“a: 40112”)"), "send(“a: 40112”)");
    }
}
