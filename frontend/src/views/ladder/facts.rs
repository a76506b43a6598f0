//! The same facts as a table, for those who do not see the picture.

use trace::event::socket::TcpState;
use trace::id::HostId;
use trace::ladder::{Ladder, Visible};
use trace::time::Nanos;
use yew::prelude::*;

use super::picture::{Picture, exact};

/// A line of the table.
struct Fact {
    y: f64,
    at: Nanos,
    host: String,
    what: String,
}

/// The table of what is visible, in the order of time.
pub(crate) fn table(picture: &Picture<'_>, seen: &Visible<'_>) -> Html {
    let words = picture.words;
    html! {
        <table>
            <thead><tr><th scope="col">{ words.time }</th><th scope="col">{ words.host }</th><th scope="col">{ words.what }</th></tr></thead>
            <tbody>
                { for facts(picture, seen).into_iter().map(|fact| html! {
                    <tr><td>{ exact(fact.at) }</td><td>{ fact.host }</td><td>{ fact.what }</td></tr>
                }) }
            </tbody>
        </table>
    }
}

fn facts(picture: &Picture<'_>, seen: &Visible<'_>) -> Vec<Fact> {
    let words = picture.words;
    let name = |host: HostId| name(picture.ladder, host);
    let calls = seen.calls.iter().map(|call| Fact {
        y: call.top,
        at: call.at,
        host: name(call.host),
        what: picture.told(call),
    });
    let frames = seen.arrows.iter().map(|arrow| {
        let to = arrow.to.map(name).unwrap_or_default();
        Fact { y: arrow.top, at: arrow.at, host: (words.frame)(&name(arrow.from), &to), what: picture.sent(arrow) }
    });
    let bands = seen.bands.iter().map(|band| {
        let alone = if band.held { String::new() } else { format!(" · {}", words.kernel_alone) };
        let state = band.state.map_or(words.no_state, TcpState::name);
        Fact { y: band.top, at: band.at, host: name(band.host), what: format!("{state} {}{alone}", band.name) }
    });
    let queues = seen.gauges.iter().map(|gauge| Fact {
        y: gauge.top,
        at: gauge.at,
        host: name(gauge.host),
        what: gauge.label.clone(),
    });
    let marks = seen.marks.iter().map(|mark| {
        let host = mark.host.map_or_else(|| words.whole_run.to_owned(), name);
        Fact { y: mark.y, at: mark.at, host, what: picture.marked(mark) }
    });
    let messages = seen.messages.iter().map(|message| Fact {
        y: message.y,
        at: message.at,
        host: name(message.host),
        what: format!("{} {}", message.label, message.detail),
    });
    let mut facts: Vec<Fact> = calls.chain(frames).chain(bands).chain(queues).chain(messages).chain(marks).collect();
    facts.sort_by(|a, b| a.at.cmp(&b.at).then(a.y.total_cmp(&b.y)));
    facts
}

/// A host's name.
pub(super) fn name(ladder: &Ladder, host: HostId) -> String {
    ladder.columns().find(|column| column.host == host).map_or_else(String::new, |column| column.name.clone())
}
