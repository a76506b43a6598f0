from socket import socket, AF_INET, SOCK_STREAM
from time import sleep

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 18888))
sock.sendall(b"please transfer 100")
sleep(0.5)
