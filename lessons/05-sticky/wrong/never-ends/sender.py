from socket import socket, AF_INET, SOCK_STREAM

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 18888))

for message in "one", "two", "and a third":
    sock.sendall(message.encode() + b"\n")

sock.close()
