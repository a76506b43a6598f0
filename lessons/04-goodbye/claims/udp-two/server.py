from socket import socket, AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_REUSEADDR

pair = []
for name in "first", "second":
    sock = socket(AF_INET, SOCK_DGRAM)
    sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    sock.bind(("192.168.1.4", 18888))
    sock.settimeout(2)
    pair.append((name, sock))

for name, sock in reversed(pair):
    try:
        print(name, "hears", sock.recv(1024))
    except TimeoutError:
        print(name, "hears nothing")
