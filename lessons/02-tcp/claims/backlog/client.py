from socket import socket, AF_INET, SOCK_STREAM

crowd = []
for number in range(1, 5):
    sock = socket(AF_INET, SOCK_STREAM)
    sock.connect(("192.168.1.4", 18888))
    print(number, "is in")
    crowd.append(sock)
