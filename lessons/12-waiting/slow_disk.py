from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR
from time import process_time, sleep

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(5)

conn, peer = listener.accept()
question = conn.makefile().readline()
sleep(0.5)  # stands for a slow disk
conn.sendall(f"found {question}".encode())
conn.close()
print(f"worked for {process_time():.2f} s")
