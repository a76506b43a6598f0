//! The policy, compiled to BPF programs in the form that bwrap's `--add-seccomp-fd` reads.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};

use super::policy::{self, Given};

/// The filters of a traced host. The kernel runs all of them and takes the strictest answer; each knows one answer.
pub(crate) fn filters() -> Vec<Vec<u8>> {
    let mut by_errno: BTreeMap<i32, BTreeMap<c_long, Vec<SeccompRule>>> = BTreeMap::new();
    for refused in policy::REFUSED {
        let calls = by_errno.entry(refused.errno).or_default();
        // No rule is "always"; a list has no call both so and with rules.
        calls.entry(refused.call).or_default().extend(rule(refused.given));
    }
    // bwrap loads one filter after the other, and one of them refuses to load more.
    let last = by_errno.remove(&libc::EPERM);
    let refusing = by_errno.into_iter().chain(last.map(|calls| (libc::EPERM, calls)));
    let refusing = refusing.map(|(errno, calls)| serialize(&filter(calls, SeccompAction::Errno(errno.unsigned_abs()))));
    let traced = policy::TRACED.iter().map(|(number, _)| number).chain(policy::MAKERS);
    let traced = traced.map(|number| (*number, vec![])).collect();
    [serialize(&newer()), serialize(&filter(traced, SeccompAction::Trace(0)))].into_iter().chain(refusing).collect()
}

/// A filter that refuses packet sockets, for a host that has the capability to make them.
pub(crate) fn no_packets() -> Vec<u8> {
    let family = [Given::Is(0, libc::AF_PACKET.unsigned_abs())];
    let calls = BTreeMap::from([(libc::SYS_socket, rule(&family).into_iter().collect())]);
    serialize(&filter(calls, SeccompAction::Errno(libc::EPERM.unsigned_abs())))
}

/// All of these conditions; `None` for none.
fn rule(given: &[Given]) -> Option<SeccompRule> {
    let condition = |given: &Given| {
        let (operator, value) = match *given {
            Given::Is(_, value) => (SeccompCmpOp::Eq, value),
            Given::IsNot(_, value) => (SeccompCmpOp::Ne, value),
            Given::Below(_, value) => (SeccompCmpOp::Lt, value),
            Given::Has(_, bit) => (SeccompCmpOp::MaskedEq(bit.into()), bit),
            Given::HasNot(_, bit) => (SeccompCmpOp::MaskedEq(bit.into()), 0),
        };
        SeccompCondition::new(given.argument(), SeccompCmpArgLen::Dword, operator, value.into())
    };
    let conditions = given.iter().map(condition).collect::<Result<Vec<_>, _>>().expect("a constant of the policy");
    SeccompRule::new(conditions).ok()
}

fn filter(rules: BTreeMap<c_long, Vec<SeccompRule>>, matched: SeccompAction) -> BpfProgram {
    let arch = TargetArch::try_from(std::env::consts::ARCH).expect("lab runs on x86_64 and aarch64");
    SeccompFilter::new(rules, SeccompAction::Allow, matched, arch)
        .and_then(BpfProgram::try_from)
        .expect("the policy compiles; a test proves it")
}

/// Calls newer than the policy do not exist. A call by the 32-bit table ends the program: with that every program of
/// seccompiler begins.
fn newer() -> Vec<sock_filter> {
    const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
    const JUMP_IF_GREATER: u16 = 0x25; // BPF_JMP | BPF_JGT | BPF_K
    const RETURN: u16 = 0x06; // BPF_RET | BPF_K
    const NUMBER: u32 = 0; // offset of `nr` in struct seccomp_data
    let enosys = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs();
    vec![
        sock_filter { code: LOAD, jt: 0, jf: 0, k: NUMBER },
        sock_filter { code: JUMP_IF_GREATER, jt: 0, jf: 1, k: policy::NEWEST },
        sock_filter { code: RETURN, jt: 0, jf: 0, k: enosys },
        sock_filter { code: RETURN, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW },
    ]
}

/// An array of `struct sock_filter` as it lies in memory.
fn serialize(program: &[sock_filter]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for instruction in program {
        bytes.extend(instruction.code.to_ne_bytes());
        bytes.extend([instruction.jt, instruction.jf]);
        bytes.extend(instruction.k.to_ne_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_compiles() {
        for filter in filters() {
            assert_eq!(filter.len() % 8, 0);
            assert!(filter.len() / 8 <= 4096, "BPF_MAXINSNS");
        }
    }
}
