from socket import socket, AF_INET, SOCK_STREAM, SHUT_WR

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 18888))
sock.sendall(b"that is all I have to say")
sock.shutdown(SHUT_WR)
print(sock.recv(1024))
sock.close()
