from socket import socket, AF_INET, SOCK_STREAM

for name in "first", "second":
    sock = socket(AF_INET, SOCK_STREAM)
    sock.connect(("192.168.1.4", 18888))
    copy = sock.dup()
    sock.close()
    copy.sendall(b"still here")
    print(copy.recv(1024))
    copy.close()
