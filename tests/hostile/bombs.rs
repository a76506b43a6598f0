//! More than one's share: processes, memory, processor, descriptors, disks, output.

use std::time::Duration;

use crate::held::{alone, beside, grouped, held, hostile, hostile_with, limits, told};
use support::lab_run::{LabRun, lan};
use trace::event::Fact;
use trace::event::host::{Cause, ExitStatus, Limit};
use trace::syscall::Syscall;

/// The number behind a word of the program's output.
fn number_after(run: &LabRun, word: &str) -> u64 {
    let text = run.terminal(0);
    let (_, rest) = text.split_once(word).unwrap_or_else(|| panic!("no {word:?} in {text:?}"));
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

/// The last resort: where groups hold a host sooner, it is only for a machine that has much else to do.
fn wall() -> Duration {
    Duration::from_secs(if grouped() { 120 } else { 12 })
}

#[test]
fn a_fork_bomb() {
    let cpu = Duration::from_secs(2);
    let setup = hostile(include_str!("programs/fork_bomb.py")).with(limits(|limits| {
        (limits.processes, limits.run_cpu, limits.cpu, limits.wall) = (24, cpu, cpu, wall());
    }));
    let run = held(setup);
    if grouped() {
        assert!(told(&run, Limit::Processes(24)), "{}", run.dump());
        assert_eq!(run.cause(), &Cause::Limit(Limit::Cpu(cpu)));
    } else {
        // The first process ends at its own processor time; the sandbox ends with the run.
        assert!(matches!(run.cause(), Cause::Finished | Cause::Limit(Limit::Wall(_))), "{:?}", run.cause());
    }
}

#[test]
fn processor_time_by_one_process_after_the_other() {
    let cpu = Duration::from_secs(1);
    let setup = hostile(include_str!("programs/fork_spin.py"))
        .with(limits(|limits| (limits.run_cpu, limits.wall) = (cpu, wall())));
    let run = held(setup);
    let limit = if grouped() { Limit::Cpu(cpu) } else { Limit::Wall(wall()) };
    assert_eq!(run.cause(), &Cause::Limit(limit));
}

#[test]
fn processor_time_by_one_process_that_ignores_the_warning() {
    let setup =
        hostile(include_str!("programs/cpu_spin.py")).with(limits(|limits| limits.cpu = Duration::from_secs(1)));
    let run = held(setup);
    assert_eq!(run.status(0), ExitStatus::Signaled(9));
    assert!(told(&run, Limit::ProcessCpu(Duration::from_secs(1))), "{}", run.dump());
}

#[test]
fn a_signal_that_looks_like_a_limit() {
    let run = held(hostile(include_str!("programs/false_alarm.py")));
    assert_eq!(run.terminal(0), "ready\r\nsent\r\n");
    assert!(!run.facts().any(|fact| matches!(fact, Fact::LimitReached { .. })), "{}", run.dump());
}

#[test]
fn memory_by_one_process() {
    // Its address space ends before the host's memory does: the interpreter can say what happened.
    let polite = hostile(include_str!("programs/memory_one.py")).with(limits(|limits| limits.memory = 100 << 20));
    let run = held(polite);
    assert_eq!(run.status(0), ExitStatus::Exited(1));
    assert!(run.terminal(0).contains("MemoryError"), "{}", run.terminal(0));
}

#[test]
fn memory_by_one_process_beyond_the_hosts() {
    let setup = hostile(include_str!("programs/memory_one.py"))
        .with(limits(|limits| (limits.host_memory, limits.memory) = (64 << 20, 256 << 20)));
    let run = held(setup);
    if grouped() {
        assert_eq!(run.status(0), ExitStatus::Signaled(9));
        assert!(told(&run, Limit::Memory(64 << 20)), "{}", run.dump());
    } else {
        assert_eq!(run.status(0), ExitStatus::Exited(1));
    }
}

#[test]
fn memory_by_many_processes() {
    let setup = hostile(include_str!("programs/memory_many.py"))
        .with(limits(|limits| (limits.host_memory, limits.wall) = (128 << 20, wall())));
    // 12 × 32 MB. Without groups they are within what 32 processes of 128 MB may have: that is the product.
    let limit = Limit::Memory(128 << 20);
    let run = beside(setup, |run| {
        if grouped() {
            run.until_once(
                "it is told",
                |fact| matches!(fact, Fact::LimitReached { limit: told, .. } if *told == limit),
            );
            run.stop();
        }
        run.until_end();
    });
    assert_eq!(told(&run, limit), grouped(), "{}", run.dump());
}

#[test]
fn memory_that_belongs_to_no_process() {
    let run = held(hostile(include_str!("programs/memory_files.py")));
    assert_eq!(run.terminal(0), "ready\r\nmemfd_create EPERM\r\nshmget EPERM\r\nmsgget EPERM\r\nsemget EPERM\r\n");
}

#[test]
fn memory_in_sockets() {
    let setup =
        hostile(include_str!("programs/sockets_hoard.py")).with(limits(|limits| limits.host_memory = 128 << 20));
    let run = held(setup);
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{}", run.terminal(0));
    assert!(number_after(&run, "pairs") < 64, "{}", run.terminal(0));
}

/// Socket buffers are counted beside the rest of a host's memory, up to the same limit; where there are no groups,
/// fewer descriptors and processes are what holds them.
#[test]
fn memory_in_datagrams_that_nobody_reads() {
    memory_in_buffers(include_str!("programs/datagrams_hoard.py"));
}

#[test]
fn memory_in_streams_that_nobody_reads() {
    memory_in_buffers(include_str!("programs/streams_hoard.py"));
}

#[test]
fn memory_in_pipes() {
    memory_in_buffers(include_str!("programs/pipes_hoard.py"));
}

fn memory_in_buffers(program: &str) {
    let run = held(hostile(program).with(limits(|limits| limits.host_memory = 64 << 20)));
    // The kernel may also have ended it.
    let text = run.terminal(0);
    if grouped() && text.contains("kept ") {
        assert!(number_after(&run, "kept ") <= 64, "{text}");
    } else if grouped() {
        assert!(told(&run, Limit::Memory(64 << 20)), "{}", run.dump());
    }
}

#[test]
fn descriptors() {
    let run = held(hostile(include_str!("programs/fds.py")).with(limits(|limits| limits.open_files = 64)));
    // 0, 1 and 2 are open before.
    assert_eq!(run.terminal(0), "ready\r\nEMFILE 61\r\n");
    assert!(told(&run, Limit::OpenFiles(64)), "{}", run.dump());
}

#[test]
fn descriptors_by_every_call_that_makes_one() {
    let alone = alone();
    let calls =
        "socket() socketpair() dup(1) fcntl(1,F_DUPFD) pipe2() eventfd() epoll_create1() timerfd_create() open()";
    for call in calls.split(' ') {
        let program = hostile_with(include_str!("programs/fds_by_call.py"), &[call]);
        let mut run = program.with(limits(|limits| limits.open_files = 64)).start();
        run.until_end();
        // All but the last of what comes in twos.
        assert!(
            ["EMFILE 64\r\n", "EMFILE 63\r\n"].iter().any(|end| run.terminal(0).ends_with(end)),
            "{call}: {}",
            run.terminal(0)
        );
        assert!(told(&run, Limit::OpenFiles(64)), "{call}: {}", run.dump());
    }
    drop(alone);
}

#[test]
fn a_process_with_room_is_told_nothing() {
    let alone = alone();
    let run = lan().python("a", 4, "import os\nfor _ in range(99): os.dup(1)\nos.pipe()\nprint(1)\n").finish();
    drop(alone);
    assert!(!run.facts().any(|fact| matches!(fact, Fact::LimitReached { .. })), "{}", run.dump());
}

#[test]
fn sockets() {
    let run = held(hostile(include_str!("programs/sockets_many.py")).with(limits(|limits| limits.open_files = 64)));
    assert_eq!(run.terminal(0), "ready\r\nEMFILE 61\r\n");
    assert!(told(&run, Limit::OpenFiles(64)), "{}", run.dump());
}

#[test]
fn threads() {
    // Room for more stacks than there may be threads.
    let setup = hostile(include_str!("programs/threads.py"))
        .with(limits(|limits| (limits.processes, limits.memory) = (20, 2 << 30)));
    let run = held(setup);
    assert_eq!(run.status(0), ExitStatus::Exited(0), "{}", run.terminal(0));
    assert!(number_after(&run, "thread ") < 20, "{}", run.terminal(0));
    assert_eq!(told(&run, Limit::Processes(20)), grouped());
}

#[test]
fn disks() {
    let run = held(hostile(include_str!("programs/disk.py")).with(limits(|limits| limits.disk = 16 << 20)));
    let full = |folder| format!("{folder} ENOSPC 16\r\nhole EFBIG\r\n");
    let (tmp, shm) = (full("/tmp"), full("/dev/shm"));
    let text = run.terminal(0);
    // The work folder holds the program as well.
    assert!(text.starts_with("ready\r\n/home/learner ENOSPC 15\r\nhole EFBIG\r\n"), "{text}");
    assert!(text.ends_with(&format!("{tmp}{shm}")), "{text}");
}

#[test]
fn a_disk_that_stays_full() {
    let run = held(hostile(include_str!("programs/disk_full.py")).with(limits(|limits| limits.disk = 4 << 20)));
    assert_eq!(run.terminal(0), "ready\r\nENOSPC\r\n");
    assert!(told(&run, Limit::Disk(4 << 20)), "{}", run.dump());
}

#[test]
fn output() {
    let run = held(hostile(include_str!("programs/output.py")).with(limits(|limits| limits.output = 200_000)));
    assert_eq!(run.cause(), &Cause::Limit(Limit::Output(200_000)));
    assert!(run.terminal(0).len() < 210_000);
}

#[test]
fn calls() {
    let run = held(hostile(include_str!("programs/loopback_flood.py")).with(limits(|limits| limits.events = 20_000)));
    assert_eq!(run.cause(), &Cause::Limit(Limit::Events(20_000)));
}

#[test]
fn a_trace_of_large_events() {
    let flood = hostile(include_str!("programs/loopback_flood.py"));
    let run = held(flood.with(limits(|limits| limits.trace = 1 << 20)));
    assert_eq!(run.cause(), &Cause::Limit(Limit::Trace(1 << 20)));
    // What came after the last event that had room: the run's end, and how much was missed.
    let size: u64 = run.events().iter().map(trace::record::size).sum();
    assert!(size < (1 << 20) + 16_384, "{size}");
}

#[test]
fn zombies() {
    let run = held(hostile(include_str!("programs/zombies.py")).with(limits(|limits| limits.processes = 24)));
    assert!(number_after(&run, "EAGAIN ") < 24, "{}", run.terminal(0));
    assert_eq!(told(&run, Limit::Processes(24)), grouped());
}

#[test]
fn a_full_host_leaves_the_others_of_its_run_their_room() {
    let program = include_str!("programs/fork_hold.py");
    let alone = alone();
    let mut run = lan()
        .python("a", 4, program)
        .python("b", 5, program)
        .python("c", 6, program)
        .with(limits(|limits| limits.processes = 20))
        .start();
    for host in 0..3 {
        run.until_in(host, Syscall::Read);
    }
    run.stop();
    run.until_end();
    drop(alone);
    for host in 0..3 {
        assert_eq!(run.terminal(host), "18 more\r\n> ");
    }
}

#[test]
fn every_bomb_can_be_stopped_by_a_person() {
    let setup = hostile(include_str!("programs/fork_bomb.py")).with(limits(|limits| limits.processes = 24));
    let run = beside(setup, |run| {
        run.stop();
        run.until_end();
    });
    assert_eq!(run.cause(), &Cause::Stopped);
}
