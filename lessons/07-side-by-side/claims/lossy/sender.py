from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM, IPPROTO_TCP, TCP_NODELAY
from time import sleep

TO = "192.168.1.4", 18888

stream = socket(AF_INET, SOCK_STREAM)
stream.connect(TO)
stream.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # a segment for each number
letters = socket(AF_INET, SOCK_DGRAM)

for number in range(40):
    stream.sendall(b"%02d\n" % number)
    letters.sendto(b"%02d\n" % number, TO)
    sleep(0.005)

stream.close()
letters.close()
