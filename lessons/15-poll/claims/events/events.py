import select
import socket
import struct

NAMES = ["POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDHUP"]
ASKED = select.POLLIN | select.POLLPRI | select.POLLOUT | select.POLLRDHUP


def names(events):
    return " ".join(name for name in NAMES if events & getattr(select, name))


def pair():
    """A connection of this host with itself: both of its ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    one = socket.create_connection(listener.getsockname())
    return one, listener.accept()[0]


def show(what, sock):
    poller = select.poll()
    poller.register(sock, ASKED)
    found = poller.poll(100)
    print(f"{what}: {names(found[0][1])}")


a, b = pair()
show("nothing happened", a)
b.sendall(b"hello")
show("bytes have come", a)
b.close()
show("and then a FIN", a)
a.shutdown(socket.SHUT_WR)
show("and my own FIN is out, too", a)

a, b = pair()
b.send(b"!", socket.MSG_OOB)
show("urgent data", a)
print("select:", [bool(ready) for ready in select.select([a], [], [a], 0.1)])

a, b = pair()
b.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
b.close()
show("a reset", a)
print("select:", [bool(ready) for ready in select.select([a], [a], [a], 0.1)])

poller = select.poll()
fd = a.fileno()
a.close()
poller.register(fd, select.POLLIN)
print("a closed descriptor:", names(poller.poll(100)[0][1]))

for name in ["POLLUP", "POLLHUP", "POLLVAL", "POLLNVAL"]:
    print(name, "exists" if hasattr(select, name) else "does not exist")
