from socket import socket, AF_INET, SOCK_STREAM
from time import sleep

sock = socket(AF_INET, SOCK_STREAM)
sock.connect(("192.168.1.4", 18888))
sleep(0.5)
print("first:", sock.send(b"one"))
sleep(0.5)
print("second:", sock.send(b"two"))
