//! From a pattern's text to what it asks: a small parser by hand, because its faults have to teach.

use std::time::Duration;

use super::value;
use super::{Exit, Moment, Number, Operand, Passage, Phase, Property, RESULT, Relation, Step, Wanted, What};
use crate::check::reading::Calls;
use crate::event::socket::TcpState;
use crate::filter::Filter;
use crate::syscall::Syscall;

/// Not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at {}", if .rest.is_empty() { "the end".to_owned() } else { format!("{:?}", .rest) })]
pub struct PatternFault {
    /// Where, as a byte's position in the text.
    pub position: usize,
    /// The text from there on, shortened.
    pub rest: String,
    /// What is wrong, or what should stand there.
    pub what: String,
}

/// Parentheses and `not` may be nested so deep.
const DEPTH: u8 = 16;

pub(super) fn property(text: &str) -> Result<Property, PatternFault> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let property = reader.any()?;
    reader.space();
    if reader.rest().is_empty() { Ok(property) } else { reader.fail("expected `then`, `and` or `or`") }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

type Read<T> = Result<T, PatternFault>;

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn fail<T>(&self, what: impl Into<String>) -> Read<T> {
        let rest = self.rest();
        let shown: String = rest.chars().take(24).collect();
        let more = if shown.len() < rest.len() { "…" } else { "" };
        Err(PatternFault { position: self.at, rest: shown + more, what: what.into() })
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes a sign if it stands here.
    fn sign(&mut self, sign: &str) -> bool {
        self.space();
        let here = self.rest().starts_with(sign);
        self.at += if here { sign.len() } else { 0 };
        here
    }

    fn need(&mut self, sign: &str) -> Read<()> {
        if self.sign(sign) { Ok(()) } else { self.fail(format!("expected `{sign}`")) }
    }

    /// The word that stands here, without taking it.
    fn peek(&mut self) -> &'a str {
        self.space();
        let rest = self.rest();
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = rest.find(|c| !inner(c)).unwrap_or(rest.len());
        // `recv->0`: the arrow is not part of the name.
        let end = rest[..end].find("->").unwrap_or(end);
        let end = if rest[end..].starts_with('>') && rest[..end].ends_with('-') { end - 1 } else { end };
        &rest[..end]
    }

    fn word(&mut self, word: &str) -> bool {
        let here = self.peek() == word;
        self.at += if here { word.len() } else { 0 };
        here
    }

    fn any(&mut self) -> Read<Property> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Property::Any(parts) })
    }

    fn all(&mut self) -> Read<Property> {
        let mut parts = vec![self.one()?];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Property::All(parts) })
    }

    fn one(&mut self) -> Read<Property> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.fail("this is nested too deep");
        }
        let property = if self.word("not") {
            Property::Not(Box::new(self.one()?))
        } else if self.sign("(") {
            let inner = self.any()?;
            self.need(")")?;
            inner
        } else if self.starts_number() {
            let left = self.number()?;
            let Some(relation) = self.relation() else { return self.fail("expected `==`, `<`, `>=` …") };
            Property::Compare(Box::new((left, relation, self.number()?)))
        } else {
            self.sequence()?
        };
        self.depth -= 1;
        Ok(property)
    }

    fn starts_number(&mut self) -> bool {
        let word = self.peek();
        word.starts_with(|c: char| c.is_ascii_digit())
            || word == "count" && self.rest()[word.len()..].trim_start().starts_with('(')
    }

    fn number(&mut self) -> Read<Number> {
        if self.word("count") {
            self.need("(")?;
            let moment = self.moment()?;
            self.need(")")?;
            return Ok(Number::Count(moment));
        }
        let word = self.peek();
        let Ok(number) = word.parse() else { return self.fail("expected a number or `count(…)`") };
        self.at += word.len();
        Ok(Number::Plain(number))
    }

    fn relation(&mut self) -> Option<Relation> {
        Relation::WORDS.iter().find(|(word, _)| self.sign(word)).map(|(_, relation)| *relation)
    }

    fn sequence(&mut self) -> Read<Property> {
        let mut steps = vec![Step { moment: self.moment()?, within: None }];
        while self.word("then") {
            let moment = self.moment()?;
            let within = if self.word("within") { Some(self.time()?) } else { None };
            steps.push(Step { moment, within });
        }
        Ok(Property::Sequence(steps))
    }

    fn moment(&mut self) -> Read<Moment> {
        self.space();
        let begin = self.at;
        let mut host = None;
        let word = self.peek();
        let after = self.rest()[word.len()..].strip_prefix('*').map_or(word.len(), |_| word.len() + 1);
        if !word.is_empty() && self.rest()[after..].trim_start().starts_with(':') {
            host = Some(self.rest()[..after].to_owned());
            self.at += after;
            self.need(":")?;
        }
        let (what, wanted) = self.what()?;
        let text = self.text[begin..self.at].trim().to_owned();
        Ok(Moment { text, host, what, wanted })
    }

    fn what(&mut self) -> Read<(What, Vec<Wanted>)> {
        let word = self.peek();
        let passage = match word {
            "sent" => Some(Passage::Sent),
            "again" => Some(Passage::Again),
            "arrived" => Some(Passage::Arrived),
            "lost" => Some(Passage::Lost),
            _ => None,
        };
        if let Some(passage) = passage {
            self.at += word.len();
            let filter = self.filter()?;
            let wanted = self.wanted(&|name| value::FRAME.contains(&name), &value::FRAME.join(", "))?;
            return Ok((What::Frame(passage, filter), wanted));
        }
        match word {
            "state" | "left" => {
                self.at += word.len();
                let state = self.state()?;
                let wanted = self.wanted(&|name| value::SOCKET.contains(&name), &value::SOCKET.join(", "))?;
                Ok((if word == "state" { What::State(state) } else { What::Left(state) }, wanted))
            }
            "prints" => {
                self.at += word.len();
                Ok((What::Prints(self.string()?), vec![]))
            }
            "signal" => {
                self.at += word.len();
                Ok((What::Signal(self.signal()?), vec![]))
            }
            "exits" => {
                self.at += word.len();
                Ok((What::Exits(self.exit()), vec![]))
            }
            "entered" => {
                self.at += word.len();
                self.call(Phase::Entered)
            }
            _ => self.call(Phase::Returned),
        }
    }

    fn call(&mut self, mut phase: Phase) -> Read<(What, Vec<Wanted>)> {
        let name = self.peek();
        let Some(calls) = Calls::named(name) else {
            return self.fail("expected a call or another moment: recv, send, accept, state, sent, prints …");
        };
        self.at += name.len();
        let known = |name: &str| {
            value::CALL.contains(&name) || calls.syscalls().any(|syscall| syscall.params().contains(&name))
        };
        let mut list: Vec<&str> = calls.syscalls().flat_map(Syscall::params).copied().collect();
        list.sort_unstable();
        list.dedup();
        let list = format!("{}, {}", list.join(", "), value::CALL.join(", "));
        let mut wanted = self.wanted(&known, &list)?;
        if self.sign("->") {
            if phase == Phase::Entered {
                return self.fail("a call that was only entered has no result yet");
            }
            let relation = self.relation().unwrap_or(Relation::Equal);
            let operand = self.operand()?;
            wanted.push(Wanted { name: RESULT.to_owned(), relation, operand });
        }
        let mut lasting = None;
        if self.word("unfinished") {
            phase = Phase::Unfinished;
        } else if self.word("blocked") {
            lasting = Some((Relation::AtLeast, crate::model::BLOCKED));
        } else if self.word("lasting") {
            let relation = self.relation().unwrap_or(Relation::AtLeast);
            lasting = Some((relation, self.time()?));
        }
        Ok((What::Call { calls, phase, lasting }, wanted))
    }

    fn filter(&mut self) -> Read<Filter> {
        self.need("[")?;
        let begin = self.at;
        let Some(end) = self.rest().find(']') else { return self.fail("`]` is missing after the filter") };
        let filter = match self.rest()[..end].parse::<Filter>() {
            Ok(filter) => filter,
            Err(fault) => return self.fail(fault.to_string()),
        };
        self.at = begin + end + 1;
        Ok(filter)
    }

    fn state(&mut self) -> Read<Option<TcpState>> {
        let word = self.peek();
        let state = (0..13).filter_map(TcpState::from_kernel).find(|state| state.name() == word);
        if state.is_none() && word != "any" {
            return self.fail("expected a TCP state such as LISTEN, CLOSE_WAIT or TIME_WAIT, or `any`");
        }
        self.at += word.len();
        Ok(state)
    }

    fn exit(&mut self) -> Exit {
        if self.word("error") {
            return Exit::Error;
        }
        let word = self.peek();
        let exit = match word.parse() {
            Ok(code) => Exit::Code(code),
            Err(_) if word.starts_with("SIG") => Exit::Signal(word.to_owned()),
            Err(_) => return Exit::Anyhow,
        };
        self.at += word.len();
        exit
    }

    fn signal(&mut self) -> Read<String> {
        let word = self.peek();
        if !word.starts_with("SIG") {
            return self.fail("expected a signal such as SIGPIPE");
        }
        self.at += word.len();
        Ok(word.to_owned())
    }

    fn wanted(&mut self, known: &dyn Fn(&str) -> bool, list: &str) -> Read<Vec<Wanted>> {
        let mut all = vec![];
        if !self.sign("(") {
            return Ok(all);
        }
        loop {
            let name = self.peek();
            if !known(name) {
                return self.fail(format!("expected one of these: {list}"));
            }
            self.at += name.len();
            let Some(relation) = self.relation() else {
                return self.fail("expected `==`, `!=`, `<`, `<=`, `>`, `>=` or `~`");
            };
            all.push(Wanted { name: name.to_owned(), relation, operand: self.operand()? });
            if self.sign(")") {
                return Ok(all);
            }
            self.need(",")?;
        }
    }

    fn operand(&mut self) -> Read<Operand> {
        self.space();
        if self.rest().starts_with('"') {
            return Ok(Operand::Text(self.string()?));
        }
        if self.sign("$") {
            let name = self.peek();
            if name.is_empty() {
                return self.fail("expected the name of a capture after `$`");
            }
            self.at += name.len();
            return Ok(Operand::Capture(name.to_owned()));
        }
        let minus = self.rest().starts_with('-');
        self.at += usize::from(minus);
        let word = self.peek();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            if !minus && word.ends_with(|c: char| c.is_ascii_alphabetic()) {
                return Ok(Operand::Time(self.time()?));
            }
            let Ok(number) = word.parse::<i64>() else { return self.fail("this number is too large") };
            self.at += word.len();
            return Ok(Operand::Number(if minus { -number } else { number }));
        }
        if minus || word.is_empty() {
            return self.fail("expected a number, a \"text\", a NAME or a $capture");
        }
        self.at += word.len();
        Ok(Operand::Name(word.to_owned()))
    }

    fn time(&mut self) -> Read<Duration> {
        self.space();
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
        let Ok(time) = crate::event::wire::time(&rest[..end]) else {
            return self.fail("expected a span of time such as 500ms or 2s");
        };
        self.at += end;
        Ok(time)
    }

    fn string(&mut self) -> Read<String> {
        self.need("\"")?;
        let mut text = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((index, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += index + 1;
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, '0')) => text.push('\0'),
                    Some((_, c @ ('"' | '\\'))) => text.push(c),
                    _ => return self.fail("a \\ is followed by n, r, t, 0, \" or \\"),
                },
                c => text.push(c),
            }
        }
        self.fail("`\"` is missing at the end of the text")
    }
}
