from socket import socket, AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST

sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.sendto(b"3", ("192.168.1.255", 19999))
