from socket import socket, AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST
from time import sleep

sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
while True:
    sleep(1)
    sock.sendto(b"Who is there?", ("192.168.1.255", 19999))
    print(sock.recvfrom(1024))
