//! Threads of one program, told of in turn.

use support::lab_run::lan;
use trace::event::Fact;
use trace::event::host::Cause;
use trace::syscall::Syscall;

/// Two threads call at the same time: one again and again, the other one now and then.
const BUSY: &str = r"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

static int sock;
static atomic_int calls;

static void *busy(void *none) {
    int type;
    socklen_t len = sizeof type;
    for (; calls < 4000; calls++)
        getsockopt(sock, SOL_SOCKET, SO_TYPE, &type, &len);
    return none;
}

int main(void) {
    pthread_t thread;
    sock = socket(AF_INET, SOCK_STREAM, 0);
    pthread_create(&thread, NULL, busy, NULL);
    while (calls < 10)
        ;
    for (int i = 0; i < 10; i++)
        listen(sock, i);
    pthread_join(thread, NULL);
}
";

/// wait(2) tells of the newest thread first. Where that one stops at once again, the older one must get its turn too:
/// its calls would seem to take as long as the newer one is at work.
#[test]
fn a_thread_that_calls_without_a_pause_keeps_no_other_waiting() {
    let run = lan().program("a", 4, "busy.c", BUSY).finish();
    assert_eq!(run.cause(), &Cause::Finished, "{}", run.dump());
    let facts: Vec<&Fact> = run.facts().collect();
    let last = |wanted| {
        let entered = |fact: &&Fact| matches!(fact, Fact::CallEntered { syscall, .. } if *syscall == wanted);
        facts.iter().rposition(entered).unwrap_or_else(|| panic!("no {wanted}"))
    };
    assert!(last(Syscall::Listen) < last(Syscall::Getsockopt), "the older thread came last");
}
