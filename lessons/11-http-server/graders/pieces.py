"""A request that is long, and comes in pieces."""

import random
import socket
import sys
import time


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


cookie = "c" * random.randrange(5000, 6000)
request = f"GET / HTTP/1.1\r\nHost: 192.168.1.4:15555\r\nCookie: {cookie}\r\n\r\n".encode()
cuts = [0, 2, 17, 4096, len(request) - 3, len(request)]

try:
    sock = socket.create_connection(("192.168.1.4", 15555), timeout=3)
    for begin, end in zip(cuts, cuts[1:]):
        sock.sendall(request[begin:end])
        time.sleep(0.05)
    answer = b""
    while b"</html>" not in answer:
        part = sock.recv(4096)
        if not part:
            fail(f"only {len(answer)} bytes of the answer came", f"回答只来了 {len(answer)} 字节")
        answer += part
except OSError as error:
    fail(f"a request of {len(request)} bytes in {len(cuts) - 1} pieces was not answered: {error}",
         f"一个 {len(request)} 字节、分成 {len(cuts) - 1} 段到达的请求没有得到回答：{error}")
if not answer.startswith(b"HTTP/1.1 200 "):
    fail(f"the request in pieces was answered with {answer[:30]}", f"分段的请求得到的回答是 {answer[:30]}")
