import time
from socket import *

listener = socket()
listener.setsockopt(SOL_SOCKET, SO_RCVBUF, 2048)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, _ = listener.accept()
time.sleep(0.5)  # the buffer is full long before
while conn.recv(4096):
    pass
