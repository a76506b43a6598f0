from socket import socket, AF_INET, SOCK_DGRAM

sock = socket(AF_INET, SOCK_DGRAM)
for size in 65507, 65508:
    try:
        print(size, sock.sendto(bytes(size), ("192.168.1.4", 18888)))
    except OSError as error:
        print(size, error)
sock.sendto(b"", ("192.168.1.4", 18888))
