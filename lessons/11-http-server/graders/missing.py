"""Asks for a page that is not there, and then for one that is."""

import random
import socket
import sys


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


def status(path):
    try:
        sock = socket.create_connection(("192.168.1.4", 15555), timeout=3)
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: 192.168.1.4:15555\r\n\r\n".encode())
        line = sock.makefile("rb").readline()
    except OSError as error:
        fail(f"GET {path} got no answer: {error}", f"GET {path} 没有得到回答：{error}")
    if not line.endswith(b"\r\n"):
        fail(f"the status line of GET {path} is {line}: no CRLF ends it",
             f"GET {path} 的状态行是 {line}：结尾没有 CRLF")
    return line.split()[1]


path = f"/no-such-page-{random.randrange(10**6)}.html"
if (code := status(path)) != b"404":
    fail(f"GET {path} was answered with {code}, not with 404", f"GET {path} 得到的是 {code}，而不是 404")
if (code := status("/")) != b"200":
    fail(f"after a 404, GET / was answered with {code}", f"404 之后，GET / 得到的是 {code}")
