from socket import socket, AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST

sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.sendto(b"a host that nobody has", ("192.168.1.255", 19999))
sock.sendto(b"everybody", ("192.168.255.255", 19999))
