from socket import socket, AF_INET, SOCK_STREAM

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 15555))

while True:
    request = ""
    while line := input("> "):
        request += line + "\r\n"
    if not request:
        break
    body = input("body> ") if request.startswith("POST") else ""
    sock.sendall((request + "\r\n" + body).encode())
    print(sock.recv(4096).decode())

sock.close()
