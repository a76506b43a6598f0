# The next client: it comes when the first one has gone, and wants an answer too.
import os
import sys
from socket import socket, AF_INET, SOCK_STREAM


def fail(en, zh):
    print("FAIL", en, "|", zh)
    sys.exit(1)


sock = socket(AF_INET, SOCK_STREAM)
sock.settimeout(5)
try:
    sock.connect(("192.168.1.4", 18888))
except ConnectionRefusedError:
    fail("The second client was refused: nobody listens any more.", "第二个客户端被拒绝：已经没有人在监听。")
except TimeoutError:
    fail("The second client could not connect within 5 s.", "第二个客户端 5 秒内没能连上。")

sock.sendall(os.urandom(2).hex().encode())
try:
    answer = sock.recv(1024)
except TimeoutError:
    fail("The second client is connected but got no answer in 5 s.", "第二个客户端连上了，可是 5 秒内没有得到回答。")
except ConnectionResetError:
    answer = b""
if not answer:
    fail("The second client's connection ended without an answer.", "第二个客户端没有得到回答，连接就断了。")
sock.close()
