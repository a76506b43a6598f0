//! The policy compared with reality: every entry of it is tried.

use crate::held::{held, hostile_with};
use lab::policy::{Given, NEWEST, REFUSED, Refused};
use trace::event::host::ExitStatus;

/// A value for an argument that is as an entry says.
fn argument(refused: &Refused, index: u8) -> u32 {
    let conditions: Vec<&Given> = refused.given.iter().filter(|given| given.argument() == index).collect();
    let named = conditions.iter().map(|given| match given {
        Given::Is(_, value) | Given::Has(_, value) => *value,
        _ => 0,
    });
    let fits = |value: &u32| conditions.iter().all(|given| given.holds(*value));
    named.chain(0..64).find(fits).expect("some value is refused")
}

#[test]
fn every_refused_call_is_refused_as_the_policy_says() {
    let mut calls: Vec<(i64, [u32; 6], i32)> = REFUSED
        .iter()
        .map(|refused| {
            (refused.call, std::array::from_fn(|index| argument(refused, u8::try_from(index).unwrap())), refused.errno)
        })
        .collect();
    calls.extend([(i64::from(NEWEST) + 1, [0; 6], 38), (i64::from(u32::MAX), [0; 6], 38)]);
    let lines: Vec<String> = calls
        .iter()
        .map(|(call, args, _)| args.iter().fold(call.to_string(), |line, arg| format!("{line} {arg}")))
        .collect();
    let run = held(hostile_with(include_str!("programs/policy.py"), &[&lines.join(";")]));
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{}", run.terminal(0));
    let text = run.terminal(0);
    let seen: Vec<i32> = text.lines().skip(1).map(|line| line.trim().parse().unwrap()).collect();
    let expected: Vec<i32> = calls.iter().map(|(.., errno)| *errno).collect();
    assert_eq!(seen.len(), expected.len(), "{text}");
    for ((call, args, errno), seen) in calls.iter().zip(seen) {
        assert_eq!(seen, *errno, "call {call} with {args:?}");
    }
}
