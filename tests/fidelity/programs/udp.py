# Datagrams: cut, empty, connected, with ancillary data, to groups.
import struct
from socket import *

a = socket(AF_INET, SOCK_DGRAM)
a.bind(("127.0.0.1", 19999))
b = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK)
b.bind(("127.0.0.1", 20000))
try:
    b.recvfrom(10)
except BlockingIOError:
    pass
a.sendto(b"hello world", ("127.0.0.1", 20000))
b.recvfrom(5)
a.sendto(b"", ("127.0.0.1", 20000))
b.recvfrom(5)
a.connect(("127.0.0.1", 20000))
a.send(b"connected")
b.recv(100)
IP_RECVTTL = 12  # ip(7); Python has no name for it
b.setsockopt(IPPROTO_IP, IP_RECVTTL, 1)
a.setsockopt(IPPROTO_IP, IP_TTL, 7)
a.sendmsg([b"with a ", b"time to live"])
b.recvmsg(10, 64)
a.sendmsg([b"x" * 300])
b.recvmsg_into([bytearray(100), bytearray(1000)], 64)
for level, option, value in [
    (IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("239.1.2.3") + inet_aton("127.0.0.1")),
    (IPPROTO_IP, IP_MULTICAST_TTL, b"\3"),
    (IPPROTO_IP, IP_MULTICAST_TTL, 2),
    (IPPROTO_IP, IP_MULTICAST_LOOP, 1),
    (IPPROTO_IP, IP_MULTICAST_IF, inet_aton("127.0.0.1")),
    (IPPROTO_IP, IP_DROP_MEMBERSHIP, inet_aton("239.1.2.3") + inet_aton("127.0.0.1")),
    (SOL_SOCKET, SO_BROADCAST, 1),
    (SOL_SOCKET, SO_SNDBUF, 8192),
    (SOL_SOCKET, SO_REUSEPORT, 1),
]:
    a.setsockopt(level, option, value)
a.getsockopt(SOL_SOCKET, SO_SNDBUF)
a.getsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 1)
a.getsockopt(IPPROTO_IP, IP_TTL)
try:
    a.setsockopt(SOL_SOCKET, 9999, 1)
except OSError:
    pass
try:
    a.sendto(b"y" * 70000, ("127.0.0.1", 20000))
except OSError:
    pass
try:
    socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)
except OSError:
    pass
c = socket(AF_INET6, SOCK_DGRAM)
c.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1)
for s in a, b, c:
    s.close()
