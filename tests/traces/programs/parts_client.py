from socket import *

sock = create_connection(("192.168.1.4", 18888))
sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
for part in (b"one ", b"two ", b"three ", b"four"):
    sock.send(part)
sock.shutdown(SHUT_WR)
sock.recv(100)
