from socket import socket, AF_INET, SOCK_STREAM, IPPROTO_TCP, TCP_NODELAY
from time import sleep

sock = socket(AF_INET, SOCK_STREAM)
sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
sock.connect(("192.168.1.4", 18888))

for message in "one", "two", "and a third":
    sock.sendall(message.encode())
    sleep(0.1)

sock.close()
