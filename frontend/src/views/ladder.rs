//! The ladder: calls, packets and socket states of a run on one time axis.
//!
//! Where things stand is computed by [`trace::ladder`], which takes each event once; here the part of it that is in
//! sight becomes SVG. As long as a person has not scrolled up, the newest events stay in sight.

mod facts;
mod geometry;
#[cfg(test)]
mod golden;
mod labels;
mod picture;
mod save;
mod slots;
mod spots;
mod steps;
mod words;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use trace::id::HostId;
use trace::ladder::{Ladder as Layout, Options};
use trace::lesson::Lang;
use trace::time::Nanos;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use crate::browser;
use crate::state::Action;
use crate::state::cursor::Way;
use crate::state::log::Log;
use crate::state::scope::{Look, Picture as SavedAs};
use crate::state::selection::Selection;
use crate::views::el::{El, el};
use geometry::Geometry;
use picture::Picture;
pub(crate) use picture::exact;
use slots::Slots;
pub(crate) use steps::in_words;
use words::Words;

/// How close to the end one has to be for the newest events to stay in sight.
const NEAR_END: i32 = 40;

/// Height of the hosts' names, which stay on top, and size of their letters; the stylesheet has the same.
const HEAD: f64 = 26.0;
const HEAD_SIZE: f64 = 12.0;

/// How long the picture has to stay where it is before more than what is in sight is drawn.
const REST: Duration = Duration::from_millis(120);

/// How many rows the table for those who do not see the picture has above the window.
const TABLE_ROWS: f64 = 300.0;

/// What it shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LadderProps {
    /// The run's events.
    pub(crate) log: Log,
    /// The language of the few words in it.
    pub(crate) lang: Lang,
    /// What is drawn, and along which axis.
    #[prop_or_default]
    pub(crate) options: Options,
    /// The moment that is looked at, by its last event; `None` is the latest.
    #[prop_or_default]
    pub(crate) cursor: Option<u64>,
    /// What was picked out.
    #[prop_or_default]
    pub(crate) selected: Option<Selection>,
    /// As what it is to be saved.
    #[prop_or_default]
    pub(crate) saving: Option<SavedAs>,
    /// Where to say that a moment was chosen, or a thing picked out.
    pub(crate) dispatch: Callback<Action>,
}

/// The part of the ladder that is in sight.
#[derive(Clone, Debug, PartialEq)]
struct Sight {
    width: f64,
    rows: Range<f64>,
}

/// The layout, and what it was made of; what of it is in sight.
struct Drawn {
    log: Log,
    options: Options,
    layout: Layout,
    /// The moment that was gone to last.
    cursor: Option<u64>,
    sight: Sight,
    /// Whether what is in sight was measured: there is nowhere to go before.
    measured: bool,
    /// Whether whoever looks follows the newest events.
    at_end: bool,
    /// How far it was scrolled down when that was looked at last, in pixels.
    top: i32,
    /// How often the page has put something else in sight.
    jumps: u32,
    /// How often it had when it last stood still: what was drawn since is what is in sight and no more.
    rested: u32,
}

impl Default for Drawn {
    fn default() -> Self {
        Self {
            log: Log::default(),
            options: Options::default(),
            layout: Layout::default(),
            cursor: None,
            sight: Sight { width: 960.0, rows: 0.0..600.0 },
            measured: false,
            at_end: true,
            top: 0,
            jumps: 0,
            rested: 0,
        }
    }
}

impl Drawn {
    /// Adds the events that have come since; another run or other options begin anew. Returns where to scroll to, if
    /// something else has to come into sight: whoever watches the newest events goes on doing so, a moment that one
    /// goes to comes into sight, and with other options what was in the middle stays there.
    fn follow(&mut self, props: &LadderProps) -> Option<f64> {
        let LadderProps { log, options, cursor, .. } = props;
        let came = *log != self.log;
        let same = log.same_run(&self.log) && log.len() >= self.log.len();
        let mut middle = None;
        if !same || *options != self.options {
            let pixel = f64::midpoint(self.sight.rows.start, self.sight.rows.end);
            middle = self.layout.row_at(Geometry::row(pixel)).filter(|_| same).map(|row| row.seq);
            (self.options, self.layout, self.log) = (*options, Layout::new(*options), Log::default());
        }
        for event in &log.events()[self.log.len()..] {
            self.layout.push(event);
        }
        self.log = log.clone();
        let comes = |seq: u64| log.events().last().is_none_or(|last| last.seq < seq);
        let goes = *cursor != self.cursor;
        self.at_end &= !goes || cursor.is_none();
        let went = goes && self.measured && !cursor.is_some_and(comes);
        if went {
            self.cursor = *cursor;
        }
        let span = self.sight.rows.end - self.sight.rows.start;
        let pixel = |seq: u64| self.layout.row_of(seq).map(|row| Geometry::pixel(row.y));
        let to_end = cursor.is_none() && (went || self.at_end && (came || middle.is_some()));
        let top = match (cursor, middle) {
            _ if to_end => f64::MAX,
            (_, Some(seq)) => pixel(seq)? - span / 2.0,
            (Some(seq), None) if went => {
                let y = pixel(*seq)?;
                if (self.sight.rows.start..=self.sight.rows.end).contains(&y) {
                    return None;
                }
                y - span / 2.0
            }
            _ => return None,
        };
        let start = top.min(Geometry::height_of(&self.layout) - span).max(0.0).round();
        (self.sight.rows, self.at_end) = (start..start + span, to_end);
        Some(if to_end { top } else { start })
    }

    /// [`Drawn::follow`], counting how often something else comes into sight; also whether that sets out from rest.
    fn jump(&mut self, props: &LadderProps) -> (Option<f64>, bool) {
        let rested = self.is_still();
        let to = self.follow(props);
        self.jumps += u32::from(to.is_some());
        (to, rested && !self.is_still())
    }

    /// Whether the picture stays where it is, so that it is drawn beyond what is in sight: a person may scroll.
    const fn is_still(&self) -> bool {
        self.jumps == self.rested
    }
}

/// Waits until the picture stays where it is, and has the rest of it drawn then.
fn rest(drawn: Rc<RefCell<Drawn>>, draw: impl FnOnce() + 'static) {
    let jumps = drawn.borrow().jumps;
    browser::after(REST, move || {
        if drawn.borrow().jumps == jumps {
            drawn.borrow_mut().rested = jumps;
            draw();
        } else {
            rest(drawn, draw);
        }
    });
}

/// The ladder.
#[component]
pub(crate) fn Ladder(props: &LadderProps) -> Html {
    let place = use_node_ref();
    let drawn = use_mut_ref(Drawn::default);
    let slots = use_mut_ref(Slots::default);
    let table = use_state_eq(|| false);
    let redraw = use_force_update();

    let look = {
        let (place, drawn, redraw) = (place.clone(), drawn.clone(), redraw.clone());
        move || {
            let Some(element) = place.cast::<Element>() else { return };
            let (top, height) = (element.scroll_top(), element.client_height());
            if height == 0 {
                return; // it is not shown
            }
            let mut drawn = drawn.borrow_mut();
            // That more is below than before is nobody's wish to stay behind; to go up is.
            let is_end = top + height + NEAR_END >= element.scroll_height();
            drawn.at_end = is_end || drawn.at_end && top >= drawn.top;
            drawn.top = top;
            let rows = f64::from(top)..f64::from(top + height) - HEAD;
            let sight = Sight { width: f64::from(element.client_width()), rows };
            if drawn.sight != sight || !drawn.measured {
                (drawn.sight, drawn.measured) = (sight, true);
                redraw.force_update();
            }
        }
    };
    {
        let (place, drawn, look) = (place.clone(), drawn.clone(), look.clone());
        use_effect_with((), move |()| {
            let resized = place.clone();
            let on_resize = Closure::<dyn Fn()>::new(move || {
                if let Some(element) = resized.cast::<Element>()
                    && drawn.borrow().at_end
                {
                    scroll_to(&element, f64::MAX);
                }
                look();
            });
            let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(element)) = (&observer, place.cast::<Element>()) {
                observer.observe(&element);
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(on_resize);
            }
        });
    }
    // Where it is scrolled to is known before it is drawn, so that what will be in sight is drawn at once.
    let (to, sets_out) = drawn.borrow_mut().jump(props);
    if sets_out {
        rest(drawn.clone(), move || redraw.force_update());
    }
    {
        let (place, drawn) = (place.clone(), drawn.clone());
        use_effect(move || {
            if let (Some(top), Some(element)) = (to, place.cast::<Element>()) {
                scroll_to(&element, top);
                drawn.borrow_mut().top = element.scroll_top();
            }
        });
    }
    let onwheel = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: WheelEvent| {
            if event.alt_key() {
                dispatch.emit(Action::Look(Look::Zoom(if event.delta_y() < 0.0 { Way::On } else { Way::Back })));
            }
        })
    };
    let onclick = {
        let (drawn, dispatch) = (drawn.clone(), props.dispatch.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(thing) = event.target_dyn_into::<Element>().and_then(|target| picked(&target)) {
                dispatch.emit(Action::Look(Look::Select(Some(thing))));
                return;
            }
            let Some(element) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                return;
            };
            let y = f64::from(event.client_y()) - element.get_bounding_client_rect().top();
            if let Some(row) = drawn.borrow().layout.row_at(Geometry::row(y)) {
                dispatch.emit(Action::Look(Look::At(row.seq)));
            }
        })
    };
    let ontoggle = {
        let table = table.setter();
        Callback::from(move |event: Event| {
            table.set(event.target_dyn_into::<Element>().is_some_and(|details| details.has_attribute("open")));
        })
    };
    let drawn = drawn.borrow();
    let words = Words::of(props.lang);
    let Sight { width, rows } = &drawn.sight;
    let geometry = Geometry::of(&drawn.layout, *width, rows);
    let geometry = if drawn.is_still() { geometry } else { geometry.bare() };
    let part = props.saving.map(|_| save::part(geometry.height, rows.start));
    let geometry = part.as_ref().map_or(geometry, |part| Geometry::of(&drawn.layout, *width, part));
    {
        let (place, dispatch) = (place.clone(), props.dispatch.clone());
        use_effect_with((props.saving, part), move |(saving, part)| {
            if let (Some(saving), Some(part), Some(place)) = (saving, part, place.cast::<Element>()) {
                save::save(&place, part, *saving);
                dispatch.emit(Action::Look(Look::Save(None)));
            }
        });
    }
    let now = props.cursor.map_or(Nanos::ZERO, |seq| {
        let events = props.log.events();
        let after = events.partition_point(|event| event.seq <= seq);
        events.get(after.saturating_sub(1)).map_or(Nanos::ZERO, |event| event.at)
    });
    let picture = Picture {
        ladder: &drawn.layout,
        geometry: &geometry,
        words,
        cursor: props.cursor,
        now,
        selected: props.selected,
    };
    html! {
        <div class="ladder">
            <div class="ladder-scroll" ref={place} onscroll={move |_: Event| look()} {onwheel} tabindex="0">
                { head(&drawn.layout, &geometry) }
                <div class="ladder-body" {onclick}>{ picture.view(&mut slots.borrow_mut()) }</div>
            </div>
            { same_as_table(&picture, *table, ontoggle) }
        </div>
    }
}

/// Has this pixel at the top of what is in sight; too large a one is the end. A number too large for their own units
/// of length is 0 to Firefox and WebKit.
#[expect(clippy::cast_possible_truncation, reason = "a place in pixels")]
fn scroll_to(element: &Element, top: f64) {
    element.set_scroll_top(top.min(f64::from(element.scroll_height())) as i32);
}

/// What an element of the picture stands for.
fn picked(element: &Element) -> Option<Selection> {
    Selection::parse(&element.closest("[data-pick]").ok()??.get_attribute("data-pick")?)
}

/// The hosts' names above their lifelines.
pub(crate) fn head(layout: &Layout, geometry: &Geometry) -> Html {
    let hosts = &layout.model().hosts;
    let spec = |host: HostId| Some(&hosts.get(usize::from(host.0))?.spec);
    let width = |line: &geometry::Line| {
        let words = spec(line.host).map_or(String::new(), |spec| format!("{} {}", spec.name, spec.addr));
        Geometry::text(&words, HEAD_SIZE)
    };
    // Addresses stand there where there is room for all of them.
    let fits = |pair: &[geometry::Line]| {
        f64::midpoint(width(&pair[0]), width(&pair[1])) + HEAD_SIZE < (pair[1].x - pair[0].x).abs()
    };
    let with_addr = !geometry.narrow && geometry.lines.windows(2).all(fits);
    let name = |line: &geometry::Line| {
        let spec = spec(line.host)?;
        let words = el("text").px(&[("x", line.x), ("y", 12.0)]).text(spec.name.clone());
        let addr = |words: El| {
            words.with(el("tspan").at("class", "ladder-addr").at("dx", "0.7em").text(spec.addr.to_string()))
        };
        Some(Html::from(
            el("g")
                .put("class", format!("ladder-host-name host-{}", line.host.0 % 6))
                .with(el("circle").px(&[("cx", line.x), ("cy", 20.0), ("r", 3.5)]))
                .with(if with_addr { addr(words) } else { words }),
        ))
    };
    el("svg")
        .at("class", "ladder-head")
        .px(&[("width", geometry.width), ("height", HEAD)])
        .at("aria-hidden", "true")
        .all(geometry.lines.iter().filter_map(name))
        .into()
}

/// The table with the same facts; it is made when it is opened, because it takes as long as the picture.
pub(crate) fn same_as_table(picture: &Picture<'_>, open: bool, ontoggle: Callback<Event>) -> Html {
    let rows = &picture.geometry.rows;
    html! {
        <details class="ladder-facts" {ontoggle}>
            <summary>{ picture.words.table }</summary>
            if open {
                { facts::table(picture, &picture.ladder.visible(rows.start - TABLE_ROWS..rows.end)) }
            }
        </details>
    }
}
