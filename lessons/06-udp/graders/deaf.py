# A server that does not hear the first datagram, as if the wire had lost it.
import sys
from socket import socket, AF_INET, SOCK_DGRAM


def fail(en, zh):
    print("FAIL", en, "|", zh)
    sys.exit(1)


sock = socket(AF_INET, SOCK_DGRAM)
sock.bind((sys.argv[1], int(sys.argv[2])))
sock.settimeout(6)

try:
    lost, sender = sock.recvfrom(1024)
except TimeoutError:
    fail("Not a single datagram came.", "一个数据报也没有来。")

try:
    again, sender = sock.recvfrom(1024)
except TimeoutError:
    fail(
        f"The first datagram, {lost!r}, was lost, and it was not sent again within 6 s.",
        f"第一个数据报 {lost!r} 丢了，6 秒之内也没有重发。",
    )
if again != lost:
    fail(
        f"The first datagram, {lost!r}, was lost. The client did not send it again but went on with {again!r}.",
        f"第一个数据报 {lost!r} 丢了。客户端没有重发，接着发了 {again!r}。",
    )

data = again
while data:
    sock.sendto(b"heard " + data, sender)
    try:
        data, sender = sock.recvfrom(1024)
    except TimeoutError:
        fail("The client did not say goodbye with an empty datagram.", "客户端没有用空数据报道别。")
