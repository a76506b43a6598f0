"""A request that is long, and comes in pieces."""

import random
import socket
import sys


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


cookie = "c" * random.randrange(5000, 6000)
request = f"GET / HTTP/1.1\r\nHost: 192.168.1.4:15555\r\nCookie: {cookie}\r\n\r\n".encode()
cuts = [0, 2, 17, 4096, len(request) - 3, len(request)]

try:
    sock = socket.create_connection(("192.168.1.4", 15555), timeout=2)
    for number, (begin, end) in enumerate(zip(cuts, cuts[1:])):
        sock.sendall(request[begin:end])
        if number == 0:
            # Whoever takes this for the whole request shows it now; whoever reads on says nothing yet.
            try:
                early = sock.recv(4096)
            except TimeoutError:
                continue
            fail(f"a request came in {len(cuts) - 1} pieces, and after the first, {request[:end]}, the server "
                 + (f"answered {early[:30]}" if early else "hung up"),
                 f"一个请求分成 {len(cuts) - 1} 段到达，第一段是 {request[:end]}，服务器收到它就"
                 + (f"回答了 {early[:30]}" if early else "挂断了"))
    sock.settimeout(3)
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
