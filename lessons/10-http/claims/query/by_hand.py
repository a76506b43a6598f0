from socket import socket, AF_INET, SOCK_STREAM

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 15555))

sock.sendall(b"GET /?a=1&b=2 HTTP/1.1\r\nHost: 192.168.1.4\r\n\r\n")
print(sock.recv(4096).decode())

sock.sendall(b"GET / HTTP/1.1\r\nHost: 192.168.1.4\r\nContent-Length: 8\r\n\r\n&a=1&b=2")
print(sock.recv(4096).decode())
sock.close()
