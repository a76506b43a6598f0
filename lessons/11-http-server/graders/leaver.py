"""Comes and goes without a word, as browsers do that connect in advance; and goes in the middle of a request."""

import socket
import sys


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


try:
    for words in [b"", b"GET / HT"]:
        sock = socket.create_connection(("192.168.1.4", 15555), timeout=3)
        sock.sendall(words)
        sock.close()
    sock = socket.create_connection(("192.168.1.4", 15555), timeout=3)
    sock.sendall(b"GET / HTTP/1.1\r\nHost: 192.168.1.4:15555\r\n\r\n")
    line = sock.makefile("rb").readline()
except OSError as error:
    fail(f"after visitors who left early nobody is served: {error}", f"有人没说完就走了，之后的人都得不到服务：{error}")
if not line.startswith(b"HTTP/1.1 200 "):
    fail(f"after visitors who left early the answer is {line}", f"有人没说完就走了，之后的回答是 {line}")
