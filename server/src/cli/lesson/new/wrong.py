from socket import socket, AF_INET, SOCK_STREAM
from time import sleep

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen(5)

conn, peer = listener.accept()
print(conn.recv(3))
sleep(60)  # keeps the connection
