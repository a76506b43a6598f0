from selectors import DefaultSelector, EVENT_READ, EVENT_WRITE
from socket import socket, SOL_SOCKET, SO_REUSEADDR

MAX_LINE = 4096
MAX_WAITING = 128 * 1024

selector = DefaultSelector()
guests = set()


class Guest:
    def __init__(self, sock):
        self.sock = sock
        self.name = None
        self.heard = b""  # what has come of a line that is not whole yet
        self.waiting = b""  # what the kernel had no room for yet


def welcome(sock):
    sock.setblocking(False)
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
            guest.waiting += f"{text}\n".encode()
            if len(guest.waiting) > MAX_WAITING:
                leave(guest)
            else:
                selector.modify(guest.sock, EVENT_READ | EVENT_WRITE, guest)


def send(guest):
    sent = guest.sock.send(guest.waiting)
    guest.waiting = guest.waiting[sent:]
    if not guest.waiting:
        selector.modify(guest.sock, EVENT_READ, guest)


def hear(guest):
    data = guest.sock.recv(4096)
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
            if events & EVENT_WRITE:
                send(key.data)
            if events & EVENT_READ and key.data in guests:
                hear(key.data)
