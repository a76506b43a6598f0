"""A guest stays while others crash, one after the other; then he asks again."""

import random
import socket
import struct
import sys
import time

ADDRESS = ("192.168.1.4", 18888)


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


def connect():
    try:
        return socket.create_connection(ADDRESS, timeout=2)
    except OSError as error:
        fail(f"the server cannot be reached: {error}", f"连不上服务器：{error}")


def ask(sock, who, zh):
    question = f"{random.randrange(10**9)}abc\n".encode()
    answer = b""
    try:
        sock.sendall(question)
        while len(answer) < len(question):
            part = sock.recv(1024)
            if not part:
                fail(f"the server hung up on {who}", f"服务器挂断了{zh}")
            answer += part
    except OSError as error:
        fail(f"{who} got no answer: {error}", f"{zh}没有得到回答：{error}")
    if answer != question.upper():
        fail(f"{who} sent {question} and got {answer}", f"{zh}发的是 {question}，收到的是 {answer}")


stays = connect()
ask(stays, "a guest", "一位客人")
for _ in range(3):
    crashing = connect()
    ask(crashing, "a guest who is about to crash", "一位快要崩溃的客人")
    crashing.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    crashing.close()
    time.sleep(0.05)
ask(stays, "a guest who stayed while others crashed", "一位留下来的客人（别人崩溃了）")
polite = connect()
ask(polite, "a new guest after the crashes", "崩溃之后新来的客人")
polite.close()
stays.close()
