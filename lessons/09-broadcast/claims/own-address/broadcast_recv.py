from socket import socket, gethostname, AF_INET, SOCK_DGRAM

ADDRESSES = {"anna": "192.168.1.11", "ben": "192.168.1.12", "carl": "192.168.1.13", "dora": "192.168.1.14"}

sock = socket(AF_INET, SOCK_DGRAM)
sock.settimeout(2)
sock.bind((ADDRESSES[gethostname()], 19999))
try:
    print(sock.recvfrom(4096))
except TimeoutError as error:
    print(error)
