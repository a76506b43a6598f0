from socket import socket, AF_INET, SOCK_DGRAM, SOCK_STREAM

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 18888))
sock.sendall(b"early")
letters = socket(AF_INET, SOCK_DGRAM)
letters.sendto(b"I am in", ("192.168.1.4", 18888))
sock.close()
