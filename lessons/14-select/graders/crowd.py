"""Several guests who ask in turn while others stay connected and silent."""

import random
import socket
import sys
import time

ADDRESS = ("192.168.1.4", 18888)
PATIENCE = 3  # seconds; a server that closes does it at once, on a busy machine a little later


guests = []


def leave(*leaving):
    """Says goodbye, and reads until the server has closed, too: who closes with unread bytes sends a reset."""
    for guest in leaving:
        try:
            guest.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone already
    until = time.monotonic() + PATIENCE  # for all: a server that forgets one forgets all
    for guest in leaving:
        try:
            guest.settimeout(max(until - time.monotonic(), 0.01))
            while guest.recv(1024):
                pass
        except OSError:
            pass
        guest.close()


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    leave(*guests)
    sys.exit(1)


def ask(number, sock):
    question = f"{number}:{random.randrange(10**9)}abc\n".encode()
    answer = b""
    try:
        sock.sendall(question)
        while not answer.endswith(b"\n"):
            part = sock.recv(1024)
            if not part:
                fail(f"the server hung up on client {number}", f"服务器挂断了第 {number} 个客户端")
            answer += part
    except TimeoutError:
        fail(f"client {number} waited 2 s for its answer while the others said nothing",
             f"别的客户端都没说话，第 {number} 个客户端等了 2 秒还没有得到回答")
    except OSError as error:
        fail(f"client {number}: {error}", f"第 {number} 个客户端：{error}")
    if answer != question.upper():
        fail(f"client {number} sent {question} and got {answer}", f"第 {number} 个客户端发的是 {question}，收到的是 {answer}")


try:
    for _ in range(6):
        guests.append(socket.create_connection(ADDRESS, timeout=2))
except OSError as error:
    fail(f"the server cannot be reached: {error}", f"连不上服务器：{error}")
order = list(range(1, 6)) * 2
random.shuffle(order)
for number in order:
    ask(number, guests[number])
leave(guests.pop(3))
ask(4, guests[3])  # the fourth stands there now
leave(*guests)
