//! From rows and lanes to pixels, and how much text fits where.

use std::ops::Range;

use trace::id::HostId;
use trace::ladder::{Column, Ladder, Side};

/// Height of a row: two of them hold the two lines beside a call.
pub(crate) const ROW: f64 = 14.0;

/// Room above the first row.
const TOP: f64 = 18.0;

/// How far above and below the window is drawn, so that scrolling does not show a gap before the next frame.
const OVERSCAN: f64 = 16.0;

/// The same where what is in sight is another part with every frame: as far as words stand below what they are of.
const BARE: f64 = 2.0;

/// Below this width there is room for brief words only.
const NARROW: f64 = 620.0;

/// So many threads stand side by side at their usual distance; more of them stand closer.
const MOST_THREADS: f64 = 6.0;

/// A lifeline in pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) host: HostId,
    /// Where it stands.
    pub(crate) x: f64,
    /// +1 where calls stand right of it, -1 where they stand left of it.
    pub(crate) out: f64,
    thread_lanes: f64,
    one_thread: bool,
    /// Distance between two of its threads, and the width of a call's box.
    thread: f64,
    pub(crate) call: f64,
    /// From where words beside calls may go, and how far.
    pub(crate) words: f64,
    pub(crate) room: f64,
}

impl Line {
    /// The left edge of a thread's lane.
    pub(crate) fn call_x(&self, thread: usize) -> f64 {
        self.lane_x(thread) - self.call / 2.0
    }

    /// The middle of a thread's lane.
    pub(crate) fn lane_x(&self, thread: usize) -> f64 {
        self.x + self.out * (4.0 + lanes(thread) * self.thread + self.call / 2.0)
    }
}

/// The picture's measures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Geometry {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Down to where things reach that are still open.
    pub(crate) now: f64,
    pub(crate) narrow: bool,
    /// The pixels that are seen.
    pub(crate) seen: Range<f64>,
    /// The rows that are drawn.
    pub(crate) rows: Range<f64>,
    pub(crate) lines: Vec<Line>,
    /// From where to where all of the wire goes, between the sockets of the first host and of the last.
    wire: Range<f64>,
    /// Distance between two sockets of a host, and the width of a band.
    pub(crate) lane: f64,
    pub(crate) band: f64,
    /// Width of the time axis.
    pub(crate) axis: f64,
}

impl Geometry {
    /// The measures for a picture of this width, of which a part is seen.
    pub(crate) fn of(ladder: &Ladder, width: f64, seen: &Range<f64>) -> Self {
        let narrow = width < NARROW;
        let (axis, thread) = if narrow { (42.0, 8.0) } else { (62.0, 11.0) };
        let columns: Vec<&Column> = ladder.columns().collect();
        // With many hosts the words at the edges get no more room than those between two lifelines.
        let equal = (width - axis) / (f64::from(u16::try_from(columns.len()).unwrap_or(2)) + 0.5);
        let side = if narrow { (width * 0.31).max(84.0) } else { (width * 0.265).clamp(150.0, 300.0) };
        let side = if columns.len() > 3 { side.min(equal) } else { side };
        let (first, last) = (axis * 0.6 + side, width - side - axis * 0.1);
        let most = columns.iter().map(|column| column.socket_lanes).max().unwrap_or(0);
        // With many sockets the lanes get thinner rather than cover the wire.
        let between = (last - first) / f64::from(u16::try_from(columns.len()).unwrap_or(2).max(2) - 1);
        let widest = if narrow { 12.0 } else { 15.0 };
        let lane = (between * 0.3 / lanes(most).max(1.0)).clamp(3.0, widest);
        let lines = columns.iter().map(|column| {
            let x = (first + (last - first) * column.x).round();
            let out = if column.calls == Side::Left { -1.0 } else { 1.0 };
            let thread = (MOST_THREADS * thread / lanes(column.thread_lanes).max(1.0)).clamp(3.0, thread);
            let threads = lanes(column.thread_lanes).max(1.0) * thread;
            let words = x + out * (threads + 9.0);
            // Between two lifelines, words end before the next one's sockets.
            let next = if column.x < 1.0 { x + between - lanes(most) * lane } else { width };
            let room = if out < 0.0 { words - axis } else { (next - words - 4.0).min(side) };
            let (one_thread, call) = (column.thread_lanes < 2, (thread - if narrow { 2.0 } else { 3.0 }).max(2.0));
            Line { host: column.host, x, out, thread_lanes: threads, one_thread, thread, call, words, room }
        });
        let inner = |column: &&Column| 5.0 + lanes(column.socket_lanes) * lane;
        let wire = first + columns.first().map_or(0.0, inner)..last - columns.last().map_or(0.0, inner);
        Self {
            lines: lines.collect(),
            wire,
            width,
            now: TOP + (ladder.bottom() + 0.5) * ROW,
            height: Self::height_of(ladder),
            narrow,
            seen: seen.clone(),
            rows: (seen.start - TOP) / ROW - OVERSCAN..(seen.end - TOP) / ROW + OVERSCAN,
            lane,
            band: (lane - 4.0).max(2.0),
            axis,
        }
    }

    /// The same with no more than what is seen.
    pub(crate) fn bare(mut self) -> Self {
        let cut = OVERSCAN - BARE;
        self.rows = self.rows.start + cut..self.rows.end - cut;
        self
    }

    /// How high the picture is, whichever part of it is seen.
    pub(crate) fn height_of(ladder: &Ladder) -> f64 {
        (TOP + (ladder.height() + 1.5) * ROW).ceil()
    }

    /// The pixel of a row; what reaches far out of the window is cut there.
    pub(crate) fn y(&self, row: f64) -> f64 {
        let row = row.clamp(self.rows.start - OVERSCAN, self.rows.end + OVERSCAN).max(-0.5);
        (TOP + row * ROW).min(self.height)
    }

    /// The pixel down to which something reaches that may still be open.
    pub(crate) fn end(&self, bottom: Option<f64>) -> f64 {
        bottom.map_or_else(|| self.now.min(self.y(self.rows.end + OVERSCAN)), |row| self.y(row))
    }

    /// The pixel of a row, wherever the window is.
    pub(crate) fn pixel(row: f64) -> f64 {
        TOP + row * ROW
    }

    /// The row of a pixel.
    pub(crate) fn row(y: f64) -> f64 {
        (y - TOP) / ROW
    }

    /// A host's lifeline.
    pub(crate) fn line(&self, host: HostId) -> Option<&Line> {
        self.lines.iter().find(|line| line.host == host)
    }

    /// The left edge of a socket's lane.
    pub(crate) fn band_x(&self, line: &Line, socket: usize) -> f64 {
        let inner = line.x - line.out * (5.0 + lanes(socket) * self.lane);
        if line.out < 0.0 { inner } else { inner - self.band }
    }

    /// A place on the wire: 0 at the first host, 1 at the last.
    pub(crate) fn across(&self, at: f64) -> f64 {
        self.wire.start + (self.wire.end - self.wire.start) * at
    }

    /// Where a host's sockets end towards the wire, where they take so many lanes.
    pub(crate) fn band_end(&self, line: &Line, socket_lanes: usize) -> f64 {
        line.x - line.out * (5.0 + lanes(socket_lanes) * self.lane)
    }

    /// Where an arrow leaves or meets a lifeline, coming from or going to `other`.
    pub(crate) fn foot(&self, line: &Line, other: f64, socket_lanes: usize) -> f64 {
        let towards = (other - line.x).signum();
        let past = if towards * line.out > 0.0 { line.thread_lanes } else { lanes(socket_lanes) * self.lane };
        line.x + towards * (past + 4.0)
    }

    /// Where the words of a call begin: beside its top, or as far down as it takes for them to be seen.
    ///
    /// A thread is in one call at a time, so beside the only thread's box there are no other words.
    pub(crate) fn words_y(&self, line: &Line, top: f64, bottom: f64) -> f64 {
        let lowest = bottom - 2.0 * ROW;
        if line.one_thread && lowest > top { self.seen.start.clamp(top, lowest) } else { top }
    }

    /// The width of some text in the picture's fixed-width font at a size.
    pub(crate) fn text(text: &str, size: f64) -> f64 {
        // The advance of a fixed-width glyph is about 0.6 of its size; those of CJK are square.
        let ems: f64 = text.chars().map(|c| if c >= '\u{2e80}' { 1.0 } else { 0.605 }).sum();
        ems * size
    }

    /// The first of some texts that fits, else the last, cut.
    pub(crate) fn fitting(texts: &[String], size: f64, room: f64) -> String {
        if let Some(text) = texts.iter().find(|text| Self::text(text, size) <= room) {
            return text.clone();
        }
        let Some(last) = texts.last() else { return String::new() };
        let mut cut = last.clone();
        while !cut.is_empty() && Self::text(&cut, size) + 0.7 * size > room {
            cut.pop();
        }
        if cut.is_empty() { cut } else { cut + "…" }
    }
}

/// A number of lanes as a measure.
#[expect(clippy::cast_precision_loss, reason = "there are few lanes")]
fn lanes(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_longest_text_that_fits_is_taken() {
        let texts = texts(&["connect(192.168.1.4:18888)", "connect(:18888)"]);
        assert_eq!(Geometry::fitting(&texts, 10.0, 200.0), "connect(192.168.1.4:18888)");
        assert_eq!(Geometry::fitting(&texts, 10.0, 100.0), "connect(:18888)");
        assert_eq!(Geometry::fitting(&texts, 10.0, 62.0), "connect(:…");
        assert_eq!(Geometry::fitting(&texts, 10.0, 3.0), "");
    }

    #[test]
    fn a_bare_picture_has_all_that_is_seen() {
        let ladder = Ladder::of(&trace::fixtures::tcp_echo(), trace::ladder::Options::default());
        let seen = 100.0..500.0;
        let bare = Geometry::of(&ladder, 960.0, &seen).bare();
        let whole = Geometry::of(&ladder, 960.0, &seen).rows;
        assert!(whole.start < bare.rows.start && bare.rows.end < whole.end);
        assert!(Geometry::pixel(bare.rows.start) < seen.start && Geometry::pixel(bare.rows.end) > seen.end);
    }

    #[test]
    fn cjk_is_wider() {
        assert!(Geometry::text("你好", 10.0) > Geometry::text("abc", 10.0));
    }

    #[test]
    fn lifelines_stay_inside_with_room_on_both_sides() {
        let mut ladder = Ladder::default();
        for event in trace::fixtures::tcp_echo() {
            ladder.push(&event);
        }
        for width in [320.0, 390.0, 700.0, 1024.0, 1600.0] {
            let geometry = Geometry::of(&ladder, width, &(0.0..500.0));
            let [client, server] = &geometry.lines[..] else { panic!("{:?}", geometry.lines) };
            let inner = geometry.foot(client, server.x, 1)..geometry.foot(server, client.x, 2);
            assert!(inner.end - inner.start > 40.0, "no wire at {width}");
            assert!(client.room > 60.0 && server.room > 60.0, "no words at {width}");
            assert!(server.words + server.room <= width, "words beyond the edge at {width}");
        }
    }
}
