//! `socklab serve --config FILE`: how an operator wants the server, in TOML.
//!
//! ```toml
//! listen = "127.0.0.1:8080"
//! max-runs = 16
//! lessons = "/srv/socklab/lessons"
//!
//! [limits]            # the most that a lesson may ask for
//! wall = "10min"
//! memory = "128MiB"
//! ```

use std::fs;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use lab::Limits;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::limits;

/// What an operator wants; what is absent is as usual.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: Option<SocketAddr>,
    /// A folder of lessons to serve instead of those in the binary.
    pub lessons: Option<PathBuf>,
    /// A folder to serve the page from instead of the one in the binary.
    pub assets: Option<PathBuf>,
    /// Runs that may go on at the same time.
    pub max_runs: Option<u32>,
    /// Starts of runs that are taken from one address in a minute.
    pub starts: Option<NonZeroU32>,
    /// How long a run goes on that nobody watches.
    pub unwatched: Option<Duration>,
    /// Whether a proxy stands in front of the server and says who asks.
    pub behind_proxy: bool,
    /// Where to serve numbers for Prometheus.
    pub metrics: Option<SocketAddr>,
    /// The most that a run may use.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: None,
            lessons: None,
            assets: None,
            max_runs: None,
            starts: None,
            unwatched: None,
            behind_proxy: false,
            metrics: None,
            limits: limits::most(),
        }
    }
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ConfigToml {
    listen: Option<SocketAddr>,
    lessons: Option<PathBuf>,
    assets: Option<PathBuf>,
    max_runs: Option<NonZeroU32>,
    starts: Option<NonZeroU32>,
    #[serde(default, deserialize_with = "time")]
    unwatched: Option<Duration>,
    #[serde(default)]
    behind_proxy: bool,
    metrics: Option<SocketAddr>,
    #[serde(default)]
    limits: limits::Table,
}

fn time<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(value)?;
    let wrong = |_| D::Error::custom(format!("{text:?} is not a span of time; write it as \"30s\" or \"2min\""));
    humantime::parse_duration(&text).map(Some).map_err(wrong)
}

impl Config {
    /// Reads the file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let file: ConfigToml = toml::from_str(text)?;
        let ConfigToml { listen, lessons, assets, max_runs, starts, unwatched, behind_proxy, metrics, limits: table } =
            file;
        let mut limits = limits::most();
        if let Some((place, fault)) = limits::set_all(&mut limits, &table).into_iter().next() {
            let line = text
                .split_inclusive('\n')
                .scan(0, |end, line| {
                    *end += line.len();
                    Some(*end)
                })
                .take_while(|end| *end <= place)
                .count()
                + 1;
            bail!("line {line}: {fault}");
        }
        Ok(Self {
            listen,
            lessons,
            assets,
            max_runs: max_runs.map(NonZeroU32::get),
            starts,
            unwatched,
            behind_proxy,
            metrics,
            limits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_can_be_said() {
        let text = "listen = \"[::1]:80\"\nunwatched = \"1min\"\nmax-runs = 4\nlessons = \"/l\"\nassets = \"/a\"\n[limits]\nprocesses = 9\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.listen, Some("[::1]:80".parse().unwrap()));
        assert_eq!((config.max_runs, config.lessons), (Some(4), Some("/l".into())));
        assert_eq!(config.unwatched, Some(Duration::from_mins(1)));
        assert_eq!(config.limits, Limits { processes: 9, ..limits::most() });
        assert_eq!(Config::parse("").unwrap().limits, limits::most());
    }

    #[test]
    fn faults_have_their_place() {
        let told = |text: &str| Config::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(told("[limits]\n\nwall = \"9 lives\"\n"), @r#"line 3: "9 lives" is not a span of time for wall; write it as "30s" or "2min""#);
        insta::assert_snapshot!(told("max_runs = 4\n"), @r"
        TOML parse error at line 1, column 1
          |
        1 | max_runs = 4
          | ^^^^^^^^
        unknown field `max_runs`, expected one of `listen`, `lessons`, `assets`, `max-runs`, `starts`, `unwatched`, `behind-proxy`, `metrics`, `limits`
        ");
        insta::assert_snapshot!(told("unwatched = \"a while\"\n"), @r#"
        TOML parse error at line 1, column 13
          |
        1 | unwatched = "a while"
          |             ^^^^^^^^^
        "a while" is not a span of time; write it as "30s" or "2min"
        "#);
        insta::assert_snapshot!(told("max-runs = 0\n"), @r"
        TOML parse error at line 1, column 12
          |
        1 | max-runs = 0
          |            ^
        invalid value: integer `0`, expected a nonzero u32
        ");
    }
}
