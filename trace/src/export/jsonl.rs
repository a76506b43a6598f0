//! Events as JSON, one a line.

use crate::event::Event;

/// Appends an event and the end of its line.
pub fn encode(event: &Event, out: &mut String) {
    out.push_str(&serde_json::to_string(event).expect("every part of an event is valid JSON"));
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn every_line_is_an_event() {
        let (events, mut text) = (fixtures::tcp_echo(), String::new());
        for event in &events {
            encode(event, &mut text);
        }
        let read: Vec<Event> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read, events);
    }
}
