import sys
from socket import socket, AF_INET, SOCK_DGRAM
from time import ctime

host, port = sys.argv[1], int(sys.argv[2])
sock = socket(AF_INET, SOCK_DGRAM)
sock.bind((host, port))

while True:
    data, sender = sock.recvfrom(5)
    if not data:
        break
    print(sender, "sent", data)
    sock.sendto(f"{len(data)} bytes at {ctime()}".encode(), sender)

print("an empty datagram: the end")
sock.close()
