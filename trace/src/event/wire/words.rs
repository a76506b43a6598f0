//! The wire's settings in words, as lessons and the command line have them: `delay=12ms loss=5%`, `one-byte from client`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{Action, Link, Rule, WireSettings};
use crate::filter::FilterFault;
use crate::time::Readable;

/// Words that are no setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordFault {
    /// There is no such setting.
    #[error("there is no setting {0:?}; there are delay, jitter, loss, duplicate, reorder and bandwidth")]
    Setting(String),
    /// A setting without a value.
    #[error("{0:?} has no value; write it as {0}=…")]
    NoValue(String),
    /// Not a time.
    #[error("{0:?} is not a span of time; write it as 5ms or 2s")]
    Time(String),
    /// Not a share.
    #[error("{0:?} is not a percentage from 0 to 100; write it as 0.5%")]
    Share(String),
    /// Not a bandwidth.
    #[error("{0:?} is not a bandwidth; write it as 64kbit or 10Mbit")]
    Bandwidth(String),
    /// Not a number.
    #[error("{0:?} is not a number that fits here")]
    Number(String),
    /// There is no such rule.
    #[error(
        "there is no rule {0:?}; there are hold, one-byte, split, split=N, coalesce, slow-reader=BYTES, silence=TIME, \
         reset, fin-lost=N and disorder"
    )]
    Rule(String),
    /// The frames that a rule is for.
    #[error(transparent)]
    Filter(#[from] FilterFault),
}

impl Link {
    /// The names that [`Link::set`] knows.
    pub const NAMES: [&str; 6] = ["delay", "jitter", "loss", "duplicate", "reorder", "bandwidth"];

    /// Changes what is named: `delay`, `12ms`.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), WordFault> {
        match name {
            "delay" => self.delay = time(value)?,
            "jitter" => self.jitter = time(value)?,
            "loss" => self.loss_ppm = share(value)?,
            "duplicate" => self.duplicate_ppm = share(value)?,
            "reorder" => self.reorder_ppm = share(value)?,
            "bandwidth" => self.bandwidth = Some(bandwidth(value)?),
            other => return Err(WordFault::Setting(other.to_owned())),
        }
        Ok(())
    }

    /// Changes all that is named: `delay=12ms loss=5%`.
    pub fn set_all(&mut self, text: &str) -> Result<(), WordFault> {
        text.split_whitespace().try_for_each(|word| {
            let (name, value) = word.split_once('=').ok_or_else(|| WordFault::NoValue(word.to_owned()))?;
            self.set(name, value)
        })
    }
}

impl FromStr for Link {
    type Err = WordFault;
    fn from_str(text: &str) -> Result<Self, WordFault> {
        let mut link = Self::default();
        link.set_all(text)?;
        Ok(link)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delay {}", Readable(self.delay))?;
        if !self.jitter.is_zero() {
            write!(f, ", jitter {}", Readable(self.jitter))?;
        }
        write!(f, ", loss {} %", f64::from(self.loss_ppm) / 10_000.0)?;
        for (name, ppm) in [("duplicate", self.duplicate_ppm), ("reorder", self.reorder_ppm)] {
            if ppm > 0 {
                write!(f, ", {name} {} %", f64::from(ppm) / 10_000.0)?;
            }
        }
        self.bandwidth.map_or(Ok(()), |bits| write!(f, ", {bits} bit/s"))
    }
}

/// The settings of a wire, the default ones left out.
impl fmt::Display for WireSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.link)?;
        for own in &self.directions {
            f.write_str(";")?;
            for (word, host) in [("from", &own.from), ("to", &own.to)] {
                if let Some(host) = host {
                    write!(f, " {word} {host}")?;
                }
            }
            write!(f, " {}", own.link)?;
        }
        self.rules.iter().try_for_each(|rule| write!(f, "; {rule}"))?;
        if self.mtu == Self::default().mtu { Ok(()) } else { write!(f, "; mtu {}", self.mtu) }
    }
}

/// An action with its number, then the frames that it is for.
impl FromStr for Rule {
    type Err = WordFault;

    fn from_str(text: &str) -> Result<Self, WordFault> {
        let text = text.trim();
        let (word, filter) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let needs =
            |value: Option<&'_ str>| value.map(str::to_owned).ok_or_else(|| WordFault::NoValue(name.to_owned()));
        let action = match (name, value) {
            ("hold", None) => Action::Hold,
            ("one-byte", None) => Action::OneByte,
            ("split", value) => Action::Split(value.map(number).transpose()?),
            ("coalesce", None) => Action::Coalesce,
            ("slow-reader", value) => Action::SlowReader(number(&needs(value)?)?),
            ("silence", value) => Action::Silence(time(&needs(value)?)?),
            ("reset", None) => Action::Reset,
            ("fin-lost", value) => Action::FinLost(value.map_or(Ok(1), number)?),
            ("disorder", None) => Action::Disorder,
            _ => return Err(WordFault::Rule(word.to_owned())),
        };
        Ok(Self { action, filter: filter.parse()? })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hold => f.write_str("hold"),
            Self::OneByte => f.write_str("one-byte"),
            Self::Split(None) => f.write_str("split"),
            Self::Split(Some(after)) => write!(f, "split={after}"),
            Self::Coalesce => f.write_str("coalesce"),
            Self::SlowReader(window) => write!(f, "slow-reader={window}"),
            Self::Silence(time) => write!(f, "silence={}us", time.as_micros()),
            Self::Reset => f.write_str("reset"),
            Self::FinLost(count) => write!(f, "fin-lost={count}"),
            Self::Disorder => f.write_str("disorder"),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action, self.filter)
    }
}

/// A number with one of these units, in units of the smallest.
fn with_unit(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = units.iter().find(|(name, _)| *name == unit.trim())?.1;
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ' ');
    number.trim().parse::<f64>().ok().filter(|number| plain && number.is_finite()).map(|number| number * factor)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no sign; an `as` from a float saturates")]
/// A span of time: `5ms`, `2s`, `1min`.
pub(crate) fn time(text: &str) -> Result<Duration, WordFault> {
    let micros = with_unit(text, &[("us", 1.0), ("ms", 1e3), ("s", 1e6), ("min", 60e6)]);
    Ok(Duration::from_micros(micros.ok_or_else(|| WordFault::Time(text.to_owned()))?.round() as u64))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a million")]
fn share(text: &str) -> Result<u32, WordFault> {
    match with_unit(text, &[("%", 1.0), ("", 1.0)]) {
        Some(percent) if (0.0..=100.0).contains(&percent) => Ok((percent * 10_000.0).round() as u32),
        _ => Err(WordFault::Share(text.to_owned())),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no sign; an `as` from a float saturates")]
fn bandwidth(text: &str) -> Result<u64, WordFault> {
    let bits = with_unit(text, &[("bit", 1.0), ("kbit", 1e3), ("Mbit", 1e6), ("Gbit", 1e9)]);
    Ok(bits.ok_or_else(|| WordFault::Bandwidth(text.to_owned()))?.round() as u64)
}

fn number<T: FromStr>(text: &str) -> Result<T, WordFault> {
    text.parse().map_err(|_| WordFault::Number(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;
    use proptest::prelude::*;

    #[test]
    fn links_in_words() {
        let link: Link = "delay=12ms jitter=0.5ms loss=5% duplicate=1 bandwidth=1.5Mbit".parse().unwrap();
        let expected = Link {
            delay: Duration::from_millis(12),
            jitter: Duration::from_micros(500),
            loss_ppm: 50_000,
            duplicate_ppm: 10_000,
            reorder_ppm: 0,
            bandwidth: Some(1_500_000),
        };
        assert_eq!(link, expected);
        assert_eq!(link.to_string(), "delay 12.0 ms, jitter 500 µs, loss 5 %, duplicate 1 %, 1500000 bit/s");
    }

    #[test]
    fn rules_in_words() {
        let rule = |text: &str| text.parse::<Rule>();
        assert_eq!(rule("hold").unwrap(), Rule { action: Action::Hold, filter: Filter::ALL });
        assert_eq!(rule("one-byte from client").unwrap().to_string(), "one-byte from client");
        assert_eq!(rule("silence=2s udp").unwrap().action, Action::Silence(Duration::from_secs(2)));
        assert_eq!(rule("fin-lost").unwrap().action, Action::FinLost(1));
    }

    #[test]
    fn faults_say_what_to_write() {
        let link = |text: &str| text.parse::<Link>().unwrap_err().to_string();
        assert_eq!(
            link("dealy=1ms"),
            "there is no setting \"dealy\"; there are delay, jitter, loss, duplicate, reorder and bandwidth"
        );
        assert_eq!(link("delay"), "\"delay\" has no value; write it as delay=…");
        assert_eq!(link("delay=5"), "\"5\" is not a span of time; write it as 5ms or 2s");
        assert_eq!(link("loss=101%"), "\"101%\" is not a percentage from 0 to 100; write it as 0.5%");
        assert_eq!(link("loss=-1%"), "\"-1%\" is not a percentage from 0 to 100; write it as 0.5%");
        assert_eq!(link("bandwidth=fast"), "\"fast\" is not a bandwidth; write it as 64kbit or 10Mbit");
        let rule = |text: &str| text.parse::<Rule>().unwrap_err().to_string();
        assert!(rule("one-bite").starts_with("there is no rule \"one-bite\"; there are hold, one-byte,"));
        assert_eq!(rule("split=x"), "\"x\" is not a number that fits here");
        assert_eq!(rule("silence"), "\"silence\" has no value; write it as silence=…");
        assert!(rule("hold tcp.sin").starts_with("\"tcp.sin\" is not a word of a filter"));
    }

    proptest! {
        #[test]
        fn a_rule_is_read_as_it_is_written(
            action in prop_oneof![
                Just(Action::Hold), Just(Action::OneByte), Just(Action::Coalesce), Just(Action::Reset),
                Just(Action::Disorder), prop::option::of(1_u16..).prop_map(Action::Split),
                any::<u32>().prop_map(Action::SlowReader), any::<u16>().prop_map(Action::FinLost),
                (0_u64..60_000_000).prop_map(|us| Action::Silence(Duration::from_micros(us))),
            ],
            filter in "(tcp\\.syn|udp and from a|not port 7)"
        ) {
            let rule = Rule { action, filter: filter.parse().unwrap() };
            prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule));
        }

        #[test]
        fn any_text_is_a_setting_or_a_fault(text in "([a-z]{0,6}=?[0-9.%a-zé]{0,6} ?){0,4}") {
            // Reading is the test; what is read obeys the limits of its type.
            if let Ok(link) = text.parse::<Link>() {
                prop_assert!(link.loss_ppm <= 1_000_000);
            }
            let _ = text.parse::<Rule>();
        }
    }
}
