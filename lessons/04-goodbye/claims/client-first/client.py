from socket import socket, AF_INET, SOCK_STREAM
from time import sleep

for question in b"who are you?", b"and who are you?":
    sock = socket(AF_INET, SOCK_STREAM)
    sock.connect(("192.168.1.4", 18888))
    sock.sendall(question)
    print(sock.recv(1024))
    sock.close()
    sleep(2)
