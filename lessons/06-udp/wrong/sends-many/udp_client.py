import sys
from socket import socket, AF_INET, SOCK_DGRAM

server = sys.argv[1], int(sys.argv[2])
sock = socket(AF_INET, SOCK_DGRAM)

while text := input("send> "):
    for copy in range(20):
        sock.sendto(text.encode(), server)
    data, sender = sock.recvfrom(1024)
    print(sender, "answered", data.decode())

sock.sendto(b"", server)
sock.close()
