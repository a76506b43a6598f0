# select, poll and epoll, ready and timed out; threads; a call that a signal interrupts.
import select, signal, threading, os
from socket import *

a, b = socketpair()
select.select([a, b], [a], [b], 0)
select.select([a], [], [], 0.05)
b.send(b"x")
select.select([a], [], [], 5.5)
select.select([a], [], [])
poll = select.poll()
poll.register(a, select.POLLIN)
poll.register(b, select.POLLIN | select.POLLOUT)
poll.poll(1000)
a.recv(10)
poll.unregister(b)
poll.poll(50)
epoll = select.epoll()
epoll.register(a, select.EPOLLIN | select.EPOLLET)
epoll.register(b, select.EPOLLOUT | select.EPOLLONESHOT)
epoll.poll(1)
epoll.modify(b, select.EPOLLIN)
epoll.poll(0.05)
b.send(b"y")
epoll.poll()
epoll.unregister(b)
try:
    epoll.unregister(b)
except FileNotFoundError:
    pass
a.settimeout(0.05)
a.recv(1)
try:
    a.recv(1)
except TimeoutError:
    pass
a.settimeout(None)

def echo():
    b.send(b.recv(10))

thread = threading.Thread(target=echo)
thread.start()
a.send(b"threads")
thread.join()
a.recv(10)

# The call fails with EINTR inside; Python makes it again.
signal.signal(signal.SIGALRM, lambda *_: b.send(b"alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.1)
a.recv(10)
b.close()
poll.poll()
a.close()
