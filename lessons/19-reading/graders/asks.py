"""Two askers with ports of their own; each must get the answer to its own question."""

import random
import socket
import sys

SERVER = ("192.168.1.4", 18888)


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


for number in ["first", "second", "third"]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(1)
    size = random.randrange(10, 99)
    sock.sendto(b"q" * size, SERVER)
    try:
        answer, sender = sock.recvfrom(1024)
    except OSError as error:
        fail(f"the {number} asker, on a port of its own, got no answer: {error}",
             f"{number} 号提问者用的是自己的端口，没有得到回答：{error}")
    if f"got {size} bytes".encode() not in answer:
        fail(f"{size} bytes were asked about, the answer is {answer}", f"问的是 {size} 字节，回答是 {answer}")
    sock.close()
