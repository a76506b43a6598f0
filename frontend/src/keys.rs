//! The keys that the page listens to, wherever the keyboard is but in an editor, a terminal or a field.

use crate::browser::Key;
use crate::state::cursor::{Step, Way};
use crate::state::scope::Look;

/// What a key does to the view of the run.
pub(crate) fn look(key: &Key) -> Option<Look> {
    let step = if key.shift { Step::Packet } else { Step::Event };
    Some(match &*key.name {
        " " => Look::Play,
        "ArrowRight" => Look::Step(step, Way::On),
        "ArrowLeft" => Look::Step(step, Way::Back),
        "c" => Look::Step(Step::Call, Way::On),
        "C" => Look::Step(Step::Call, Way::Back),
        "p" => Look::Step(Step::Packet, Way::On),
        "P" => Look::Step(Step::Packet, Way::Back),
        "+" | "=" => Look::Zoom(Way::On),
        "-" => Look::Zoom(Way::Back),
        "t" => Look::Axis,
        "a" => Look::Resolution,
        "i" => Look::Icmp,
        "Home" => Look::Start,
        "End" | "l" => Look::Live,
        "Enter" => Look::Pick,
        "?" => Look::Keys(true),
        "Escape" => Look::Escape,
        _ => return None,
    })
}
