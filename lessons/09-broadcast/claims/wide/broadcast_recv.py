from socket import socket, AF_INET, SOCK_DGRAM

sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(("", 19999))
while True:
    print(sock.recvfrom(4096))
