"""A guest who never reads, and one who says half a name. The others must not notice."""

import socket
import sys
import time

ADDRESS = ("192.168.1.4", 18888)


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


def join(name, end="\n"):
    sock = socket.socket()
    if name == "mute":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(3)
    try:
        sock.connect(ADDRESS)
        sock.sendall(f"{name}{end}".encode())
    except OSError as error:
        fail(f"{name} could not join: {error}", f"{name} 进不了聊天室：{error}")
    return sock


half = join("hal", end="")
mute = join("mute")
speaker, hearer = join("speaker"), join("hearer")


def await_line(file, begin):
    while not (line := file.readline()).startswith(begin):
        if not line:
            raise OSError("the server hung up")


try:
    await_line(speaker.makefile(encoding="utf8"), "* hearer is here")
    reads = hearer.makefile(encoding="utf8")
    for number in range(50):
        speaker.sendall((b"x" * 1000 + b"\n") * 9)
        speaker.sendall(b"%d is my" % number)
        time.sleep(0.02)
        speaker.sendall(b" number\n")
        await_line(reads, f"speaker: {number} is my number\n")
except OSError as error:
    fail(f"one guest does not read, and the others have to wait ({error})",
         f"有一位客人从不读数据，结果大家都在等他（{error}）")
