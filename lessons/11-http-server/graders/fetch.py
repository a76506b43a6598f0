"""Asks for the page and takes the answer apart, byte by byte."""

import socket
import sys


def fail(en, zh):
    print(f"FAIL {en} | {zh}")
    sys.exit(1)


try:
    sock = socket.create_connection(("192.168.1.4", 15555), timeout=3)
    sock.sendall(b"GET / HTTP/1.1\r\nHost: 192.168.1.4:15555\r\n\r\n")
except OSError as error:
    fail(f"the server cannot be reached: {error}", f"连不上服务器：{error}")

answer = b""
ended = False
try:
    while part := sock.recv(4096):
        answer += part
    ended = True
except TimeoutError:
    pass
except OSError as error:
    fail(f"the answer broke off after {len(answer)} bytes: {error}", f"回答传到第 {len(answer)} 字节就断了：{error}")

head, empty_line, body = answer.partition(b"\r\n\r\n")
if not empty_line:
    fail(f"no empty line (\\r\\n\\r\\n) ends the head of the answer, which begins {answer[:40]}",
         f"回答里找不到结束头部的空行（\\r\\n\\r\\n），它的开头是 {answer[:40]}")
status, *fields = head.split(b"\r\n")
if not status.startswith(b"HTTP/1.1 200 "):
    fail(f"the status line is {status}", f"状态行是 {status}")
length = None
for field in fields:
    name, colon, value = field.partition(b":")
    if not colon:
        fail(f"{field} is not a header: it has no colon", f"{field} 不是头部字段：没有冒号")
    if name.lower() == b"content-length":
        length = int(value)
if length is None and not ended:
    fail("the browser can't know where the page ends: there is no Content-Length, and the connection stays open",
         "浏览器不知道页面到哪里结束：没有 Content-Length，连接也一直不关")
if length is not None:
    if len(body) < length:
        fail(f"Content-Length promises {length} bytes, but {len(body)} came",
             f"Content-Length 说有 {length} 字节，实际只来了 {len(body)} 字节")
    body = body[:length]
if "你好，浏览器".encode() not in body or b"</html>" not in body:
    fail(f"{len(body)} bytes of the page came, and they end with {body[-20:]}, not with </html>",
         f"页面只收到 {len(body)} 字节，结尾是 {body[-20:]}，而不是 </html>")
