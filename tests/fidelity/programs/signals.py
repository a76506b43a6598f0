# Signals between and inside of calls: ignored, caught, from the kernel, from timers, from itself and from another thread.
import os, signal, threading
from socket import *

a, b = socketpair()
handler = lambda number, _: b.send(b"heard %d" % number)
signal.signal(signal.SIGUSR1, handler)
signal.signal(signal.SIGUSR2, handler)
a.send(b"before")
os.kill(os.getpid(), signal.SIGUSR1)
a.recv(100)
# Blocked while others come in between; then both are delivered at once, the lower number first.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
os.kill(os.getpid(), signal.SIGUSR2)
os.kill(os.getpid(), signal.SIGUSR1)
a.send(b"between")
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1, signal.SIGUSR2])
a.recv(100)
# A timer's, while a call waits.
signal.signal(signal.SIGALRM, lambda *_: a.send(b"alarm"))
b.recv(100)
signal.setitimer(signal.ITIMER_REAL, 0.05)
b.recv(100)
# The kernel's, which Python ignores: the peer is gone.
b.close()
for _ in range(2):
    try:
        a.send(b"anybody?")
    except OSError:
        pass
# Another thread's, while this one waits in a call.
c, d = socketpair()
signal.signal(signal.SIGUSR1, lambda *_: d.send(b"woken"))
main = threading.main_thread().ident
thread = threading.Thread(target=lambda: signal.pthread_kill(main, signal.SIGUSR1))
d.settimeout(None)
c.settimeout(None)
thread.start()
thread.join()
c.recv(100)
for sock in a, c, d:
    sock.close()
