//! HTTP/1.1 messages (RFC 9112) in a byte stream, with every line's ending, and what is wrong with them.
//!
//! This is for looking at what a learner's program has written: so it takes what is broken as it is, and names it.

use std::ops::Range;

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// As it should.
    CrLf,
    /// With a line feed alone.
    Lf,
    /// Not at all: the bytes are over.
    None,
}

/// A line of a message's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its bytes without the ending.
    pub bytes: Range<usize>,
    /// How it ends.
    pub end: LineEnd,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Lines end with LF alone.
    BareLf,
    /// The empty line that ends the head has not come.
    NoBlankLine,
    /// A line of the head has no colon.
    NoColon,
    /// A request without Host.
    NoHost,
    /// A response whose end nobody can tell before the connection closes: no Content-Length, not chunked.
    NoLength,
    /// The body is shorter than Content-Length says, so far.
    Short {
        /// How many bytes are missing.
        missing: u64,
    },
}

/// An HTTP message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whether it is a request.
    pub request: bool,
    /// The lines of its head, the empty one included.
    pub head: Vec<Line>,
    /// Its body.
    pub body: Range<usize>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

const METHODS: [&[u8]; 8] = [b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT "];

/// The messages in a stream; empty where it does not look like HTTP.
pub fn messages(stream: &[u8]) -> Vec<Message> {
    let (mut all, mut at) = (vec![], 0);
    while let Some(message) = stream.get(at..).filter(|rest| !rest.is_empty()).and_then(|_| message(stream, at)) {
        at = message.body.end;
        let ends = !message.faults.iter().any(|fault| matches!(fault, Fault::NoBlankLine | Fault::NoLength));
        all.push(message);
        if !ends {
            break;
        }
    }
    all
}

fn message(stream: &[u8], start: usize) -> Option<Message> {
    let rest = &stream[start..];
    let request = METHODS.iter().any(|method| rest.starts_with(method));
    if !request && !rest.starts_with(b"HTTP/") {
        return None;
    }
    let (mut head, mut at) = (vec![], start);
    let mut faults = vec![];
    let blank = loop {
        let line = line(stream, at);
        at = line.bytes.end + usize::from(line.end != LineEnd::None) + usize::from(line.end == LineEnd::CrLf);
        let (is_empty, end) = (line.bytes.is_empty(), line.end);
        if end == LineEnd::Lf && !faults.contains(&Fault::BareLf) {
            faults.push(Fault::BareLf);
        }
        if !(is_empty && end == LineEnd::None) {
            head.push(line);
        }
        match end {
            LineEnd::None => break false,
            _ if is_empty => break true,
            _ => {}
        }
    };
    let mut fields = vec![];
    for line in head.iter().skip(1).filter(|line| !line.bytes.is_empty()) {
        let text = &stream[line.bytes.clone()];
        match text.iter().position(|byte| *byte == b':') {
            Some(colon) => fields.push((&text[..colon], text[colon + 1..].trim_ascii())),
            None if !faults.contains(&Fault::NoColon) => faults.push(Fault::NoColon),
            None => {}
        }
    }
    let field = |name: &str| {
        let found = fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    };
    if !blank {
        faults.push(Fault::NoBlankLine);
    } else if request && field("host").is_none() {
        faults.push(Fault::NoHost);
    }
    let left = stream.len() - at;
    let length: Option<u64> = field("content-length").and_then(|text| text.parse().ok());
    let chunked = field("transfer-encoding").is_some_and(|text| text.to_ascii_lowercase().contains("chunked"));
    let code = if request { None } else { stream[start..at].split(|byte| *byte == b' ').nth(1) };
    let bodiless = request || code.is_some_and(|code| code.starts_with(b"1") || matches!(code, b"204" | b"304"));
    let body = match length {
        _ if !blank => 0,
        Some(length) => {
            let has = length.min(left as u64);
            if has < length {
                faults.push(Fault::Short { missing: length - has });
            }
            usize::try_from(has).unwrap_or(left)
        }
        // Where chunks end is not looked at: what follows is its body.
        None if chunked => left,
        None if bodiless => 0,
        None => {
            faults.push(Fault::NoLength);
            left
        }
    };
    Some(Message { request, head, body: at..at + body, faults })
}

fn line(stream: &[u8], start: usize) -> Line {
    match stream[start..].iter().position(|byte| *byte == b'\n') {
        Some(len) if len > 0 && stream[start + len - 1] == b'\r' => {
            Line { bytes: start..start + len - 1, end: LineEnd::CrLf }
        }
        Some(len) => Line { bytes: start..start + len, end: LineEnd::Lf },
        None => Line { bytes: start..stream.len(), end: LineEnd::None },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn faults(text: &str) -> Vec<Fault> {
        messages(text.as_bytes()).into_iter().flat_map(|message| message.faults).collect()
    }

    #[test]
    fn what_is_right_has_no_faults() {
        assert_eq!(faults("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), []);
        assert_eq!(faults("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), []);
        let two = messages(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nhost: a\r\n\r\n");
        assert_eq!((two.len(), two[1].head[0].bytes.clone()), (2, 27..42));
        assert_eq!(messages(b"hello"), []);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(faults("HTTP/1.1 200 ok\nA: b\n\nhi"), [Fault::BareLf, Fault::NoLength]);
        assert_eq!(faults("HTTP/1.1 200 ok \r\n<h1>hi</h1>"), [Fault::NoColon, Fault::NoBlankLine]);
        assert_eq!(faults("GET / HTTP/1.1\r\n\r\n"), [Fault::NoHost]);
        assert_eq!(faults("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"), [Fault::Short { missing: 7 }]);
        assert_eq!(faults("HTTP/1.1 204 No Content\r\n\r\n"), []);
    }

    proptest! {
        #[test]
        fn nothing_is_beyond_the_stream(head in prop::sample::select(vec!["GET / ", "HTTP/1.1 ", ""]), rest: Vec<u8>) {
            let stream = [head.as_bytes(), &rest].concat();
            for message in messages(&stream) {
                prop_assert!(message.body.end <= stream.len());
                prop_assert!(message.head.iter().all(|line| line.bytes.end <= stream.len()));
            }
        }
    }
}
