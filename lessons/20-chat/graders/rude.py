"""Guests who crash, send what is no text, or never end their line. The room must survive them."""

import random
import socket
import struct
import sys
import time

ADDRESS = ("192.168.1.4", 18888)


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


def join(name):
    try:
        sock = socket.create_connection(ADDRESS, timeout=10)
        sock.sendall(name + b"\n")
    except OSError as error:
        who = name.decode()
        fail(f"{who} could not join: {error}", f"{who} 进不了聊天室：{error}")
    return sock


crashing = join(b"crashing")
crashing.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
crashing.close()

binary = join(b"binary")
binary.sendall(b"\xff\xfe\x80\n")

shouting = join(b"shouting")
shouting.settimeout(3)
try:
    for _ in range(100):
        shouting.sendall(b"A" * 10_000)
    thrown_out = False
except OSError:
    thrown_out = True  # or nobody takes the bytes any more
# The kernels take a million bytes before the server has seen the first: it gets the time to hang up.
until = time.monotonic() + 3
while not thrown_out and time.monotonic() < until:
    try:
        thrown_out = not shouting.recv(65536)
    except TimeoutError:
        pass
    except OSError:
        thrown_out = True
if not thrown_out:
    fail("a guest sent a million bytes without ending the line, and is still in the room: where are they kept?",
         "有位客人发了一百万字节都没有换行，居然还在聊天室里：这些字节都存在哪里？")

name = f"calm{random.randrange(10**6)}".encode()
a = join(name)
a_reads = a.makefile("rb")
b = join(b"last")
token = b"%d" % random.randrange(10**9)
try:
    while line := a_reads.readline():
        if b"last is here" in line:
            break  # both are in the room
    a.sendall(token + b"\n")
    for line in b.makefile("rb"):
        if line == name + b": " + token + b"\n":
            break
    else:
        raise OSError("the server hung up")
except OSError as error:
    fail(f"after the rude guests the room is dead: {error}", f"粗鲁的客人走后，聊天室死了：{error}")
