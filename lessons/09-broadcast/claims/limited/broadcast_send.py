from socket import socket, AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST

EVERYBODY = "<broadcast>", 19999

sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.settimeout(1)

sock.sendto(b"Who is there?", EVERYBODY)
try:
    while True:
        data, addr = sock.recvfrom(1024)
        print(addr, "says", data.decode())
except TimeoutError:
    print("nobody else answered")

sock.close()
