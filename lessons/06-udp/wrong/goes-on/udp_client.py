import sys
from socket import socket, AF_INET, SOCK_DGRAM

server = sys.argv[1], int(sys.argv[2])
sock = socket(AF_INET, SOCK_DGRAM)
sock.settimeout(1)

while text := input("send> "):
    sock.sendto(text.encode(), server)
    try:
        data, sender = sock.recvfrom(1024)
    except TimeoutError:
        print("no answer")
    else:
        print(sender, "answered", data.decode())

sock.sendto(b"", server)
sock.close()
