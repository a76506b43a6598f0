//! Breakpoints on the command line: `--break server=accept`, and the lines of standard input that let go on.

use std::str::FromStr;

use anyhow::{Context, bail};
use trace::id::HostId;
use trace::protocol::Breakpoints;
use trace::syscall::Syscall;

/// `server=accept,recv` or `client=every`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Break {
    pub(super) host: String,
    pub(super) at: Breakpoints,
}

impl FromStr for Break {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, calls) = text.split_once('=').ok_or("write it as HOST=CALL,CALL or HOST=every")?;
        let at = if calls == "every" {
            Breakpoints::Every
        } else {
            let calls = calls.split(',').map(|name| named(name.trim())).collect::<Result<Vec<_>, _>>()?;
            Breakpoints::At(calls.concat())
        };
        Ok(Self { host: host.to_owned(), at })
    }
}

/// The calls that a person means by a name: what libc makes of `accept` or `recv` is its own business.
fn named(name: &str) -> Result<Vec<Syscall>, String> {
    use Syscall as S;
    Ok(match name {
        "accept" => vec![S::Accept, S::Accept4],
        "recv" => vec![S::Recvfrom],
        "send" | "sendall" => vec![S::Sendto],
        "select" => vec![S::Select, S::Pselect6],
        "poll" => vec![S::Poll, S::Ppoll],
        "epoll_wait" => vec![S::EpollWait, S::EpollPwait, S::EpollPwait2],
        _ => {
            let found = Syscall::ALL.iter().find(|syscall| syscall.name() == name);
            vec![*found.ok_or_else(|| format!("{name:?} is no call that a trace tells of"))?]
        }
    })
}

/// What a person wants of a host that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Up to the next breakpoint.
    Next(HostId),
    /// On, without any breakpoint.
    Go(HostId),
}

/// `step client` or `go client`; `None` for any other line.
pub(super) fn command(line: &str, names: &[String]) -> Option<anyhow::Result<Step>> {
    let (verb, host) = line.split_once(' ')?;
    let step = match verb {
        "step" => Step::Next,
        "go" => Step::Go,
        _ => return None,
    };
    Some(host_named(host.trim(), names).map(step))
}

/// The host with a name.
pub(super) fn host_named(host: &str, names: &[String]) -> anyhow::Result<HostId> {
    let Some(index) = names.iter().position(|name| name == host) else {
        bail!("there is no host {host:?}; there are {}", names.join(", "));
    };
    Ok(HostId(u16::try_from(index).context("a run has few hosts")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_people_use() {
        let parsed: Break = "server=accept,recv,listen".parse().unwrap();
        let calls = [Syscall::Accept, Syscall::Accept4, Syscall::Recvfrom, Syscall::Listen];
        assert_eq!(parsed, Break { host: "server".into(), at: Breakpoints::At(calls.into()) });
        assert_eq!("client=every".parse::<Break>().unwrap().at, Breakpoints::Every);
        assert!("client".parse::<Break>().is_err());
        assert!("client=fork".parse::<Break>().unwrap_err().contains("\"fork\""));
    }

    #[test]
    fn a_line_names_its_host() {
        let names = ["server".to_owned(), "client".to_owned()];
        assert_eq!(command("step client", &names).unwrap().unwrap(), Step::Next(HostId(1)));
        assert_eq!(command("go server", &names).unwrap().unwrap(), Step::Go(HostId(0)));
        assert!(command("go nobody", &names).unwrap().is_err());
        assert!(command("client: step", &names).is_none());
    }
}
