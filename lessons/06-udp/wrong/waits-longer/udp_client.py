import sys
from time import sleep
from socket import socket, AF_INET, SOCK_DGRAM

server = sys.argv[1], int(sys.argv[2])
sock = socket(AF_INET, SOCK_DGRAM)

while text := input("send> "):
    sock.sendto(text.encode(), server)
    sleep(1)
    data, sender = sock.recvfrom(1024)
    print(sender, "answered", data.decode())

sock.sendto(b"", server)
sock.close()
