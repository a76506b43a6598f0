from socket import socket, AF_INET, SOCK_DGRAM

sock = socket(AF_INET, SOCK_DGRAM)
sock.settimeout(2)
sock.bind(("", 19999))
try:
    print(sock.recvfrom(4096))
except TimeoutError as error:
    print(error)
