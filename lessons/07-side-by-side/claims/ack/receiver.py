from socket import socket, AF_INET, SOCK_STREAM
from time import sleep

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, peer = listener.accept()
sleep(1)  # busy with something else, and then the program ends without having read
