from socket import socket, AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST

sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.bind(("", 19999))

try:
    while True:
        data, addr = sock.recvfrom(4096)
        sock.settimeout(2)  # from the first one on
        hops = int(data)
        if hops > 0:  # pass it on to everybody
            sock.sendto(b"%d" % (hops - 1), ("192.168.1.255", 19999))
except TimeoutError:
    print("it is quiet again")
