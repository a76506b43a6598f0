from socket import socket, AF_INET, SOCK_DGRAM
from time import sleep

sleep(0.5)
sock = socket(AF_INET, SOCK_DGRAM)
sock.sendto(b"hello", ("192.168.1.4", 18888))
