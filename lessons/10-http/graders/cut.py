# A web server that cuts its answers into pieces, and looks closely at what it is asked.
import os
import struct
import sys
from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_LINGER

EXPECTED = 3  # requests that are typed in a graded run


def fail(en, zh):
    print("FAIL", en, "|", zh)
    conn.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))  # hang up at once, so that nobody waits
    sys.exit(1)


def receive(conn, waiting, enough):
    conn.settimeout(5)
    while not enough(waiting):
        try:
            part = conn.recv(1024)
        except TimeoutError:
            if b"\r\n" not in waiting and b"\n" in waiting:
                fail(
                    f"The lines of the request end in \\n alone; HTTP's lines end in \\r\\n. It began {waiting[:30]!r}.",
                    f"请求的每一行只以 \\n 结尾；HTTP 的行以 \\r\\n 结尾。开头是 {waiting[:30]!r}。",
                )
            if waiting:
                fail(
                    f"The head has no end: the empty line (\\r\\n\\r\\n) never came. The last bytes were {waiting[-20:]!r}.",
                    f"请求头没有结束：一直没有等到空行（\\r\\n\\r\\n）。最后几个字节是 {waiting[-20:]!r}。",
                )
            fail(
                "The next request did not come within 5 s: the client is still waiting for more of the answer before.",
                "5 秒之内没有等到下一个请求：客户端还在等上一个回答的后续。",
            )
        if not part:
            return None
        waiting += part
    return waiting


def send_in_pieces(conn, answer):
    cuts = [1, answer.index(b"\r\n\r\n") + 2, len(answer) - 4, len(answer)]
    begin = 0
    for end in cuts:
        conn.sendall(answer[begin:end])
        begin = end
        if end == len(answer):
            return
        conn.settimeout(0.1)
        try:
            early = conn.recv(1024)
        except TimeoutError:
            continue
        if early:
            fail(
                f"Only {end} of the answer's {len(answer)} bytes had come, and the client already sent its next request.",
                f"回答一共 {len(answer)} 个字节，才到了 {end} 个，客户端就发了下一个请求。",
            )
        fail(
            f"The client left when {end} of the answer's {len(answer)} bytes had come.",
            f"回答一共 {len(answer)} 个字节，才到了 {end} 个，客户端就走了。",
        )


listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 15555))
listener.listen(10)
conn, peer = listener.accept()

waiting = b""
served = 0
while (waiting := receive(conn, waiting, lambda seen: b"\r\n\r\n" in seen)) is not None:
    head, waiting = waiting.split(b"\r\n\r\n", 1)
    request_line, *headers = head.decode().split("\r\n")
    words = request_line.split(" ")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in headers)}
    if len(words) != 3 or words[2] != "HTTP/1.1":
        fail(f"{request_line!r} is not a request line.", f"{request_line!r} 不是一个请求行。")
    if "host" not in fields:
        fail("The request has no Host field.", "请求里没有 Host 字段。")
    length = int(fields.get("content-length", 0))
    waiting = receive(conn, waiting, lambda seen: len(seen) >= length)
    if waiting is None:
        fail("The client closed before the body was complete.", "请求体还没有发完，客户端就关闭了。")
    waiting = waiting[length:]

    status = "200 OK" if words[1] == "/" or words[0] == "POST" else "404 Not Found"
    content = f"<p>你好 {os.urandom(8).hex()}</p>\n".encode()
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(content)}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    send_in_pieces(conn, head.encode() + content)
    served += 1

if served < EXPECTED:
    listener.settimeout(3)
    try:
        conn, peer = listener.accept()
    except TimeoutError:
        fail(
            f"Only {served} of {EXPECTED} requests came, then the client left.",
            f"{EXPECTED} 个请求只来了 {served} 个，客户端就走了。",
        )
    fail(
        f"Only {served} of {EXPECTED} requests came on the first connection, then the client made another.",
        f"{EXPECTED} 个请求里，第一条连接上只来了 {served} 个，客户端就另起了一条。",
    )
