//! What the page draws of recorded runs, by its own code and without a browser: `tests/traces` holds the runs, and
//! `snapshots` the pictures as somebody has looked at them.

use trace::ladder::{Ladder as Layout, Options};
use trace::lesson::Lang;
use trace::record::Reader;
use trace::time::Nanos;
use yew::ServerRenderer;
use yew::prelude::*;

use super::geometry::Geometry;
use super::picture::Picture;
use super::slots::Slots;
use super::words::Words;

/// A run drawn whole.
#[derive(Clone, PartialEq, Properties)]
struct RunProps {
    recording: &'static [u8],
}

#[component]
fn Whole(props: &RunProps) -> Html {
    let bytes = zstd::decode_all(props.recording).expect("recordings are whole");
    let mut layout = Layout::new(Options::default());
    for event in Reader::new(&bytes).expect("recordings are of this version: tests/traces/record") {
        layout.push(&event.expect("recordings are whole"));
    }
    let all = 0.0..Geometry::of(&layout, WIDTH, &(0.0..1.0)).height;
    let geometry = Geometry::of(&layout, WIDTH, &all);
    let words = Words::of(Lang::En);
    let picture =
        Picture { ladder: &layout, geometry: &geometry, words, cursor: None, now: Nanos::ZERO, selected: None };
    picture.view(&mut Slots::default())
}

const WIDTH: f64 = 960.0;

/// Each element on a line of its own, so that a change can be read.
async fn drawn(recording: &'static [u8]) -> String {
    let props = RunProps { recording };
    let svg = ServerRenderer::<Whole>::with_props(move || props).hydratable(false).render().await;
    svg.replace("><", ">\n<")
}

macro_rules! golden {
    ($($test:ident = $file:literal),* $(,)?) => { $(
        #[tokio::test]
        async fn $test() {
            let svg = drawn(include_bytes!(concat!("../../../../tests/traces/", $file, ".socklab"))).await;
            insta::assert_snapshot!($file, svg);
        }
    )* };
}

golden! {
    handshake = "handshake",
    refused = "refused",
    retransmission = "retransmission",
    udp_lost = "udp-lost",
    sticky = "sticky",
    reset = "reset",
    zero_window = "zero-window",
    out_of_order = "out-of-order",
    epoll = "epoll",
    threads = "threads",
    unix_sockets = "unix",
    broadcast = "broadcast",
    held = "held",
}
