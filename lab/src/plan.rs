//! What is to be run: hosts, files, programs, wire and limits. Validated once, in [`Plan::check`].

mod command;
mod limits;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

pub use limits::{Alone, Limits};
use trace::event::wire::{WireFault, WireSettings};
use trace::protocol::Breakpoints;

/// One run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The machines, at most [`Plan::MAX_HOSTS`].
    pub hosts: Vec<HostPlan>,
    /// How the wire treats frames at the beginning.
    pub wire: WireSettings,
    /// What the run may use.
    pub limits: Limits,
}

/// One machine of a run.
#[derive(Clone, Debug)]
pub struct HostPlan {
    /// A host name by RFC 1123: letters, digits and hyphens.
    pub name: String,
    /// Its address on the virtual LAN.
    pub addr: Ipv4Addr,
    /// Length of the network prefix.
    pub prefix_len: u8,
    /// Whether it has an on-link default route. Without one, 255.255.255.255 and every address beyond the LAN is
    /// `ENETUNREACH`.
    pub default_route: bool,
    /// Files in its work folder.
    pub files: Vec<File>,
    /// The program and its arguments. Without a slash the program is looked up in `/usr/bin`; `./server` is one that
    /// was compiled.
    pub argv: Vec<String>,
    /// The C source, one of the files, of which the program is made before it runs.
    pub compile: Option<String>,
    /// Which of the files is the learner's program, for display.
    pub program: String,
    /// The host that this one waits for: its program begins once that one serves (listens, or has bound a datagram
    /// socket), has ended, or has done neither for [`HostPlan::PATIENCE`]. A client that comes too early is refused.
    pub after: Option<String>,
    /// The calls at whose entry its program is held, until somebody lets it go on.
    pub breakpoints: Breakpoints,
    /// Whether it is there for [`crate::Run::dial`] only: its program does nothing, and the run does not wait for it.
    pub visitor: bool,
    /// Whether its programs may make raw sockets, raw(7): they have `CAP_NET_RAW`, and no other capability.
    pub raw: bool,
    /// Its IPv6 address, if it is to have one: its prefix has 64 bits. Without, the host has no IPv6 at all.
    pub addr6: Option<Ipv6Addr>,
}

/// A file in a host's work folder.
#[derive(Clone, Debug)]
pub struct File {
    /// A plain name without a slash.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A plan that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No hosts, or too many.
    #[error("a run has 1 to {max} hosts, this plan has {0}", max = Plan::MAX_HOSTS)]
    HostCount(usize),
    /// Not a host name.
    #[error("{0:?} is not a host name: use 1 to 32 letters, digits and hyphens")]
    HostName(String),
    /// Two hosts share a name.
    #[error("two hosts are called {0:?}")]
    SameName(String),
    /// Two hosts share an address.
    #[error("two hosts have the address {0}")]
    SameAddress(IpAddr),
    /// Not an address for a host of a LAN.
    #[error("host {host:?}: {addr}/{prefix_len} is not an address that a host can have")]
    Address {
        /// Which host.
        host: String,
        /// Its address.
        addr: Ipv4Addr,
        /// Its prefix.
        prefix_len: u8,
    },
    /// Not a plain file name.
    #[error("host {host:?}: {name:?} is not a plain file name")]
    FileName {
        /// Which host.
        host: String,
        /// The name.
        name: String,
    },
    /// Not an IPv6 address for a host of a LAN.
    #[error("host {0:?}: {1} is not an IPv6 address that a host can have; write one such as fd00::4")]
    Address6(String, Ipv6Addr),
    /// IPv6 on a link that it may not have (RFC 8200 section 5).
    #[error("host {0:?} has an IPv6 address, which needs a wire with an MTU of {MTU6} bytes or more")]
    SmallMtu(String),
    /// A host waits for one that is not there, or in a circle.
    #[error("host {0:?} waits for a host that is not there, or that waits for it")]
    After(String),
    /// The wire's settings make no sense.
    #[error("the wire: {0}")]
    Wire(#[from] WireFault),
    /// Nothing to run.
    #[error("host {0:?} has no command")]
    NoCommand(String),
    /// Nothing to compile.
    #[error("host {host:?}: there is no file {name:?} to compile")]
    NoSource {
        /// Which host.
        host: String,
        /// The file.
        name: String,
    },
}

/// The smallest MTU with which Linux lets a device have IPv6.
const MTU6: u16 = 1280;

impl Plan {
    /// More hosts than this in one run is an error.
    pub const MAX_HOSTS: usize = 32;

    /// Whether the plan makes sense; everything that the engine relies on is checked here and nowhere else.
    pub fn check(&self) -> Result<(), PlanError> {
        if !(1..=Self::MAX_HOSTS).contains(&self.hosts.len()) {
            return Err(PlanError::HostCount(self.hosts.len()));
        }
        let (mut names, mut addrs) = (BTreeSet::new(), BTreeSet::new());
        for host in &self.hosts {
            host.check()?;
            if !names.insert(&host.name) {
                return Err(PlanError::SameName(host.name.clone()));
            }
            let own = [Some(IpAddr::from(host.addr)), host.addr6.map(IpAddr::from)];
            if let Some(twice) = own.into_iter().flatten().find(|addr| !addrs.insert(*addr)) {
                return Err(PlanError::SameAddress(twice));
            }
            if host.addr6.is_some() && self.wire.mtu < MTU6 {
                return Err(PlanError::SmallMtu(host.name.clone()));
            }
        }
        self.wire.check(|name| self.hosts.iter().any(|host| host.name == name))?;
        self.hosts.iter().try_for_each(|host| self.check_order(host))
    }

    /// Following `after` from a host must come to an end.
    fn check_order(&self, host: &HostPlan) -> Result<(), PlanError> {
        let mut at = host;
        for _ in &self.hosts {
            let Some(after) = &at.after else { return Ok(()) };
            let next = self.hosts.iter().find(|other| other.name == *after);
            at = next.ok_or_else(|| PlanError::After(host.name.clone()))?;
        }
        Err(PlanError::After(host.name.clone()))
    }
}

impl HostPlan {
    /// How long a program waits for the one that it comes after.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// The longest text of a program that a trace tells, in bytes. Nobody writes one by hand that is longer.
    const TOLD: usize = 128 << 10;

    /// The text of its program as the trace tells it: none if that is no file of the plan's, or too long to be read.
    pub(crate) fn text(&self) -> Option<String> {
        let file = self.files.iter().find(|file| file.name == self.program && !self.visitor)?;
        (file.bytes.len() <= Self::TOLD).then(|| String::from_utf8_lossy(&file.bytes).into_owned())
    }

    /// A host that runs one Python program on the system's `python3`, on a /24 with a default route.
    pub fn python(name: &str, addr: Ipv4Addr, file: &str, source: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.to_owned(),
            addr,
            prefix_len: 24,
            default_route: true,
            files: vec![File { name: file.to_owned(), bytes: source.into() }],
            argv: vec!["python3".to_owned(), file.to_owned()],
            compile: None,
            program: file.to_owned(),
            after: None,
            breakpoints: Breakpoints::Never,
            visitor: false,
            raw: false,
            addr6: None,
        }
    }

    /// A host that runs one program as the end of its name says: `.c` is compiled first, `.sh` is the shell's, anything
    /// else is Python.
    pub fn program(name: &str, addr: Ipv4Addr, file: &str, source: impl Into<Vec<u8>>) -> Self {
        let (argv, compile) = command::usual(file);
        Self { argv, compile, ..Self::python(name, addr, file, source) }
    }

    /// A host from which a person's own browser or console opens connections, on a /24 with a default route.
    pub fn visitor(name: &str, addr: Ipv4Addr) -> Self {
        let argv = ["sleep", "infinity"].map(str::to_owned).to_vec();
        Self { files: vec![], argv, visitor: true, ..Self::python(name, addr, "", "") }
    }

    /// The hardware address of its `eth0`: a locally administered one that shows the IPv4 one, 02:00:c0:a8:01:04.
    pub fn mac(&self) -> [u8; 6] {
        let [a, b, c, d] = self.addr.octets();
        [2, 0, a, b, c, d]
    }

    fn check(&self) -> Result<(), PlanError> {
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let name = &self.name;
        if name.len() > 32 || !name.chars().all(letters) || !edge(name.chars().next()) || !edge(name.chars().last()) {
            return Err(PlanError::HostName(name.clone()));
        }
        if !self.addr_is_usable() {
            return Err(PlanError::Address { host: name.clone(), addr: self.addr, prefix_len: self.prefix_len });
        }
        if let Some(addr6) = self.addr6.filter(|addr6| !is_for_a_host(addr6)) {
            return Err(PlanError::Address6(name.clone(), addr6));
        }
        for file in &self.files {
            let plain = !file.name.is_empty() && file.name.len() <= 64 && file.name != "." && file.name != "..";
            // One that began with a hyphen would be an option to whatever runs it.
            if !plain || file.name.starts_with('-') || file.name.contains(['/', '\0']) {
                return Err(PlanError::FileName { host: name.clone(), name: file.name.clone() });
            }
        }
        if self.argv.is_empty() || self.argv.iter().any(|arg| arg.contains('\0')) {
            return Err(PlanError::NoCommand(name.clone()));
        }
        let is_there = |source: &&String| self.files.iter().any(|file| file.name == **source);
        if let Some(source) = self.compile.as_ref().filter(|source| !is_there(source)) {
            return Err(PlanError::NoSource { host: name.clone(), name: source.clone() });
        }
        Ok(())
    }

    fn addr_is_usable(&self) -> bool {
        if !(8..=30).contains(&self.prefix_len) || self.addr.is_loopback() || self.addr.is_multicast() {
            return false;
        }
        let host_bits = u32::MAX >> self.prefix_len;
        let host_part = self.addr.to_bits() & host_bits;
        host_part != 0 && host_part != host_bits && self.addr.octets()[0] != 0
    }
}

/// Global or unique local (RFC 4193): what needs no interface's name beside it.
fn is_for_a_host(addr6: &Ipv6Addr) -> bool {
    !(addr6.is_multicast() || addr6.is_loopback() || addr6.is_unspecified() || addr6.is_unicast_link_local())
        && addr6.to_ipv4_mapped().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(hosts: Vec<HostPlan>) -> Result<(), PlanError> {
        Plan { hosts, wire: WireSettings::default(), limits: Limits::default() }.check()
    }

    fn host(name: &str, last: u8) -> HostPlan {
        HostPlan::python(name, Ipv4Addr::new(192, 168, 1, last), "p.py", "")
    }

    #[test]
    fn a_plain_plan_is_fine() {
        assert_eq!(plan(vec![host("server", 4), host("client", 7)]), Ok(()));
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(plan(vec![]), Err(PlanError::HostCount(0)));
        assert_eq!(plan(vec![host("a b", 4)]), Err(PlanError::HostName("a b".into())));
        assert_eq!(plan(vec![host("-a", 4)]), Err(PlanError::HostName("-a".into())));
        assert_eq!(plan(vec![host("a", 4), host("a", 5)]), Err(PlanError::SameName("a".into())));
        assert!(matches!(plan(vec![host("a", 4), host("b", 4)]), Err(PlanError::SameAddress(_))));
        assert!(matches!(plan(vec![host("a", 255)]), Err(PlanError::Address { .. })));
        assert!(matches!(plan(vec![host("a", 0)]), Err(PlanError::Address { .. })));
        let six = |last, addr6: &str| HostPlan { addr6: addr6.parse().ok(), ..host(&format!("h{last}"), last) };
        assert_eq!(plan(vec![six(4, "fd00::4"), six(5, "fd00::5")]), Ok(()));
        assert!(matches!(plan(vec![six(4, "fd00::4"), six(5, "fd00::4")]), Err(PlanError::SameAddress(_))));
        for no in ["::1", "::", "ff02::1", "fe80::4", "::ffff:192.168.1.4"] {
            assert!(matches!(plan(vec![six(4, no)]), Err(PlanError::Address6(..))), "{no}");
        }
        let mut slash = host("a", 4);
        slash.files[0].name = "../etc/passwd".into();
        assert!(matches!(plan(vec![slash]), Err(PlanError::FileName { .. })));
        let option = HostPlan::program("a", Ipv4Addr::new(192, 168, 1, 4), "-o.c", "");
        assert!(matches!(plan(vec![option]), Err(PlanError::FileName { .. })));
        let mut sourceless = HostPlan::program("a", Ipv4Addr::new(192, 168, 1, 4), "a.c", "");
        sourceless.files.clear();
        assert!(matches!(plan(vec![sourceless]), Err(PlanError::NoSource { .. })));
        let waiting = |name, last, after: &str| HostPlan { after: Some(after.into()), ..host(name, last) };
        assert_eq!(plan(vec![waiting("a", 4, "b"), host("b", 5)]), Ok(()));
        assert_eq!(plan(vec![waiting("a", 4, "x")]), Err(PlanError::After("a".into())));
        assert_eq!(plan(vec![waiting("a", 4, "b"), waiting("b", 5, "a")]), Err(PlanError::After("a".into())));
        let mut idle = host("a", 4);
        idle.argv.clear();
        assert_eq!(plan(vec![idle]), Err(PlanError::NoCommand("a".into())));
    }
}
