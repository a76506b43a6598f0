//! Which element shows which thing. What leaves the window leaves its element to what comes into it: going elsewhere then
//! changes some attributes, where making elements anew and removing the old ones is most of what a frame costs.

use std::rc::Rc;

use yew::Html;
use yew::virtual_dom::{Key, VNode};

/// The things that were drawn last, layer by layer.
#[derive(Debug, Default)]
pub(crate) struct Slots(Vec<Vec<Option<Key>>>);

impl Slots {
    /// Gives each of a layer's things an element: the one that it has, or one that nothing else needs. They come back in
    /// the order of the elements, so that none has to be moved.
    pub(super) fn place(&mut self, layer: usize, things: Vec<Html>) -> Vec<Html> {
        if self.0.len() <= layer {
            self.0.resize(layer + 1, vec![]);
        }
        let held = &mut self.0[layer];
        let mut placed: Vec<Option<Html>> = vec![None; held.len()];
        let mut others = vec![];
        for thing in things {
            let slot = held.iter().position(|key| key.is_some() && key.as_ref() == thing.key());
            match slot.filter(|slot| placed[*slot].is_none()) {
                Some(slot) => placed[slot] = Some(thing),
                None => others.push(thing),
            }
        }
        let mut free = 0;
        for thing in others {
            while placed.get(free).is_some_and(Option::is_some) {
                free += 1;
            }
            match placed.get_mut(free) {
                Some(place) => *place = Some(thing),
                None => placed.push(Some(thing)),
            }
        }
        *held = placed.iter().map(|thing| thing.as_ref()?.key().cloned()).collect();
        let named = |(slot, thing): (usize, Option<Html>)| Some(named(thing?, slot));
        placed.into_iter().enumerate().filter_map(named).collect()
    }
}

/// A thing under its element's name.
fn named(thing: Html, slot: usize) -> Html {
    let VNode::VTag(mut tag) = thing else { return thing };
    Rc::make_mut(&mut tag).key = Some(Key::from(slot));
    VNode::VTag(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::el::el;

    /// Draws things, and tells which element each has: `b1` is thing b in element 1.
    fn draw(slots: &mut Slots, things: &str) -> String {
        let thing = |name: char| el("g").key(name.into()).at("id", "").put("class", name.into()).into();
        let placed = slots.place(0, things.chars().map(thing).collect());
        let told = placed.iter().map(|html| {
            let VNode::VTag(tag) = html else { panic!("an element") };
            let mut class = String::new();
            for (key, value) in tag.attributes.iter() {
                class.push_str(if key == "class" { value } else { "" });
            }
            format!("{class}{}", html.key().expect("each has an element"))
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_stays_keeps_its_element_and_what_comes_takes_those_that_are_left() {
        let mut slots = Slots::default();
        assert_eq!(draw(&mut slots, "abcd"), "a0 b1 c2 d3");
        assert_eq!(draw(&mut slots, "cdef"), "e0 f1 c2 d3");
        assert_eq!(draw(&mut slots, "wxyz"), "w0 x1 y2 z3", "elsewhere");
        assert_eq!(draw(&mut slots, "z"), "z3", "fewer");
        assert_eq!(draw(&mut slots, "yzab"), "y0 a1 b2 z3", "more again");
        assert_eq!(draw(&mut slots, "yzabc"), "y0 a1 b2 z3 c4");
    }

    #[test]
    fn two_of_a_name_have_an_element_each() {
        let mut slots = Slots::default();
        assert_eq!(draw(&mut slots, "aab"), "a0 a1 b2");
        assert_eq!(draw(&mut slots, "aab"), "a0 a1 b2");
    }
}
