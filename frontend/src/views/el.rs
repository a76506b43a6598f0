//! Elements by plain calls, for what has many of them: `html!` unfolds each tag into code of its own, some hundred bytes
//! that every learner downloads; a call is a dozen.

use std::rc::Rc;

use yew::prelude::*;
use yew::virtual_dom::{Key, VTag, VText};

/// An element in the making.
#[derive(Debug)]
pub(crate) struct El(VTag);

/// Begins an element.
#[inline(never)]
pub(crate) fn el(name: &'static str) -> El {
    El(VTag::new(name))
}

impl El {
    /// Gives it an attribute.
    #[inline(never)]
    pub(crate) fn at(mut self, key: &'static str, value: &'static str) -> Self {
        self.0.add_attribute(key, AttrValue::Static(value));
        self
    }

    /// Gives it an attribute that is made anew each time.
    #[inline(never)]
    pub(crate) fn put(mut self, key: &'static str, value: String) -> Self {
        self.0.add_attribute(key, AttrValue::from(value));
        self
    }

    /// Gives it measures in pixels.
    #[inline(never)]
    pub(crate) fn px(mut self, measures: &[(&'static str, f64)]) -> Self {
        for (key, value) in measures {
            self.0.add_attribute(key, AttrValue::from(px(*value)));
        }
        self
    }

    /// Gives it those of the classes that hold.
    #[inline(never)]
    pub(crate) fn class(self, always: &'static str, more: &[(&'static str, bool)]) -> Self {
        let mut class = String::from(always);
        for (name, _) in more.iter().filter(|(_, holds)| *holds) {
            class.push(' ');
            class.push_str(name);
        }
        self.put("class", class)
    }

    /// By what it is told from its neighbours when the page is drawn again.
    #[inline(never)]
    pub(crate) fn key(mut self, key: String) -> Self {
        self.0.key = Some(Key::from(key));
        self
    }

    /// What it does when it is pressed.
    #[inline(never)]
    pub(crate) fn onclick(mut self, does: &Callback<MouseEvent>) -> Self {
        self.0.add_listener(Rc::new(yew::html::onclick::Wrapper::new(does.clone())));
        self
    }

    /// What it does when a person has chosen or typed something.
    #[inline(never)]
    pub(crate) fn onchange(mut self, does: &Callback<Event>) -> Self {
        self.0.add_listener(Rc::new(yew::html::onchange::Wrapper::new(does.clone())));
        self
    }

    /// What it does when something else happens to it.
    #[inline(never)]
    pub(crate) fn on(mut self, listener: impl yew::virtual_dom::Listener + 'static) -> Self {
        self.0.add_listener(Rc::new(listener));
        self
    }

    /// What a field holds.
    #[inline(never)]
    pub(crate) fn value(mut self, value: String) -> Self {
        self.0.set_value(AttrValue::from(value));
        self
    }

    /// Puts a text into it.
    pub(crate) fn text(self, text: impl Into<AttrValue>) -> Self {
        self.with(VText::new(text))
    }

    /// Puts something into it.
    pub(crate) fn with(mut self, child: impl Into<Html>) -> Self {
        self.0.add_child(child.into());
        self
    }

    /// Puts several things into it.
    pub(crate) fn all(mut self, children: impl IntoIterator<Item = Html>) -> Self {
        for child in children {
            self.0.add_child(child);
        }
        self
    }
}

impl From<El> for Html {
    fn from(element: El) -> Self {
        element.0.into()
    }
}

/// A filled shape on a ground of 16 by 16, for a button that has a label.
#[inline(never)]
pub(crate) fn icon(shape: &'static str) -> El {
    el("svg")
        .at("class", "icon")
        .at("viewBox", "0 0 16 16")
        .at("aria-hidden", "true")
        .at("focusable", "false")
        .with(el("path").at("d", shape).at("fill", "currentColor"))
}

/// A measure with a tenth of a pixel. Without the standard library's formatting of floats, which is large.
#[inline(never)]
#[expect(clippy::cast_possible_truncation, reason = "no screen has that many pixels")]
pub(crate) fn px(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    match (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, tenth) => format!("{sign}{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_have_a_tenth_at_most() {
        for (value, text) in [(0.0, "0"), (-0.04, "0"), (12.0, "12"), (12.34, "12.3"), (-1.26, "-1.3"), (0.96, "1")] {
            assert_eq!(px(value), text);
        }
    }
}
