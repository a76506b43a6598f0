from selectors import DefaultSelector, EVENT_READ
from socket import socket, SOL_SOCKET, SO_REUSEADDR

MAX_LINE = 4096

selector = DefaultSelector()
guests = set()


class Guest:
    def __init__(self, sock):
        self.sock = sock
        self.name = None
        self.heard = b""  # what has come of a line that is not whole yet


def welcome(sock):
    guest = Guest(sock)
    guests.add(guest)
    selector.register(sock, EVENT_READ, guest)


def leave(guest):
    if guest in guests:
        guests.remove(guest)
        selector.unregister(guest.sock)
        guest.sock.close()
        if guest.name:
            say(f"* {guest.name} is gone", but=guest)


def say(text, but):
    print(text)
    for guest in list(guests):
        if guest in guests and guest.name and guest is not but:
            try:
                guest.sock.sendall(f"{text}\n".encode())
            except OSError:
                leave(guest)


def hear(guest):
    try:
        data = guest.sock.recv(4096)
    except OSError:
        data = b""
    *lines, guest.heard = (guest.heard + data).split(b"\n")
    for line in lines:
        text = line.decode(errors="replace")
        if guest.name:
            say(f"{guest.name}: {text}", but=guest)
        else:
            guest.name = text.strip() or "nobody"
            say(f"* {guest.name} is here", but=guest)
    if not data or len(guest.heard) > MAX_LINE:
        leave(guest)


listener = socket()
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(50)
selector.register(listener, EVENT_READ)

while True:
    for key, events in selector.select():
        if key.fileobj is listener:
            welcome(listener.accept()[0])
        elif key.data in guests:
            hear(key.data)
