import os
from socket import create_connection

sock = create_connection(("192.168.1.4", 18888))
sock.settimeout(3)
print("blocking for the kernel:", os.get_blocking(sock.fileno()))
sock.sendall(b"everything\n")
print(sock.recv(1024).decode())
