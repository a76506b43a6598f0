from socket import socket, AF_INET, SOCK_STREAM

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 15555))
for request in 2 * [b"GET / HTTP/1.1\r\nHost: 192.168.1.4\r\n\r\n"]:
    sock.sendall(request)
    print(sock.recv(4096).decode())
sock.close()
