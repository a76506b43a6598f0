"""Two friends talk. Each must read what the other wrote, whole, once, in order, and with the name before it."""

import random
import socket
import sys

ADDRESS = ("192.168.1.4", 18888)


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


def join(name):
    try:
        sock = socket.create_connection(ADDRESS, timeout=10)
        sock.sendall(f"{name}\n".encode())
    except OSError as error:
        fail(f"{name} could not join: {error}", f"{name} 进不了聊天室：{error}")
    return sock


def lines_about(file, name, wanted):
    """The next lines that begin with `name: `, as many as wanted."""
    found = []
    while len(found) < wanted:
        try:
            line = file.readline()
        except OSError:
            line = ""
        if not line:
            fail(f"of {wanted} lines that {name} wrote, only {len(found)} came",
                 f"{name} 写了 {wanted} 行，只收到 {len(found)} 行")
        if line.startswith(f"{name}: "):
            found.append(line[len(name) + 2 :].rstrip("\n"))
    return found


me, you = (f"{word}{random.randrange(10**6)}" for word in ("ling", "tom"))
a = join(me)
a_reads = a.makefile(encoding="utf8")
b = join(you)
b_reads = b.makefile(encoding="utf8")
while f"{you} is here" not in (line := a_reads.readline()):
    if not line:
        fail("those in the room are not told that somebody came", "有人进来，屋里的人却没有得到通知")

for writer, reader, name in [(a, b_reads, me), (b, a_reads, you)]:
    said = [f"{random.randrange(10**9)} 你好" for _ in range(5)]
    writer.sendall("".join(f"{text}\n" for text in said).encode())
    heard = lines_about(reader, name, len(said))
    if heard != said:
        fail(f"{name} wrote {said}, but {heard} came", f"{name} 写的是 {said}，收到的是 {heard}")


def leave(sock, file):
    """Says goodbye, and reads what is still on its way: who closes with unread bytes sends a reset."""
    sock.shutdown(socket.SHUT_WR)
    try:
        while file.readline():
            pass
    except OSError:
        pass


leave(a, a_reads)
while f"{me} is gone" not in (line := b_reads.readline()):
    if not line:
        fail("those in the room are not told that somebody left", "有人离开，屋里的人却没有得到通知")
    if line.startswith(f"{you}: "):
        fail("a line came back to the one who wrote it", "自己写的话又发回给了自己")
leave(b, b_reads)
