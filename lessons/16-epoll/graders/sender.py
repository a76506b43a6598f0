"""Sends messages of many sizes, and waits for all of each to come back before the next."""

import random
import socket
import sys

guests = []


def say_goodbye():
    """Sends FIN and takes what still comes, until the server has closed, too."""
    for guest in guests:
        try:
            guest.shutdown(socket.SHUT_WR)
            while guest.recv(4096):
                pass
        except OSError:
            pass  # a server that is gone, or never closes
        guest.close()


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    say_goodbye()
    sys.exit(1)


try:
    silent = socket.create_connection(("192.168.1.4", 18888), timeout=2)
    silent.sendall(b"hi")
    silent.recv(2)
    sock = socket.create_connection(("192.168.1.4", 18888), timeout=2)
    guests = [silent, sock]
except OSError as error:
    fail(f"the server cannot be reached: {error}", f"连不上服务器：{error}")

for size in [1, 5, 6, 11, 1024, random.randrange(1200, 1400)]:
    question = bytes(random.choice(b"abcdefghij") for _ in range(size))
    answer = b""
    try:
        sock.sendall(question)
        while len(answer) < size:
            part = sock.recv(4096)
            if not part:
                fail(f"the server hung up after {len(answer)} of {size} bytes", f"{size} 字节只答了 {len(answer)} 字节，服务器就挂断了")
            answer += part
    except TimeoutError:
        fail(f"{size} bytes were sent, {len(answer)} came back, and then nothing for 2 s",
             f"发了 {size} 字节，回来 {len(answer)} 字节，然后 2 秒没有动静")
    except OSError as error:
        fail(f"after {len(answer)} of {size} bytes: {error}", f"{size} 字节只答了 {len(answer)} 字节：{error}")
    if answer != question.upper():
        fail(f"of {size} bytes, some came back wrong", f"{size} 字节里有的回答错了")

say_goodbye()
