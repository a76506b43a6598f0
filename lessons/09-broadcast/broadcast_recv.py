from socket import socket, gethostname, AF_INET, SOCK_DGRAM

sock = socket(AF_INET, SOCK_DGRAM)
sock.bind(("", 19999))

data, addr = sock.recvfrom(4096)
print(addr, "asks", data.decode())
sock.sendto(f"{gethostname()} is here".encode(), addr)
sock.close()
