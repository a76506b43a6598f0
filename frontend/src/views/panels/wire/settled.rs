//! How the wire was in a recording: the desk's settings, to be read.

use trace::event::wire::{Action as Treat, Link, Rule, WireSettings};
use trace::filter::Filter;
use yew::prelude::*;

use crate::i18n::scope::ScopeWords;
use crate::state::desk::{Knob, SCHEDULES};
use crate::views::Ui;
use crate::views::el::el;
use crate::views::panels::parts::facts;

/// The settings at a moment.
pub(super) fn settled(ui: &Ui, wire: &WireSettings) -> Vec<Html> {
    let words = ui.words.scope;
    let mut rows = link(words, &wire.link);
    rows.push(("MTU".into(), format!("{} B", wire.mtu).into()));
    let mut sections = vec![section(words.every_direction.into(), facts(rows))];
    for own in &wire.directions {
        let [from, to] = [&own.from, &own.to].map(|name| name.as_deref().unwrap_or("*"));
        sections.push(section(format!("{from} → {to}"), facts(link(words, &own.link))));
    }
    if !wire.rules.is_empty() {
        let rules = wire.rules.iter().map(|rule| el("li").with(told(words, rule)).into());
        sections.push(section(words.schedules.into(), el("ul").at("class", "wire-rules").all(rules).into()));
    }
    sections
}

fn section(title: String, body: Html) -> Html {
    el("section").with(el("h3").text(title)).with(body).into()
}

/// What is set of a direction: its delay and its loss always, the rest where it differs from a plain cable.
fn link(words: &ScopeWords, link: &Link) -> Vec<(AttrValue, Html)> {
    let mut rows = vec![];
    for knob in Knob::ALL {
        let (value, (label, unit, _)) = (knob.of(link), (words.knob)(knob));
        if matches!(knob, Knob::Delay | Knob::Loss) || !matches!(&*value, "" | "0") {
            rows.push((label.into(), format!("{value} {unit}").into()));
        }
    }
    rows
}

/// A rule: in words where the desk has a button for it, and as the command line and a lesson say it where it has not.
fn told(words: &ScopeWords, rule: &Rule) -> Html {
    let on_desk = rule.filter == Filter::ALL && SCHEDULES.contains(&rule.action);
    match rule.action {
        action if on_desk => (words.schedule)(action).0.into(),
        Treat::Hold => format!("{}: {}", words.hold_matching, rule.filter).into(),
        _ => el("code").text(rule.to_string()).into(),
    }
}
