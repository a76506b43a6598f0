import struct
from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_LINGER

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 18888))
sock.sendall(b"hello")
sock.recv(1024)
sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
sock.close()
