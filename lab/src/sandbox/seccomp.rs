//! The policy, compiled to BPF programs in the form that bwrap's `--add-seccomp-fd` reads.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};

use super::policy;

/// The filters of a traced host. The kernel runs all of them and takes the strictest answer.
pub(crate) fn filters() -> Vec<Vec<u8>> {
    let errno = |number: i32| SeccompAction::Errno(number.unsigned_abs());
    let denied = policy::DENIED.iter().map(|(number, _)| (*number, vec![])).collect();
    // clone3 hides its flags from filters; ENOSYS makes libc fall back to clone.
    let unknown = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    vec![
        serialize(&[&guard()[..], &filter(denied, errno(libc::EPERM))].concat()),
        serialize(&filter(namespaces(), errno(libc::EPERM))),
        serialize(&filter(unknown, errno(libc::ENOSYS))),
        serialize(&filter(terminal_injection(), errno(libc::EPERM))),
        serialize(&filter(
            policy::TRACED.iter().map(|(number, _)| (*number, vec![])).collect(),
            SeccompAction::Trace(0),
        )),
    ]
}

/// clone(2) with any flag that makes a namespace.
fn namespaces() -> BTreeMap<c_long, Vec<SeccompRule>> {
    let flags = [
        libc::CLONE_NEWNS,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWCGROUP,
    ];
    let rules = flags.into_iter().map(|flag| {
        let flag = u64::from(flag.unsigned_abs());
        rule(0, SeccompCmpOp::MaskedEq(flag), flag)
    });
    BTreeMap::from([(libc::SYS_clone, rules.collect())])
}

/// ioctl(2) with TIOCSTI or TIOCLINUX: typing into a terminal on the learner's behalf.
fn terminal_injection() -> BTreeMap<c_long, Vec<SeccompRule>> {
    let rules = [libc::TIOCSTI, libc::TIOCLINUX].map(|request| rule(1, SeccompCmpOp::Eq, request));
    BTreeMap::from([(libc::SYS_ioctl, rules.to_vec())])
}

fn rule(argument: u8, operator: SeccompCmpOp, value: u64) -> SeccompRule {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
        .and_then(|condition| SeccompRule::new(vec![condition]))
        .expect("a constant of this file")
}

fn filter(rules: BTreeMap<c_long, Vec<SeccompRule>>, matched: SeccompAction) -> BpfProgram {
    let arch = TargetArch::try_from(std::env::consts::ARCH).expect("lab runs on x86_64 and aarch64");
    SeccompFilter::new(rules, SeccompAction::Allow, matched, arch)
        .and_then(BpfProgram::try_from)
        .expect("the policy compiles; a test proves it")
}

/// On x86-64, refuses calls of the x32 table with ENOSYS: they carry other numbers than the policy lists. A call by
/// the 32-bit table ends the program: that every program of seccompiler begins with.
fn guard() -> Vec<sock_filter> {
    const X32_BIT: u32 = 0x4000_0000;
    const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
    const JUMP_IF_GREATER_OR_EQUAL: u16 = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    const RETURN: u16 = 0x06; // BPF_RET | BPF_K
    const NUMBER: u32 = 0; // offset of `nr` in struct seccomp_data
    if !cfg!(target_arch = "x86_64") {
        return vec![];
    }
    let enosys = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs();
    vec![
        sock_filter { code: LOAD, jt: 0, jf: 0, k: NUMBER },
        sock_filter { code: JUMP_IF_GREATER_OR_EQUAL, jt: 0, jf: 1, k: X32_BIT },
        sock_filter { code: RETURN, jt: 0, jf: 0, k: enosys },
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
