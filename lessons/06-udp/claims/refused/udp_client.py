from socket import socket, AF_INET, SOCK_DGRAM

sock = socket(AF_INET, SOCK_DGRAM)
sock.connect(("192.168.1.4", 9))
sock.send(b"hello")
try:
    sock.recv(1024)
except ConnectionRefusedError as error:
    print(error)
