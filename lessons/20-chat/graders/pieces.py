"""A guest whose bytes come one at a time, cut inside characters; then two lines at once."""

import random
import socket
import sys
import time

ADDRESS = ("192.168.1.4", 18888)


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


def connect():
    try:
        sock = socket.create_connection(ADDRESS, timeout=10)
    except OSError as error:
        fail(f"the server cannot be reached: {error}", f"连不上服务器：{error}")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


name = f"slow{random.randrange(10**6)}"
said = [f"{random.randrange(10**6)} 你好", f"{random.randrange(10**6)} 再见", "bye"]
wanted = [f"{name}: {text}" for text in said]

witness = connect()
witness.sendall(b"witness\n")
slow = connect()
try:
    for byte in f"{name}\n{said[0]}\n".encode():
        slow.sendall(bytes([byte]))
        time.sleep(0.01)
    slow.sendall(f"{said[1]}\n{said[2]}\n".encode())
except OSError as error:
    fail(f"the server hung up on a slow guest: {error}", f"服务器把慢客人踢掉了：{error}")

heard = []
try:
    for line in witness.makefile(encoding="utf8", errors="replace"):
        if name in line or heard:
            heard.append(line.rstrip("\n"))
        if line.rstrip("\n") == wanted[-1]:
            break
except OSError:
    pass
heard = [line for line in heard if line.startswith(f"{name}:")]
if heard != wanted:
    fail(f"a guest's bytes came one at a time; the others should have read {wanted}, but got {heard[:4]}",
         f"有位客人的字节是一个一个到的；别人应该读到 {wanted}，实际读到 {heard[:4]}")

# Who closes with unread bytes sends a reset, and that is another guest's part.
for sock in [slow, witness]:
    sock.shutdown(socket.SHUT_WR)
    try:
        while sock.recv(4096):
            pass
    except OSError:
        pass
