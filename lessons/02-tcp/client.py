from socket import socket, AF_INET, SOCK_STREAM

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 18888))
while text := input("say> "):
    sock.sendall(text.encode())
    print(sock.recv(1024).decode())

sock.close()
