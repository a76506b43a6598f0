from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR
from time import sleep

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(5)

conn, peer = listener.accept()
question = conn.makefile().readline()
sleep(0.5)
conn.sendall(f"the answer to {question}".encode())
conn.close()
listener.close()
